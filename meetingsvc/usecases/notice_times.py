"""Choosing what comes in one message a day, and how MARACs come into one's calendar."""

from collections.abc import Collection
from datetime import datetime

from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, calendar_feeds
from meetingsvc.store import notice_times as store
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice
from notifications.scheduled import Scheduled


def choose(principal: Principal, kinds: Collection[Notice], now: datetime) -> int:
    """From now on these come once a day, and all else at once; says how many changed.

    Only what can reach the person, and what safety lets wait. What was gathered before still comes in the
    next daily message. Of invitations it means that they come in the calendar alone, for who has a link to
    subscribe to it (Rulebook M4). Raises RuleBroken for anything else.
    """
    with saved_by(principal, Permission.HOME_READ, now) as who:
        may = {row.notice for row in store.reaching(who) if row.may_wait_a_day}
        may |= {row.notice for row in may_be_in_feed(who)}
        if not set(kinds) <= may:
            raise RuleBroken("One of these is not sent to you, or cannot wait for a day. Nothing changed.")
        changed = store.choose(who, kinds, now)
        if changed:
            audit.record(
                who.account_id, who.area_id, "notices.chosen", f"account/{who.account_id}", now,
                kinds=len(set(kinds)),
            )  # fmt: skip
        return changed


def may_be_in_feed(who: Principal) -> list[Scheduled]:
    """What somebody may do without, as their calendar has it from their link."""
    if calendar_feeds.row(who.account_id) is None:
        return []
    return [row for row in store.reaching(who) if row.may_be_in_feed]
