"""What a yearly review is about: the case as it is now, and what is proposed of it (Rulebook L1)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from minutes.holds import Event, HoldRules, Why, standing


class Outcome(StrEnum):
    """What a review comes to. The value is stored."""

    KEEP_ALL = "keep all"
    KEEP_SOME = "keep some"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a case, by its identifier, and the agencies that supplied and own it (Rulebook R2)."""

    id: str
    agencies: frozenset[str]  # each must agree; none where the panel wrote it
    elsewhere: bool = False  # another case has it too: it stays for that one


@dataclass(frozen=True, slots=True)
class CaseNow:
    """A case at the moment of asking. Who asks reads it in the same transaction as what follows."""

    last_incident: date
    items: tuple[Item, ...]
    child_since: datetime | None  # when the latest child was put on it
    holds: tuple[Event, ...]
    in_use: tuple[str, ...]  # what still needs it: waits for a meeting, open action, request, flag …
    agreed: frozenset[str]  # agencies that said, for this review, that what they supplied may be destroyed
    rules: HoldRules = HoldRules()
    suppliers: frozenset[str] = frozenset()  # agencies that supplied anything else that goes with all of it
    refused: frozenset[str] = frozenset()  # agencies that said, for this review, that it is to be kept

    @property
    def held(self) -> tuple[Why, ...]:
        """Why it is held now."""
        return standing(self.holds, self.child_since, self.rules)

    @property
    def own(self) -> frozenset[str]:
        """What is this case's alone."""
        return frozenset(item.id for item in self.items if not item.elsewhere)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, on the case as it was then. What goes is named: the rest, and what is new, stays."""

    outcome: Outcome
    risk_remains: bool
    last_incident: date
    destroys: frozenset[str] = frozenset()


def unfit(proposal: Proposal, case: CaseNow) -> str | None:
    """Why a proposal cannot be made of this case; None where it can (Rulebook L1).

    While a risk to the victim or the children remains, all is kept. To destroy is to destroy all that is the
    case's alone; to keep some names what goes, and leaves something.
    """
    if proposal.outcome is Outcome.KEEP_ALL:
        return "To keep all is to destroy nothing." if proposal.destroys else None
    if proposal.risk_remains:
        return "While a risk to the victim or the children remains, all is kept."
    if not case.own:
        return "There is nothing to destroy: all of it is on another case too."
    if not proposal.destroys <= case.own:
        return "Some of it is not on this case, or another case has it too."
    if proposal.outcome is Outcome.DESTROY:
        return None if proposal.destroys == case.own else "To destroy is to destroy all of it."
    left = len(proposal.destroys) < len(case.items)
    return None if proposal.destroys and left else "Choose what is destroyed, and leave what is kept."
