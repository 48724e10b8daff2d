"""Running one family of panels, or sitting in it, opens nothing of another (Rulebook D1, E4)."""

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from agenda.panels import Family
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    CaseRow,
    MatchProposalRow,
    MeetingRow,
    MergeRow,
    db,
)
from meetingsvc.permissions import RUNS_MEETINGS, Permission, Principal, Role
from meetingsvc.store import (
    accounts,
    acting,
    audit,
    half_seen,
    meeting_record,
    nameable,
    scope,
    scope_matches,
)
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.routes import body, doors
from tests.web.test_access import fill, with_objects

PANEL = (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA)
#: What is of no case and no meeting, or of domestic abuse alone whatever becomes of a case it names.
OF_NO_CASE = {
    *("account_id", "agency_id", "import_id", "token_id", "draft_id", "passkey_id", "session_id"),
    *("detail_id", "proposal_id", "sharing_id", "alarm_id", "message_id"),
    *("refusal_id", "referral_id", "refer_id", "sent_id", "decision_id", "recalled_id", "copy_id"),
    *("order_id", "arrival_id", "transfer_id", "application_id"),
}


def everything_in_northtest() -> tuple[UUID, dict[str, UUID]]:
    area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
    police = agency_named("Northtest Police")
    person = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == police).limit(1)).one()
    return area_id, {**fill(area_id, person, police), "agency_id": police, "account_id": person}


def are_of(area_id: UUID, family: Family) -> None:
    """Every case and meeting of the area."""
    with saved():
        for row in (CaseRow, MeetingRow):
            db.session.execute(update(row).where(row.area_id == area_id).values(family=family))
    db.session.remove()


def run(role: Role, *families: Family) -> None:
    """From now on whoever has that role runs these, and no others."""
    with saved():
        for row in db.session.scalars(select(AccountRow).where(AccountRow.role == role)):
            row.families = {AccountFamilyRow(family=one, granted_at=NOW) for one in families}
    db.session.remove()


def test_E4_what_another_familys_panel_hears_is_missing_for_everybody_of_this_one(
    service: Flask, signed_in: SignIn
) -> None:
    clients = {role: signed_in(role) for role in PANEL}
    with service.app_context(), acting.service():
        area_id, seen = everything_in_northtest()
        are_of(area_id, Family.EXPLOITATION)
    asked = [door for door in with_objects(service) if set(door.ids) - OF_NO_CASE]
    assert len(asked) > 100
    told = []
    for door in asked:
        for role in set(door.roles) & clients.keys():
            theirs, none = door.knock(clients[role], seen.__getitem__), door.knock(clients[role])
            alike = body(theirs).replace(door.path(seen.__getitem__), "") == body(none)
            if theirs.status_code != none.status_code or not alike:
                told.append((door, role))
    assert not told


@pytest.mark.parametrize("role", sorted(RUNS_MEETINGS))
def test_D1_whoever_runs_another_family_alone_has_their_home_and_nothing_else(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    client = signed_in(role)
    with service.app_context(), acting.service():
        area_id, seen = everything_in_northtest()
        run(role, Family.EXPLOITATION)
    for door in doors(service):
        answer = door.knock(client, lambda name: seen[name])
        if door.needs != Permission.HOME_READ:
            assert answer.status_code == 403, door


def test_D1_who_runs_both_families_sees_both_and_who_runs_one_no_trace_of_the_other(
    service: Flask, signed_in: SignIn
) -> None:
    for role in (Role.COORDINATOR, Role.CHAIR):
        signed_in(role)
    with service.app_context(), acting.service():
        area_id, seen = everything_in_northtest()
        are_of(area_id, Family.EXPLOITATION)
        run(Role.CHAIR, *Family)
        with saved():
            for of in (f"case/{seen['case_id']}", f"meeting/{seen['meeting_id']}", f"pack/{seen['pack_id']}"):
                audit.record("x", area_id, "pack.read", of, NOW)
        found = {}
        for role in (Role.COORDINATOR, Role.CHAIR):
            key = db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()
            who = accounts.principal(key, NOW)
            assert who is not None
            with acting.acting(who):
                cases = db.session.scalars(select(CaseRow.id).where(scope.cases_of(who))).all()
                sits = db.session.scalars(select(MeetingRow.id).where(scope.meetings_of(who))).all()
                lines = db.session.scalars(
                    select(AuditRow.subject).where(scope.audit_of(who), AuditRow.actor == "x")
                ).all()
                found[role] = bool(cases), bool(sits), len(lines)
                db.session.rollback()
    assert found == {Role.COORDINATOR: (False, False, 0), Role.CHAIR: (True, True, 3)}


def test_D1_E4_whom_other_panels_alone_hear_is_matched_before_those_who_run_them(
    service: Flask, signed_in: SignIn
) -> None:
    """Whoever is on a case of domestic abuse too is matched as ever (D2), and called as that calls them."""
    signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service():
        area_id, seen = everything_in_northtest()
        key = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        who = accounts.principal(key, NOW)
        case = db.session.get_one(CaseRow, seen["case_id"])
        victim = case.victim_id
        assert who and _matches(who) == (True, True) and victim not in _half_seen(who)
        are_of(area_id, Family.EXPLOITATION)
        assert _matches(who) == (False, False) and victim in _half_seen(who)
        both = replace(who, families=frozenset(Family))
        assert _matches(both) == (True, True) and victim not in _half_seen(both)
        with saved():
            db.session.add(CaseRow(area_id=area_id, number=999, victim_id=victim))
        assert _matches(who) == (True, True) and victim in _half_seen(who)


def _matches(who: Principal) -> tuple[bool, bool]:
    """Whether a match, and a merge, are shown; whose people are all on one case."""
    with acting.acting(who):
        one = db.session.scalars(select(MatchProposalRow.id).where(scope_matches.matches_of(who))).all()
        merged = db.session.scalars(select(MergeRow.id).where(scope_matches.merges_of(who))).all()
        db.session.rollback()
    return bool(one), bool(merged)


def _half_seen(who: Principal) -> set[UUID]:
    with acting.acting(who):
        found = half_seen.half_seen(who)
        db.session.rollback()
    return found


def test_M6_D1_whoever_runs_other_panels_alone_counts_as_nobody_who_could_open_the_case(
    service: Flask, signed_in: SignIn
) -> None:
    """Or a case that nobody may hear any more would seem to be in somebody's hands."""
    for role in (Role.COORDINATOR, Role.CHAIR):
        signed_in(role)
    with service.app_context(), acting.service():
        area_id, seen = everything_in_northtest()
        run(Role.CHAIR, Family.EXPLOITATION)
        here = select(AgencyRow.id).where(AgencyRow.area_id == area_id)
        rows = select(AccountRow.role, AccountRow.id).where(AccountRow.agency_id.in_(here))
        runs = {Role(role): key for role, key in db.session.execute(rows)}
        case, chair, coordinator = seen["case_id"], runs[Role.CHAIR], runs[Role.COORDINATOR]
        asked = area_id, case, NOW.date()
        assert chair not in {one.id for one in nameable.who_run(area_id, NOW.date())}
        assert chair not in {one.id for one in nameable.nameable(*asked)}
        able = nameable.runners(*asked), nameable.who_may_open(*asked)
        assert all(coordinator in ids and chair not in ids for ids in able)
        assert meeting_record.kept_from(case, {chair, coordinator}) == {chair}
        are_of(area_id, Family.EXPLOITATION)
        assert not nameable.who_may_open(*asked) | nameable.runners(*asked)
        assert meeting_record.kept_from(case, {chair, coordinator}) == {coordinator}


def test_D1_every_account_begins_with_domestic_abuse_alone(service: Flask, signed_in: SignIn) -> None:
    signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service():
        for row in db.session.scalars(select(AccountRow)):
            assert {one.family for one in row.families} == {Family.ABUSE}
            who = accounts.principal(row.id, NOW)
            assert who and (who.families == {Family.ABUSE} or who.role is Role.INFORMATION_GOVERNANCE)
