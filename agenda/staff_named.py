"""What is put before who decides where somebody's employer is told with an incident (Rulebook M6)."""

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from agenda.people import folded

Key = TypeVar("Key")
_NEXT = re.compile("\n(?=(?:victim|perpetrator):)")


class StaffNamed(NamedTuple):
    """Of which party an incident says who employs them, and the employer in its words."""

    part: str  # victim or perpetrator
    employer: str

    @property
    def words(self) -> str:
        """For who decides: it names nobody."""
        return (
            f"What came in says that the {self.part} is a member of staff of {self.employer}. "
            "Keep the case to named people?"
        )


def staff_of(victims: str, perpetrators: str) -> str:
    """Who employs each of them, as an incident keeps it: a line for each, as the feed's column has one."""
    told = zip(("victim", "perpetrator"), (victims, perpetrators), strict=True)
    return "\n".join(f"{part}:{employer}" for part, employer in told if employer)


def staff_named(staff_of: str) -> list[StaffNamed]:
    """What `victim:AGENCY` or `perpetrator:AGENCY` tells, or both, a line each (contract: feed)."""
    told = (line.partition(":") for line in _NEXT.split(staff_of))
    return [StaffNamed(part, employer.strip()) for part, _, employer in told if employer.strip()]


def employer_among(told: str, agencies: Mapping[str, Key]) -> Key | None:
    """The agency of that name, however it is written: in capitals, or without its gaps."""
    named = {folded(name): key for name, key in agencies.items()}
    return named.get(folded(told))
