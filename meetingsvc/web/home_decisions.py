"""What takes two people, on the first page: what waits for a meeting, and what became of one's proposals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from agenda.calendar import local_day
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import pack_cases
from meetingsvc.store import proposals as store
from meetingsvc.store.proposals import State
from meetingsvc.usecases.proposals import KINDS

KEPT = timedelta(days=7)
_ENDS = {
    State.APPROVED: "approved",
    State.REFUSED: "refused",
    State.VOID: "void: there was nothing left to decide, or you may not any more",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """One proposal that is over, as its proposer reads it."""

    id: UUID
    title: str
    case: str
    end: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Decisions:
    """What of it concerns one person."""

    held: list[tuple[UUID, date, int]]  # restricted cases in no copy yet, by the MARAC they wait for
    ended: list[Ended]


def of(who: Principal, now: datetime) -> Decisions:
    """Whoever proposed something reads for a week how it ended: nobody else tells them (security.md B)."""
    held = pack_cases.held_ahead(who, local_day(now)) if who.may(Permission.RESTRICTION_DECIDE) else []
    if not who.may(Permission.ACCOUNT_CONFIRM):
        return Decisions(held, [])
    told = store.ended_since(who, now - KEPT, now)
    return Decisions(held, [
        Ended(one.id, KINDS[one.kind].title, one.case,
              _ENDS.get(one.state, "lapsed: nobody decided in time"),
              one.decider if one.state in _ENDS else "", local_day(one.decided_at or one.expires_at))
        for one in told if one.kind in KINDS
    ])  # fmt: skip
