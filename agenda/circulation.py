"""The five groups in which the MARAC hears what the daily meeting sends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from agenda.rules import RuleBroken

DISCLOSURE_APPLICATION = "disclosure_application"  # the kind of an entry under the disclosure scheme (T9)


class Group(IntEnum):
    """The circulation groups, in the order of the agenda (Rulebook C)."""

    REPEAT_NO_SAFEGUARDS = 1
    NEW_NO_SAFEGUARDS = 2
    NEW_SAFEGUARDS = 3
    REPEAT_SAFEGUARDS = 4
    DISCLOSURE = 5

    @property
    def title(self) -> str:
        """What the group holds: `repeat, no existing safeguards`."""
        return _TITLES[self]

    @property
    def for_discussion(self) -> bool:
        """Groups 1 and 2 are discussed; 3 to 5 are circulated for agencies to confirm (Rulebook C)."""
        return self <= Group.NEW_NO_SAFEGUARDS

    @property
    def purpose(self) -> str:
        """`for discussion` or `update only`."""
        return purpose(self.for_discussion)

    @property
    def label(self) -> str:
        """`Group 1: repeat, no existing safeguards – for discussion`."""
        return f"Group {self.value}: {self.title} – {self.purpose}"


_TITLES = {
    Group.REPEAT_NO_SAFEGUARDS: "repeat, no existing safeguards",
    Group.NEW_NO_SAFEGUARDS: "new referral, no existing safeguards",
    Group.NEW_SAFEGUARDS: "new referral, safeguards in place",
    Group.REPEAT_SAFEGUARDS: "repeat, safeguards in place",
    Group.DISCLOSURE: "disclosure scheme (Clare's Law)",
}
_DISCUSSED_AS = {
    Group.NEW_SAFEGUARDS: Group.NEW_NO_SAFEGUARDS,
    Group.REPEAT_SAFEGUARDS: Group.REPEAT_NO_SAFEGUARDS,
    Group.DISCLOSURE: Group.DISCLOSURE,
}


def purpose(for_discussion: bool) -> str:
    """How an item's treatment is named on the agenda."""
    return "for discussion" if for_discussion else "update only"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The group the service proposes, and why, in words."""

    group: Group
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The group a person settled on, kept beside the proposed one and the reason (Rulebook C1)."""

    proposed: Group
    chosen: Group
    reason: str = ""

    @property
    def changed(self) -> bool:
        """Whether the person departed from the proposal."""
        return self.chosen is not self.proposed


@dataclass(frozen=True, slots=True)
class ToDiscussion:
    """An update-only item that an agency did not confirm, and where it now stands (Rulebook C3)."""

    was: Group
    group: Group
    reason: str


def is_disclosure_only(kinds: Iterable[str]) -> bool:
    """Whether every entry of a case is a disclosure application; with no entry it is not (Rulebook C1)."""
    return set(kinds) == {DISCLOSURE_APPLICATION}


def propose(disclosure_only: bool, repeat: bool, safeguards_in_place: bool) -> Proposal:
    """The group that follows from three facts, and why (Rulebook C1).

    `disclosure_only`: every entry of the case is a disclosure application. `safeguards_in_place` is the
    meeting's judgement, never a count of what was ticked (Rulebook C2).
    """
    if disclosure_only:
        return Proposal(Group.DISCLOSURE, "Every entry of this case is a disclosure scheme application.")
    heard = (
        "The case is a repeat: it was heard at MARAC in the months a repeat looks back on"
        if repeat
        else "The case is a new referral: it is not a MARAC repeat"
    )
    if safeguards_in_place:
        group = Group.REPEAT_SAFEGUARDS if repeat else Group.NEW_SAFEGUARDS
        return Proposal(group, f"{heard}, and the meeting judged that safeguards are in place.")
    group = Group.REPEAT_NO_SAFEGUARDS if repeat else Group.NEW_NO_SAFEGUARDS
    return Proposal(group, f"{heard}, and the meeting judged that safeguards are not in place.")


def problem_with_change(proposed: Group, chosen: Group, reason: str) -> str | None:
    """A group other than the proposed one needs a reason (Rulebook C1)."""
    if chosen is proposed or reason.strip():
        return None
    return f"Say why this is group {chosen.value} and not group {proposed.value}, which the service proposed"


def decide(proposed: Group, chosen: Group, reason: str) -> Decision:
    """Confirm the proposed group, or change it with a reason; both groups are kept (Rulebook C1)."""
    if problem := problem_with_change(proposed, chosen, reason):
        raise RuleBroken(problem + ".")
    return Decision(proposed, chosen, reason.strip() if chosen is not proposed else "")


def to_discussion(group: Group, reason: str) -> ToDiscussion:
    """Move an update-only item that an agency did not confirm to discussion, with its reason (Rulebook C3).

    Safeguards no longer confirmed are none in place: group 3 becomes 2, group 4 becomes 1. A disclosure
    keeps group 5, because what it is has not changed, and is discussed there.
    """
    if group.for_discussion:
        raise RuleBroken(f"This item is already for discussion, in group {group.value}.")
    if not reason.strip():
        raise RuleBroken("Say what the agency could not confirm, and why.")
    return ToDiscussion(group, _DISCUSSED_AS[group], reason.strip())
