"""Social care documents: read in the service, and leaving it by no way at all (Rulebook E4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from agenda.agencies import AgencyKind
from agenda.calendar import LONDON, day_words, local_day

TITLE_LENGTH = 200
AUTHOR_LENGTH = 100
TEXT_LENGTH = 100_000
#: Whose documents they are (YES agreement: "social care documents and/or assessments").
SUPPLIERS = frozenset({AgencyKind.CHILDRENS_SOCIAL_CARE})


class Way(StrEnum):
    """Every way in which something the service holds reaches somebody."""

    SCREEN = "screen"
    DOWNLOAD = "download"
    PRINT = "print"
    PACK = "pack"
    OFFLINE_PACK = "offline pack"
    MINUTES = "minutes"
    EXPORT = "export"
    MAIL = "mail"
    API = "api"
    TRANSFER = "transfer"
    RELEASE = "release"  # to a third party (X6): social care answers for its own documents itself
    SEARCH = "search"  # an excerpt in a list of what was found
    CALENDAR = "calendar"
    STATISTICS = "statistics"


def may_go(way: Way) -> bool:
    """Whether a social care document may go that way: on the screen, and no other (Rulebook E4).

    To nobody: not to who runs the panel, nor to social care itself, which has its own copy.
    """
    return way is Way.SCREEN


@dataclass(frozen=True, slots=True)
class Document:
    """A document or assessment as typed or pasted, never a file."""

    title: str
    text: str
    supplied_by: AgencyKind
    agency_id: UUID
    author: str
    withdrawn: bool = False


def problems(told: Document) -> dict[str, str]:
    """What keeps a document from being kept, by field (Rulebook E4, R2)."""
    found: dict[str, str] = {}
    if told.supplied_by not in SUPPLIERS:
        found["agency_id"] = "Only children’s social care adds its documents here"
    for name, said, limit, ask in (
        ("author", told.author, AUTHOR_LENGTH, "Enter who wrote it"),
        ("title", told.title, TITLE_LENGTH, "Enter what the document is"),
        ("text", told.text, TEXT_LENGTH, "Enter or paste its text"),
    ):
        if not said.strip():
            found[name] = ask
        elif len(said) > limit:
            found[name] = f"Use {limit:,} characters or fewer"
    return found


def may_read(told: Document, *, may_open: bool, is_partner: bool, own_agency: bool, runs_panel: bool) -> bool:
    """Whether a reader may see a document on the screen (Rulebook E4).

    Partner agencies that attend the panel and may open the child (`agenda.need_to_know.may_open`). Once
    social care has withdrawn it, social care alone.
    """
    if not may_open:
        return False
    return own_agency if told.withdrawn else own_agency or is_partner or runs_panel


def watermark(name: str, agency: str, at: datetime) -> str:
    """What stands across the page, so that a photograph of it tells whose screen it was."""
    wall = at.astimezone(LONDON)
    return f"{name}, {agency}, {day_words(local_day(at))} {wall:%H:%M}. On screen only: do not copy."
