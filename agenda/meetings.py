"""The words for meetings and what they hear."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class MeetingKind(StrEnum):
    """The panels of the domestic abuse process. The value is what outputs and addresses carry."""

    DRAMM = "DRAMM"  # daily
    MARAC = "MARAC"  # fortnightly


class MeetingState(StrEnum):
    """A meeting only ever moves down this list."""

    OPEN = "open"  # DRAMM: list built, outcomes being recorded. MARAC: taking referrals
    CLOSED = "closed"  # DRAMM: outcomes final. MARAC: agenda compiled and closed
    PUBLISHED = "published"  # MARAC only: agenda shared, packs can be fetched
    HEARD = "heard"  # MARAC only: it sat
    CANCELLED = "cancelled"  # MARAC only: published, and did not sit; its cases go on the next one


@dataclass(frozen=True, slots=True)
class Window:
    """What one daily list covers: half open, `[start, end)`, in UTC (Rulebook T1)."""

    start: datetime
    end: datetime


def list_name(kind: str) -> str:
    """What people call a panel's list: `Daily list`, `TRIAGE list` (P3)."""
    return "Daily list" if kind == MeetingKind.DRAMM else f"{kind} list"


def meeting_name(kind: str) -> str:
    """What people call a meeting of a panel: `Daily meeting`, `MARAC`, `TRIAGE meeting` (P3)."""
    names: dict[str, str] = {MeetingKind.DRAMM: "Daily meeting", MeetingKind.MARAC: "MARAC"}
    return names.get(kind, f"{kind} meeting")


def list_address(kind: str, day: date, page: str = "") -> str:
    """Where the list of a day is read, or a page of it; of a panel beside the daily one it is said (P3)."""
    of = "" if kind == MeetingKind.DRAMM else f"?panel={kind}"
    return f"/lists/{day.isoformat()}{page}{of}"


def case_reference(number: int) -> str:
    """How people read a case's number: `C-000123`."""
    return f"C-{number:06d}"


def case_number(reference: str) -> int | None:
    """The number that a case's reference says, however many noughts were typed; None where it is none."""
    found = re.fullmatch(r"\s*[Cc]-?0*([0-9]{1,9})\s*", reference)
    return int(found[1]) if found else None
