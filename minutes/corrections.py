"""How what an agency shared is put right: by a further note beside the old one (Rulebook R2)."""

from enum import StrEnum
from uuid import UUID

REASON_LENGTH = 1000


class Answer(StrEnum):
    """What became of a request for a correction. The value is stored; '' is a request still open."""

    CORRECTED = "corrected"
    DECLINED = "declined"


def may_correct(own_agency: UUID, supplier: UUID, recorded_by_self: bool, meeting_open: bool) -> bool:
    """The agency that supplied a note corrects it; who typed it mends their typing until the meeting closes.

    Source: Rulebook R2; security.md B "Add or edit own item: O". The database's own triggers say the same.
    """
    return own_agency == supplier or (recorded_by_self and meeting_open)


def reason_problem(text: str) -> str | None:
    """What is wrong with a reason, in words for who typed it: a correction says why (Rulebook R2)."""
    if not text.strip():
        return "Say why"
    if len(text) > REASON_LENGTH:
        return f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return None
