"""Who the people of a case are, as the meeting clarifies it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NAME_LENGTH = 200
TEXT_LENGTH = 2_000


class About(StrEnum):
    """Whom the meeting clarified: a party, or somebody linked to the case (Rulebook D2)."""

    VICTIM = "victim"
    PERPETRATOR = "perpetrator"
    CHILD = "child"
    VULNERABLE_ADULT = "vulnerable adult"

    @property
    def label(self) -> str:
        """`Victim: correction`, `Child: linked to the case`."""
        name = self.value.capitalize()
        return f"{name}: linked to the case" if self.is_added else f"{name}: correction"

    @property
    def is_added(self) -> bool:
        """Children and vulnerable adults are added to the case; parties are there, and corrected."""
        return self in (About.CHILD, About.VULNERABLE_ADULT)


@dataclass(frozen=True, slots=True)
class Clarification:
    """A corrected name or birth date, or a linked child or adult (Rulebook D2).

    It never replaces what the police sent.
    """

    about: About | None
    name: str = ""
    dob: date | None = None
    text: str = ""


def problems(told: Clarification, today: date) -> dict[str, str]:
    """What keeps a clarification from being kept, by field (Rulebook D2).

    A correction says at least the name or the birth date; somebody added is named, as far as known.
    """
    found: dict[str, str] = {}
    if told.about is None:
        found["about"] = "Choose whom this is about"
    elif told.about.is_added and not told.name.strip():
        found["name"] = f"Enter the name of the {told.about.value}, or what they are known as"
    elif not told.name.strip() and told.dob is None:
        found["name"] = f"Enter the {told.about.value}’s correct name or date of birth"
    if len(told.name) > NAME_LENGTH:
        found["name"] = f"The name must be {NAME_LENGTH:,} characters or fewer"
    if told.dob is not None and told.dob > today:
        found["dob"] = "The date of birth must be in the past"
    if len(told.text) > TEXT_LENGTH:
        found["text"] = f"How this is known must be {TEXT_LENGTH:,} characters or fewer"
    return found


def words(told: Clarification) -> str:
    """In one line, for the case and the pack: `Child, linked to the case: Wren Moss, born 3 May 2019.`"""
    what = told.about.label.replace(":", ",") if told.about else ""
    born = f"born {told.dob.day} {told.dob:%B %Y}" if told.dob else ""
    said = ", ".join(filter(None, (told.name, born)))
    return f"{what}: {said}." + (f" {told.text}" if told.text else "")
