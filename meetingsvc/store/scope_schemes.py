"""Which disclosure scheme applications and protection orders a person may read (`store/scope.py`)."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, tuple_
from sqlalchemy import case as one_of

from meetingsvc.models import ApplicationRow, IncidentRow, OrderRow
from meetingsvc.permissions import Principal, Role
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import incidents_of, not_kept, told_on
from meetingsvc.store.scope_kept import MARKED, NOBODY, Column, Reader


def orders_of(reader: Reader) -> ColumnElement[bool]:
    """Protection orders recorded on cases a reader may open, and those the police told with incidents that
    they may see in any version, and are kept from in none (M6)."""
    row = OrderRow
    mine = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return mine
    number = tuple_(IncidentRow.area_id, IncidentRow.occurrence_number)
    told = exists().where(number == tuple_(row.area_id, row.reference), incidents_of(reader))
    of_police = and_(not_kept(reader, row.incident_id), told)
    by_hand = told_on(reader, cast(Any, row.case_id))
    return and_(mine, one_of((row.incident_id.is_(None), by_hand), else_=of_police))


def applications_of(reader: Reader) -> ColumnElement[bool]:
    """Disclosure scheme applications: the area's for who runs its meetings, else those that one's own agency
    deals with (security.md B); none of people who are kept from the reader (M6)."""
    mine = _dealt_with(reader)
    return mine if isinstance(reader, Host) else and_(mine, not_kept(reader, ApplicationRow.incident_id))


def typed_applications_of(reader: Principal) -> ColumnElement[bool]:
    """Those that one has made oneself, of people kept from one (M6; `store/applications_typed.py`)."""
    row = ApplicationRow
    hidden = not_(not_kept(reader, row.incident_id))
    return and_(_dealt_with(reader), row.made_by == reader.account_id, hidden)


def _dealt_with(reader: Reader) -> ColumnElement[bool]:
    row = ApplicationRow
    mine = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host) or reader.runs_meetings:
        return mine
    if reader.role is not Role.REPRESENTATIVE or not reader.is_signatory:
        return NOBODY
    return and_(mine, row.agency_id == reader.agency_id)


def told_of_application(reader: Reader, application_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on an application the reader may open: its steps, how a disclosure was made."""
    table = cast(Any, application_id).table
    of_it = exists().where(ApplicationRow.id == application_id, applications_of(reader))
    return and_(MARKED, of_it.correlate(table))
