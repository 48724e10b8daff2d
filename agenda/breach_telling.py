"""Whether the regulator and whom a breach affects are told: decided, with a reason (Rulebook V3)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from agenda.moves import REASON_LENGTH

#: `whom` of a decision or an opinion that is about the regulator; otherwise it is a person's identifier.
REGULATOR = "regulator"


@dataclass(frozen=True, slots=True)
class Affected:
    """Somebody whose information it was."""

    id: str
    perpetrator: bool = False  # on any case that the breach touches


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an affected partner says, asked before anybody outside is told (FD)."""

    agency: str
    whom: str
    tell: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether somebody is told of a breach, why, and how safely."""

    whom: str
    tell: bool
    reason: str
    at: datetime
    by: str
    how: str = ""  # when, by whom, and in which safe way (Rulebook F4)
    alone: str = ""  # why it is decided without the partners' agreement
    told_at: datetime | None = None  # when it was carried out


def not_agreed(
    whom: str, tell: bool, partners: AbstractSet[str], opinions: Iterable[Opinion], at: datetime
) -> tuple[str, ...]:
    """The affected partners that have not said so, or say otherwise; what each said last counts (FD)."""
    said = {
        opinion.agency: opinion.tell
        for opinion in sorted(opinions, key=lambda opinion: opinion.at)
        if opinion.whom == whom and opinion.at <= at
    }
    return tuple(sorted(agency for agency in partners if said.get(agency) is not tell))


def problems(
    told: Decision, affected: Iterable[Affected], partners: AbstractSet[str], opinions: Iterable[Opinion]
) -> dict[str, str]:
    """What keeps a decision from being kept, by field (Rulebook V3, F3, F4).

    Affected partners are consulted first; where they do not agree in time, or no partner is known, the
    protocol's owner decides, and says why (FD). A perpetrator is never told: it would tell of the meeting.
    """
    found: dict[str, str] = {}
    known = {one.id: one for one in affected}
    if told.whom != REGULATOR and told.whom not in known:
        found["whom"] = "Choose somebody whom the breach affects"
    elif told.tell and told.whom != REGULATOR:
        if known[told.whom].perpetrator:
            found["tell"] = "A perpetrator is never told of the meeting. Take legal advice"
        elif not told.how.strip():
            found["how"] = "Say when, by whom and in which safe way they are told"
    if not told.reason.strip():
        found["reason"] = "Say why"
    elif len(told.reason) > REASON_LENGTH:
        found["reason"] = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    waiting = not_agreed(told.whom, told.tell, partners, opinions, told.at)
    if told.tell and not partners and not told.alone.strip():
        found["alone"] = "No partner is recorded whose information it is. Say why it is decided all the same"
    if waiting and not told.alone.strip():
        found["alone"] = f"Not agreed: {', '.join(waiting)}. Say why it is decided all the same"
    return found
