"""Disclosure scheme applications and protection orders, on the first page (Rulebook Y1, T10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import disclosure_schemes, orders

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Schemes:
    """What of them waits for a person, in counts of what they may open."""

    open: int
    late: int
    ending: int


def of(who: Principal, now: datetime) -> Schemes:
    """Applications that are open and overdue, and orders that end this week."""
    waiting = disclosure_schemes.waiting(who) if who.may(Permission.APPLICATION_READ) else []
    ending = orders.ending(who, now, now + A_WEEK) if who.may(Permission.LIST_READ) else 0
    return Schemes(len(waiting), sum(bool(one.late(now)) for one in waiting), ending)
