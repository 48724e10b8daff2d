"""The duty to tell a victim never rests on somebody who may not open the case (Rulebook F1, F2, M6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from agenda.agencies import AgencyKind
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AllocationRow,
    AuditRow,
    MeetingRow,
    NamedRow,
    OutboxRow,
    RefusalRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import (
    acting,
    feedback_lists,
    feedback_page,
    feedback_tellers,
    feedback_undecided,
    trail,
)
from meetingsvc.store.feedback_lists import Counts
from meetingsvc.store.trail_words import WORDS
from meetingsvc.usecases import agencies, feedback_chasing, list_changes, outcomes
from meetingsvc.usecases import feedback as usecase
from meetingsvc.usecases.transaction import saved
from minutes.feedback import Telling
from tests.a_marac import MONDAY, NOW, a_person
from tests.a_meeting_record import came
from tests.a_wall import a_wall
from tests.usecases.test_feedback import ON_ONE, TUESDAY, Panel, by_rep, panel, perpetrator_of

__all__ = ["panel"]  # the fixture


def restrict(panel: Panel, *named: Principal) -> None:
    """The first case is open to the coordinator and these alone."""
    people = (panel.coordinator, *named)
    ids = {"area_id": panel.coordinator.area_id, "case_id": panel.case_id()}
    with saved():
        db.session.add(RestrictionRow(state="restricted", hides="unnamed", reason="staff", put_at=NOW, **ids))
        for who in people:
            db.session.add(NamedRow(account_id=who.account_id, named_by=people[0].account_id,
                                    named_at=NOW, **ids))  # fmt: skip


def reminded(panel: Panel) -> int:
    with saved():
        db.session.execute(delete(OutboxRow))
    return sum(feedback_chasing.remind(NOW + timedelta(days=days)) for days in (0, 1, 2, 3))


def counted(who: Principal) -> Counts | None:
    db.session.rollback()
    with acting.acting(who):
        return feedback_lists.counts(who, TUESDAY)


def test_F1_no_idva_tells_by_default_of_a_case_that_none_of_them_may_open(panel: Panel) -> None:
    restrict(panel)
    panel.record()
    assert panel.kept() is None  # so that the meeting cannot be closed: somebody is named by hand
    with pytest.raises(outcomes.Unfit) as refused:
        panel.record(version=1, telling=Telling(panel.idva.agency_id, "Duty IDVA", None, TUESDAY))
    assert refused.value.problems == {"telling-agency_id": usecase.NOBODY_THERE}
    with pytest.raises(outcomes.Unfit) as refused:
        panel.record(version=1, telling=by_rep(panel, name="Bo Lindqvist"))
    assert refused.value.problems == {"telling-agency_id": usecase.NOBODY_THERE}


def test_F2_the_idva_who_is_named_on_the_case_tells_by_default(panel: Panel) -> None:
    a_person(panel.idva.agency_id, Role.IDVA, "Una Flint")  # who is not
    restrict(panel, panel.idva)
    panel.record()
    assert panel.telling() == Telling(panel.idva.agency_id, "Duty IDVA", None, TUESDAY)
    panel.close()
    assert counted(panel.coordinator) == counted(panel.idva) == Counts(1, 0, 0)
    assert reminded(panel) == 2  # before and after its day, and none to her colleague


@ON_ONE
def test_F2_the_next_service_is_on_duty_where_nobody_of_the_first_may_open_the_case(panel: Panel) -> None:
    with saved():
        other = agencies.create(panel.coordinator.area_id, "Second IDVA Service", AgencyKind.IDVA_SERVICE,
                                panel.idva.signed_on, "test", NOW, attends_daily=True)  # fmt: skip
    una = a_person(other, Role.IDVA, "Una Flint")
    restrict(panel, una)
    panel.record()
    assert panel.telling().agency_id == other


def sits_in_no_daily_meeting(panel: Panel) -> None:
    """The IDVA service comes to the MARAC alone."""
    with saved():
        db.session.get_one(AgencyRow, panel.idva.agency_id).attends -= {"DRAMM"}


def given(panel: Panel, *idvas: Principal) -> None:
    """The first case, in this order."""
    ids = {"area_id": panel.coordinator.area_id, "case_id": panel.case_id()}
    with saved():
        for at, who in enumerate(idvas):
            db.session.add(AllocationRow(account_id=who.account_id, allocated_by=panel.coordinator.account_id,
                                         allocated_at=NOW + timedelta(minutes=at), **ids))  # fmt: skip


def test_F2_an_idva_service_that_comes_to_the_marac_alone_tells_of_a_daily_case(panel: Panel) -> None:
    sits_in_no_daily_meeting(panel)
    panel.record()
    assert panel.telling() == Telling(panel.idva.agency_id, "Duty IDVA", None, TUESDAY)
    by_name = Telling(panel.idva.agency_id, "Niamh Carrow", panel.idva.account_id, TUESDAY)
    panel.record(1, telling=by_name)
    assert panel.telling(1) == by_name
    assert db.session.scalars(select(RefusalRow.id)).all() == []
    panel.close()
    assert counted(panel.coordinator) == Counts(2, 0, 0)
    with acting.acting(panel.coordinator):
        assert all(one.away for one in feedback_lists.to_tell(panel.coordinator, TUESDAY, 1))
    assert reminded(panel) == 0  # nothing here shows them the case: who runs the meetings reads that
    assert db.session.scalars(select(RefusalRow.id)).all() == []


def test_M6_but_not_of_one_that_a_restriction_keeps_from_them(panel: Panel) -> None:
    sits_in_no_daily_meeting(panel)
    restrict(panel)
    panel.record()
    assert panel.kept() is None
    with pytest.raises(outcomes.Unfit) as refused:
        told = Telling(panel.idva.agency_id, "Niamh Carrow", panel.idva.account_id, TUESDAY)
        panel.record(version=1, telling=told)
    assert refused.value.problems == {"telling-name": usecase.NOT_THEM}


def test_F2_each_idva_is_tried_in_turn_until_one_may_be_named(panel: Panel) -> None:
    name = perpetrator_of(panel)
    service = panel.idva.agency_id
    same = a_person(service, Role.IDVA, f"{name.forename} {name.surname}")
    walled = a_person(service, Role.IDVA, "Una Flint")
    a_wall(panel.coordinator.area_id, panel.case_id(), walled.account_id)
    given(panel, walled, same, panel.idva)
    panel.record()
    assert panel.telling() == Telling(service, "Niamh Carrow", panel.idva.account_id, TUESDAY)


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("how", ["walled", "restricted", "disabled", "left", "another role"])
def test_F1_F5_naming_listing_and_reminding_agree_on_who_can_still_tell(
    panel: Panel, by_name: bool, how: str
) -> None:
    who = panel.rep if by_name else panel.idva
    told = by_rep(panel) if by_name else Telling(who.agency_id, "Duty IDVA", None, TUESDAY)
    panel.record(telling=told)
    panel.close()
    whose = who.agency_id, who.account_id if by_name else None
    area_id, case_id = panel.coordinator.area_id, panel.case_id()
    assert feedback_tellers.able(area_id, case_id, *whose, TUESDAY) == [who.account_id]
    if how == "walled":
        a_wall(area_id, case_id, who.account_id)
    elif how == "restricted":
        restrict(panel)
    with saved():
        account = db.session.get_one(AccountRow, who.account_id)
        if how == "disabled":
            account.disabled_at = NOW
        elif how == "left":
            db.session.get_one(AgencyRow, who.agency_id).withdrawn_on = MONDAY
        elif how == "another role":
            account.role = Role.AGENCY_ADMINISTRATOR
    assert feedback_tellers.able(area_id, case_id, *whose, TUESDAY) == []
    assert counted(panel.coordinator) == Counts(1, 0, 1)
    assert reminded(panel) == 0
    if how in ("walled", "restricted", "left"):  # an agency where nobody can sign in yet may be named
        with pytest.raises(usecase.Unfit):
            usecase.change(panel.coordinator, panel.items[0], 1, replace(told, due=date(2026, 11, 25)), NOW)


def test_M6_a_colleague_is_not_told_from_whom_a_case_is_kept(panel: Panel) -> None:
    una = a_person(panel.idva.agency_id, Role.IDVA, "Una Flint")
    panel.record(telling=Telling(panel.idva.agency_id, "Niamh Carrow", panel.idva.account_id, TUESDAY))
    panel.close()
    a_wall(panel.coordinator.area_id, panel.case_id(), panel.idva.account_id)
    assert counted(una) == Counts(1, 0, 0) and counted(panel.coordinator) == Counts(1, 0, 1)


@pytest.mark.parametrize("by_name", [True, False])
def test_F1_who_runs_the_meetings_sees_that_nobody_can_after_a_restriction(
    panel: Panel, by_name: bool
) -> None:
    panel.record(telling=by_rep(panel) if by_name else None)
    panel.close()
    assert counted(panel.coordinator) == Counts(1, 0, 0)
    restrict(panel)
    assert counted(panel.coordinator) == Counts(1, 0, 1)
    with acting.acting(panel.coordinator):
        (line,) = feedback_lists.to_tell(panel.coordinator, TUESDAY, 1)
    assert line.ownerless


def test_F1_or_where_nobody_of_the_agency_can_sign_in(panel: Panel) -> None:
    with saved():
        empty = agencies.create(panel.coordinator.area_id, "Fellside Care", AgencyKind.IDVA_SERVICE,
                                panel.idva.signed_on, "test", NOW, attends_daily=True)  # fmt: skip
    panel.record(telling=Telling(empty, "Bo Lindqvist", None, TUESDAY))
    panel.close()
    assert counted(panel.coordinator) == Counts(1, 0, 1)


def closed_by_who_cannot_see(panel: Panel) -> Principal:
    """The first case is restricted to the coordinator, in an area where nobody tells a victim by default."""
    with saved():
        db.session.get_one(AgencyRow, panel.idva.agency_id).withdrawn_on = date(2026, 11, 1)
    blind = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Maud Ellery")
    restrict(panel)
    panel.record(1, telling=Telling(unsafe="He reads her post"))
    came(blind, db.session.scalars(select(MeetingRow.id)).one())
    return blind


def test_F1_a_hidden_case_that_nobody_tells_of_waits_for_who_may_see_it(panel: Panel) -> None:
    blind = closed_by_who_cannot_see(panel)
    panel.record()
    list_changes.close(blind, MONDAY, NOW)
    db.session.rollback()
    with acting.acting(panel.coordinator):
        (line,) = feedback_undecided.undecided(panel.coordinator)
        page = feedback_page.page(panel.coordinator, panel.items[0], TUESDAY)
    assert line.item_id == panel.items[0] and page is not None and page.current is None
    with acting.acting(blind):
        assert feedback_undecided.undecided(blind) == []
        read = {one.what for one in trail.lines(blind, trail.Filter(), 1, 50)}
    assert WORDS["list.closed"] in read and WORDS["feedback.undecided"] not in read
    with acting.acting(panel.rep):
        assert feedback_undecided.undecided(panel.rep) == []
    db.session.rollback()
    (noted,) = db.session.scalars(select(AuditRow).where(AuditRow.action == "feedback.undecided"))
    assert noted.case_id == panel.case_id()
    usecase.change(panel.coordinator, panel.items[0], 0, Telling(unsafe="He reads her post"), NOW)
    with acting.acting(panel.coordinator):
        assert feedback_undecided.undecided(panel.coordinator) == []


def test_F1_an_outcome_saved_after_the_end_says_who_tells_the_victim(panel: Panel) -> None:
    blind = closed_by_who_cannot_see(panel)
    list_changes.close(blind, MONDAY, NOW)
    with pytest.raises(outcomes.Unfit) as refused:
        panel.record()
    assert refused.value.problems == {"telling-choice": usecase.NOT_CHOSEN}
    panel.record(telling=Telling(unsafe="He reads her post"))
    assert panel.telling().unsafe
