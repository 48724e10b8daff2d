"""Queries on which IDVA a case is given to, and who asks for one (security.md B)."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from agenda.meetings import case_reference
from meetingsvc.models import AccountRow, AgencyRow, AllocationAskRow, AllocationRow, AuditRow, CaseRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting
from meetingsvc.store.scope import cases_of, told_on

MOST = 50
_DECIDED = ("case.ask_declined", "case.allocated", "case.taken_back")


class Asked(NamedTuple):
    """An IDVA who asks for a case."""

    id: UUID
    name: str
    agency: str
    at: datetime


class Ask(NamedTuple):
    """An IDVA asks for a case, for who gives it."""

    case_id: UUID
    reference: str
    name: str
    at: datetime


class Whose(NamedTuple):
    """How an IDVA stands to a case."""

    given: bool
    asked_at: datetime | None
    declined_at: datetime | None


def given(reader: Principal) -> list[tuple[UUID, str]]:
    """The cases that are given to the reader, of those they may open, the newest first."""
    rows = (
        select(CaseRow.id, CaseRow.number)
        .join(AllocationRow, AllocationRow.case_id == CaseRow.id)
        .where(cases_of(reader), AllocationRow.account_id == reader.account_id)
        .order_by(CaseRow.number.desc())
    )
    return [(key, case_reference(number)) for key, number in db.session.execute(rows.limit(MOST))]


def whose(reader: Principal, case_id: UUID) -> Whose | None:
    """Whether the case is given to the reader, or they have asked for it; None for who is no IDVA."""
    if not reader.may(Permission.CASE_ASK):
        return None
    given_to, ask = AllocationRow, AllocationAskRow
    mine = select(given_to.case_id).where(told_on(reader, given_to.case_id), given_to.case_id == case_id)
    asked = select(ask.asked_at).where(told_on(reader, ask.case_id), ask.case_id == case_id)
    return Whose(
        db.session.scalar(mine.where(given_to.account_id == reader.account_id)) is not None,
        db.session.scalar(asked.where(ask.account_id == reader.account_id)),
        _declined(reader, case_id),
    )


def _declined(reader: Principal, case_id: UUID) -> datetime | None:
    """When the case was last not given to the reader, where nothing of it was decided about them since."""
    row = AuditRow
    with acting.whole_area(reader.area_id):
        rows = select(row.at, row.action, row.detail).where(
            row.area_id == reader.area_id, row.subject == f"case/{case_id}", row.action.in_(_DECIDED)
        )
        found = db.session.execute(rows.order_by(row.id.desc())).all()
    mine = ((at, action) for at, action, said in found if said.get("account") == str(reader.account_id))
    at, action = next(mine, (None, ""))
    return at if action == "case.ask_declined" else None


def asked_for(reader: Principal, case_id: UUID) -> list[Asked]:
    """The IDVAs who ask for a case."""
    rows = (
        select(AccountRow.id, AccountRow.name, AgencyRow.name, AllocationAskRow.asked_at)
        .join(AllocationAskRow, AllocationAskRow.account_id == AccountRow.id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(told_on(reader, AllocationAskRow.case_id), AllocationAskRow.case_id == case_id)
        .order_by(AllocationAskRow.asked_at, AccountRow.id)
    )
    return [Asked(*found) for found in db.session.execute(rows)]


def asks(reader: Principal) -> list[Ask]:
    """The cases that somebody asks for, of those the reader may give, the oldest first."""
    if not reader.may(Permission.CASE_ALLOCATE):
        return []
    row = AllocationAskRow
    rows = (
        select(row.case_id, CaseRow.number, AccountRow.name, row.asked_at)
        .join(CaseRow, CaseRow.id == row.case_id)
        .join(AccountRow, AccountRow.id == row.account_id)
        .where(cases_of(reader))
        .order_by(row.asked_at, row.case_id)
    )
    found = db.session.execute(rows.limit(MOST))
    return [Ask(key, case_reference(number), name, at) for key, number, name, at in found]
