"""Queries on daily lists."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from agenda.daily_list import DailyList, LeftOut, ListedEntry, ListedItem, Notice, Taken
from agenda.incidents import Order, OrderKind, Risk
from agenda.list_numbers import numbers
from agenda.meetings import MeetingKind, MeetingState, Window, case_reference
from agenda.panels import Works
from meetingsvc.models import (
    AreaRow,
    CaseRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    NoticeRow,
    TriageRow,
    db,
)
from meetingsvc.store.incidents import CHUNK, told_alike
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, incidents_of, items_of, meetings_of, not_kept, notices_of
from meetingsvc.store.withdrawn import off_list


def meeting_id(area_id: UUID, kind: str, day: date) -> UUID | None:
    """The meeting of that kind on that day."""
    row = MeetingRow
    return db.session.scalar(
        select(row.id).where(row.area_id == area_id, row.kind == kind, row.sits_on == day)
    )


def known_on_open(area_id: UUID, kind: str) -> list[Sequence[object]]:
    """By what the victim and the perpetrator of whatever is on a panel's open lists are known."""
    row = IncidentRow
    known = (row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name)
    there = (MeetingRow.area_id == area_id, MeetingRow.kind == kind, MeetingRow.state == MeetingState.OPEN)
    rows = (
        select(*known)
        .join(EntryRow, EntryRow.incident_id == row.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(*there)
        .distinct()
    )
    return [tuple(told) for told in db.session.execute(rows)]


def count_items(meeting: UUID) -> int:
    """How many cases a meeting hears."""
    return db.session.scalar(select(func.count()).where(ItemRow.meeting_id == meeting)) or 0


def announced(area_id: UUID, numbers: Sequence[str]) -> dict[str, list[Order]]:
    """The orders of these incidents that earlier lists announced."""
    found: dict[str, list[Order]] = defaultdict(list)
    for at in range(0, len(numbers), CHUNK):
        rows = select(NoticeRow.occurrence_number, NoticeRow.order).where(
            NoticeRow.area_id == area_id, NoticeRow.occurrence_number.in_(numbers[at : at + CHUNK])
        )
        for number, order in db.session.execute(rows):
            found[number].append(order_from(order))
    return found


def order_json(order: Order) -> dict[str, Any]:
    """An order as the table keeps it."""
    return {
        "kind": order.kind and order.kind.value,
        "made_at": order.made_at and order.made_at.isoformat(),
        "expires_at": order.expires_at and order.expires_at.isoformat(),
        "terms": order.terms,
        "live_together": order.live_together,
    }


def order_from(told: dict[str, Any]) -> Order:
    """The inverse of `order_json`: ten characters are a date, more a moment."""
    expires = told["expires_at"]
    return Order(
        kind=OrderKind(told["kind"]) if told["kind"] else None,
        made_at=datetime.fromisoformat(told["made_at"]) if told["made_at"] else None,
        expires_at=None if not expires else _date_or_moment(expires),
        terms=told["terms"],
        live_together=told["live_together"],
    )


def _date_or_moment(text: str) -> date | datetime:
    return date.fromisoformat(text) if len(text) == len("2026-12-18") else datetime.fromisoformat(text)


def daily_list(reader: Reader, area_id: UUID, day: date, kind: str = MeetingKind.DRAMM) -> DailyList | None:
    """A day's list of a panel as `reader` may see it; None where there is none for them."""
    rows = (
        select(MeetingRow, AreaRow.name)
        .join(AreaRow, AreaRow.id == MeetingRow.area_id)
        .where(
            meetings_of(reader),
            MeetingRow.area_id == area_id,
            MeetingRow.works == Works.LIST,
            MeetingRow.kind == kind,
            MeetingRow.sits_on == day,
        )
    )
    found = db.session.execute(rows).one_or_none()
    if found is None:
        return None
    meeting, area = found
    if meeting.window_start is None or meeting.window_end is None:
        raise ValueError(f"a daily list without a window: {meeting.id}")
    items, gone = _items(reader, meeting.id)
    return DailyList(
        id=meeting.id,
        area=area,
        kind=meeting.kind,
        date=meeting.sits_on,
        window=Window(meeting.window_start, meeting.window_end),
        starts_at=meeting.starts_at,
        state=MeetingState(meeting.state),
        items=items,
        notices=notices(reader, meeting.id),
        not_listed=_not_listed(reader, meeting.id, gone),
        not_domestic=meeting.not_domestic - kept_from(reader, meeting.id),
    )


def kept_from(reader: Reader, meeting: UUID) -> int:
    """How many incidents that are not domestic a list's own count holds and the reader's may not."""
    row = TriageRow
    kept = select(func.count()).where(~not_kept(reader, row.incident_id), row.meeting_id == meeting)
    return db.session.scalar(kept.where(row.outcome == Taken.NOT_DOMESTIC)) or 0


#: What is not on the list, with when it was recorded.
_Left = tuple[datetime, LeftOut]


def _items(reader: Reader, meeting: UUID) -> tuple[tuple[ListedItem, ...], list[_Left]]:
    """The cases on the list; and what has left it, being an application that was withdrawn (Rulebook Y1)."""
    entries = _entries(reader, meeting)
    item = ItemRow
    rows = (
        select(item.id, item.case_id, CaseRow.number, item.risk, item.repeat, item.victim_known, off_list())
        .join(CaseRow, CaseRow.id == item.case_id)
        .where(items_of(reader), item.meeting_id == meeting)
        .order_by(item.position)
    )
    all_of, kept = db.session.execute(rows).all(), kept_at(meeting)
    called = list(zip(numbers(row.case_id in kept for row in all_of), all_of, strict=True))
    left = [
        (one.recorded_at, LeftOut(one.incident_id, one.reference, one.reasons, row.victim_known))
        for row in all_of if row[-1] for one in entries[row.id]
    ]  # fmt: skip
    there = (one for one in called if not one[1][-1])
    return tuple(
        ListedItem(
            key, case_id, case_reference(number), place, name, Risk(risk), repeat, known, tuple(entries[key])
        )
        for place, (name, (key, case_id, number, risk, repeat, known, _)) in enumerate(there, 1)
    ), left


def _entries(reader: Reader, meeting: UUID) -> dict[UUID, list[ListedEntry]]:
    entry = EntryRow
    rows = (
        select(
            entry.item_id, entry.occurrence_number, IncidentRow.risk, IncidentRow.recorded_at, entry.reasons,
            entry.late, entry.changed, IncidentRow.kind, entry.incident_id, entry.added_reason,
            entry.withdrawn_at,
        )
        .join(ItemRow, ItemRow.id == entry.item_id)
        .join(IncidentRow, IncidentRow.id == entry.incident_id)
        .where(items_of(reader), ItemRow.meeting_id == meeting)
        .order_by(IncidentRow.recorded_at, entry.occurrence_number)
    )  # fmt: skip
    found: dict[UUID, list[ListedEntry]] = defaultdict(list)
    for item_id, number, risk, at, reasons, *rest in db.session.execute(rows):
        found[item_id].append(ListedEntry(number, Risk(risk), at, tuple(reasons.split()), *rest))
    return found


def notices(reader: Reader, meeting: UUID) -> tuple[Notice, ...]:
    """The protection orders that a list announces."""
    row = NoticeRow
    rows = select(row.occurrence_number, row.order, row.incident_id)
    rows = rows.where(notices_of(reader), row.meeting_id == meeting).order_by(row.id)
    return tuple(Notice(number, order_from(order), key) for number, order, key in db.session.execute(rows))


def left_out(reader: Reader, meeting: UUID) -> tuple[ColumnElement[bool], ...]:
    """What the list left out, but for what a person has since put on it (Rulebook T5): of `TriageRow`, joined
    to its `IncidentRow`."""
    return _considered(reader, meeting, Taken.LEFT_OUT)


def _considered(reader: Reader, meeting: UUID, *taken: Taken) -> tuple[ColumnElement[bool], ...]:
    row, older, now = TriageRow, aliased(IncidentRow), aliased(IncidentRow)
    added = (
        select(older.id)
        .join(now, (now.area_id == older.area_id) & (now.occurrence_number == older.occurrence_number))
        .join(EntryRow, EntryRow.incident_id == now.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(ItemRow.meeting_id == meeting, EntryRow.added_reason != "")
        .where(or_(older.id == now.id, told_alike(older, now)))
    )
    here = (row.meeting_id == meeting, row.outcome.in_(taken))
    return incidents_of(reader), *here, row.incident_id.not_in(added)


def withdrawn(reader: Reader, meeting: UUID) -> tuple[ColumnElement[bool], ...]:
    """The applications that were withdrawn before the list was made (Rulebook Y1): as `left_out`."""
    return _considered(reader, meeting, Taken.WITHDRAWN)


def unflagged(reader: Reader, meeting: UUID) -> tuple[ColumnElement[bool], ...]:
    """What was domestic in an earlier version and is no longer (Rulebook T13): as `left_out`."""
    row, earlier = IncidentRow, aliased(IncidentRow)
    was = select(earlier.id).where(
        earlier.area_id == row.area_id, earlier.occurrence_number == row.occurrence_number,
        earlier.version < row.version, earlier.domestic, earlier.risk.in_((Risk.HIGH, Risk.MEDIUM)),
    )  # fmt: skip
    return *_considered(reader, meeting, Taken.NOT_DOMESTIC), row.version > 1, was.exists()


def risk_before(*which: ColumnElement[bool]) -> dict[str, Risk]:
    """By number, the highest risk of the earlier versions of what a list did not take (T13): of those
    that were domestic, where it is not."""
    taken, earlier, found = IncidentRow, aliased(IncidentRow), dict[str, Risk]()
    rows = (
        select(earlier.occurrence_number, earlier.risk)
        .join(taken, (taken.area_id == earlier.area_id)
              & (taken.occurrence_number == earlier.occurrence_number) & (taken.version > earlier.version))
        .join(TriageRow, TriageRow.incident_id == taken.id)
        .where(*which, or_(earlier.domestic, taken.domestic))
        .distinct()
    )  # fmt: skip
    for number, risk in db.session.execute(rows):
        found[number] = max(found.get(number, Risk(risk)), Risk(risk), key=lambda one: one.rank)
    return found


def _not_listed(reader: Reader, meeting: UUID, gone: Iterable[_Left]) -> tuple[LeftOut, ...]:
    """What it left out; and applications withdrawn before it was made, or since (Rulebook T5, Y1)."""
    row = TriageRow
    rows = (
        select(IncidentRow.recorded_at, row.incident_id, row.occurrence_number, row.reasons, row.victim_known)
        .join(IncidentRow, IncidentRow.id == row.incident_id)
        .where(*_considered(reader, meeting, Taken.LEFT_OUT, Taken.WITHDRAWN))
    )
    found = [
        (at, LeftOut(key, number, tuple(reasons.split()), known))
        for at, key, number, reasons, known in db.session.execute(rows)
    ]
    return tuple(one for _, one in sorted([*found, *gone], key=lambda told: (told[0], told[1].reference)))
