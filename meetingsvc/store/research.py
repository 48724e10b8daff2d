"""What a reader's own agency is asked to find out before a meeting, and how far it is (Rulebook D1, M2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, null, or_, select, union_all

from agenda import panels
from agenda import research as rules
from agenda.meetings import MeetingState, case_reference
from agenda.panels import Works
from agenda.research import Said
from meetingsvc.models import (
    CaseRow,
    ItemRow,
    MeetingRow,
    ResearchAnswerRow,
    ResearchItemRow,
    ResearchNamedRow,
    ResearchRequestRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import Reader, items_of, meetings_of, told_at
from meetingsvc.store.withdrawn import off_list


@dataclass(frozen=True, slots=True)
class Request:
    """What one agency is asked for one meeting."""

    id: UUID
    agency_id: UUID
    meeting_id: UUID
    kind: str
    works: Works
    sits_on: date
    starts_at: datetime
    state: MeetingState
    held: bool
    asked_at: datetime
    due_at: datetime
    emergency: bool = False

    @property
    def title(self) -> str:
        """`MARAC`; an emergency one says so (Rulebook M4)."""
        return f"Emergency {self.kind}" if self.emergency else self.kind

    @property
    def of_children(self) -> bool:
        """Whether a panel of exploitation asks (Rulebook E1)."""
        return panels.of_children(self.kind)

    @property
    def takes(self) -> bool:
        """Whether the meeting takes research at this moment."""
        return rules.takes_research(self.works, self.state, self.held)

    @property
    def over_words(self) -> str:
        """What to do where it takes none."""
        return rules.over_words(self.works, self.state)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with how many of its questions there are, and how many wait for an answer."""

    request: Request
    boxes: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked: of a case, or of somebody named under it (then `box_id` is not the item's)."""

    meeting_id: UUID
    item_id: UUID
    case_id: UUID
    box_id: UUID
    asked_at: datetime
    named_by: UUID | None  # the agency that named them, which is not asked
    starts_at: datetime  # the meeting

    @property
    def of_case(self) -> bool:
        """Whether it is asked of the case itself."""
        return self.box_id == self.item_id


#: Meetings that take research now (`agenda.research.takes_research`).
TAKES = or_(
    and_(
        MeetingRow.works == Works.LIST,
        MeetingRow.state == MeetingState.OPEN,
        MeetingRow.held.is_(False),
    ),
    and_(MeetingRow.works == Works.AGENDA, MeetingRow.state == MeetingState.PUBLISHED),
)


def asked_of(who: Principal) -> list[Asked]:
    """What is asked of the reader's agency and still taken, the soonest due first.

    A meeting of which no case is open to them asks nothing of them, and none is told of.
    """
    rows = _requests().where(meetings_of(who), ResearchRequestRow.agency_id == who.agency_id, TAKES)
    found = [Request(*_request(row)) for row in db.session.execute(rows)]
    asked = questions(who, [one.meeting_id for one in found])
    said = answered(who, who.agency_id, {one.item_id for one in asked})
    by_meeting: dict[UUID, list[Question]] = defaultdict(list)
    for one in asked:
        if one.named_by != who.agency_id:
            by_meeting[one.meeting_id].append(one)
    counted = (
        Asked(one, len(mine), sum(each.box_id not in said for each in mine))
        for one in found
        if (mine := by_meeting[one.meeting_id])
    )
    return sorted(counted, key=lambda one: (one.request.due_at, one.request.sits_on, one.request.kind))


def request(who: Principal, meeting_id: UUID) -> Request | None:
    """What is asked of the reader's agency for one meeting; None where nothing is, or it is hidden."""
    row = ResearchRequestRow
    rows = _requests().where(meetings_of(who), row.agency_id == who.agency_id, row.meeting_id == meeting_id)
    found = db.session.execute(rows).one_or_none()
    return None if found is None else Request(*_request(found))


def _requests() -> Select[*tuple[Any, ...]]:
    row, sits = ResearchRequestRow, MeetingRow
    return select(
        row.id, row.agency_id, row.meeting_id, sits.kind, sits.works, sits.sits_on, sits.starts_at,
        sits.state, sits.held, row.asked_at, row.due_at, sits.emergency > 0,
    ).join(sits, sits.id == row.meeting_id)  # fmt: skip


def _request(found: Any) -> tuple[Any, ...]:
    key, agency, meeting, kind, works, sits_on, starts, state, *rest = found
    return (key, agency, meeting, kind, Works(works), sits_on, starts, MeetingState(state), *rest)


def questions(
    reader: Reader, meeting_ids: Collection[UUID], *, withdrawn_too: bool = False
) -> list[Question]:
    """What is asked on these meetings as far as the reader sees their cases: each case, and each person an
    agency named under one (M2). Of a case that has left its list nothing is asked any more (Rulebook Y1)."""
    if not meeting_ids:
        return []
    stands = () if withdrawn_too else (~off_list(),)
    return _questions(items_of(reader), ItemRow.meeting_id.in_(meeting_ids), *stands)


def questions_on(reader: Reader, item_id: UUID) -> list[Question]:
    """The same of one case of a meeting."""
    return _questions(items_of(reader), ItemRow.id == item_id, ~off_list())


def _questions(*seen: ColumnElement[bool]) -> list[Question]:
    item, named, since, sits = ItemRow, ResearchNamedRow, ResearchItemRow, MeetingRow
    here = item.meeting_id, item.id, item.case_id
    people = (
        select(*here, named.id, named.recorded_at, named.agency_id, sits.starts_at)
        .select_from(named)
        .join(item, item.id == named.item_id)
    )
    cases = (
        select(*here, item.id, since.asked_at, null(), sits.starts_at)
        .select_from(since)
        .join(item, item.id == since.item_id)
    )
    asked: tuple[Any, ...] = (people, cases)  # of unlike columns, for the type checker
    each = (rows.join(sits, sits.id == item.meeting_id).where(*seen) for rows in asked)
    found = [Question(*row) for row in db.session.execute(union_all(*each))]
    told = sorted((one for one in found if one.named_by), key=lambda one: (one.asked_at, one.box_id))
    return [one for one in found if one.named_by is None] + told


def answered(
    reader: Reader, agency_id: UUID, item_ids: Iterable[UUID]
) -> dict[UUID, list[tuple[Said, datetime, bool, UUID]]]:
    """What one agency answered to each question under these items: what, when, whether late, and who sent it;
    the first first."""
    row = ResearchAnswerRow
    rows = (
        select(row.box_id, row.said, row.sent_at, row.late, row.sent_by)
        .where(told_at(reader, row.item_id), row.item_id.in_(list(item_ids)), row.agency_id == agency_id)
        .order_by(row.sent_at, row.id)
    )
    found: dict[UUID, list[tuple[Said, datetime, bool, UUID]]] = defaultdict(list)
    for box_id, said, at, late, by in db.session.execute(rows):
        found[box_id].append((Said(said), at, late, by))
    return dict(found)


def open_boxes(reader: Reader, agency_id: UUID, meeting_id: UUID) -> list[Question]:
    """What an agency has not answered of a meeting, as far as the reader sees it."""
    asked = [one for one in questions(reader, [meeting_id]) if one.named_by != agency_id]
    said = answered(reader, agency_id, {one.item_id for one in asked})
    return [one for one in asked if one.box_id not in said]


def references(reader: Reader, meeting_id: UUID) -> dict[UUID, tuple[UUID, str]]:
    """By item in the meeting's order, each case and how people read its number."""
    rows = (
        select(ItemRow.id, ItemRow.case_id, CaseRow.number)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(items_of(reader), ItemRow.meeting_id == meeting_id)
        .order_by(ItemRow.supplement, ItemRow.group, ItemRow.position, CaseRow.number)
    )
    return {key: (case_id, case_reference(number)) for key, case_id, number in db.session.execute(rows)}
