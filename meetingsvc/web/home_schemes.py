"""Disclosure scheme applications and protection orders, on the first page (Rulebook Y1, T10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda.calendar import local_day
from agenda.disclosure_scheme import Stage
from agenda.disclosure_update import State
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import disclosure_schemes, disclosure_updates, orders

A_WEEK = timedelta(days=7)
#: So long the first page says that a meeting has decided otherwise than one before it.
A_FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Schemes:
    """What of them waits for a person, in counts of what they may open."""

    open: int
    late: int
    ending: int
    to_weigh: int  # an agency holds something that affects the disclosure
    to_confirm: tuple[tuple[UUID, str], ...]  # by a chair: nobody acts on it before (C4)
    never_sent: tuple[tuple[UUID, str], ...]  # to be disclosed, and no MARAC will be told, by reference
    turned: tuple[tuple[UUID, str, bool], ...] = ()  # not to be disclosed after all; whether it was before


def of(who: Principal, now: datetime) -> Schemes:
    """Applications that are open, overdue, to be weighed first (Rulebook C3), to be confirmed by a chair (C4)
    and, for who keeps the agenda, sent to no MARAC; those that a later meeting decided not to disclose (Y1);
    and orders that end this week."""
    waiting = disclosure_schemes.waiting(who) if who.may(Permission.APPLICATION_READ) else []
    ending = orders.ending(who, now, now + A_WEEK) if who.may(Permission.LIST_READ) else 0
    late = sum(bool(one.late(now)) for one in waiting)
    found = [disclosure_updates.of(who, one, local_day(now)) for one in waiting]
    affected = sum(one is not None and one.state is State.AFFECTED for one in found)
    runs = who.may(Permission.AGENDA_EDIT)
    never = tuple(
        (one.id, one.reference)
        for one, update in zip(waiting, found, strict=True)
        if runs and update and update.never_sent and one.listed and one.listed.final
    )
    confirm = tuple((one.id, one.reference) for one in waiting if one.to_confirm)
    again = disclosure_schemes.turned(who, now - A_FORTNIGHT) if who.may(Permission.APPLICATION_READ) else []
    turned = tuple((one.id, one.reference, one.stage is Stage.DISCLOSED) for one in again)
    return Schemes(len(waiting), late, ending, affected, confirm, never, turned)
