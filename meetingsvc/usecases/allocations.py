"""Giving a case to an IDVA, who may then be shown its safe address (security.md B)."""

from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import AllocationAskRow, AllocationRow, NamedRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, nameable
from meetingsvc.store import restrictions as store
from meetingsvc.usecases.restrictions import refuse_hidden
from meetingsvc.usecases.transaction import saved_by


def allocate(principal: Principal, case_id: UUID, account_id: UUID, now: datetime) -> None:
    """Gives the case to an IDVA who may open it; never to one who is walled from it (Rulebook M6)."""
    with saved_by(principal, Permission.CASE_ALLOCATE, now) as who:
        refuse_hidden(who, case_id)
        found = store.of_case(who, case_id)
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):
            if account_id not in {one.id for one in nameable.idvas(who.area_id, case_id, local_day(now))}:
                raise RuleBroken("The case cannot be given to this person. Nothing changed.")
            if found and found.hides and db.session.get(NamedRow, (case_id, account_id)) is None:
                raise RuleBroken("This case is kept to named people. Restrict it and name the IDVA first.")
            if db.session.get(AllocationRow, (case_id, account_id)) is None:
                db.session.add(
                    AllocationRow(case_id=case_id, account_id=account_id, area_id=who.area_id,
                                  allocated_by=who.account_id, allocated_at=now)
                )  # fmt: skip
                audit.record(who.account_id, who.area_id, "case.allocated", f"case/{case_id}", now,
                             account=account_id)  # fmt: skip
            if asked := db.session.get(AllocationAskRow, (case_id, account_id)):
                db.session.delete(asked)


def take_back(principal: Principal, case_id: UUID, account_id: UUID, now: datetime) -> None:
    """The case is no longer this IDVA's."""
    with saved_by(principal, Permission.CASE_ALLOCATE, now) as who:
        refuse_hidden(who, case_id)
        with acting.whole_area(who.area_id):
            row = db.session.get(AllocationRow, (case_id, account_id))
            if row is None:
                raise NotFound
            db.session.delete(row)
            audit.record(who.account_id, who.area_id, "case.taken_back", f"case/{case_id}", now,
                         account=account_id)  # fmt: skip


def ask(principal: Principal, case_id: UUID, now: datetime) -> None:
    """An IDVA asks for a case they may open; who runs the meetings gives it to them, or does not."""
    with saved_by(principal, Permission.CASE_ASK, now) as who:
        refuse_hidden(who, case_id)
        with acting.whole_area(who.area_id):
            key = (case_id, who.account_id)
            if db.session.get(AllocationRow, key) is not None:
                raise RuleBroken("This case is given to you already.")
            if db.session.get(AllocationAskRow, key) is None:
                db.session.add(
                    AllocationAskRow(case_id=case_id, account_id=who.account_id, area_id=who.area_id,
                                     asked_at=now)
                )  # fmt: skip
                audit.record(who.account_id, who.area_id, "case.asked_for", f"case/{case_id}", now)


def decline(principal: Principal, case_id: UUID, account_id: UUID, now: datetime) -> None:
    """The case is not given to the IDVA who asked for it; they may ask again."""
    with saved_by(principal, Permission.CASE_ALLOCATE, now) as who:
        refuse_hidden(who, case_id)
        with acting.whole_area(who.area_id):
            row = db.session.get(AllocationAskRow, (case_id, account_id))
            if row is None:
                raise NotFound
            db.session.delete(row)
            audit.record(who.account_id, who.area_id, "case.ask_declined", f"case/{case_id}", now,
                         account=account_id)  # fmt: skip
