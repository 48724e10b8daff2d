"""Keeping a case to named people: what is asked, decided and said on the way (Rulebook M6, security.md B)."""

from enum import StrEnum

from agenda.rules import RuleBroken

REASON_LENGTH = 1_000


class Step(StrEnum):
    """One step on the way, each with the words it was taken with."""

    FOUND = "found"
    ASKED = "asked"
    RESTRICTED = "restricted"
    LIFTED = "lifted"
    DECLINED = "declined"
    EMPLOYER = "employer"
    OFFICER = "officer"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            Step.FOUND: "The service proposed it",
            Step.ASKED: "Asked for",
            Step.RESTRICTED: "Restricted",
            Step.LIFTED: "Restriction lifted",
            Step.DECLINED: "Proposal declined",
            Step.EMPLOYER: "What the employing agency decided",
            Step.OFFICER: "What the meeting decided about the designated officer",
        }[self]


def given(text: str, what: str = "Say why") -> str:
    """What somebody wrote, without blanks around it; raises where there is nothing, or too much."""
    text = text.strip()
    if not text or len(text) > REASON_LENGTH:
        raise RuleBroken(f"{what}, in up to {REASON_LENGTH:,} characters.")
    return text


def refuse_last(others_who_run_meetings: int) -> None:
    """A restricted case stays open to somebody who runs meetings: else nobody would hear it."""
    if not others_who_run_meetings:
        raise RuleBroken(
            "This is the last coordinator or chair who may open the case. Name another one first."
        )


NOBODY_ELSE = (
    "This takes a second person, and nobody else who runs meetings may open the case. Name another "
    "coordinator or chair on it, or look whether the one who is kept from it is the same person. Where there "
    "is no other, ask an administrator to give somebody that role."
)
FOUND_WORDS = "A person on this case shares {alike} with a member of staff of a signatory agency."
ALIKE_WORDS = (
    "This child may be one whose case is kept: they have one name, and nothing says that they are two. Look "
    "whether they are the same, before this is ended."
)
CANNOT_BE_NAMED = "One of the people you chose cannot be named on this case. Nothing changed."
