"""Who reads notes and minutes of exploitation meetings: part of `store/scope.py` (Rulebook E4, R1, R2).

`minutes.contributed.refused` in SQL; that both agree is a test. Who runs the meetings keeps their record.
"""

from typing import TypeGuard
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from agenda.panels import Family, Works
from agenda.research import Said
from meetingsvc.models import (
    AttendeeRow,
    CaseRow,
    ItemAbsenceRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    ResearchAnswerRow,
    db,
)
from meetingsvc.models.base import UTCDateTime
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import items_of, told_at, told_items_of
from meetingsvc.store.scope_kept import MARKED, Column, Reader, apart

_ITEM, _BROUGHT, _CASE, _MEETING = aliased(ItemRow), aliased(ItemRow), aliased(CaseRow), aliased(MeetingRow)
_THERE, _OUT = aliased(AttendeeRow), aliased(ItemAbsenceRow)
_NOTE, _ANSWER = aliased(NoteRow), aliased(ResearchAnswerRow)


def contributed(reader: Principal) -> Select[UUID]:
    """The items that a person was there for, and on which the agency they came for, and work for still,
    brought something before the end: a note, or an answer that it holds something. Asked of exploitation.

    A meeting ends as it is closed, and with its day where nobody closes it.

    Who was there is not theirs to read: on PostgreSQL the database answers as the service (migration 0086).
    """
    if db.engine.dialect.name == "postgresql":
        account = bindparam("account", reader.account_id, Uuid(), unique=True)
        agency = bindparam("agency", reader.agency_id, Uuid(), unique=True)
        return select(func.meetingsvc_contributed(account, agency, type_=Uuid()).label("brought"))
    meeting, item, there = _MEETING, _BROUGHT, _THERE
    ended = case((meeting.works == Works.LIST, meeting.closed_at), else_=meeting.ended_at)
    day_end = func.day_end(meeting.sits_on, type_=UTCDateTime())
    out = exists().where(_OUT.item_id == item.id, _OUT.attendee_id == there.id)
    by_note = exists().where(
        _NOTE.item_id == item.id, _NOTE.agency_id == reader.agency_id,
        _NOTE.recorded_at < day_end, or_(ended.is_(None), _NOTE.recorded_at <= ended),
    )  # fmt: skip
    by_answer = exists().where(
        _ANSWER.item_id == item.id, _ANSWER.agency_id == reader.agency_id, _ANSWER.said == Said.HELD,
        _ANSWER.sent_at < day_end, or_(ended.is_(None), _ANSWER.sent_at <= ended),
    )  # fmt: skip
    return apart(
        select(item.id)
        .join(meeting, meeting.id == item.meeting_id)
        .join(there, there.meeting_id == meeting.id)
        .where(there.account_id == reader.account_id, there.agency_id == reader.agency_id, there.here)
        .where(~out, or_(by_note, by_answer))
    )


def is_open(reader: Reader, item_id: Column[UUID]) -> ColumnElement[bool]:
    """Of the items that a person may read about, those whose notes go to them: every one of another family,
    and of exploitation those they contributed to (Rulebook E4)."""
    if not is_asked(reader):
        return MARKED
    of_others = exists().where(
        _ITEM.id == item_id, _CASE.id == _ITEM.case_id, _CASE.family != Family.EXPLOITATION
    )
    return or_(of_others.correlate_except(_ITEM, _CASE), item_id.in_(contributed(reader)))


def is_brought_to(reader: Reader) -> ColumnElement[bool]:
    """Of `MeetingRow`, those whose minutes go to a person: of exploitation, where they contributed to one
    thing it heard that is open to them (Rulebook E4, M6)."""
    if not is_asked(reader):
        return MARKED
    mine = select(ItemRow.meeting_id).where(items_of(reader), ItemRow.id.in_(contributed(reader)))
    return or_(MeetingRow.family != Family.EXPLOITATION, MeetingRow.id.in_(apart(mine)))


def notes_of(reader: Reader) -> ColumnElement[bool]:
    """What agencies shared about what the reader may read about."""
    return and_(told_at(reader, NoteRow.item_id), is_theirs(reader))


def is_theirs(reader: Reader) -> ColumnElement[bool]:
    """Of `NoteRow`, what goes to a person of an exploitation meeting: their own agency's notes and, of what
    they contributed to, the others' (Rulebook E4, R2)."""
    if not is_asked(reader):
        return MARKED
    return or_(NoteRow.agency_id == reader.agency_id, is_open(reader, NoteRow.item_id))


def answers_of(reader: Reader) -> ColumnElement[bool]:
    """Of `ResearchAnswerRow`, what goes to a person: their own agency's and, as notes do, the others' of what
    they contributed to (Rulebook E4, M2)."""
    row = ResearchAnswerRow
    told = told_at(reader, row.item_id)
    if not is_asked(reader):
        return told
    return and_(told, or_(row.agency_id == reader.agency_id, is_open(reader, row.item_id)))


def reads_notes(reader: Reader, item_id: UUID) -> bool:
    """Whether what a meeting noted of one item goes to a person, beside what it decided (Rulebook E4)."""
    if not is_asked(reader):
        return True
    here = told_items_of(reader), ItemRow.id == item_id, is_open(reader, ItemRow.id)
    return db.session.scalar(select(ItemRow.id).where(*here)) is not None


def reaches(who: Principal, meeting_id: UUID) -> bool:
    """Whether anything of the notes of an exploitation meeting goes to somebody, who may be told so. The
    service's own work (Rulebook E4, S1)."""
    item = _ITEM
    of_it = exists().where(item.meeting_id == meeting_id, item.id.in_(contributed(who)))
    return who.runs_exploitation or bool(db.session.scalar(select(of_it)))


def is_asked(reader: Reader) -> TypeGuard[Principal]:
    """Whether it depends on what somebody contributed: not for who runs the meetings, nor for who is on no
    panel of exploitation."""
    if isinstance(reader, Host) or reader.runs_meetings:
        return False
    return Family.EXPLOITATION in reader.families
