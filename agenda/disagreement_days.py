"""The ladders with an area's own days (Rulebook V4, W2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agenda.disagreement import Ladder, timed
from agenda.disagreement_ladders import CHILD_DEATH, CHILD_DEATH_OUTSIDE, CONFERENCE, PROFESSIONAL


@dataclass(frozen=True, slots=True)
class LadderDays:
    """How long each step may take. The numbers are settings of the area (`agenda.area`)."""

    professional: int = 5  # working days, each step
    conference: int = 5  # working days, each step
    child_death_form: int = 21
    child_death_asked: int = 7
    child_death_letter: int = 14


class Kind(StrEnum):
    """Which ladder a disagreement goes up. The value is stored."""

    PROFESSIONAL = "professional"
    CONFERENCE = "conference"
    CHILD_DEATH = "child death"
    CHILD_DEATH_OUTSIDE = "child death, outside"

    @property
    def label(self) -> str:
        """As people read it."""
        return LADDERS[self].title


LADDERS: Mapping[Kind, Ladder[Any]] = {
    Kind.PROFESSIONAL: PROFESSIONAL,
    Kind.CONFERENCE: CONFERENCE,
    Kind.CHILD_DEATH: CHILD_DEATH,
    Kind.CHILD_DEATH_OUTSIDE: CHILD_DEATH_OUTSIDE,
}
#: Begun by the panel's coordinator about information that it is owed, not by an agency (ESC appendix 4).
BY_PANEL = frozenset({Kind.CHILD_DEATH, Kind.CHILD_DEATH_OUTSIDE})


def ladder(kind: Kind, days: LadderDays) -> Ladder[Any]:
    """One ladder as this area times it."""
    form, asked, letter = days.child_death_form, days.child_death_asked, days.child_death_letter
    match kind:
        case Kind.PROFESSIONAL:
            return timed(PROFESSIONAL, [days.professional] * 7)
        case Kind.CONFERENCE:
            return timed(CONFERENCE, [days.conference] * 5)
        case Kind.CHILD_DEATH:
            return timed(CHILD_DEATH, [form, asked, asked, letter])
        case Kind.CHILD_DEATH_OUTSIDE:
            return timed(CHILD_DEATH_OUTSIDE, [letter, letter])
