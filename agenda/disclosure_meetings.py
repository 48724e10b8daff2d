"""What daily meetings decided on an application under the disclosure schemes, one after another (C4, Y1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agenda.disclosure_scheme import MOVES, Application, Made, Step
from agenda.moves import Who


@dataclass(frozen=True, slots=True)
class Decision:
    """What the daily meeting decided, as its outcome says it (Rulebook C4)."""

    disclose: bool
    at: datetime
    why: str
    by: str = ""  # who recorded it


def decided(told: Application, decisions: Sequence[Decision]) -> Application:
    """`told`, which has the police's steps alone, with what daily meetings decided, in their order (C4).

    A decision takes effect once the minimum checks are done, whichever was recorded first (Y1); never on an
    application that was withdrawn. The latest counts, until somebody is told: what is said cannot be unsaid.
    """
    taken = [made.step for made in told.steps]
    if not decisions or Step.CHECK not in taken or Step.WITHDRAW in taken:
        return told
    at, left = taken.index(Step.CHECK) + 1, list(decisions)
    whole = replace(told, steps=told.steps[:at])
    for one in told.steps[at:]:
        while left and (left[0].at <= one.at or whole.stage not in MOVES[one.step].before):
            whole = _after_decision(whole, left.pop(0), one.at)
        whole = whole.after(one)
    for decision in left:
        whole = _after_decision(whole, decision, decision.at)
    return whole


def _after_decision(told: Application, decision: Decision, before: datetime) -> Application:
    """With it, where it still changes anything; not later than `before`, when the police acted on it."""
    step = Step.DECIDE_TO_DISCLOSE if decision.disclose else Step.DECIDE_NOT_TO
    if told.stage not in MOVES[step].before:
        return told
    why = decision.why if decision.disclose else decision.why or "The meeting gave no reason."
    last = told.steps[-1].at
    return told.after(Made(step, max(last, min(decision.at, before)), Who.CHAIR, why, decision.by))


def turned(decisions: Sequence[Decision]) -> Decision | None:
    """The latest decision, where it is not to disclose and an earlier one was to: whoever acts on the earlier
    one has to see it (Rulebook C4, Y1). None of any other."""
    latest = decisions[-1] if decisions else None
    if latest is None or latest.disclose or not any(one.disclose for one in decisions):
        return None
    return latest
