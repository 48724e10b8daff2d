"""Victims who are still to be told, by whom and by when (Rulebook F1, F5)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import MeetingState, case_reference
from agenda.panels import Works
from meetingsvc.models import (
    AgencyPanelRow,
    AgencyRow,
    CaseRow,
    FeedbackRow,
    ItemRow,
    MeetingRow,
    PersonRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, case_page, feedback_tellers, half_seen
from meetingsvc.store.feedback import theirs
from meetingsvc.store.half_seen import Named
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import told_at
from minutes.feedback import is_overdue

PAGE = 50
_item, _meeting, _agency = aliased(ItemRow), aliased(MeetingRow), aliased(AgencyRow)


@dataclass(frozen=True, slots=True)
class ToTell:
    """One victim who is still to be told."""

    item_id: UUID
    case_id: UUID
    case: str
    victim: str
    meeting: str
    sits_on: date
    name: str
    agency: str
    due: date
    ownerless: bool  # who was named can no longer do it
    away: bool  # their agency does not sit in such a meeting, or may not read this one: it is not shown here

    def is_overdue(self, today: date) -> bool:
        """After its day."""
        return is_overdue(self.due, today)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are to be told, and how many of them late, or by nobody who still can."""

    open: int
    overdue: int
    ownerless: int


def over(today: date, meeting: type[MeetingRow] = MeetingRow) -> ColumnElement[bool]:
    """Meetings whose outcomes are final, or whose day has passed: what they decided may be told."""
    closed = and_(meeting.works == Works.LIST, meeting.state == MeetingState.CLOSED)
    return or_(closed, meeting.state == MeetingState.HEARD, meeting.sits_on < today)


def is_over(reader: Principal, item_id: UUID, today: date) -> bool:
    """The same of one case's meeting."""
    rows = select(ItemRow.id).join(_meeting, _meeting.id == ItemRow.meeting_id)
    with case_page.told_item(reader, item_id) as here:
        return db.session.scalar(rows.where(here, over(today, _meeting))) is not None


def _gone(reader: Principal, today: date) -> ColumnElement[bool]:
    """Whoever was named can do it no longer: the duty is nobody's (Rulebook F1, V1).

    Whether a wall or a restriction keeps the case from them is for who runs the meetings alone (M6).
    """
    row = FeedbackRow
    if reader.runs_meetings:
        return feedback_tellers.nobody_can(row.agency_id, row.account_id, _item.case_id, today)
    return feedback_tellers.nobody_is_there(row.agency_id, row.account_id, today)


def _away(today: date) -> ColumnElement[bool]:
    """The service reminds nobody then, for the case is not shown to them: who runs the meetings does (F1).

    Nor where they attend such meetings, but not this one's sharing: they signed after it, or it is held back.
    Not where the case is given to an IDVA whose it is: to them it is shown, and they are reminded.
    """
    row, panel = FeedbackRow, AgencyPanelRow
    attends = exists().where(panel.agency_id == _agency.id, panel.code == _meeting.kind)
    here = and_(attends, feedback_tellers.is_shared(_item, _meeting, _agency))
    return and_(~here, ~feedback_tellers.is_given(row.agency_id, row.account_id, _item, _meeting, today))


def to_tell(reader: Principal, today: date, page: int) -> list[ToTell]:
    """One page of them, the one that is due first at the top."""
    row, victim = FeedbackRow, PersonRow
    rows = (
        select(
            row.item_id, CaseRow.number, victim.forename, victim.surname, _meeting.kind, _meeting.sits_on,
            row.name, _agency.name, row.next_on, _gone(reader, today), _away(today), _item.case_id,
        )
        .join(_item, _item.id == row.item_id)
        .join(_meeting, _meeting.id == _item.meeting_id)
        .join(CaseRow, CaseRow.id == _item.case_id)
        .outerjoin(victim, victim.id == CaseRow.victim_id)
        .join(_agency, _agency.id == row.agency_id)
        .order_by(row.next_on, row.id)
    )  # fmt: skip
    with _open(reader, today) as mine:
        found = db.session.execute(rows.where(*mine).limit(PAGE).offset((page - 1) * PAGE)).all()
    told = half_seen.names_told(reader, [case_id for *_, case_id in found])
    return [
        ToTell(item_id, case_id, case_reference(number), _victim(told, case_id, forename, surname), kind, day,
               name, agency, due, gone, away)
        for item_id, number, forename, surname, kind, day, name, agency, due, gone, away, case_id in found
        if due
    ]  # fmt: skip


def _victim(told: Mapping[UUID, tuple[Named, Named]], case_id: UUID, forename: str, surname: str) -> str:
    """As this case calls her, where another of hers is kept from the reader (M6)."""
    if case_id in told:
        return told[case_id][0][0]
    return named(forename, surname) or half_seen.NO_NAME


@contextmanager
def _open(reader: Principal, today: date) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Beside which their meetings may be read, as on the page of a case (`case_page.told_here`)."""
    row = FeedbackRow
    mine = row.area_id == reader.area_id, told_at(reader, row.item_id), theirs(reader)
    open_ = *mine, row.next_on.is_not(None)
    if reader.runs_meetings:
        yield *open_, over(today, _meeting)
        return
    told = list(db.session.scalars(select(row.id).where(*open_)))
    with acting.whole_area(reader.area_id):
        yield row.id.in_(told), over(today, _meeting)


def counts(reader: Principal, today: date) -> Counts | None:
    """For somebody's first page; None for who has nothing to do with it."""
    if not reader.may(Permission.FEEDBACK_READ):
        return None
    row = FeedbackRow
    late = func.count().filter(row.next_on < today)
    gone = func.count().filter(_gone(reader, today))
    rows = (
        select(func.count(), late, gone)
        .select_from(row)
        .join(_item, _item.id == row.item_id)
        .join(_meeting, _meeting.id == _item.meeting_id)
    )
    with _open(reader, today) as mine:
        return Counts(*db.session.execute(rows.where(*mine)).one())
