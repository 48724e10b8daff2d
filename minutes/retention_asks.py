"""Agencies are asked at twelve months to review what they hold themselves (Rulebook L3; DM "Storage").

They are asked in one go whether what they supplied may be destroyed here: it is theirs (R2; FD "Disposal").
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from agenda.calendar import add_working_days
from agenda.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class AskRules:
    """How long an agency has before it shows as outstanding. A setting of the area (practice)."""

    answer_working_days: int = field(
        default=20,
        metadata={"rule": "L3", "label": "Agencies say what they still hold within, working days (practice)"},
    )


class Holds(StrEnum):
    """What an agency did with its own recording of a case. The value is stored."""

    ALL = "keeps all"
    SOME = "keeps some"
    DESTROYED = "destroyed"
    NOTHING = "held nothing"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            Holds.ALL: "It is still relevant: we keep all of it",
            Holds.SOME: "We keep what is still relevant, and destroyed the rest",
            Holds.DESTROYED: "We destroyed it",
            Holds.NOTHING: "We held nothing",
        }[self]


class OnBehalf(StrEnum):
    """Why information governance answers for an agency. The value is stored."""

    NOBODY = "nobody"
    LEFT = "left"
    OUT_OF_REACH = "out of reach"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            OnBehalf.NOBODY: "Nobody of it has an account that could answer",
            OnBehalf.LEFT: "It has left the panel, or is no more",
            OnBehalf.OUT_OF_REACH: "The case is kept from everybody of it who could answer",
        }[self]


@dataclass(frozen=True, slots=True)
class Ask:
    """One agency, asked for one review. None is a question not answered yet."""

    agency: str
    due_on: date  # the review it was asked for
    asked_on: date
    holds: Holds | None = None
    may_go: bool | None = None  # what it supplied may be destroyed here
    answered_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Both questions."""
        return self.holds is not None and self.may_go is not None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """An agency that has not answered, and by when it was to."""

    agency: str
    by: date
    late: bool
    chased: int = 0  # how often it is to have been reminded by now


def to_ask(
    due_on: date, supplied: AbstractSet[str], received: AbstractSet[str], asks: Iterable[Ask], today: date
) -> tuple[str, ...]:
    """Who is to be asked now: who supplied or received anything, from the due day on, each once (L3)."""
    if today < due_on:
        return ()
    asked = {ask.agency for ask in asks if ask.due_on == due_on}
    return tuple(sorted((supplied | received) - asked))


def outstanding(
    asks: Iterable[Ask], rules: AskRules, holidays: AbstractSet[date], today: date
) -> tuple[Outstanding, ...]:
    """Who has not answered, the earliest due first; the last day still counts (Rulebook L3)."""
    found = []
    for ask in asks:
        if not ask.answered:
            by = add_working_days(ask.asked_on, rules.answer_working_days, holidays)
            found.append(Outstanding(ask.agency, by, by < today, _chased(by, rules, holidays, today)))
    return tuple(sorted(found, key=lambda one: (one.by, one.agency)))


def _chased(by: date, rules: AskRules, holidays: AbstractSet[date], today: date) -> int:
    """Once as soon as it is late, and again each time it lets as long again go by (Rulebook L3, practice)."""
    chased = 0
    while by < today:
        chased += 1
        by = add_working_days(by, max(1, rules.answer_working_days), holidays)
    return chased


def answered_for(able: bool, signatory: bool, late: bool, why: OnBehalf, may_go: bool) -> None:
    """An agency that can answer is answered for by nobody else: what it supplied is its own (R2).

    `able`: somebody of it can sign in and open the case. One that is on the panel agrees for itself alone,
    whoever took away its accounts or keeps the case from them. Raises RuleBroken.
    """
    if able:
        raise RuleBroken("This agency can answer itself: it is chased until it does.")
    if not late:
        raise RuleBroken("Its time to answer is not over: answer for it once it is late.")
    if signatory and why is OnBehalf.LEFT:
        raise RuleBroken("It has not left the panel. Choose why it cannot answer itself.")
    if signatory and may_go:
        raise RuleBroken(
            "What it supplied is its own: while it is on the panel nobody agrees for it. "
            "Say that it is kept, or have its administrator invite somebody who answers."
        )


def agreed(due_on: date, asks: Iterable[Ask], newest: Mapping[str, datetime]) -> frozenset[str]:
    """Who has said, for this review, that what they supplied may be destroyed. Silence keeps it (R2).

    `newest`: when each supplied what is newest of it. Nobody has agreed to what they supplied later.
    """
    return frozenset(
        ask.agency for ask in asks if ask.due_on == due_on and ask.may_go and not _later(ask, newest)
    )


def to_ask_again(due_on: date, asks: Iterable[Ask], newest: Mapping[str, datetime]) -> frozenset[str]:
    """Who has agreed, and supplied something since: they are asked of that too (Rulebook L3, R2)."""
    return frozenset(
        ask.agency for ask in asks if ask.due_on == due_on and ask.may_go and _later(ask, newest)
    )


def _later(ask: Ask, newest: Mapping[str, datetime]) -> bool:
    supplied = newest.get(ask.agency)
    return supplied is not None and (ask.answered_at is None or ask.answered_at < supplied)


def refused(due_on: date, asks: Iterable[Ask]) -> frozenset[str]:
    """Who has said, for this review, that what they supplied is to be kept, whatever it is (R2)."""
    return frozenset(ask.agency for ask in asks if ask.due_on == due_on and ask.may_go is False)
