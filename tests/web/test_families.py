"""Running one family of panels, or sitting in it, opens nothing of another (Rulebook D1, E4)."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from agenda.panels import Family
from meetingsvc.models import AccountFamilyRow, AccountRow, AreaRow, AuditRow, CaseRow, MeetingRow, db
from meetingsvc.permissions import RUNS_MEETINGS, Permission, Role
from meetingsvc.store import accounts, acting, audit, scope
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.routes import body, doors
from tests.web.test_access import fill, with_objects

PANEL = (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA)
#: What is of no case and no meeting, or of domestic abuse alone whatever becomes of a case it names.
OF_NO_CASE = {
    *("account_id", "agency_id", "import_id", "token_id", "draft_id", "passkey_id", "session_id"),
    *("detail_id", "proposal_id", "sharing_id", "match_id", "merge_id", "alarm_id", "message_id"),
    *("refusal_id", "referral_id", "sent_id", "decision_id", "recalled_id", "copy_id", "order_id"),
    *("arrival_id", "transfer_id"),
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
    for door in asked:
        for role in set(door.roles) & clients.keys():
            theirs, none = door.knock(clients[role], seen.__getitem__), door.knock(clients[role])
            assert theirs.status_code == none.status_code, (door, role)
            assert body(theirs).replace(door.path(seen.__getitem__), "") == body(none), (door, role)


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


def test_D1_every_account_begins_with_domestic_abuse_alone(service: Flask, signed_in: SignIn) -> None:
    signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service():
        for row in db.session.scalars(select(AccountRow)):
            assert {one.family for one in row.families} == {Family.ABUSE}
            who = accounts.principal(row.id, NOW)
            assert who and (who.families == {Family.ABUSE} or who.role is Role.INFORMATION_GOVERNANCE)
