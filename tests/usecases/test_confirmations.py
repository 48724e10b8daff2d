"""Update-only cases: who confirmed what, and what moved to discussion (Rulebook C3)."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.confirmations import Said, Standing, Told, due_on
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AgencyRow,
    AreaRow,
    AuditRow,
    ConfirmationRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, marac
from meetingsvc.store import confirmations as store
from meetingsvc.usecases import confirmations as usecase
from meetingsvc.usecases import confirmations_chasing, marac_publishing
from meetingsvc.usecases import marac as planning
from meetingsvc.usecases.confirmations import Sent
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, line_of, referred
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

THURSDAY = date(2026, 12, 3)
SOON = NOW + timedelta(hours=1)
YES, NO = Told(Said.CONFIRMED), Told(Said.NOT_CONFIRMED, "She left the refuge on Sunday.")
GROUPS = (Group.NEW_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS, Group.REPEAT_SAFEGUARDS, Group.DISCLOSURE)


@dataclass
class Panel:
    """A published MARAC: one case for discussion, and one in each update-only group."""

    coordinator: Principal
    homes: Principal
    colleague: Principal  # of the same agency
    police: Principal
    meeting_id: UUID
    lines: list[UUID]  # in the order of GROUPS

    @property
    def asked(self) -> list[UUID]:
        return self.lines[1:]

    def standings(self) -> dict[UUID, Standing]:
        db.session.rollback()
        with acting.acting(self.coordinator):
            found = marac.agenda(self.coordinator, self.meeting_id)
            assert found is not None
            return store.standings(self.coordinator, self.meeting_id, found.lines)

    def answer(self, who: Principal, **told: Told) -> Sent:
        """`answer(police, c1=NO)`: about the first update-only case."""
        return usecase.answer(
            who, self.meeting_id, {self.lines[int(name[1:])]: one for name, one in told.items()}, SOON
        )


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=THURSDAY))
    coordinator = a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan")
    homes = an_agency(area_id, "Homes")
    people = a_person(homes, name="Joan Akande"), a_person(homes, name="Perry Lund")
    police = a_person(an_agency(area_id, "Police"), Role.IDVA, "Ines Marr")
    items = referred(coordinator, GROUPS)
    lines = [line_of(item) for item in items]
    meeting_id = lines[0].meeting_id
    keys = [line.id for line in lines]
    planning.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(coordinator, meeting_id, NOW)
    return Panel(coordinator, *people, police, meeting_id, keys)


def line(item_id: UUID) -> ItemRow:
    db.session.rollback()
    return db.session.get_one(ItemRow, item_id)


def test_C3_each_agency_is_asked_of_its_update_only_cases_and_of_no_other(panel: Panel) -> None:
    with acting.acting(panel.homes):
        found = store.boxes(panel.homes, panel.meeting_id)
        (waiting,) = store.waiting(panel.homes, NOW.date())
    assert [box.line.item_id for box in found] == panel.asked
    assert (waiting.cases, waiting.sits_on) == (3, THURSDAY)


def test_C3_what_is_confirmed_counts_for_the_agency_once_whoever_said_it(panel: Panel) -> None:
    assert panel.answer(panel.homes, c1=YES, c2=YES) == Sent(confirmed=2)
    assert panel.answer(panel.colleague, c1=YES) == Sent(), "said already"
    told = panel.standings()
    assert [told[key].words for key in panel.asked] == [
        "1 of 3 confirmed",
        "1 of 3 confirmed",
        "0 of 3 confirmed",
    ]
    assert told[panel.asked[0]].waiting == ("Council", "Police")
    with acting.acting(panel.colleague):
        assert store.waiting(panel.colleague, NOW.date())[0].cases == 1
    row = db.session.scalars(select(ConfirmationRow).limit(1)).one()
    assert (row.author, row.agency_id, row.confirmed) == ("Joan Akande", panel.homes.agency_id, True)


def test_C3_a_case_that_is_not_confirmed_is_discussed_at_once_with_agency_and_reason(panel: Panel) -> None:
    assert panel.answer(panel.homes, c1=NO, c2=NO, c3=NO) == Sent(not_confirmed=3)
    moved = [line(key) for key in panel.asked]
    assert [row.group for row in moved] == [2, 1, 5]
    assert {row.moved_reason for row in moved} == {"Homes: She left the refuge on Sunday."}
    assert panel.standings()[panel.asked[0]].not_confirmed == ("Homes",)
    with acting.acting(panel.homes):
        assert store.waiting(panel.homes, NOW.date()) == []
    with acting.acting(panel.coordinator):
        found = marac.agenda(panel.coordinator, panel.meeting_id)
    assert found is not None and {one.purpose for one in found.lines} == {"for discussion"}


def test_C3_two_agencies_that_do_not_confirm_one_case_are_both_read(panel: Panel) -> None:
    panel.answer(panel.homes, c1=NO)
    assert panel.answer(panel.police, c1=Told(Said.NOT_CONFIRMED, "Bail ended.")) == Sent(not_confirmed=1)
    row = line(panel.lines[1])
    assert row.moved_reason == "Homes: She left the refuge on Sunday. Police: Bail ended." and row.group == 2


def test_C3_an_agency_may_take_its_confirmation_back_until_the_meeting(panel: Panel) -> None:
    panel.answer(panel.homes, c1=YES)
    panel.answer(panel.homes, c1=NO)
    assert panel.standings()[panel.lines[1]] == Standing((), ("Homes",), ("Council", "Police"))
    rows = select(ConfirmationRow.confirmed).order_by(
        ConfirmationRow.said_at, ConfirmationRow.confirmed.desc()
    )
    assert db.session.scalars(rows).all() == [True, False], "what was said before is kept"


def test_C3_without_a_reason_nothing_at_all_is_kept(panel: Panel) -> None:
    with pytest.raises(RuleBroken, match="cannot confirm"):
        panel.answer(panel.homes, c1=YES, c2=Told(Said.NOT_CONFIRMED, " "))
    assert db.session.scalars(select(ConfirmationRow)).all() == []
    assert line(panel.lines[2]).group == 4


@pytest.mark.parametrize("how", ["day passed", "ended", "did not sit"])
def test_C3_once_the_meeting_is_over_no_answer_is_taken(panel: Panel, how: str) -> None:
    if how == "did not sit":
        marac_publishing.did_not_sit(panel.coordinator, panel.meeting_id, "Snow.", NOW)
    with saved():
        if how == "ended":
            db.session.get_one(MeetingRow, panel.meeting_id).ended_at = NOW
    late = SOON + timedelta(days=11) if how == "day passed" else SOON
    with pytest.raises(RuleBroken, match="sat|sit"):
        usecase.answer(panel.homes, panel.meeting_id, {panel.asked[0]: NO}, late)
    assert line(panel.asked[0]).moved_reason == ""


def test_C3_a_case_that_is_discussed_or_on_no_such_meeting_takes_no_answer(panel: Panel) -> None:
    assert panel.answer(panel.homes, c0=NO) == Sent()
    assert usecase.answer(panel.homes, panel.meeting_id, {uuid4(): NO}, SOON) == Sent()
    with pytest.raises(NotFound):
        usecase.answer(panel.homes, uuid4(), {panel.asked[0]: YES}, SOON)
    with pytest.raises(Forbidden):
        panel.answer(panel.coordinator, c1=YES)


def test_C3_M6_who_is_walled_from_a_case_is_asked_nothing_of_it_and_says_nothing(panel: Panel) -> None:
    row = line(panel.lines[1])
    a_wall(row.area_id, row.case_id, panel.homes.account_id)
    with acting.acting(panel.homes):
        assert panel.lines[1] not in [box.line.item_id for box in store.boxes(panel.homes, panel.meeting_id)]
        assert store.waiting(panel.homes, NOW.date())[0].cases == 2
    assert panel.answer(panel.homes, c1=NO) == Sent()
    assert line(panel.lines[1]).moved_reason == ""
    told = panel.standings()[panel.lines[1]]
    assert told.waiting == ("Homes", "Police"), (
        "a colleague may open it; of the Council nobody who attends may"
    )
    a_wall(row.area_id, row.case_id, panel.colleague.account_id)
    assert panel.standings()[panel.lines[1]].waiting == ("Police",)


def test_C3_who_may_not_open_a_case_reads_no_answer_about_it(panel: Panel) -> None:
    panel.answer(panel.homes, c1=YES)
    row = line(panel.lines[1])
    a_wall(row.area_id, row.case_id, panel.coordinator.account_id)
    assert panel.lines[1] not in panel.standings()


def test_C3_an_agency_that_does_not_attend_or_has_left_is_not_waited_for(area_id: UUID, panel: Panel) -> None:
    an_agency(area_id, "Absent", marac=False)
    with saved():
        row = db.session.get_one(AgencyRow, panel.police.agency_id)
        row.withdrawn_on = NOW.date()
    assert panel.standings()[panel.asked[0]].waiting == ("Council", "Homes")
    with pytest.raises((Forbidden, NotFound)):
        panel.answer(panel.police, c1=YES)


def test_C3_the_trail_says_who_answered_about_what_and_no_word_of_why(panel: Panel) -> None:
    panel.answer(panel.homes, c1=NO)
    told = db.session.scalars(select(AuditRow).where(AuditRow.action == "confirmation.sent")).one()
    assert (told.actor, told.subject) == (str(panel.homes.account_id), f"item/{panel.lines[1]}")
    assert "refuge" not in str(told.detail)
    assert db.session.scalars(select(AuditRow).where(AuditRow.action == "marac.discuss")).one()


def test_C3_two_agencies_at_once_move_it_once_and_lose_neither_reason(panel: Panel) -> None:
    app, start, failures = current_app._get_current_object(), Barrier(2), list[Exception]()  # type: ignore[attr-defined]

    def say(who: Principal, why: str) -> None:
        with app.app_context():
            start.wait()
            try:
                panel.answer(who, c1=Told(Said.NOT_CONFIRMED, why))
            except Exception as failure:
                failures.append(failure)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [Thread(target=say, args=told) for told in ((panel.homes, "One."), (panel.police, "Two."))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    row = line(panel.lines[1])
    assert row.group == 2
    assert row.moved_reason in ("Homes: One. Police: Two.", "Police: Two. Homes: One.")


def told() -> list[UUID]:
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == "confirmations")
    return sorted(db.session.scalars(rows))


def test_C3_an_agency_that_has_not_answered_is_reminded_and_told_that_it_is_late(panel: Panel) -> None:
    due = THURSDAY - timedelta(days=1)
    reminder, late = (datetime(2026, 12, day, 9, tzinfo=UTC) for day in (1, 3))
    assert due_on(THURSDAY, AreaSettings(), frozenset()) == due
    assert confirmations_chasing.chase(reminder - timedelta(days=1)) == 0
    usecase.answer(panel.police, panel.meeting_id, dict.fromkeys(panel.asked, YES), SOON)
    homes = sorted([panel.homes.account_id, panel.colleague.account_id])
    assert (confirmations_chasing.chase(reminder), confirmations_chasing.chase(reminder)) == (2, 0)
    assert told() == homes, "the police have answered"
    assert confirmations_chasing.chase(reminder + timedelta(days=1)) == 0, "its day is not over"
    assert (confirmations_chasing.chase(late), confirmations_chasing.chase(late)) == (2, 0)
    assert confirmations_chasing.chase(late + timedelta(days=1)) == 0, "the MARAC has sat"


def test_M6_nobody_is_reminded_because_of_a_case_that_is_kept_from_them(panel: Panel) -> None:
    with saved():
        for line in panel.asked:
            case_id = db.session.get_one(ItemRow, line).case_id
            a_wall(panel.homes.area_id, case_id, panel.homes.account_id)
    assert confirmations_chasing.chase(datetime(2026, 12, 1, 9, tzinfo=UTC)) == 2
    assert panel.homes.account_id not in told()
