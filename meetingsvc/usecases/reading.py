"""Everyone who opens something leaves a trace (Rulebook V5)."""

from datetime import datetime

from meetingsvc.permissions import Principal
from meetingsvc.store import audit
from meetingsvc.usecases.transaction import saved


def opened(principal: Principal, action: str, subject: str, now: datetime, **detail: object) -> None:
    """Notes who opened what: `opened(principal, "case.read", f"case/{case_id}", now)`; `detail` in ids."""
    with saved():
        audit.record(principal.account_id, principal.area_id, action, subject, now, **detail)
