"""Notes of an exploitation meeting: only to those who attended and contributed (Rulebook E4)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from agenda.calendar import local_day
from agenda.pack import NoteKind


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an agency brought to a meeting on one subject: a note, or what it held when it was asked.

    That it holds nothing is an answer, and no contribution.
    """

    agency_id: UUID
    item_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Attended:
    """Somebody with an account who was there, and the subjects they were out of the room for (M6)."""

    account_id: UUID
    agency_id: UUID
    out: frozenset[UUID] = frozenset()


class Refused(StrEnum):
    """Why somebody does not read notes: for who runs the meeting, never for the page."""

    HIDDEN = "it is kept from them"
    NOT_THERE = "they were not there"
    NOTHING_BROUGHT = "their agency brought nothing"


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who was at a meeting and what was brought to it. `ended_at` is None while nobody has closed it."""

    attended: tuple[Attended, ...]
    contributions: tuple[Contribution, ...]
    sits_on: date
    ended_at: datetime | None


def contributed(meeting: Meeting, agency_id: UUID, item_id: UUID) -> bool:
    """Whether an agency contributed on one subject, up to the end of the meeting (Rulebook E4).

    It ends as it is closed, and with its day where nobody closes it. What is typed afterwards opens nothing:
    nobody earns the notes by writing once they are there.
    """
    return any(
        one.agency_id == agency_id
        and one.item_id == item_id
        and local_day(one.at) <= meeting.sits_on
        and (meeting.ended_at is None or one.at <= meeting.ended_at)
        for one in meeting.contributions
    )


def refused(
    meeting: Meeting, account_id: UUID, agency_id: UUID, item_id: UUID, *, may_open: bool, runs_panel: bool
) -> Refused | None:
    """Why a reader does not read the notes on one subject; None where they do (Rulebook E4).

    `may_open`: no wall or restriction keeps it from them, and the subject is theirs
    (`agenda.need_to_know.may_open`). Who runs this panel keeps its record. Of everybody else the person was
    there for it, and their agency contributed on it; the agency they attended for, and work for still.
    """
    if not may_open:
        return Refused.HIDDEN
    if runs_panel:
        return None
    there = (one for one in meeting.attended if one.account_id == account_id)
    if not any(one.agency_id == agency_id and item_id not in one.out for one in there):
        return Refused.NOT_THERE
    return None if contributed(meeting, agency_id, item_id) else Refused.NOTHING_BROUGHT


def readers(meeting: Meeting, item_id: UUID, may_open: Collection[UUID]) -> frozenset[UUID]:
    """The accounts that notes on one subject go to, beside who runs the panel (Rulebook E4)."""
    return frozenset(
        one.account_id
        for one in meeting.attended
        if refused(
            meeting, one.account_id, one.agency_id, item_id, may_open=one.account_id in may_open,
            runs_panel=False,
        ) is None
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in the notes, with what it is (Rulebook E4, R2)."""

    kind: NoteKind
    text: str


def told_apart(lines: Iterable[Line]) -> tuple[tuple[NoteKind, tuple[str, ...]], ...]:
    """Facts, then opinions, each under its own heading; a heading with nothing under it is left out (E4)."""
    told = tuple(lines)
    apart = ((kind, tuple(one.text for one in told if one.kind is kind)) for kind in NoteKind)
    return tuple((kind, texts) for kind, texts in apart if texts)
