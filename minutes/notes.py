"""What an agency shares about a case at the meeting."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda.pack import NoteKind

AUTHOR_LENGTH = 100
SOURCE_LENGTH = 200
TEXT_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Note:
    """One piece of information with its agency, author, kind and source (Rulebook R2).

    None is a question not answered yet.
    """

    agency_id: UUID | None
    author: str
    kind: NoteKind | None
    source: str
    text: str
    dated: date | None = None  # of the information itself, where the agency knows it
    proportionate: bool = False  # confirmed as relevant, necessary and proportionate (D1)


def problems(note: Note, agencies: Collection[UUID]) -> dict[str, str]:
    """What keeps a note from being kept, by field: it has agency, author, kind and source (Rulebook R2).

    `agencies` are those that may share.
    """
    found: dict[str, str] = {}
    if note.agency_id not in agencies:
        found["agency_id"] = "Choose the agency that shared this"
    if note.kind is None:
        found["kind"] = "Say whether this is fact or professional opinion"
    texts = (
        ("author", note.author, "Enter the name of the person who shared this", "The name", AUTHOR_LENGTH),
        ("source", note.source, "Enter where the agency knows this from", "The source", SOURCE_LENGTH),
        ("text", note.text, "Enter what was shared", "What was shared", TEXT_LENGTH),
    )
    for field, told, missing, name, limit in texts:
        if not told.strip():
            found[field] = missing
        elif len(told) > limit:
            found[field] = f"{name} must be {limit:,} characters or fewer"
    return found
