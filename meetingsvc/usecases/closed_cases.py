"""Saying why one reads a closed case: asked once, kept for an hour, read by the chair (security.md A5)."""

from datetime import datetime
from uuid import UUID, uuid4

from agenda.need_to_know import REASON_LASTS, reason_to_judge
from meetingsvc.models import ClosedReasonRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.usecases.restrictions import refuse_hidden
from meetingsvc.usecases.transaction import saved_by


def say_why(principal: Principal, case_id: UUID, reason: str, now: datetime) -> None:
    """Keeps the reason in a row of its own; it opens nothing that is not open to the person anyway."""
    reason = reason_to_judge(reason)
    with saved_by(principal, Permission.CASE_READ, now) as who:
        refuse_hidden(who, case_id)
        row = ClosedReasonRow(id=uuid4(), area_id=who.area_id, case_id=case_id, account_id=who.account_id,
                              reason=reason, given_at=now, until=now + REASON_LASTS)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "case.reason_given", f"case/{case_id}", now, closed=row.id)
