"""Everyone who opens something leaves a trace (Rulebook V5), and browsing raises an alarm."""

from datetime import datetime

from meetingsvc.permissions import Principal
from meetingsvc.store import audit
from meetingsvc.usecases import alarms
from meetingsvc.usecases.transaction import saved


def opened(principal: Principal, action: str, subject: str, now: datetime, **detail: object) -> None:
    """Notes who opened what: `opened(principal, "case.read", f"case/{case_id}", now)`; `detail` in ids."""
    with saved():
        case_id = audit.record(principal.account_id, principal.area_id, action, subject, now, **detail)
        if case_id is not None:
            alarms.watch(principal, case_id, action, now)
