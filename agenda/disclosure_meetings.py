"""What daily meetings decided on an application under the disclosure schemes, one after another (C4, Y1).

The outcome of a meeting is typed by who runs it. The decision is the chair's (security.md B): nobody acts on
it before a chair has confirmed what was recorded, be it to disclose or not to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agenda.disclosure_scheme import MOVES, Application, Made, Step
from agenda.moves import Who

NO_REASON = "The meeting gave no reason."


@dataclass(frozen=True, slots=True)
class Decision:
    """What the daily meeting decided, as its outcome says it (Rulebook C4)."""

    disclose: bool
    at: datetime
    why: str
    by: str = ""  # who recorded it

    @property
    def step(self) -> Step:
        """What the chair who confirms it does."""
        return Step.DECIDE_TO_DISCLOSE if self.disclose else Step.DECIDE_NOT_TO

    @property
    def reason(self) -> str:
        """Why, in the meeting's words."""
        return self.why if self.disclose else self.why or NO_REASON


def decided(told: Application, decisions: Sequence[Decision]) -> Application:
    """`told`, with the steps of the police and of chairs in their order, and what was acted on before chairs
    confirmed what meetings record: what was done stays done (C4, Y1)."""
    whole, left = replace(told, steps=()), list(decisions)
    for one in told.steps:
        while left and whole.stage not in MOVES[one.step].before:
            whole = _acted_on(whole, left.pop(0), one.at)
        whole = whole.after(one)
    return whole


def _acted_on(told: Application, decision: Decision, before: datetime) -> Application:
    """With a decision that no chair confirmed, where it changes anything; not later than `before`, when the
    police acted on it."""
    if told.stage not in MOVES[decision.step].before:
        return told
    at = max(told.steps[-1].at, min(decision.at, before))
    return told.after(Made(decision.step, at, Who.CHAIR, decision.reason, decision.by))


def to_confirm(told: Application, decisions: Sequence[Decision]) -> Decision | None:
    """The latest decision, where it changes anything and no chair has decided since it was recorded (C4).

    None before the minimum checks are done, whichever was first (Y1); nor of an application that was
    withdrawn, or once somebody was told: what is said cannot be unsaid.
    """
    latest = decisions[-1] if decisions else None
    if latest is None or told.stage not in MOVES[latest.step].before:
        return None
    since = max((one.at for one in told.steps if one.who is Who.CHAIR), default=None)
    return latest if since is None or latest.at > since else None


def turned(decisions: Sequence[Decision]) -> Decision | None:
    """The latest decision, where it is not to disclose and an earlier one was to: whoever acts on the earlier
    one has to see it (Rulebook C4, Y1). None of any other."""
    latest = decisions[-1] if decisions else None
    if latest is None or latest.disclose or not any(one.disclose for one in decisions):
        return None
    return latest
