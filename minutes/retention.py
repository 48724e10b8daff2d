"""Keeping no longer than a risk remains: a review every twelve months, decided by two (Rulebook L1).

Keep all, keep some, destroy: a coordinator proposes, the chair decides (security.md B). What stops it, the
holds and the conflict of the sources among it, is in `holds.py`; what agencies hold, in `retention_asks.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from agenda.calendar import add_months, day_words, local_day
from agenda.moves import Move, Who, made
from agenda.rules import RuleBroken
from minutes.holds import lifters
from minutes.retention_case import CaseNow, Outcome, Proposal, unfit

#: Once a year at least is what people are promised (DM, privacy notice): an area may review more often.
MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """A setting of the area."""

    months: int = field(
        default=MOST_MONTHS, metadata={"rule": "L1", "label": "Records reviewed every, months"}
    )


def due_after(last_incident: date, reviewed: date | None, rules: ReviewRules) -> date:
    """When the next review falls due: 12 months after the last incident, and every 12 months again (L1).

    `reviewed`: the due day of the last review that was decided. Counted from the incident each time, so that
    29 February comes back in its year. A further incident starts the months again.
    """
    since = reviewed if reviewed is not None and reviewed >= last_incident else None
    months = every = max(1, min(rules.months, MOST_MONTHS))
    while since is not None and add_months(last_incident, months) <= since:
        months += every
    return add_months(last_incident, months)


class State(StrEnum):
    """How far a review is."""

    DUE = "due"
    PROPOSED = "proposed"
    KEPT = "kept"
    TO_DESTROY = "waiting to be destroyed"
    DESTROYED = "destroyed as decided"


class Step(StrEnum):
    """What is done with a review."""

    PROPOSE = "propose"
    SEND_BACK = "send back"
    KEEP = "decide to keep all"
    DECIDE = "decide to destroy some or all"
    STOP = "stop"
    LAPSE = "something has changed since"
    DESTROY = "destroy"


_CHAIR, _SERVICE = frozenset({Who.CHAIR}), frozenset({Who.SERVICE})
_PROPOSED = frozenset({State.PROPOSED})

MOVES: Mapping[Step, Move[State]] = {
    Step.PROPOSE: Move(
        frozenset({State.DUE}),
        State.PROPOSED,
        frozenset({Who.COORDINATOR}),
        "Say why it is kept, or destroyed",
    ),
    Step.SEND_BACK: Move(_PROPOSED, State.DUE, _CHAIR, "Say why the proposal is sent back"),
    Step.KEEP: Move(_PROPOSED, State.KEPT, _CHAIR),
    Step.DECIDE: Move(_PROPOSED, State.TO_DESTROY, _CHAIR),
    Step.STOP: Move(
        frozenset({State.TO_DESTROY}),
        State.DUE,
        frozenset({Who.CHAIR, Who.GOVERNANCE}),
        "Say why it is not destroyed after all",
    ),
    Step.LAPSE: Move(frozenset({State.PROPOSED, State.TO_DESTROY}), State.DUE, _SERVICE, "Say what changed"),
    Step.DESTROY: Move(frozenset({State.TO_DESTROY}), State.DESTROYED, _SERVICE),
}


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken, in whose name and by which account."""

    step: Step
    at: datetime
    who: Who
    by: str
    reason: str = ""
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One yearly review of one case, with every step taken."""

    due_on: date
    steps: tuple[Made, ...] = ()

    @property
    def state(self) -> State:
        """How far it is."""
        return MOVES[self.steps[-1].step].after if self.steps else State.DUE

    @property
    def proposed(self) -> Made | None:
        """The proposal that stands, with who made it; None where there is none."""
        if self.state is State.DUE:
            return None
        return next(step for step in reversed(self.steps) if step.proposal)

    def after(self, step: Made, case: CaseNow) -> "Review":
        """With one more step; raises RuleBroken where it is not legal (Rulebook L1).

        Nobody decides on what they proposed, nor after lifting a hold: it takes two different people. What
        is held, in use or changed since is neither decided upon nor destroyed.
        """
        if self.steps and step.at < self.steps[-1].at:
            raise RuleBroken("That is earlier than what was done last.")
        made(MOVES[step.step], self.state, step.who, step.reason)
        if (step.proposal is not None) is not (step.step is Step.PROPOSE):
            raise RuleBroken("Choose whether to keep all, keep some, or destroy.")
        if step.proposal is not None:
            self._refuse_proposal(step.at, step.proposal, case)
        if step.step in (Step.KEEP, Step.DECIDE):
            self._refuse_decision(step, case)
        after = replace(self, steps=(*self.steps, step))
        if step.step in (Step.DECIDE, Step.DESTROY) and (why := stops(after, case)):
            raise RuleBroken(" ".join(why))
        return after

    def _refuse_proposal(self, at: datetime, proposal: Proposal, case: CaseNow) -> None:
        if local_day(at) < self.due_on:
            raise RuleBroken(f"The review falls due on {day_words(self.due_on)}.")
        if why := unfit(proposal, case):
            raise RuleBroken(why)

    def _refuse_decision(self, step: Made, case: CaseNow) -> None:
        proposed = self.proposed
        if proposed is None or proposed.proposal is None:
            raise RuleBroken("Nothing is proposed.")
        if step.by == proposed.by:
            raise RuleBroken("Who proposed it cannot decide on it. Ask another chair.")
        if (proposed.proposal.outcome is Outcome.KEEP_ALL) is not (step.step is Step.KEEP):
            raise RuleBroken(f"What is proposed is to {proposed.proposal.outcome}.")
        if step.step is Step.DECIDE and step.by in lifters(case.holds):
            raise RuleBroken("Who lifted a hold on this case cannot decide to destroy. Ask another chair.")


def stops(review: Review, case: CaseNow) -> tuple[str, ...]:
    """Why nothing of a case may be destroyed under a review, each in words; nothing where nothing stops it.

    A hold stops it (Rulebook L1), and so does what still needs the case: none falls off a list by being
    destroyed. A decision holds for the case it was made on: what came since lapses it. Whoever supplied an
    item has said that it may go (FD "Disposal": the originating organisation is asked first; R2).
    """
    proposed = review.proposed
    if proposed is None or proposed.proposal is None:
        return ("Nothing is decided.",)
    proposal = proposed.proposal
    found = [f"{why}." for why in (*(why.label for why in case.held), *case.in_use)]
    if case.last_incident != proposal.last_incident:
        found.append("Its last incident is not the one that was reviewed.")
    if why := unfit(proposal, case):
        found.append(why)
    owners = {one for item in case.items if item.id in proposal.destroys for one in item.agencies}
    if proposal.outcome is Outcome.DESTROY:  # to keep some can keep what an agency says no to
        owners |= case.suppliers | case.refused
    if waiting := sorted(owners - case.agreed):
        found.append(f"Not agreed to by the agency that supplied it: {', '.join(waiting)}.")
    return tuple(found)


def destroyable(review: Review, case: CaseNow) -> frozenset[str]:
    """What may be destroyed now, all of it or nothing: decided by two, and nothing stops it (Rulebook L1)."""
    proposed = review.proposed
    if review.state is not State.TO_DESTROY or stops(review, case):
        return frozenset()
    return proposed.proposal.destroys if proposed and proposed.proposal else frozenset()
