"""How far every agency is with what it was asked: for who runs the meeting, and beside a case (D1, M2)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from uuid import UUID

from sqlalchemy import select

from agenda import research as rules
from agenda.meetings import MeetingState
from agenda.need_to_know import Hides, WallState
from agenda.panels import Works
from agenda.research import Said, Standing
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    MeetingRow,
    NamedRow,
    ResearchAnswerRow,
    ResearchRequestRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, Principal
from meetingsvc.store import acting, scope_contributed
from meetingsvc.store import research as store
from meetingsvc.store.research import TAKES, Question
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import meetings_of


@dataclass(frozen=True, slots=True)
class Cell:
    """How far one agency is with one question; when it answered last, and whether that was late."""

    standing: Standing
    at: datetime | None = None
    late: bool = False
    due_at: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Not answered, and it was due before now."""
        waits = self.standing is Standing.OUTSTANDING
        return waits and self.due_at is not None and rules.is_late(now, self.due_at)


@dataclass(frozen=True, slots=True)
class AskedAgency:
    """An agency that was asked for one meeting."""

    id: UUID
    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Grid:
    """Every question of one meeting that the reader sees, by every agency asked."""

    meeting_id: UUID
    agencies: tuple[AskedAgency, ...]
    questions: tuple[Question, ...]
    cells: dict[tuple[UUID, UUID], Cell] = field(default_factory=dict)

    def outstanding(self, agency_id: UUID) -> int:
        """How many questions an agency has left."""
        mine = (self.cells[one.box_id, agency_id] for one in self.questions)
        return sum(cell.standing is Standing.OUTSTANDING for cell in mine)

    def is_asked(self, agency_id: UUID) -> bool:
        """Whether anybody there may answer anything that the reader sees."""
        mine = (self.cells[one.box_id, agency_id] for one in self.questions)
        return any(cell.standing is not Standing.NOT_ASKED for cell in mine)

    @property
    def asked(self) -> tuple[AskedAgency, ...]:
        """Those that anything is asked of."""
        return tuple(one for one in self.agencies if self.is_asked(one.id))

    @property
    def waits_for(self) -> tuple[tuple[AskedAgency, int], ...]:
        """Those that have left something, and how much."""
        left = ((one, self.outstanding(one.id)) for one in self.asked)
        return tuple((one, count) for one, count in left if count)

    @property
    def shut_out(self) -> tuple[tuple[Question, tuple[str, ...]], ...]:
        """Cases that are kept from all of an agency's people, with those agencies: nobody there looks them up
        (Rulebook D1, M6)."""
        not_asked: dict[Question, list[str]] = defaultdict(list)
        for one, agency in product((one for one in self.questions if one.of_case), self.agencies):
            if self.cells[one.box_id, agency.id].standing is Standing.NOT_ASKED:
                not_asked[one].append(agency.name)
        return tuple((one, tuple(names)) for one, names in not_asked.items())

    @property
    def words(self) -> str:
        """`9 of 14`: agencies whose research is in, of those asked."""
        return f"{len(self.asked) - len(self.waits_for)} of {len(self.asked)}"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting that takes research, or took it."""

    id: UUID
    kind: str
    works: Works
    sits_on: date
    starts_at: datetime
    takes: bool


@dataclass(frozen=True, slots=True)
class ByAgency:
    """What one agency answered of one case, or of somebody named there."""

    agency: str
    box_id: UUID
    cell: Cell


def sitting(reader: Principal, meeting_id: UUID) -> Sitting | None:
    """The meeting, as far as the reader may see it."""
    row = MeetingRow
    found = db.session.scalar(select(row).where(meetings_of(reader), row.id == meeting_id))
    return _sitting(found) if found else None


def taking(reader: Principal) -> list[Sitting]:
    """The meetings that take research now, the soonest first: past their day too, while nobody ended them."""
    rows = select(MeetingRow).where(meetings_of(reader), TAKES).order_by(MeetingRow.starts_at)
    return [_sitting(one) for one in db.session.scalars(rows)]


def _sitting(row: MeetingRow) -> Sitting:
    works = Works(row.works)
    takes = rules.takes_research(works, MeetingState(row.state), row.held)
    return Sitting(row.id, row.kind, works, row.sits_on, row.starts_at, takes)


def grid(reader: Principal, meeting: Sitting) -> Grid:
    """Who was asked what, and how far each is; only of cases that the reader sees."""
    questions = store.questions(reader, [meeting.id])
    return _grid(reader, meeting.id, questions)


def answers(reader: Principal, asked: Collection[Question]) -> tuple[ByAgency, ...]:
    """What each agency answered of what is asked of one case, by name. Who has not is told of a case that is
    kept from nobody, and otherwise to who runs the meeting: it would say who may open the case (M6). They
    are told, too, of agencies in which nobody may: somebody there is to be named, or nobody looks it up.

    Of a child, which agencies hold something goes where their notes go (Rulebook E4)."""
    meeting_id = next((one.meeting_id for one in asked), None)
    if meeting_id is None:
        return ()
    told = _grid(reader, meeting_id, asked)
    hides = not reader.runs_meetings and bool({one.case_id for one in asked} & kept_at(meeting_id))
    theirs = {one.item_id for one in asked if scope_contributed.reads_notes(reader, one.item_id)}
    return tuple(
        ByAgency(agency.name, one.box_id, cell)
        for one in asked
        for agency in told.agencies
        if one.item_id in theirs or agency.id == reader.agency_id
        if (cell := told.cells[one.box_id, agency.id]).standing is not Standing.NOT_ASKED
        or (reader.runs_meetings and one.named_by != agency.id)
        if not (hides and cell.standing is Standing.OUTSTANDING)
    )


def _grid(reader: Principal, meeting_id: UUID, questions: Collection[Question]) -> Grid:
    agencies = _asked(reader.area_id, meeting_id)
    made = Grid(meeting_id, agencies, tuple(questions))
    if not agencies or not questions:
        return made
    may = _who_may(reader.area_id, {one.case_id for one in questions} & kept_at(meeting_id))
    said = _said(reader, {one.item_id for one in questions})
    for one in questions:
        for agency in agencies:
            asked = agency.id in may.get(one.case_id, {agency.id}) and one.named_by != agency.id
            due = rules.case_due_at(agency.due_at, one.starts_at, one.asked_at)
            told = said.get((one.box_id, agency.id), [])
            at, late = told[-1][1:] if told else (None, False)
            standing = rules.standing((what for what, _, _ in told), asked)
            made.cells[one.box_id, agency.id] = Cell(standing, at, late, due)
    return made


def _asked(area_id: UUID, meeting_id: UUID) -> tuple[AskedAgency, ...]:
    """Which agencies were asked for a meeting is told to whoever may see it."""
    row = ResearchRequestRow
    rows = select(AgencyRow.id, AgencyRow.name, row.due_at).join(row, row.agency_id == AgencyRow.id)
    with acting.whole_area(area_id):
        found = db.session.execute(rows.where(row.meeting_id == meeting_id).order_by(AgencyRow.name))
        return tuple(AskedAgency(*one) for one in found)


def _said(
    reader: Principal, item_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], list[tuple[Said, datetime, bool]]]:
    row = ResearchAnswerRow
    rows = select(row.box_id, row.agency_id, row.said, row.sent_at, row.late)
    rows = rows.where(scope_contributed.answers_of(reader), row.item_id.in_(list(item_ids)))
    found: dict[tuple[UUID, UUID], list[tuple[Said, datetime, bool]]] = defaultdict(list)
    for box_id, agency_id, said, at, late in db.session.execute(rows.order_by(row.sent_at, row.id)):
        found[box_id, agency_id].append((Said(said), at, late))
    return found


def _who_may(area_id: UUID, kept: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Of the cases that are kept from anybody, the agencies in which somebody may open each (Rulebook M6).

    Others are not asked, and nobody waits for them. Asked as the service.
    """
    if not kept:
        return {}
    staff = (
        select(AccountRow.id, AccountRow.agency_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id, AccountRow.role.in_(ATTENDS_MEETINGS))
        .where(AccountRow.disabled_at.is_(None))
    )
    with acting.service():
        walled, hidden, named = _kept_from(kept)
    people = list(db.session.execute(staff))
    return {
        case_id: set(_open_to(case_id, people, walled, named if case_id in hidden else None))
        for case_id in kept
    }


Pairs = set[tuple[UUID, UUID]]


def _open_to(case_id: UUID, people: Collection[tuple[UUID, UUID]], walled: Pairs,
             named: Pairs | None) -> Iterator[UUID]:  # fmt: skip
    for account_id, agency_id in people:
        if (case_id, account_id) not in walled and (named is None or (case_id, account_id) in named):
            yield agency_id


def _kept_from(kept: Collection[UUID]) -> tuple[Pairs, set[UUID], Pairs]:
    wall, hides, name = WallRow, RestrictionRow, NamedRow
    standing = select(wall.case_id, wall.account_id).where(
        wall.case_id.in_(kept), wall.state == WallState.STANDS
    )
    hidden = select(hides.case_id).where(hides.case_id.in_(kept), hides.hides != Hides.NOBODY)
    named = select(name.case_id, name.account_id).where(name.case_id.in_(kept))
    pairs = ({(case, who) for case, who in db.session.execute(rows)} for rows in (standing, named))
    walls, names = pairs
    return walls, set(db.session.scalars(hidden)), names
