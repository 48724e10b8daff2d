"""A case for which an emergency MARAC was called, until one has heard it (Rulebook M1, M4, T15)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.circulation import Group
from agenda.emergency import Soon
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, home, marac, marac_waiting
from meetingsvc.usecases import emergency, lists, marac_publishing
from meetingsvc.usecases import marac as planning
from meetingsvc.usecases.carry_over import carry_over
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, TUESDAY, a_person, an_agency, listed, people_rows, referred
from tests.a_wall import a_wall
from tests.builders import take_in
from tests.servers.remembered import remembered
from tests.usecases.test_carry_over import reasons_on
from tests.usecases.test_marac import THURSDAY, set_marac_day, the_marac

WHY = "He is released tonight and knows where she is."
DAY = timedelta(days=1)


class Called:
    """A case on Monday's daily list, for which a MARAC is called."""

    def __init__(self, area_id: UUID) -> None:
        council = an_agency(area_id, "Council")
        self.area_id = area_id
        self.coordinator = a_person(council, Role.COORDINATOR, "Morgan")
        self.chair = a_person(council, Role.CHAIR, "Ansel")
        self.row = people_rows(1, NOW.date())[0]
        (item,) = listed(area_id, [self.row])
        self.case_id = db.session.get_one(ItemRow, item).case_id

    def meeting(self, soon: Soon = Soon.TODAY, after: timedelta = timedelta(hours=5)) -> UUID:
        ask = emergency.ask(self.coordinator, self.case_id, WHY, soon, NOW)
        return emergency.accept(self.chair, ask, NOW + after, NOW)

    def reasons(self, days: int, at: str) -> str:
        """The rules by which a standard-risk incident recorded `at` is on the list so many days on."""
        again = {**self.row, "risk": "standard", "occurrence_number": "LATER", "recorded_at": at,
                 "victim_consents_to_share": "N"}  # fmt: skip
        take_in(self.area_id, again)
        with saved():
            on = NOW + days * DAY
            lists.build(db.session.get_one(AreaRow, self.area_id), on.date(), "test", on)
        return reasons_on((NOW + days * DAY).date())


@pytest.fixture
@remembered
def called(area_id: UUID) -> Called:
    set_marac_day(area_id, THURSDAY)
    return Called(area_id)


def no_dates(area_id: UUID) -> None:
    set_marac_day(area_id, None)


def test_T15_a_case_called_for_tomorrow_waits_until_it_is_heard(called: Called) -> None:
    called.meeting(Soon.TOMORROW, timedelta(days=1, hours=6))
    assert "T15" in called.reasons(1, "2026-11-23T21:00:00+00:00")


def test_T15_a_case_that_an_emergency_marac_heard_waits_no_more(called: Called) -> None:
    called.meeting()
    assert called.reasons(2, "2026-11-24T13:00:00+00:00").split() == ["T6"]


@pytest.mark.parametrize("dates", [True, False])
def test_T15_a_case_that_an_emergency_marac_did_not_hear_waits(called: Called, dates: bool) -> None:
    if not dates:
        no_dates(called.area_id)
    marac_publishing.did_not_sit(called.coordinator, called.meeting(), "Snow", NOW)
    assert called.reasons(2, "2026-11-24T13:00:00+00:00").split() == ["T15"]


def test_T15_a_case_that_a_marac_did_not_reach_and_none_has_taken_waits(called: Called) -> None:
    no_dates(called.area_id)
    made = called.meeting()
    with saved():
        db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == made)).one().not_reached = "No time"
    assert "T15" in called.reasons(2, "2026-11-24T13:00:00+00:00")


def waiting(who: Principal) -> list[UUID]:
    day = (NOW + DAY).date()
    with acting.acting(who):
        found = [one.case_id for one in marac_waiting.waiting_referrals(who, day)]
        assert home.not_on_an_agenda(who, day) == len(found)
    return found


def test_M1_a_case_called_for_and_not_heard_waits_visibly_until_a_marac_has_a_date(called: Called) -> None:
    no_dates(called.area_id)
    walled = a_person(called.coordinator.agency_id, Role.COORDINATOR, "Walled")
    a_wall(called.area_id, called.case_id, walled.account_id)
    made = called.meeting()
    assert waiting(called.coordinator) == [], "it is heard today"
    marac_publishing.did_not_sit(called.coordinator, made, "Snow", NOW)
    assert carry_over(NOW + DAY) == 0
    assert waiting(called.coordinator) == [called.case_id] and waiting(walled) == []
    with acting.acting(called.coordinator):
        assert marac_waiting.any_left(called.coordinator, made)
    planning.plan(called.coordinator, THURSDAY, NOW + DAY)
    assert waiting(called.coordinator) == []
    with acting.acting(called.coordinator):
        assert not marac_waiting.any_left(called.coordinator, made)
    found = marac.lines(the_marac(called.area_id))
    assert [(line.case_id, line.came_back) for line in found] == [(called.case_id, 1)]


def test_M1_a_case_called_for_and_not_heard_can_join_a_published_agenda_late(called: Called) -> None:
    who = called.coordinator
    referred(who, [Group.NEW_NO_SAFEGUARDS], TUESDAY)
    meeting_id = the_marac(called.area_id)
    planning.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    no_dates(called.area_id)
    marac_publishing.did_not_sit(who, called.meeting(), "Snow", NOW)
    with acting.acting(who):
        (late,) = [one for one in marac_waiting.late_referrals(who, meeting_id)
                   if one.case_id == called.case_id]  # fmt: skip
    assert planning.add_late(who, meeting_id, {late.outcome_id}, "It was not heard", NOW) == 1
    rows = select(MeetingRow.id).join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
    on = db.session.scalars(rows.where(ItemRow.case_id == called.case_id, MeetingRow.kind == "MARAC"))
    assert meeting_id in set(on)
    with acting.acting(who):
        assert marac_waiting.late_referrals(who, meeting_id) == []
    assert waiting(who) == [] and carry_over(NOW + DAY) == 0, "it is moved once"
