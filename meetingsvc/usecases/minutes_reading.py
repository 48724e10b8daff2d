"""Whoever opens minutes leaves a trace, and one on each case that they show (Rulebook V5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from meetingsvc.permissions import Principal
from meetingsvc.store import audit
from meetingsvc.store.alarms import WHOLE
from meetingsvc.store.minutes import CaseLine, Version
from meetingsvc.usecases import alarms
from meetingsvc.usecases.transaction import saved
from minutes.minutes import is_new

CASE = "minutes.case_read"


def opened(
    who: Principal, meeting_id: UUID, version: Version | None, cases: Sequence[CaseLine], now: datetime
) -> None:
    """Notes that somebody opened a meeting's minutes, and each case as far as it was shown."""
    with saved():
        detail = {"version": version.number} if version else {}
        audit.record(who.account_id, who.area_id, "minutes.read", f"meeting/{meeting_id}", now, **detail)
        if version:
            shown(who, meeting_id, version, cases, now)


def shown(
    who: Principal, meeting_id: UUID, version: Version, cases: Sequence[CaseLine], now: datetime
) -> None:
    """The line of each case, inside the caller's transaction: its own log names who read its minutes, a
    correction reaches them, and browsing old minutes raises an alarm (Rulebook R2, security.md A5)."""
    read = [line.case_id for line in cases if not line.asks_why]
    if not read:
        return
    detail: dict[str, object] = {"meeting": meeting_id, "version": version.number}
    if is_new(version.approved_at, now):
        detail[WHOLE] = True
    audit.record_each(who.account_id, who.area_id, CASE, read, now, **detail)
    alarms.watch(who, read[-1], CASE, now)  # one look for all: no decoy is on a meeting
