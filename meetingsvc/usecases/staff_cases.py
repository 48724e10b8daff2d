"""Cases that are, or name, a member of staff: what the employer and the meeting decided (Rulebook M6)."""

from datetime import datetime
from uuid import UUID

from agenda.restrictions import Step, given
from agenda.rules import RuleBroken
from meetingsvc.models import RestrictionRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit
from meetingsvc.usecases.restrictions import refuse_hidden, said
from meetingsvc.usecases.transaction import saved_by


def employer_said(principal: Principal, case_id: UUID, told: str, said_by: str, now: datetime) -> None:
    """What the employing agency decided that its line managers are told, and who there said so (M6)."""
    told = given(told, "Write down what its line managers are told, or that they are told nothing")
    said_by = " ".join(said_by.split())
    if not said_by or len(said_by) > 200:
        raise RuleBroken("Write down who at the agency decided it.")
    with saved_by(principal, Permission.RESTRICTION_DECIDE, now) as who:
        row = _of_staff(who, case_id)
        with acting.whole_area(who.area_id):
            row.managers_told, row.managers_said_by = told, said_by
            row.managers_by, row.managers_at = who.account_id, now
            step = said(row, Step.EMPLOYER, f"{told} (Said by: {said_by})", who.account_id, now)
            audit.record(who.account_id, who.area_id, "restriction.employer", f"case/{case_id}", now,
                         step=step)  # fmt: skip


def officer(
    principal: Principal, case_id: UUID, works_with_children: bool | None, decided: str, now: datetime
) -> None:
    """Whether the member of staff works with children, and what the meeting decided about telling the local
    authority designated officer (M6)."""
    with saved_by(principal, Permission.RESTRICTION_DECIDE, now) as who:
        row = _of_staff(who, case_id)
        with acting.whole_area(who.area_id):
            row.works_with_children, step = works_with_children, None
            if decided.strip():
                row.lado, row.lado_by, row.lado_at = given(decided), who.account_id, now
                step = said(row, Step.OFFICER, row.lado, who.account_id, now)
            audit.record(who.account_id, who.area_id, "restriction.officer", f"case/{case_id}", now,
                         step=step)  # fmt: skip


def _of_staff(who: Principal, case_id: UUID) -> RestrictionRow:
    refuse_hidden(who, case_id)
    with acting.whole_area(who.area_id):
        row = db.session.get(RestrictionRow, case_id)
    if row is None or row.employer_id is None:
        raise RuleBroken("No member of staff is known to be on this case. Nothing changed.")
    return row
