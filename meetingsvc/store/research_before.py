"""What an agency sent of a case, at this meeting and when it was asked before (Rulebook D1, R2)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from agenda.pack import NoteKind
from agenda.research import Said
from meetingsvc.models import ItemRow, MeetingRow, NoteRow, ResearchAnswerRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import told_at
from minutes.notes import Note

_later = aliased(NoteRow)
_sitting = aliased(MeetingRow)  # the scope's own conditions speak of MeetingRow


@dataclass(frozen=True, slots=True)
class Sent:
    """One piece of information that the reader's agency shared, as it stands after corrections."""

    id: UUID
    item_id: UUID
    case_id: UUID
    note: Note
    on: date
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Last:
    """What the agency said of a case when it was asked before; no notes: that it held nothing."""

    on: date
    kind: str
    notes: tuple[Sent, ...] = ()


def sent(who: Principal, item_ids: Collection[UUID]) -> dict[UUID, list[Sent]]:
    """What the reader's agency shared at these items, by item."""
    found: dict[UUID, list[Sent]] = defaultdict(list)
    for one in _sent(who, NoteRow.item_id.in_(list(item_ids))):
        found[one.item_id].append(one)
    return found


def last(who: Principal, case_ids: Collection[UUID], now_at: UUID, before: date) -> dict[UUID, Last]:
    """By case, what the reader's agency said at the newest meeting before this one that had an answer of it:
    of a MARAC that may be the daily meeting, whose sharing it carries (M1)."""
    under = ItemRow.case_id.in_(list(case_ids)), ItemRow.meeting_id != now_at, _sitting.sits_on <= before
    found: dict[UUID, Last] = {}
    for case_id, on, kind in db.session.execute(_nothing(who).where(*under)):
        _keep(found, case_id, Last(on, kind))
    for one in _sent(who, *under):
        there = found.get(one.case_id)
        same = there is not None and (there.on, there.kind) == (one.on, one.kind)
        notes = (*there.notes, one) if same and there is not None else (one,)
        _keep(found, one.case_id, Last(one.on, one.kind, notes))
    return found


def _keep(found: dict[UUID, Last], case_id: UUID, one: Last) -> None:
    there = found.get(case_id)
    if there is None or (one.on, one.kind) >= (there.on, there.kind):
        found[case_id] = one


def one_sent(who: Principal, note_id: UUID) -> Sent | None:
    """One note of the reader's own agency that nothing has corrected since."""
    return next(iter(_sent(who, NoteRow.id == note_id)), None)


def _sent(who: Principal, *which: ColumnElement[bool]) -> list[Sent]:
    row = NoteRow
    rows = (
        select(row, ItemRow.case_id, _sitting.sits_on, _sitting.kind)
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(_sitting, _sitting.id == ItemRow.meeting_id)
        .where(told_at(who, row.item_id), row.agency_id == who.agency_id, *which)
        .where(~exists().where(_later.corrects == row.id))
        .order_by(_sitting.sits_on, _sitting.kind, row.recorded_at, row.id)
    )
    return [
        Sent(one.id, one.item_id, case_id, _note(one), on, kind, one.recorded_at)
        for one, case_id, on, kind in db.session.execute(rows)
    ]


def _note(row: NoteRow) -> Note:
    kind = NoteKind(row.kind)
    return Note(row.agency_id, row.author, kind, row.source, row.text, row.dated, row.proportionate)


def _nothing(who: Principal) -> Select[*tuple[Any, ...]]:
    row = ResearchAnswerRow
    return (
        select(ItemRow.case_id, _sitting.sits_on, _sitting.kind)
        .select_from(row)
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(_sitting, _sitting.id == ItemRow.meeting_id)
        .where(told_at(who, row.item_id), row.agency_id == who.agency_id)
        .where(row.said == Said.NOTHING, row.box_id == row.item_id)
        .order_by(_sitting.sits_on, _sitting.kind)
    )
