"""Text as it was typed into a box: made plain, and no longer than there is room for."""

import re
from datetime import date
from uuid import UUID

from wtforms.validators import Length

from agenda.typed_days import a_day

NO_REVIEW_DAY = "Enter the day of the review as a real date, like 3 12 2026"


def plain(text: str | None) -> str:
    """Without blanks at its ends, each line ended as it is kept."""
    return (text or "").strip().replace("\r\n", "\n")


def counted(text: str, otherwise: int) -> int:
    """A number that a page sends back as it showed it; `otherwise` where that is none, or more than it counts
    to."""
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise


def chosen_id(text: str | None) -> UUID | None:
    """What was chosen from a list of ids; None where nothing was, or no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def at_most(letters: int) -> Length:
    """As long as there is room for."""
    return Length(max=letters, message=f"Use {letters:,} characters or fewer")


def review_day(text: str) -> tuple[date | None, dict[str, str]]:
    """A day of review as people type it, and what is wrong with it; none is told where nothing is."""
    if not text:
        return None, {}
    try:
        return a_day(re.sub(r"(?<=\d)[ .](?=\d)", "/", text)), {}
    except ValueError:
        return None, {"review_on": NO_REVIEW_DAY}
