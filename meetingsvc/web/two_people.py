"""What is offered and said of a step that takes two people, once the first has said it."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)


class Told(Protocol[S_contra]):
    """A breach or a complaint."""

    def agreed(self, step: S_contra, by: str) -> bool:
        """Whether somebody other than `by` has said it."""


def waits(told: Told[S], steps: Iterable[S], me: str) -> set[S]:
    """The steps that this person alone has said: they are a second person's now."""
    return {step for step in steps if told.agreed(step, "") and not told.agreed(step, me)}


def recorded(others: int | None) -> str:
    """`others` is how many can say the same; None where it is done."""
    if others is None:
        return "Recorded."
    if others:
        return "Recorded. It is done once a second person says the same; those who can are told."
    return (
        "Recorded. It is done once a second person says the same, and nobody else can: ask for a second "
        "person to be invited."
    )
