"""Agencies that have not signed: in a named case only, and under the protocol's terms (Rulebook V1; DM)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from agenda.agencies import Agency
from agenda.moves import REASON_LENGTH, Move, Who

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


class Step(StrEnum):
    """What is done with it."""

    ALLOW = "allow"
    REFUSE = "refuse"
    ACCEPT = "accept the terms"
    END = "end"
    LAPSE = "its time is over"


_CHAIR, _IN = frozenset({Who.CHAIR}), frozenset({State.ALLOWED, State.TAKING_PART})

#: Whatever an agency that has not signed asks for goes to the chair (X5); it accepts the terms itself.
MOVES: Mapping[Step, Move[State]] = {
    Step.ALLOW: Move(frozenset({State.PROPOSED}), State.ALLOWED, _CHAIR),
    Step.REFUSE: Move(frozenset({State.PROPOSED}), State.REFUSED, _CHAIR, "Say why it is not to take part"),
    Step.ACCEPT: Move(frozenset({State.ALLOWED}), State.TAKING_PART, frozenset({Who.AGENCY})),
    Step.END: Move(_IN | {State.PROPOSED}, State.ENDED, _CHAIR | {Who.COORDINATOR}, "Say why it ends"),
    Step.LAPSE: Move(_IN | {State.PROPOSED}, State.ENDED, frozenset({Who.SERVICE})),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A setting of the area (Rulebook V1, practice)."""

    days: int = field(
        default=28,
        metadata={
            "rule": "V1",
            "label": "An agency that has not signed takes part in a case for, days (practice)",
        },
    )


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
