"""The register of agreements: yearly review, four weeks' notice, and what is left behind (Rulebook V1)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from agenda.moves import Move, Who
from agenda.rules import RuleBroken

#: How long before it leaves an agency says so (Rulebook V1, FD "Withdrawal").
NOTICE = timedelta(weeks=4)
SIGNATURE_LENGTH = 200


class Clearance(StrEnum):
    """What an agency that withdrew did with what it held."""

    DESTROYED = "destroyed"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        """As people read it."""
        return f"It has {self.value} it"


def review_due(signed_on: date, reviewed_on: date | None) -> date:
    """A year after the signing or, where it was looked at again since, after that (Rulebook V1)."""
    last = max(signed_on, reviewed_on or signed_on)
    return last.replace(year=last.year + 1, day=min(last.day, monthrange(last.year + 1, last.month)[1]))


def leaves_on(notice_on: date, at_once: bool, today: date) -> date:
    """From when on a withdrawn agency reads nothing: today, or once its four weeks' notice is over (V1).

    Raises RuleBroken for a notice that has not been given yet.
    """
    if notice_on > today:
        raise RuleBroken("The day on which it gave notice cannot be in the future.")
    return today if at_once else max(today, notice_on + NOTICE)


class State(StrEnum):
    """How an agency stands to the protocol."""

    NOT_SIGNED = "not signed"
    SIGNED = "signed"
    LEAVING = "signed, with its notice running"
    LEFT = "withdrawn, and asked what became of what it held"
    CLEARED = "withdrawn, with nothing kept"

    @property
    def takes_part(self) -> bool:
        """Reads, is asked and is sent things (Rulebook S3, V1): also while its notice runs."""
        return self in (State.SIGNED, State.LEAVING)


class Step(StrEnum):
    """What is recorded of an agreement."""

    SIGN = "sign"
    GIVE_NOTICE = "give notice"
    STAY = "take the notice back"
    LEAVE = "notice over"
    LEAVE_AT_ONCE = "withdraw at once"
    CONFIRM = "confirm destruction or return"


_GOVERNANCE = frozenset({Who.GOVERNANCE})
_WITHDRAWN = frozenset({State.LEFT, State.CLEARED})
_WHY = "Say why the agency withdraws"

#: Information governance records all of it (security.md B). The partnership may win an agency back while its
#: notice runs (DM "Withdrawal"); one that left signs anew, and may then hold what it still has.
MOVES: Mapping[Step, Move[State]] = {
    Step.SIGN: Move(_WITHDRAWN | {State.NOT_SIGNED}, State.SIGNED, _GOVERNANCE),
    Step.GIVE_NOTICE: Move(frozenset({State.SIGNED}), State.LEAVING, _GOVERNANCE, _WHY),
    Step.STAY: Move(frozenset({State.LEAVING}), State.SIGNED, _GOVERNANCE, "Say what made it stay"),
    Step.LEAVE: Move(frozenset({State.LEAVING}), State.LEFT, frozenset({Who.SERVICE})),
    Step.LEAVE_AT_ONCE: Move(frozenset({State.SIGNED, State.LEAVING}), State.LEFT, _GOVERNANCE, _WHY),
    Step.CONFIRM: Move(
        frozenset({State.LEFT}), State.CLEARED, _GOVERNANCE, "Say who there confirmed it, and how"
    ),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """The dates of one agency's agreement, the newest of each kind."""

    signed_on: date | None
    reviewed_on: date | None = None
    withdrawn_on: date | None = None  # from then on it reads nothing
    cleared_on: date | None = None

    def stands(self, today: date) -> State:
        """How it stands on a day (Rulebook S3, V1)."""
        if self.signed_on is None or self.signed_on > today:
            return State.NOT_SIGNED
        if self.withdrawn_on is None:
            return State.SIGNED
        if self.withdrawn_on > today:
            return State.LEAVING
        return State.CLEARED if self.cleared_on and self.cleared_on <= today else State.LEFT


class Review(StrEnum):
    """How the yearly review stands. A late one is chased; it never shuts an agency out of a live case."""

    LATER = "later"
    SOON = "soon"
    LATE = "late"


def review_stands(told: Agreement, today: date, soon_days: int) -> Review | None:
    """How the review of a signatory's agreement stands; None for who is none (Rulebook V1)."""
    if told.signed_on is None or not told.stands(today).takes_part:
        return None
    due = review_due(told.signed_on, told.reviewed_on)
    if today > due:
        return Review.LATE
    return Review.SOON if today >= due - timedelta(days=soon_days) else Review.LATER


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed which version for an agency, and as what: somebody who may bind it (FD, 11)."""

    on: date | None
    by: str
    post: str
    version: str


def signature_problems(told: Signature, today: date) -> dict[str, str]:
    """What keeps a signature from being recorded, by field (Rulebook V1)."""
    found: dict[str, str] = {}
    if told.on is None or told.on > today:
        found["on"] = "Enter the day it was signed, today or in the past"
    asks = (
        ("by", told.by, "Enter who signed for the agency"),
        ("post", told.post, "Enter the post of who signed"),
        ("version", told.version, "Enter which version of the protocol was signed"),
    )
    found |= {name: ask for name, said, ask in asks if not said.strip()}
    long = (name for name, said, _ in asks if len(said) > SIGNATURE_LENGTH)
    return found | {name: f"Enter {SIGNATURE_LENGTH} characters or fewer" for name in long}
