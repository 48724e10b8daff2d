"""Cases that were accepted by another area: they wait for no MARAC here any more (Rulebook M5)."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from agenda.calendar import day_words, local_day
from agenda.meetings import MeetingKind, case_reference
from agenda.transfers import State
from meetingsvc.models import CaseRow, ItemRow, MeetingRow, OutcomeRow, TransferRecordRow, TransferRow, db
from meetingsvc.store.scope import Reader, cases_of, meetings_of, told_on

_MOVED = aliased(TransferRow)


class Moved(NamedTuple):
    """Where a case went, and when it was accepted there."""

    to_area: str
    on: date

    @property
    def words(self) -> str:
        """`Moved to Southmoor on Monday 23 November 2026`."""
        return f"Moved to {self.to_area} on {day_words(self.on)}"


def moved(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, Moved]:
    """Those of these cases that have moved, as far as the reader may open them; the latest move counts."""
    row = TransferRow
    rows = (
        select(row.case_id, row.to_area, row.ended_at)
        .where(told_on(reader, row.case_id), row.case_id.in_(case_ids), row.state == State.ACCEPTED)
        .order_by(row.ended_at)
    )
    found = db.session.execute(rows) if case_ids else ()
    return {case_id: Moved(area, local_day(at)) for case_id, area, at in found if at}


class Gone(NamedTuple):
    """A case that another area has accepted, and the transfer that tells how."""

    transfer_id: UUID
    case_id: UUID
    case: str
    moved: Moved


def since(reader: Reader, start: datetime, *narrow: ColumnElement[bool]) -> list[Gone]:
    """Those that have gone since then, the latest first, as far as the reader may open them."""
    row = TransferRow
    rows = (
        select(row.id, row.case_id, CaseRow.number, row.to_area, row.ended_at)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(told_on(reader, row.case_id), row.area_id == reader.area_id, row.state == State.ACCEPTED)
        .where(row.ended_at >= start, *narrow)
        .order_by(row.ended_at.desc(), row.id)
    )
    return [
        Gone(key, case_id, case_reference(number), Moved(area, local_day(at)))
        for key, case_id, number, area, at in db.session.execute(rows)
        if at
    ]


def before(reader: Reader, sits_on: date) -> list[Gone]:
    """Cases a daily meeting referred that went between the MARAC before this one and this one (Rulebook M5).

    They are on its agenda no more; nobody takes one off unseen.
    """
    meeting, row = MeetingRow, TransferRow
    rows = select(func.max(meeting.sits_on)).where(
        meetings_of(reader), meeting.kind == MeetingKind.MARAC, meeting.sits_on < sits_on
    )
    opened = db.session.scalar(rows) or date(sits_on.year - 1, 1, 1)
    referred = exists().where(
        OutcomeRow.item_id == ItemRow.id, ItemRow.case_id == row.case_id, OutcomeRow.refer,
        OutcomeRow.recorded_at <= row.ended_at,
    )  # fmt: skip
    gone = since(reader, datetime.combine(opened, time.min, UTC), referred.correlate(row))
    return [one for one in gone if opened < one.moved.on <= sits_on]


def not_moved(
    reader: Reader, case_id: UUID, records: Collection[tuple[str, datetime]]
) -> set[tuple[str, datetime]]:
    """Records that were made to go with it, and did not move it: whom for and when, of those told.

    The last one before the other area accepted is what moved it; one that came from elsewhere did (M5).
    """
    row = TransferRow
    rows = select(row.to_area, row.state, row.ended_at).where(
        told_on(reader, row.case_id), row.case_id == case_id
    )
    sent = db.session.execute(rows).all() if records else ()
    found = {one for one in records if one[0] in {area for area, *_ in sent}}
    for area, state, ended in sent:
        if state == State.ACCEPTED and ended:
            went = [at for to, at in records if to == area and at <= ended]
            found -= {(area, max(went))} if went else set()
    return found


class OnCase(NamedTuple):
    """Where one case went, or is going, and whether a record came or went with it."""

    moved: Moved | None
    going: tuple[UUID, str] | None  # the transfer, and the area
    has_record: bool


def on_case(reader: Reader, case_id: UUID) -> OnCase:
    """For its page, in one query."""
    row = TransferRow
    rows = (
        select(exists().where(TransferRecordRow.case_id == CaseRow.id), row.id, row.state, row.to_area,
               row.ended_at)
        .select_from(CaseRow)
        .outerjoin(row, row.case_id == CaseRow.id)
        .where(cases_of(reader), CaseRow.id == case_id)
        .order_by(row.ended_at)
    )  # fmt: skip
    moved, going, has_record = None, None, False
    for record, key, state, area, at in db.session.execute(rows):
        has_record = record
        if state == State.ACCEPTED and at:
            moved = Moved(area, local_day(at))
        elif key and not State(state).ended:
            going = key, area
    return OnCase(moved, going, has_record)


def is_ours(
    case_id: InstrumentedAttribute[UUID], decided_at: InstrumentedAttribute[datetime]
) -> ColumnElement[bool]:
    """What was decided of a case before another area accepted it is that area's to hear (Rulebook M5).

    What is decided later, on a further incident here, is this area's again.
    """
    row = _MOVED
    gone = exists().where(row.case_id == case_id, row.state == State.ACCEPTED, row.ended_at >= decided_at)
    return ~gone.correlate_except(row)
