"""What agencies shared about a case, its corrections, and who had received the old text (Rulebook R2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import MeetingState, case_reference
from agenda.pack import NoteKind
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AuditRow,
    CaseRow,
    CorrectionRequestRow,
    CorrectionToldRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    PackCopyRow,
    PackRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, Principal
from meetingsvc.store import acting
from meetingsvc.store.case_page import told_here
from meetingsvc.store.scope import cases_of, told_items_of
from meetingsvc.store.scope_contributed import is_theirs, notes_of
from minutes.corrections import Answer, may_correct
from minutes.notes import Note

#: The lines of the access log that say somebody had a case's notes before them.
SHOWS_NOTES = ("case.read", "shared.read", "correction.read", "case.printed", "minutes.case_read")
SHOWS_PACK = ("pack.read", "pack.copy_made", "pack.fetched", "pack.printed")


@dataclass(frozen=True, slots=True)
class Shared:
    """One note as the page shows it: who supplied it, and what became of it."""

    id: UUID
    item_id: UUID
    case_id: UUID
    note: Note
    agency: str
    recorded_at: datetime
    sits_on: date
    kind: str
    recorded_by: UUID
    is_open: bool  # the meeting it was shared at
    corrects: UUID | None
    why: str
    corrected_at: datetime | None
    meeting_id: UUID

    def corrected_by(self, who: Principal) -> bool:
        """Whether this person may correct it."""
        mine, supplier = self.recorded_by == who.account_id, self.note.agency_id
        return supplier is not None and may_correct(who.agency_id, supplier, mine, self.is_open)


@dataclass(frozen=True, slots=True)
class Request:
    """What one agency asked of another, and the answer."""

    id: UUID
    note_id: UUID
    case_id: UUID
    reason: str
    asked_by: str
    asked_at: datetime
    answer: str
    why: str


@dataclass(frozen=True, slots=True)
class News:
    """A correction that a person has not read yet."""

    note_id: UUID
    case_id: UUID
    case: str
    agency: str
    at: datetime
    why: str


def shared(who: Principal, case_id: UUID) -> list[Shared]:
    """What agencies shared about a case, as far as the reader may read about it, agency by agency."""
    order = AgencyRow.name, NoteRow.recorded_at, NoteRow.id
    with told_here(who, case_id) as here:
        rows = _notes().where(here, is_theirs(who)).order_by(*order)
        return [_shared(*found) for found in db.session.execute(rows)]


def note(who: Principal, case_id: UUID, note_id: UUID) -> Shared | None:
    """One of them."""
    with told_here(who, case_id) as here:
        found = db.session.execute(_notes().where(here, is_theirs(who), NoteRow.id == note_id)).one_or_none()
        return _shared(*found) if found else None


def standing(who: Principal, one: Shared) -> Shared:
    """The newest correction of a note; the note itself where there is none."""
    later = {later.corrects: later for later in shared(who, one.case_id) if later.corrects}
    while one.id in later:
        one = later[one.id]
    return one


def _notes() -> Select[NoteRow, str, UUID, MeetingRow, datetime]:
    later, sitting = aliased(NoteRow), aliased(MeetingRow)  # the scope's own conditions speak of MeetingRow
    return (
        select(NoteRow, AgencyRow.name, ItemRow.case_id, sitting, later.recorded_at)
        .join(AgencyRow, AgencyRow.id == NoteRow.agency_id)
        .join(ItemRow, ItemRow.id == NoteRow.item_id)
        .join(sitting, sitting.id == ItemRow.meeting_id)
        .outerjoin(later, later.corrects == NoteRow.id)
    )


def _shared(row: NoteRow, agency: str, case_id: UUID, sitting: MeetingRow, later: datetime | None) -> Shared:
    said = NoteKind(row.kind), row.source, row.text, row.dated, row.proportionate
    told = Note(row.agency_id, row.author, *said)
    return Shared(
        row.id, row.item_id, case_id, told, agency, row.recorded_at, sitting.sits_on,
        sitting.kind, row.recorded_by, sitting.state == MeetingState.OPEN, row.corrects,
        row.why, later, sitting.id,
    )  # fmt: skip


def requests(who: Principal, case_id: UUID) -> dict[UUID, list[Request]]:
    """What was asked about the notes of a case, by note, the first first."""
    rows = _requests(who).where(CorrectionRequestRow.case_id == case_id)
    found: dict[UUID, list[Request]] = {}
    for row, name in db.session.execute(rows.order_by(CorrectionRequestRow.asked_at)):
        found.setdefault(row.note_id, []).append(_request(row, name))
    return found


def request(who: Principal, case_id: UUID, request_id: UUID) -> Request | None:
    """One that still waits for an answer."""
    row = CorrectionRequestRow
    rows = _requests(who).where(row.case_id == case_id, row.id == request_id, row.answer == "")
    found = db.session.execute(rows).one_or_none()
    return _request(*found) if found else None


def _requests(who: Principal) -> Select[CorrectionRequestRow, str]:
    rows = select(CorrectionRequestRow, AccountRow.name).join(
        AccountRow, AccountRow.id == CorrectionRequestRow.asked_by
    )
    return rows.where(CorrectionRequestRow.note_id.in_(_seen(who)))


def _seen(who: Principal) -> Select[UUID]:
    """The notes a person may read."""
    return select(NoteRow.id).where(notes_of(who)).correlate(None)


def _request(row: CorrectionRequestRow, name: str) -> Request:
    return Request(row.id, row.note_id, row.case_id, row.reason, name, row.asked_at, row.answer, row.why)


def asked_of(who: Principal) -> list[tuple[UUID, str]]:
    """The cases on which somebody asks the person's own agency for a correction, with their references."""
    if who.role not in ATTENDS_MEETINGS:
        return []
    rows = (
        select(CaseRow.id, CaseRow.number)
        .join(CorrectionRequestRow, CorrectionRequestRow.case_id == CaseRow.id)
        .join(NoteRow, NoteRow.id == CorrectionRequestRow.note_id)
        .where(CorrectionRequestRow.answer == "", NoteRow.agency_id == who.agency_id)
        .where(NoteRow.id.in_(_seen(who)), cases_of(who))
        .distinct()
        .order_by(CaseRow.number)
    )
    return [(key, case_reference(number)) for key, number in db.session.execute(rows)]


def unread(who: Principal) -> list[News]:
    """Corrections to what the person had read, of cases they still may open."""
    told = CorrectionToldRow
    rows = (
        select(NoteRow, CaseRow.id, CaseRow.number, AgencyRow.name)
        .join(told, told.note_id == NoteRow.id)
        .join(CaseRow, CaseRow.id == told.case_id)
        .join(AgencyRow, AgencyRow.id == NoteRow.agency_id)
        .where(told.account_id == who.account_id, told.told, told.read_at.is_(None))
        .where(NoteRow.id.in_(_seen(who)), cases_of(who))
        .order_by(NoteRow.recorded_at)
    )
    return [
        News(row.id, case_id, case_reference(number), agency, row.recorded_at, row.why)
        for row, case_id, number, agency in db.session.execute(rows)
    ]


def no_longer(who: Principal, case_id: UUID) -> dict[UUID, list[str]]:
    """Who had received an old text and may no longer open the case, by correction. For who runs meetings."""
    if not who.runs_meetings:
        return {}
    told = CorrectionToldRow
    rows = (
        select(told.note_id, AccountRow.name, AgencyRow.name)
        .join(AccountRow, AccountRow.id == told.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(told.case_id == case_id, ~told.told, told.note_id.in_(_seen(who)))
        .order_by(AccountRow.name)
    )
    found: dict[UUID, list[str]] = {}
    for note_id, name, agency in db.session.execute(rows):
        found.setdefault(note_id, []).append(f"{name} ({agency})")
    return found


def receivers(area_id: UUID, one: Shared) -> list[UUID]:
    """Who had an old text before them since it was first recorded, by the access log (DERBY; Rulebook R2).

    They opened the case or one of its lists' cases, read a pack that holds it, or took a copy of one.
    """
    with acting.whole_area(area_id):
        since, packs = _first(one.id), _packs_with(one.item_id)
        subjects = [f"pack/{pack}" for pack in packs] + [f"copy/{copy}" for copy in _copies(packs)]
        opened = and_(AuditRow.case_id == one.case_id, AuditRow.action.in_(SHOWS_NOTES))
        fetched = and_(AuditRow.subject.in_(subjects), AuditRow.action.in_(SHOWS_PACK))
        lines = select(AuditRow.actor).where(
            AuditRow.area_id == area_id, AuditRow.at >= since, or_(opened, fetched)
        )
        actors = set(db.session.scalars(lines.distinct()))
        accounts = select(AccountRow.id).order_by(AccountRow.name, AccountRow.id)
        mine = accounts.join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        people = db.session.scalars(mine.where(AgencyRow.area_id == area_id))
        return [account for account in people if str(account) in actors]


def _first(note_id: UUID) -> datetime:
    """When the first text of a chain of corrections was recorded: who read any of them is told."""
    chain = select(NoteRow.corrects, NoteRow.recorded_at)
    before, at = db.session.execute(chain.where(NoteRow.id == note_id)).one()
    return _first(before) if before else at


def _packs_with(item_id: UUID) -> list[UUID]:
    """The packs of the MARAC that took this daily item, and of those called for its case (Rulebook M4)."""
    line, daily = aliased(ItemRow), aliased(ItemRow)
    rows = (
        select(PackRow.id)
        .join(line, and_(line.meeting_id == PackRow.meeting_id, line.supplement == PackRow.supplement))
        .join(daily, and_(daily.case_id == line.case_id, daily.id == item_id))
        .outerjoin(OutcomeRow, OutcomeRow.marac_item_id == line.id)
        .where(or_(OutcomeRow.item_id == item_id, OutcomeRow.item_id.is_(None)))
        .distinct()
    )
    return list(db.session.scalars(rows))


def _copies(packs: Iterable[UUID]) -> list[UUID]:
    return list(db.session.scalars(select(PackCopyRow.id).where(PackCopyRow.pack_id.in_(list(packs)))))


def owners(agency_id: UUID | None) -> list[UUID]:
    """Who answers for what an agency shared: its representatives and IDVAs."""
    row = AccountRow
    mine = select(row.id).where(row.agency_id == agency_id, row.disabled_at.is_(None))
    return list(db.session.scalars(mine.where(row.role.in_(ATTENDS_MEETINGS)).order_by(row.id)))


def may_read(reader: Principal, one: Shared) -> bool:
    """Whether somebody may read a note at this moment: asked in their own name."""
    with acting.acting(reader):
        found = select(func.count()).select_from(ItemRow)
        return bool(db.session.scalar(found.where(told_items_of(reader), ItemRow.id == one.item_id)))


def answer(who: Principal, note_id: UUID, said: Answer, why: str, now: datetime, only: UUID | None) -> None:
    """Answers every open request about a note, or one alone."""
    row = CorrectionRequestRow
    rows = select(row).where(row.note_id == note_id, row.answer == "", row.note_id.in_(_seen(who)))
    for request in db.session.scalars(rows if only is None else rows.where(row.id == only)):
        request.answer, request.why = said, why
        request.answered_by, request.answered_at = who.account_id, now


def mark_read(who: Principal, note_id: UUID, now: datetime) -> bool:
    """One has read a correction; False where there is none of theirs to read."""
    row = CorrectionToldRow
    mine = (row.account_id == who.account_id, row.note_id == note_id, row.told, row.read_at.is_(None))
    found = db.session.scalar(select(row).where(*mine, row.note_id.in_(_seen(who))))
    if found is None:
        return False
    found.read_at = now
    return True
