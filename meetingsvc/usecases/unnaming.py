"""Taking somebody's name off a restricted case; of who runs meetings, by two people (Rulebook M6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.restrictions import refuse_last
from agenda.rules import RuleBroken
from meetingsvc.models import AllocationAskRow, AllocationRow, NamedRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, nameable
from meetingsvc.store import restrictions as store
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import oversight, proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.restrictions import refuse_hidden, refuse_unrestricted
from meetingsvc.usecases.transaction import saved_by


def unname(principal: Principal, case_id: UUID, account_id: UUID, reason: str, now: datetime) -> bool:
    """Closes a restricted case to one person; False where a second person has to decide first.

    So it is of whoever runs meetings: nobody is left with a case alone by their own decision (security.md B).
    The last of them stays named.
    """
    with saved_by(principal, Permission.RESTRICTION_DECIDE, now) as who:
        refuse_unrestricted(who, case_id)
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):
            row, runs = _named(who.area_id, case_id, account_id, now)
            if not runs:
                _close(who, row, now)
                return True
        detail = {"case": store.reference(who, case_id), "account": str(account_id)}
        about = None if account_id == who.account_id else account_id
        proposals.propose(who, UNNAME.name, f"named/{case_id}/{account_id}", detail, reason, now,
                          case_id=case_id, about_id=about)  # fmt: skip
        return False


def _named(area_id: UUID, case_id: UUID, account_id: UUID, now: datetime) -> tuple[NamedRow, bool]:
    """Who is named, and whether they run meetings; raises where nobody else would who does."""
    row = db.session.get(NamedRow, (case_id, account_id))
    if row is None:
        raise NotFound
    named = {one.account_id for one in nameable.named_rows(case_id)}
    able = nameable.runners(area_id, case_id, local_day(now)) & named
    if account_id in able:
        refuse_last(len(able) - 1)
    return row, account_id in able


def give_up(who: Principal, account_id: UUID, now: datetime) -> None:
    """What was given to somebody as what they no longer are: names on restricted cases, and allocations.

    Their role changed by another's decision, so nobody else is asked; whoever runs the meetings may name
    them again.
    """
    with acting.whole_area(who.area_id):
        for named in db.session.scalars(select(NamedRow).where(NamedRow.account_id == account_id)):
            _close(who, named, now)
        for given in db.session.scalars(select(AllocationRow).where(AllocationRow.account_id == account_id)):
            db.session.delete(given)
            audit.record(who.account_id, who.area_id, "case.taken_back", f"case/{given.case_id}", now,
                         account=account_id)  # fmt: skip
        db.session.execute(delete(AllocationAskRow).where(AllocationAskRow.account_id == account_id))


def _close(who: Principal, row: NamedRow, now: datetime) -> None:
    db.session.delete(row)
    audit.record(who.account_id, who.area_id, "restriction.unnamed", f"case/{row.case_id}", now,
                 account=row.account_id)  # fmt: skip


def _carry_out(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    if told.case_id is None or not store.may_open(proposer, told.case_id):
        raise RuleBroken("Whoever proposed this may not decide it any more. Nothing changed.")
    refuse_hidden(confirmer, told.case_id)
    account_id = UUID(told.detail["account"])
    areas.hold(told.area_id)
    with acting.whole_area(told.area_id):
        row, _ = _named(told.area_id, told.case_id, account_id, now)
        _close(confirmer, row, now)
        oversight.tell(told.area_id, told.case_id, confirmer.account_id, now)


def _describe(told: Told) -> list[Change]:
    name = store.name_of(UUID(told.detail["account"]))
    return [Change(f"{name} and case {told.detail['case']}", "Named on it", "It is closed to them")]


UNNAME = proposals.register(
    Kind("restriction.unname", "Take a name off a restricted case", Permission.RESTRICTION_DECIDE,
         Permission.RESTRICTION_DECIDE, _describe, _carry_out)
)  # fmt: skip
