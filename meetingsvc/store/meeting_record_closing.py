"""What keeps a meeting from being over, as far as its reader may see (Rulebook D3, F1, M1, R3)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from agenda.meetings import MeetingKind, MeetingState, case_reference
from agenda.panels import Family, Works
from meetingsvc.models import (
    AttendeeRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    StatementReadingRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import feedback, live
from meetingsvc.store.scope import Reader, items_of, meetings_of
from meetingsvc.store.scope_meeting_record import recorded_at
from meetingsvc.store.withdrawn import WITHDRAWN, off_list
from minutes.closing import NOBODY, Line, problems


def lines(reader: Reader, meeting_id: UUID) -> list[Line]:
    """The cases of a meeting that the reader may see; of a MARAC, those it was told of before it sat."""
    rows = (
        select(ItemRow.id, CaseRow.number, OutcomeRow.item_id, ItemRow.not_reached, off_list())
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(items_of(reader), ItemRow.meeting_id == meeting_id)
        .where(ItemRow.supplement <= MeetingRow.supplements)
        .order_by(ItemRow.position, CaseRow.number)
    )
    found = db.session.execute(rows).all()
    told = feedback.decided(reader, [key for key, *_ in found])
    typed = live.unsaved_at(reader, meeting_id)
    return [
        Line(case_reference(number), recorded is not None,
             WITHDRAWN if gone else "" if recorded else not_reached, key in told, key in typed)
        for key, number, recorded, not_reached, gone in found
    ]  # fmt: skip


def typed_at(reader: Reader, meeting_id: UUID) -> list[tuple[UUID, str]]:
    """The cases of a meeting with something typed that nobody saved or set aside, by their reference."""
    row = ItemRow
    rows = select(row.id, CaseRow.number).join(CaseRow, CaseRow.id == row.case_id)
    mine = rows.where(items_of(reader), row.id.in_(live.unsaved_at(reader, meeting_id)))
    found = db.session.execute(mine.order_by(row.position, CaseRow.number))
    return [(key, case_reference(number)) for key, number in found]


def anybody_came(reader: Reader, meeting_id: UUID) -> bool:
    """Whether attendance has been recorded at all (Rulebook R3)."""
    row = AttendeeRow
    here = (recorded_at(reader, row.meeting_id), row.meeting_id == meeting_id, row.here)
    return db.session.scalar(select(row.id).where(*here).limit(1)) is not None


def unread(reader: Reader, meeting_id: UUID) -> list[str]:
    """By name, who was there and is not reminded of confidentiality, where the statement was not read out
    either (Rulebook R3). Whoever comes later than it was read is told of beside the record."""
    row, read = AttendeeRow, StatementReadingRow
    said = exists().where(recorded_at(reader, read.meeting_id), read.meeting_id == meeting_id)
    mine = recorded_at(reader, row.meeting_id), row.meeting_id == meeting_id
    rows = select(row.name).where(*mine, row.here, row.confidential_at.is_(None), ~said)
    return list(db.session.scalars(rows.order_by(row.name, row.id)))


def why_not_over(reader: Reader, meeting_id: UUID) -> list[str]:
    """Why a meeting cannot end yet, in words; nothing where it can. What is hidden from the reader neither
    keeps them from it nor is told of (M6). Where there was nothing to hear, nobody need have come."""
    heard = lines(reader, meeting_id)
    nobody = [NOBODY] if heard and not anybody_came(reader, meeting_id) else []
    return nobody + problems(heard)


def never_closed(reader: Reader, today: date) -> list[tuple[UUID, date]]:
    """MARACs whose day has passed and whose record nobody closed, until somebody does: cases that they did
    not hear come back only once it is said (M1)."""
    row = MeetingRow
    of_abuse = row.family == Family.ABUSE  # what hears children says so where it is closed (E1)
    sat = (row.works == Works.AGENDA, of_abuse, row.state == MeetingState.PUBLISHED, row.ended_at.is_(None))
    rows = select(row.id, row.sits_on).where(meetings_of(reader), *sat, row.sits_on < today)
    return [(key, day) for key, day in db.session.execute(rows.order_by(row.sits_on))]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A meeting of today, told apart from others of that day."""

    id: UUID
    kind: str
    starts_at: datetime
    emergency: int
    extra_of: UUID | None

    @property
    def title(self) -> str:
        """`The MARAC`, `The emergency MARAC`."""
        if self.kind != MeetingKind.MARAC:
            return "The daily meeting" if self.kind == MeetingKind.DRAMM else f"The {self.kind} meeting"
        extra = "The extra MARAC sitting" if self.extra_of else "The MARAC"
        return "The emergency MARAC" if self.emergency else extra


def not_there_yet(reader: Principal, today: date) -> list[Ahead]:
    """Today's meetings that are not closed and do not have the person on record yet, the first first."""
    row, mine = MeetingRow, AttendeeRow
    open_ = or_(row.state == MeetingState.OPEN, row.works == Works.AGENDA)
    there = exists().where(
        recorded_at(reader, mine.meeting_id), mine.meeting_id == row.id,
        mine.account_id == reader.account_id, mine.here, mine.confidential_at.is_not(None),
    )  # fmt: skip
    rows = select(row.id, row.kind, row.starts_at, row.emergency, row.extra_of).where(
        meetings_of(reader), row.sits_on == today, row.ended_at.is_(None), open_,
        row.state != MeetingState.CANCELLED, ~there,
    )  # fmt: skip
    return [Ahead(*told) for told in db.session.execute(rows.order_by(row.starts_at))]
