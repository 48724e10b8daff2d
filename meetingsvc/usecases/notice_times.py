"""Choosing what comes in one message a day."""

from collections.abc import Collection
from datetime import datetime

from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store import notice_times as store
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice


def choose(principal: Principal, kinds: Collection[Notice], now: datetime) -> int:
    """From now on these come once a day, and all else at once; says how many changed.

    Only what can reach the person, and what safety lets wait. What was gathered before still comes in the
    next daily message. Raises RuleBroken for anything else.
    """
    with saved_by(principal, Permission.HOME_READ, now) as who:
        may = {row.notice for row in store.reaching(who) if row.may_wait_a_day}
        if not set(kinds) <= may:
            raise RuleBroken("One of these is not sent to you, or cannot wait for a day. Nothing changed.")
        changed = store.choose(who, kinds, now)
        if changed:
            audit.record(
                who.account_id, who.area_id, "notices.chosen", f"account/{who.account_id}", now,
                kinds=len(set(kinds)),
            )  # fmt: skip
        return changed
