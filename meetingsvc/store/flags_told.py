"""Whom to tell that flags are to be added or taken off: the service's own work for one area."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import AccountRow, FlagRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS
from minutes.flags import State


def untold(area_id: UUID) -> dict[UUID, list[FlagRow]]:
    """By agency, the flags with something to do that it has not been told of."""
    found: dict[UUID, list[FlagRow]] = defaultdict(list)
    rows = select(FlagRow).where(FlagRow.area_id == area_id, FlagRow.notify)
    for row in db.session.scalars(rows.order_by(FlagRow.agency_id, FlagRow.id)):
        found[row.agency_id].append(row)
    return found


def overdue(area_id: UUID, until: date) -> dict[UUID, set[UUID]]:
    """By agency, the cases of flags that should have been off by that day and stand in its records yet."""
    row, found = FlagRow, defaultdict[UUID, set[UUID]](set)
    rows = select(row.agency_id, row.case_id).where(row.area_id == area_id, row.state == State.TO_REMOVE)
    for agency_id, case_id in db.session.execute(rows.where(row.until <= until)):
        found[agency_id].add(case_id)
    return found


def people(agency_id: UUID) -> list[UUID]:
    """Who acts for an agency, as far as they can sign in."""
    row = AccountRow
    rows = select(row.id).where(
        row.agency_id == agency_id, row.role.in_(ATTENDS_MEETINGS), row.disabled_at.is_(None)
    )
    return list(db.session.scalars(rows.order_by(row.id)))
