"""Agencies that have not signed: in a named case only, and under the protocol's terms (Rulebook V1; DM)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from agenda.agencies import Agency
from agenda.moves import REASON_LENGTH, Move, Who
from agenda.pack import NoteKind

#: What an agency accepts before it reads, hears or is sent anything (Rulebook V1, X1, F3).
TERMS = (
    "Your agency takes part in this one case, as if it had signed the protocol.",
    "What it learns here stays its supplier’s own, and is used for the safety plan alone.",
    "It is passed on to nobody without the chair’s consent. The perpetrator is never told of it.",
    "When your part in the case ends, your agency destroys or returns what it was given, and says so.",
)


class State(StrEnum):
    """How far it is."""

    PROPOSED = "proposed"
    ALLOWED = "allowed, with the terms not accepted yet"
    TAKING_PART = "taking part"
    REFUSED = "refused"
    ENDED = "over"


class Direction(StrEnum):
    """Who wrote one of the entries: nothing else of the case is ever shown to such an agency."""

    TOLD = "told"  # by who runs the meetings, written for this agency
    SAID = "said"  # by the agency, as its own answer


class Step(StrEnum):
    """What is done with it."""

    ALLOW = "allow"
    REFUSE = "refuse"
    ACCEPT = "accept the terms"
    END = "end"
    LAPSE = "its time is over"


#: How the agency itself may be asked about it: nothing of the case before it has accepted the terms.
IN = frozenset({State.ALLOWED, State.TAKING_PART})
LIVE = IN | {State.PROPOSED}
SOURCE_LENGTH = 200

_CHAIR = frozenset({Who.CHAIR})

#: Whatever an agency that has not signed asks for goes to the chair (X5); it accepts the terms itself.
MOVES: Mapping[Step, Move[State]] = {
    Step.ALLOW: Move(frozenset({State.PROPOSED}), State.ALLOWED, _CHAIR),
    Step.REFUSE: Move(frozenset({State.PROPOSED}), State.REFUSED, _CHAIR, "Say why it is not to take part"),
    Step.ACCEPT: Move(frozenset({State.ALLOWED}), State.TAKING_PART, frozenset({Who.AGENCY})),
    Step.END: Move(LIVE, State.ENDED, _CHAIR | {Who.COORDINATOR}, "Say why it ends"),
    Step.LAPSE: Move(LIVE, State.ENDED, frozenset({Who.SERVICE})),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A setting of the area (Rulebook V1, practice; `agenda.area.AreaSettings.named_case_days`)."""

    days: int = 28


@dataclass(frozen=True, slots=True)
class Part:
    """One agency's part in one case: from the day it is allowed until its last day, which still counts."""

    agency_id: UUID
    case_id: UUID
    state: State
    since: date
    until: date


def takes_part(parts: Iterable[Part], agency_id: UUID, case_id: UUID, today: date) -> bool:
    """Whether an agency that has not signed takes part in this case today (Rulebook V1).

    In no other case, not before it accepted the terms, and not a day longer. Walls and restrictions keep the
    case from its people all the same (M6).
    """
    return any(
        (part.agency_id, part.case_id, part.state) == (agency_id, case_id, State.TAKING_PART)
        and part.since <= today <= part.until
        for part in parts
    )


def proposal_problems(
    agency: Agency, why: str, until: date | None, today: date, rule: Rule
) -> dict[str, str]:
    """What keeps it from being proposed, by field (Rulebook V1): it is for who has not signed, for a while.

    One that withdrew is sent nothing more: it signs again, or stays away.
    """
    found: dict[str, str] = {}
    if agency.is_signatory(today):
        found["agency"] = "This agency has signed, and takes part in every case it is asked to"
    elif agency.withdrawn_on is not None:
        found["agency"] = "This agency has withdrawn. It takes part again once it has signed again"
    if not why.strip():
        found["why"] = "Say why this case needs the agency"
    elif len(why) > REASON_LENGTH:
        found["why"] = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    last = today + timedelta(days=rule.days)
    if until is None or not today <= until <= last:
        found["until"] = f"Enter its last day in the case, {rule.days} days from today at most"
    return found


def telling_problems(words: str) -> dict[str, str]:
    """What keeps words from being told to the agency, or said by it, by field."""
    if not words.strip():
        return {"words": "Enter what is to be said"}
    if len(words) > REASON_LENGTH:
        return {"words": f"Use {REASON_LENGTH:,} characters or fewer"}
    return {}


def saying_problems(
    words: str, kind: NoteKind | None, source: str, known_on: date | None, today: date
) -> dict[str, str]:
    """The same of what the agency answers: fact or opinion, from where, and of which day if it knows (R2)."""
    found = telling_problems(words)
    if kind is None:
        found["kind"] = "Say whether this is fact or professional opinion"
    if not source.strip():
        found["source"] = "Enter where your agency knows this from"
    elif len(source) > SOURCE_LENGTH:
        found["source"] = f"The source must be {SOURCE_LENGTH} characters or fewer"
    if known_on is not None and known_on > today:
        found["known_on"] = "Its day must be today or in the past"
    return found
