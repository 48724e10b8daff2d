"""What is put before who decides where somebody's employer is told with an incident (Rulebook M6)."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from agenda.people import folded

Key = TypeVar("Key")


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


def staff_named(staff_of: str) -> StaffNamed | None:
    """What `victim:AGENCY` or `perpetrator:AGENCY` tells; None where nothing is told (contract: feed)."""
    part, _, employer = staff_of.partition(":")
    return StaffNamed(part, employer.strip()) if employer.strip() else None


def employer_among(told: str, agencies: Mapping[str, Key]) -> Key | None:
    """The agency of that name, however it is written: in capitals, or without its gaps."""
    named = {folded(name): key for name, key in agencies.items()}
    return named.get(folded(told))
