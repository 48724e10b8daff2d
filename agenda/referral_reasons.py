"""Why a case is referred: proposed from facts, with the rule that says so (field.md C, "Referral")."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from agenda.calendar import add_months
from agenda.incidents import Risk
from agenda.risk_tools import Bands, Result, level


class Reason(StrEnum):
    """The criteria of the source form, and the escalation that field.md C finds in others."""

    VISIBLE_HIGH_RISK = "visible high risk"
    JUDGEMENT = "professional judgement"
    REPEAT = "repeat"
    ESCALATION = "escalation"

    @property
    def label(self) -> str:
        """As the form asks it."""
        return _LABELS[self]


_LABELS = {
    Reason.VISIBLE_HIGH_RISK: "Visible high risk: the risk tool's result is high",
    Reason.JUDGEMENT: "Professional judgement: the risk is high, whatever the count says",
    Reason.REPEAT: "Repeat: heard at MARAC in the months a repeat looks back on",
    Reason.ESCALATION: "Escalation: several incidents in a short time",
}


@dataclass(frozen=True, slots=True)
class Escalation:
    """The area's rule: so many events in so many months. No events: the area has no such criterion."""

    events: int = field(default=3, metadata={"rule": "field C", "label": "Escalation, events"})
    months: int = field(default=12, metadata={"rule": "field C", "label": "Escalation, within months"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when the referral is written. `repeat` is T6's answer, never counted again here."""

    result: Result | None = None
    repeat: bool = False
    events: tuple[date, ...] = ()  # the days of incidents on this case, this one counted
    on: date | None = None  # of this incident


@dataclass(frozen=True, slots=True)
class Proposed:
    """A reason that the facts bear out, and the rule in words."""

    reason: Reason
    why: str


def escalates(events: Iterable[date], on: date, rule: Escalation) -> bool:
    """So many events in the months up to and with `on`; the same day that many months ago is out."""
    if not rule.events:
        return False
    since = add_months(on, -rule.months)
    return sum(since < day <= on for day in events) >= rule.events


def propose(facts: Facts, rule: Escalation) -> tuple[Proposed, ...]:
    """Every reason the facts bear out, each with its rule. What they do not, a person may still choose."""
    return tuple(_proposed(facts, rule))


def _proposed(facts: Facts, rule: Escalation) -> Iterator[Proposed]:
    result = facts.result
    if result and result.visibly_high:
        yield Proposed(Reason.VISIBLE_HIGH_RISK, result.words)
    elif result and result.level is Risk.HIGH:
        yield Proposed(Reason.JUDGEMENT, "Judgement raised the result of the risk tool to high.")
    if facts.repeat:
        yield Proposed(
            Reason.REPEAT, "The case was heard at MARAC in the months a repeat looks back on (T6)."
        )
    if facts.on and escalates(facts.events, facts.on, rule):
        yield Proposed(
            Reason.ESCALATION,
            f"The area's rule: {rule.events} incidents or more within {rule.months} months.",
        )


def visible_problem(
    chosen: Collection[str], on_paper: str, result: Result | None, bands: Bands
) -> str | None:
    """Why a referral is not visible high risk as was said; None where it is, or was not said (field.md C).

    The reason is the tool's result. A lower count is referred by professional judgement, which may raise it:
    where that is chosen too, nothing is asked twice.
    """
    if Reason.VISIBLE_HIGH_RISK not in chosen or Reason.JUDGEMENT in chosen:
        return None
    if result is None and not on_paper:
        return "Fill in the risk assessment, or enter the count of one done on paper"
    high = result.visibly_high if result else level(int(on_paper), bands) is Risk.HIGH
    if high:
        return None
    return (
        "The risk assessment is not high risk by its own result. Untick visible high risk, or choose "
        "professional judgement as well and say why"
    )
