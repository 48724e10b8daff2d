"""Who chaired a meeting (Rulebook R3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from minutes.attendance import Attendee

_TITLE = "chair"


@dataclass(frozen=True, slots=True)
class ChairTold:
    """Whom the form names, and whom it named when it was opened."""

    key: UUID | None
    was: UUID | None


def key_of(one: Attendee | None) -> UUID | None:
    """Of their line on the form."""
    return (one.account_id or one.id) if one else None


def who_chaired(people: Iterable[Attendee]) -> Attendee | None:
    """Of who was there, whom the record says; where it says nobody, the one who has the title Chair. None
    where that is nobody, or more than one: then somebody says who (Rulebook R3)."""
    here = [one for one in people if one.here]
    titled = (one for one in here if one.title.strip().casefold() == _TITLE)
    found = [one for one in here if one.chaired] or list(titled)
    return found[0] if len(found) == 1 else None
