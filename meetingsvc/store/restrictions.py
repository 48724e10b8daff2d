"""Queries on who may open a case: restrictions, who is named on them, and to whom a case is given (M6)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from agenda.need_to_know import Hides, RestrictionState, WallState, lado_prompt
from agenda.restrictions import Step
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AllocationRow,
    CaseRow,
    ItemRow,
    NamedRow,
    RestrictionRow,
    RestrictionStepRow,
    WallRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, NEVER, Principal, Role
from meetingsvc.store import acting
from meetingsvc.store.scope import cases_of, open_to


@dataclass(frozen=True, slots=True)
class Restriction:
    """How far a case is restricted, and what the employer and the meeting decided."""

    state: RestrictionState
    hides: Hides
    reason: str
    by: str
    at: datetime
    employer: str
    managers_told: str
    managers_said_by: str
    works_with_children: bool | None
    lado: str

    @property
    def waits(self) -> bool:
        """Somebody has to decide."""
        return self.state is RestrictionState.PROPOSED

    @property
    def stands(self) -> bool:
        """The case is open to named people only."""
        return self.state is RestrictionState.RESTRICTED

    @property
    def lado_prompt(self) -> str | None:
        """What the meeting is asked to consider, where the case names a member of staff (Rulebook M6)."""
        return lado_prompt(self.works_with_children) if self.employer else None


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who may be, or is, named on a case or given it."""

    id: UUID
    name: str
    role: Role
    agency: str

    @property
    def attends(self) -> bool:
        """Sits in meetings for an agency, and does not run them."""
        return self.role in ATTENDS_MEETINGS


@dataclass(frozen=True, slots=True)
class StepTold:
    """What was said, by whom and when."""

    step: Step
    text: str
    by: str
    at: datetime


#: Not the tables' own names, which `open_to` asks about the reader.
_restriction, _named = aliased(RestrictionRow), aliased(NamedRow)


def _on(reader: Principal, row: Any, case_id: UUID) -> ColumnElement[bool]:
    return and_(row.area_id == reader.area_id, open_to(reader, row.case_id), row.case_id == case_id)


def kept_at(meeting_id: UUID) -> frozenset[UUID]:
    """The cases of a meeting that a restriction, a sure proposal for one, or a wall keeps from anybody (M6).

    Asked as the service: who asks may not read whom a wall is about, and all of them are to learn the same.
    """
    restricted = exists().where(_restriction.case_id == ItemRow.case_id, _restriction.hides != Hides.NOBODY)
    walled = exists().where(WallRow.case_id == ItemRow.case_id, WallRow.state == WallState.STANDS)
    rows = select(ItemRow.case_id).where(ItemRow.meeting_id == meeting_id, or_(restricted, walled))
    with acting.service():
        return frozenset(db.session.scalars(rows))


def may_open(reader: Principal, case_id: UUID) -> bool:
    """Whether the case exists for the reader."""
    found = select(literal(1)).select_from(CaseRow).where(cases_of(reader), CaseRow.id == case_id)
    return db.session.scalar(found) is not None


def may_open_of(reader: Principal, case_ids: Collection[UUID]) -> set[UUID]:
    """Which of some cases exist for the reader."""
    return set(db.session.scalars(select(CaseRow.id).where(cases_of(reader), CaseRow.id.in_(case_ids))))


def is_theirs(reader: Principal, case_id: UUID) -> bool:
    """The same, but not because it was opened to them for now: nobody undated has anything opened."""
    return may_open(replace(reader, asked_at=NEVER), case_id)


def reference(reader: Principal, case_id: UUID) -> str:
    """How people read the case's number."""
    rows = select(CaseRow.number).where(cases_of(reader), CaseRow.id == case_id)
    return case_reference(db.session.scalars(rows).one())


def of_case(reader: Principal, case_id: UUID) -> Restriction | None:
    """How far a case that the reader may open is restricted; None where nobody ever thought of it."""
    rows = (
        select(_restriction, AccountRow.name, AgencyRow.name)
        .outerjoin(AccountRow, AccountRow.id == _restriction.put_by)
        .outerjoin(AgencyRow, AgencyRow.id == _restriction.employer_id)
        .where(_on(reader, _restriction, case_id))
    )
    found = db.session.execute(rows).one_or_none()
    if found is None:
        return None
    row, by, employer = found
    return Restriction(
        RestrictionState(row.state), Hides(row.hides), row.reason, by or "", row.put_at, employer or "",
        row.managers_told, row.managers_said_by, row.works_with_children, row.lado,
    )  # fmt: skip


def steps(reader: Principal, case_id: UUID) -> list[StepTold]:
    """What was said about restricting it, the newest first."""
    row = RestrictionStepRow
    rows = (
        select(row.what, row.text, AccountRow.name, row.at)
        .outerjoin(AccountRow, AccountRow.id == row.by)
        .where(_on(reader, row, case_id))
        .order_by(row.at.desc(), row.id)
    )
    return [StepTold(Step(what), text, by or "", at) for what, text, by, at in db.session.execute(rows)]


def named_on(reader: Principal, case_id: UUID) -> list[Someone]:
    """Who is named on a case."""
    rows = _people().join(_named, _named.account_id == AccountRow.id)
    return _someones(rows.where(_on(reader, _named, case_id)))


def given_to(reader: Principal, case_id: UUID) -> list[Someone]:
    """The IDVAs the case is given to."""
    rows = _people().join(AllocationRow, AllocationRow.account_id == AccountRow.id)
    return _someones(rows.where(_on(reader, AllocationRow, case_id)))


def to_decide(reader: Principal) -> list[tuple[UUID, int]]:
    """Cases whose restriction is proposed and not decided, by id and number."""
    rows = (
        select(CaseRow.id, CaseRow.number)
        .join(_restriction, _restriction.case_id == CaseRow.id)
        .where(cases_of(reader), _restriction.state == RestrictionState.PROPOSED)
        .order_by(CaseRow.number)
    )
    return [(case_id, number) for case_id, number in db.session.execute(rows)]


def count_to_decide(reader: Principal) -> int:
    """How many restrictions wait for a decision."""
    row = _restriction
    waits = and_(row.area_id == reader.area_id, open_to(reader, row.case_id))
    counted = select(func.count()).where(waits, row.state == RestrictionState.PROPOSED)
    return db.session.scalar(counted) or 0


def marks_of(reader: Principal) -> frozenset[RestrictionState]:
    """What of a restriction is told: that it stands, to whoever may open the case; that it is proposed, to
    who decides."""
    told = frozenset({RestrictionState.RESTRICTED})
    return told | {RestrictionState.PROPOSED} if reader.runs_meetings else told


def marked_among(reader: Principal, case_ids: Collection[UUID]) -> dict[UUID, RestrictionState]:
    """Which of these cases are restricted or proposed to be, as far as the reader is told."""
    row = _restriction
    rows = select(row.case_id, row.state).where(
        row.area_id == reader.area_id, open_to(reader, row.case_id), row.case_id.in_(list(case_ids)),
        row.state.in_(marks_of(reader)),
    )  # fmt: skip
    return {case_id: RestrictionState(state) for case_id, state in db.session.execute(rows)}


def name_of(account_id: UUID | None) -> str:
    """The name of a member of staff."""
    return db.session.scalar(select(AccountRow.name).where(AccountRow.id == account_id)) or "Somebody"


def area_of(account_id: UUID) -> UUID:
    """The area an account belongs to."""
    rows = select(AgencyRow.area_id).join(AccountRow, AccountRow.agency_id == AgencyRow.id)
    return db.session.scalars(rows.where(AccountRow.id == account_id)).one()


def by_agency(people: Sequence[Someone]) -> dict[str, list[Someone]]:
    """Grouped as they are offered."""
    found: dict[str, list[Someone]] = defaultdict(list)
    for one in people:
        found[one.agency].append(one)
    return dict(found)


def _people() -> Any:
    return (
        select(AccountRow.id, AccountRow.name, AccountRow.role, AgencyRow.name)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .order_by(AgencyRow.name, AccountRow.name, AccountRow.id)
    )


def _someones(rows: Any) -> list[Someone]:
    return [Someone(key, name, Role(role), agency) for key, name, role, agency in db.session.execute(rows)]
