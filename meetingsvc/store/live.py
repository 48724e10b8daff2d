"""Queries on what is being typed into the records of a meeting, for who runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from meetingsvc.models import AccountRow, LiveFieldRow, OutcomeRow, db
from meetingsvc.store import acting
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, told_at
from meetingsvc.store.scope_kept import NOBODY


@dataclass(frozen=True, slots=True)
class Change:
    """A field as it stands, who typed in it last, and when."""

    field: str
    value: str
    version: int
    saved: bool
    by_id: UUID
    by: str
    at: datetime
    seq: int
    aside: str  # who set it aside: it stands in no draft


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed of one case: the fields that the outcome has not yet, and the version of every field."""

    unsaved: Mapping[str, str]
    versions: Mapping[str, int]
    until: int  # how far it reaches: what comes later has a higher place


def live_of(reader: Reader) -> ColumnElement[bool]:
    """What is typed of cases that a reader may open, where they run the meeting; nobody else reads drafts."""
    if not isinstance(reader, Host) and not reader.runs_meetings:
        return NOBODY
    return told_at(reader, LiveFieldRow.item_id)


def rows(reader: Reader, item_id: UUID) -> dict[str, LiveFieldRow]:
    """Every field of one case in which somebody typed."""
    row = LiveFieldRow
    found = select(row).where(live_of(reader), row.item_id == item_id).order_by(row.seq)
    return {one.field: one for one in db.session.scalars(found.execution_options(populate_existing=True))}


def draft(reader: Reader, item_id: UUID) -> Draft:
    """What is typed and not saved yet, in the order in which it came."""
    found = rows(reader, item_id)
    return Draft(
        {name: one.value for name, one in found.items() if one.is_draft},
        {name: one.version for name, one in found.items()},
        max((one.seq for one in found.values()), default=0),
    )


def unsaved_at(reader: Reader, meeting_id: UUID) -> set[UUID]:
    """The cases of a meeting with something typed that is neither saved nor set aside, for who runs it.

    A field that was emptied again before anything was saved says nothing.
    """
    row = LiveFieldRow
    saved = select(OutcomeRow.item_id).where(OutcomeRow.item_id == row.item_id).exists()
    rows = select(row.item_id).where(
        live_of(reader), row.meeting_id == meeting_id, ~row.saved, row.aside_by.is_(None),
        or_(row.value != "", saved),
    )  # fmt: skip
    return set(db.session.scalars(rows.distinct()))


@dataclass(frozen=True, slots=True)
class Aside:
    """What was typed, and set aside by a person."""

    field: str
    value: str
    typed_by: str
    by: str
    at: datetime


def aside(reader: Reader, item_id: UUID) -> list[Aside]:
    """Of one case, in the order in which it was typed: it is kept, and stands in no outcome."""
    row, by = LiveFieldRow, aliased(AccountRow)
    rows = (
        select(row.field, row.value, AccountRow.name, by.name, row.aside_at)
        .join(AccountRow, AccountRow.id == row.changed_by)
        .join(by, by.id == row.aside_by)
        .where(live_of(reader), row.item_id == item_id, row.value != "")
        .order_by(row.seq)
    )
    return [
        Aside(name, value, typed_by, who, at)
        for name, value, typed_by, who, at in db.session.execute(rows)
        if at is not None
    ]


def after(reader: Reader, item_id: UUID, seq: int) -> Sequence[Change]:
    """What changed of one case since."""
    row, setter = LiveFieldRow, aliased(AccountRow)
    found = (
        select(row, AccountRow.name, setter.name)
        .join(AccountRow, AccountRow.id == row.changed_by)
        .outerjoin(setter, setter.id == row.aside_by)
        .where(live_of(reader), row.item_id == item_id, row.seq > seq)
        .order_by(row.seq)
    )
    return [
        Change(one.field, one.value, one.version, one.saved, one.changed_by, by, one.changed_at, one.seq,
               aside or "")
        for one, by, aside in db.session.execute(found)
    ]  # fmt: skip


def saved_version(reader: Reader, item_id: UUID) -> tuple[int, str]:
    """Which version of the outcome is saved, and by whom; 0 where none is."""
    row = OutcomeRow
    found = (
        select(row.version, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.recorded_by)
        .where(told_at(reader, row.item_id), row.item_id == item_id)
    )
    version, by = db.session.execute(found).one_or_none() or (0, "")
    return version, by


def next_seq(area_id: UUID, meeting_id: UUID, now: datetime) -> int:
    """The next place in the order of a meeting's changes: the clock, so that no gap tells of a hidden case.

    For who holds the area's lock, so that places are handed out in the order in which changes are seen.
    """
    with acting.whole_area(area_id):
        row = LiveFieldRow
        last = db.session.scalar(select(func.max(row.seq)).where(row.meeting_id == meeting_id)) or 0
    return max(last + 1, int(now.timestamp() * 1_000_000))
