"""A crime that somebody discloses in a meeting: minuted apart, and told to the police that own it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

TEXT_LENGTH = 5_000


@dataclass(frozen=True, slots=True)
class Crime:
    """What was disclosed, by which agency, and which police are told; `shared`: the meeting said that the
    other agencies may read it too (practice). None is a question not answered yet."""

    text: str
    agency_id: UUID | None
    told_id: UUID | None
    shared: bool = False


def problems(crime: Crime, agencies: Collection[UUID], police: Collection[UUID]) -> dict[str, str]:
    """What keeps a disclosed crime from being kept, by field: it says what, by whom, and for which police."""
    found: dict[str, str] = {}
    if not crime.text.strip():
        found["text"] = "Enter what was disclosed"
    elif len(crime.text) > TEXT_LENGTH:
        found["text"] = f"What was disclosed must be {TEXT_LENGTH:,} characters or fewer"
    if crime.agency_id not in agencies:
        found["agency_id"] = "Choose the agency that disclosed it"
    if crime.told_id not in police:
        found["told_id"] = "Choose the police that are told"
    return found
