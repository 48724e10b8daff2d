"""An IDVA opens the case that is given to them, and tells its victim, though their service sits in no meeting
that heard it (security.md B, "M + allocated"; Rulebook F1, F2, M6, V1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from werkzeug.exceptions import NotFound

from agenda.circulation import Group
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AllocationRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    RefusalRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, address_masks, feedback_lists, feedback_page, scope
from meetingsvc.store.feedback_lists import Counts
from meetingsvc.usecases import feedback_tries
from meetingsvc.usecases.transaction import saved
from minutes.feedback import Result, Standing, Telling, Try
from tests.a_marac import NOW, a_person, decided, line_of
from tests.a_wall import a_wall
from tests.usecases.test_feedback import LATER, ON_ONE, TUESDAY, Panel, panel
from tests.usecases.test_feedback_hidden import counted, given, reminded, restrict, sits_in_no_daily_meeting
from tests.usecases.test_marac import set_marac_day

__all__ = ["panel"]  # the fixture
TOLD = Try(Result.TOLD, TUESDAY, "Niamh Carrow", "In person")


@dataclass(frozen=True)
class Seen:
    """What somebody may read."""

    cases: set[UUID]
    items: set[UUID]
    meetings: set[UUID]


NOTHING = Seen(set(), set(), set())


def now_is(who: Principal) -> Principal:
    found = accounts.principal(who.account_id, NOW)
    assert found is not None
    return found


def seen(who: Principal) -> Seen:
    who = now_is(who)
    with acting.acting(who):
        found = Seen(
            set(db.session.scalars(select(CaseRow.id).where(scope.cases_of(who)))),
            set(db.session.scalars(select(ItemRow.id).where(scope.told_items_of(who)))),
            set(db.session.scalars(select(MeetingRow.id).where(scope.meetings_of(who)))),
        )
        db.session.rollback()
    return found


def sits_in_none(panel: Panel) -> None:
    sits_in_no_daily_meeting(panel)
    with saved():
        db.session.get_one(AgencyRow, panel.idva.agency_id).attends -= {"MARAC"}


def test_B_an_allocated_idva_opens_exactly_that_case_and_no_meeting(panel: Panel) -> None:
    sits_in_none(panel)
    colleague = a_person(panel.idva.agency_id, Role.IDVA, "Una Flint")
    assert seen(panel.idva) == NOTHING
    given(panel, panel.idva)
    assert seen(panel.idva) == Seen({panel.case_id()}, {panel.items[0]}, set())
    assert seen(colleague) == NOTHING
    idva = now_is(panel.idva)
    with acting.acting(idva):
        assert address_masks.why_not_shown(idva, panel.case_id()) is None
        db.session.rollback()


def test_F1_F5_they_tell_the_victim_and_record_it(panel: Panel) -> None:
    sits_in_none(panel)
    given(panel, panel.idva)
    panel.record()
    panel.record(1)
    assert panel.telling() == Telling(panel.idva.agency_id, "Niamh Carrow", panel.idva.account_id, TUESDAY)
    panel.close()
    idva = now_is(panel.idva)
    assert counted(idva) == Counts(1, 0, 0)
    with acting.acting(panel.coordinator):
        away = {one.item_id: one.away for one in feedback_lists.to_tell(panel.coordinator, TUESDAY, 1)}
    assert away == {panel.items[0]: False, panel.items[1]: True}
    with acting.acting(idva):
        (line,) = feedback_lists.to_tell(idva, TUESDAY, 1)
        page = feedback_page.page(idva, line.item_id, TUESDAY)
        (on_case,) = feedback_page.on_case(idva, panel.case_id())
        assert feedback_page.page(idva, panel.items[1], TUESDAY) is None
        db.session.rollback()
    assert page is not None and page.over and not page.meets and page.victim is not None
    assert on_case.item_id == line.item_id == panel.items[0]
    assert reminded(panel) == 2  # before and after its day
    assert db.session.scalars(select(RefusalRow.id)).all() == []
    feedback_tries.record(idva, panel.items[0], 1, TOLD, LATER)
    kept = panel.kept()
    assert kept is not None and kept.standing is Standing.TOLD
    with pytest.raises(NotFound):
        feedback_tries.record(idva, panel.items[1], 1, TOLD, LATER)


@pytest.mark.parametrize("how", ["walled", "restricted", "left", "taken back", "another role"])
def test_M6_V1_and_nobody_it_is_kept_from(panel: Panel, how: str) -> None:
    sits_in_none(panel)
    given(panel, panel.idva)
    who = panel.idva
    if how == "walled":
        a_wall(panel.coordinator.area_id, panel.case_id(), who.account_id)
    elif how == "restricted":
        restrict(panel)
    with saved():
        agency = db.session.get_one(AgencyRow, who.agency_id)
        if how == "left":
            agency.withdrawn_on = NOW.date()
        elif how == "taken back":
            db.session.execute(delete(AllocationRow))
        elif how == "another role":
            db.session.get_one(AccountRow, who.account_id).role = Role.REPRESENTATIVE
    assert seen(who) == NOTHING


def test_B_nor_what_of_it_is_not_shared_yet(panel: Panel) -> None:
    sits_in_none(panel)
    given(panel, panel.idva)
    set_marac_day(panel.coordinator.area_id, date(2026, 12, 3))
    decided(panel.coordinator, panel.items[0], Group.REPEAT_NO_SAFEGUARDS)
    line = line_of(panel.items[0])
    key, meeting_id, daily = line.id, line.meeting_id, panel.items[0]
    assert seen(panel.idva).items == {daily}
    with saved():
        db.session.get_one(MeetingRow, meeting_id).state = "published"
        db.session.get_one(ItemRow, key).supplement = 1
    assert seen(panel.idva).items == {daily}
    with saved():
        db.session.get_one(MeetingRow, meeting_id).supplements = 1
    assert seen(panel.idva).items == {daily, key}
    with saved():
        meeting = db.session.scalars(select(MeetingRow).where(MeetingRow.kind == "DRAMM")).one()
        meeting.held = True  # read beside the line it referred (M1)
    assert seen(panel.idva).items == {daily, key}
    with saved():
        db.session.get_one(OutcomeRow, daily).marac_item_id = None
    assert seen(panel.idva).items == {key}


@ON_ONE
def test_F2_a_colleague_on_duty_whom_it_is_not_given_to_opens_nothing(panel: Panel) -> None:
    sits_in_none(panel)
    colleague = a_person(panel.idva.agency_id, Role.IDVA, "Una Flint")
    given(panel, panel.idva)
    panel.record(telling=Telling(panel.idva.agency_id, "Duty IDVA", None, TUESDAY))
    panel.close()
    with acting.acting(panel.coordinator):
        assert not any(one.away for one in feedback_lists.to_tell(panel.coordinator, TUESDAY, 1))
    assert reminded(panel) == 2  # whom it is given to, and not her colleague
    assert counted(now_is(colleague)) == Counts(0, 0, 0)
