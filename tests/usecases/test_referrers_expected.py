"""Whose time a MARAC keeps is told of it, and of changes; who else referred is not (Rulebook T14, M4, F3)."""

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, CaseRow, ItemRow, OutboxRow, PersonRow, ReferralToldRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, referrers_coming
from meetingsvc.usecases import marac as planning
from meetingsvc.usecases import marac_fitting, meeting_moves
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency, referred, to_day
from tests.a_sent_referral import a_sent_row
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_marac import THURSDAY, set_marac_day, the_marac

ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
TEN, FRIDAY = time(10), THURSDAY + timedelta(days=1)


class Panel:
    """A closed agenda of one case, which somebody referred whose agency attends no MARAC; and another, who
    does not ask to attend."""

    def __init__(self, area_id: UUID) -> None:
        set_marac_day(area_id, THURSDAY)
        council = an_agency(area_id, "Northmoor Council")
        self.who = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
        self.referrer = a_person(an_agency(area_id, "Moor Dental", marac=False), name="Gwen Pryce")
        self.other = a_person(an_agency(area_id, "Fell Dental", marac=False), name="Wren Late")
        referred(self.who, (Group.NEW_NO_SAFEGUARDS,))
        self.meeting_id = the_marac(area_id)
        planning.close(self.who, self.meeting_id, NOW)
        line = db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == self.meeting_id)).one()
        self.item_id, self.case_id = line.id, line.case_id
        with saved(), acting.whole_area(area_id):
            self.referral_id, self.other_id = (
                a_sent_row(area_id, self.case_id, one.account_id, one.agency_id).id
                for one in (self.referrer, self.other)
            )
            db.session.add(
                ReferralToldRow(area_id=area_id, case_id=self.case_id, referral_id=self.referral_id, at=NOW,
                                sight="panel", label="Asks to attend", text="Any", author="Gwen Pryce")
            )  # fmt: skip

    def keep(self, at: time | None, whose: UUID | None = None) -> None:
        marac_fitting.keep_slot(self.who, self.meeting_id, self.item_id, at, NOW, whose or self.referral_id)

    def expected(self, who: Principal | None = None, of: UUID | None = None) -> tuple[date, time] | None:
        db.session.rollback()
        with acting.acting(who or self.referrer):
            return referrers_coming.expected(who or self.referrer, of or self.referral_id, NOW)

    def other_is_expected(self) -> tuple[date, time] | None:
        return self.expected(self.other, self.other_id)


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    return Panel(area_id)


def told() -> list[UUID]:
    """Whom it has been queued for since this was asked last."""
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.EXPECTED)
    with saved():
        found = list(db.session.scalars(rows))
        db.session.execute(delete(OutboxRow))
    return found


def test_F3_T14_of_two_who_referred_the_same_people_each_learns_of_their_own_time_alone(panel: Panel) -> None:
    panel.keep(TEN)
    assert told() == [panel.referrer.account_id]
    assert panel.expected() == (THURSDAY, TEN) and panel.other_is_expected() is None
    assert panel.expected(panel.other) is None and panel.expected(panel.referrer, panel.other_id) is None
    panel.keep(TEN, panel.other_id)
    assert set(told()) == {panel.referrer.account_id, panel.other.account_id}
    assert panel.expected() is None and panel.other_is_expected() == (THURSDAY, TEN)
    to_day(panel.who, panel.meeting_id, FRIDAY)
    assert told() == [panel.other.account_id]
    marac_fitting.keep_slot(panel.who, panel.meeting_id, panel.item_id, TEN, NOW)
    assert told() == [panel.other.account_id], "of nobody's time nobody else is told"
    assert panel.expected() is None and panel.other_is_expected() is None


def test_F3_a_referrer_who_is_the_perpetrator_is_told_no_time(panel: Panel) -> None:
    with saved(), acting.service():
        case = db.session.get_one(CaseRow, panel.case_id)
        him = db.session.get_one(PersonRow, case.perpetrator_id)
        db.session.get_one(AccountRow, panel.referrer.account_id).name = f"{him.forename} {him.surname}"
    panel.keep(TEN)
    assert told() == [] and panel.expected() is None
    panel.keep(TEN, panel.other_id)
    assert told() == [panel.other.account_id] and panel.other_is_expected() == (THURSDAY, TEN)


def test_T14_a_time_is_kept_for_a_referral_of_the_case_and_for_no_other(panel: Panel) -> None:
    sent = referrers_coming.of_case(panel.who.area_id, panel.case_id)
    assert {one.id: one.asks for one in sent} == {panel.referral_id: True, panel.other_id: False}
    with pytest.raises(RuleBroken, match="not of this case"):
        panel.keep(TEN, panel.item_id)
    assert told() == []


def test_T14_the_referrer_is_told_of_the_time_that_is_kept_and_taken_off_once_each(panel: Panel) -> None:
    panel.keep(TEN)
    panel.keep(TEN)
    (row,) = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.EXPECTED)).all()
    assert row.context == {
        "panel": "MARAC", "sits_on": THURSDAY.isoformat(), "path": f"/referrals/{panel.referral_id}",
    }  # fmt: skip
    assert told() == [panel.referrer.account_id] and panel.expected() == (THURSDAY, TEN)
    assert panel.expected(panel.other) is None, "not theirs"
    panel.keep(None)
    assert told() == [panel.referrer.account_id] and panel.expected() is None


def test_M4_the_referrer_is_told_of_a_move_and_of_a_cancellation(panel: Panel) -> None:
    panel.keep(TEN)
    told()
    to_day(panel.who, panel.meeting_id, FRIDAY)
    assert told() == [panel.referrer.account_id] and panel.expected() == (FRIDAY, TEN)
    meeting_moves.cancel(panel.who, panel.meeting_id, "Snow is forecast.", NOW)
    assert told() == [panel.referrer.account_id] and panel.expected() is None


@ON_ONE
def test_M4_the_referrer_is_told_where_the_case_goes_to_another_day(panel: Panel) -> None:
    panel.keep(TEN)
    told()
    marac_fitting.move_on(panel.who, panel.meeting_id, {panel.item_id}, None, "Too many", NOW)
    assert told() == [panel.referrer.account_id] and panel.expected() is None


@ON_ONE
def test_T14_without_a_kept_time_nobody_who_referred_learns_of_the_meeting(panel: Panel) -> None:
    to_day(panel.who, panel.meeting_id, FRIDAY)
    assert told() == [] and panel.expected() is None


@ON_ONE
def test_F3_M6_a_referrer_walled_from_the_case_is_told_nothing(panel: Panel) -> None:
    panel.keep(TEN)
    told()
    a_wall(panel.who.area_id, panel.case_id, panel.referrer.account_id)
    to_day(panel.who, panel.meeting_id, FRIDAY)
    assert told() == [] and panel.expected() is None
