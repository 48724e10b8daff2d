"""Everyone who opens something leaves a trace (Rulebook V5), and browsing raises an alarm."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

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


def opened_with(
    principal: Principal, action: str, case_id: UUID, beside: tuple[str, Iterable[UUID]], now: datetime
) -> None:
    """The same of a page on one case that names others: a line on each of those says so, and not on which
    page it was, for that may be hidden from who reads it."""
    said, others = beside
    with saved():
        audit.record(principal.account_id, principal.area_id, action, f"case/{case_id}", now)
        audit.record_each(principal.account_id, principal.area_id, said, others, now)
        alarms.watch(principal, case_id, action, now)


def listed(principal: Principal, action: str, cases: Iterable[UUID], now: datetime, **detail: object) -> None:
    """Notes who opened a page of several cases, and of which it told: who was exposed to one of them is drawn
    from that (Rulebook V3; security.md E). The action is one of `trail_words.SHOWING`."""
    opened(principal, action, f"area/{principal.area_id}", now, cases=each(cases), **detail)


def each(shown: Iterable[UUID | int]) -> str:
    """What was shown, each once: a page shows a bounded number."""
    return " ".join(map(str, dict.fromkeys(shown)))
