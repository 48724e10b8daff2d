"""What agencies that have not signed are asked once their part in a case is over, and what they said (V1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from agenda.calendar import local_day
from agenda.meetings import case_reference
from agenda.named_case_held import How, asked_from
from agenda.withdrawals import Clearing
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, NamedCaseHeldRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, agreements
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, cases_of
from meetingsvc.store.scope_named_cases import held_of


@dataclass(frozen=True, slots=True)
class Held:
    """One question, and its answer once there is one. It says nothing of the case but which it is."""

    part_id: UUID
    case_id: UUID
    agency_id: UUID
    agency: str
    since: date
    how: How | None
    said_by: str
    done_on: date | None
    why: str
    recorded_by: str
    recorded_at: datetime | None

    @property
    def open(self) -> bool:
        """Something may be left there: it was not answered, or some of it is kept."""
        return self.how is None or not self.how.settled

    @property
    def keeps(self) -> bool:
        """It has answered that some of it is kept."""
        return self.how is How.KEPT

    @property
    def asked_from(self) -> date:
        """From which day its clock runs."""
        return asked_from(self.since, self.how, local_day(self.recorded_at) if self.recorded_at else None)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """One that is asked, for who keeps the register: of whom, and not about which case."""

    agency_id: UUID
    agency: str
    day: date  # since when
    keeps: bool  # and says so
    clearing: Clearing


def of_part(reader: Reader, part_id: UUID) -> Held | None:
    """What is asked about one part, where the reader may read it."""
    return next(iter(_read(reader, NamedCaseHeldRow.part_id == part_id)), None)


def unsettled() -> ColumnElement[bool]:
    """Something may be left there: it was not answered, or some of it is kept."""
    return NamedCaseHeldRow.how.in_(["", *(how for how in How if not how.settled)])


def waiting(reader: Reader) -> list[Held]:
    """Those that are asked: of the area for who runs its meetings, else of one's own agency.

    Not of one that has signed since: it may hold it as those do that signed.
    """
    return _read(reader, unsettled(), AgencyRow.signed_on.is_(None))


def clearing(area_id: UUID, held: Held, today: date) -> Clearing:
    """How the question stands, as of one that withdrew (V1). What is kept is asked for again, and not on the
    day of that answer."""
    told = agreements.cleared(area_id, held.asked_from, today)
    return replace(told, asked=told.asked[1:]) if held.keeps else told


def outstanding(who: Principal, today: date) -> list[Outstanding]:
    """For who keeps the register of agreements: they learn of no case (security.md B)."""
    if not who.may(Permission.AGREEMENT_MANAGE):
        return []
    with acting.whole_area(who.area_id):
        found = waiting(Host(who.area_id))
        return [
            Outstanding(one.agency_id, one.agency, one.since, one.keeps, clearing(who.area_id, one, today))
            for one in found
        ]


def references(reader: Reader, held: Iterable[Held]) -> dict[UUID, str]:
    """By case, how each is called that the reader may open."""
    wanted = {one.case_id for one in held}
    rows = select(CaseRow.id, CaseRow.number).where(cases_of(reader), CaseRow.id.in_(wanted))
    return {key: case_reference(number) for key, number in db.session.execute(rows)}


def to_answer(reader: Reader, part_id: UUID) -> NamedCaseHeldRow | None:
    """One to be answered, until the transaction ends."""
    rows = select(NamedCaseHeldRow).where(held_of(reader), NamedCaseHeldRow.part_id == part_id)
    again = rows.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(again).one_or_none()


def _read(reader: Reader, *where: Any) -> list[Held]:
    row = NamedCaseHeldRow
    rows = (
        select(row, AgencyRow.name, AccountRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .outerjoin(AccountRow, AccountRow.id == row.answered_by)
        .where(held_of(reader), *where)
        .order_by(row.since, row.part_id)
    )
    return [
        Held(told.part_id, told.case_id, told.agency_id, agency, told.since,
             How(told.how) if told.how else None, told.said_by, told.done_on, told.why, by or "",
             told.answered_at)
        for told, agency, by in db.session.execute(rows)
    ]  # fmt: skip
