"""Which third parties' requests a person may read, and what of them (`store/scope.py`; Rulebook X1 to X5)."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_

from meetingsvc.models import DisclosureAnswerRow, DisclosureAskedRow, DisclosureReleaseRow, DisclosureRow
from meetingsvc.permissions import ATTENDS_MEETINGS, Permission, Principal, Role
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import told_on
from meetingsvc.store.scope_kept import MARKED, NOBODY, Column, Reader, open_to


def requests_of(reader: Reader) -> ColumnElement[bool]:
    """Requests on cases a reader may open: to who runs meetings and who governs, those of the media and of
    non-signatories to the chair and who logged them alone (X5); to an agency, those it was asked about."""
    row = DisclosureRow
    mine = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return mine
    there = and_(mine, told_on(reader, row.case_id))
    if reader.role in ATTENDS_MEETINGS:
        return and_(there, _asked(reader.agency_id))
    if not (reader.runs_meetings or reader.may(Permission.DISCLOSURE_LOG)):
        return NOBODY
    if reader.role is Role.CHAIR:
        return there
    return and_(there, or_(row.to_chair.is_(False), row.logged_by == reader.account_id))


def heads_of(reader: Principal) -> ColumnElement[bool]:
    """Requests that one has logged oneself and that have not ended, on cases that no wall and no restriction
    keeps from one and that are not open to one now: of these one keeps the clock (X2, M6;
    `store/disclosure_heads.py`)."""
    row = DisclosureRow
    if not reader.may(Permission.DISCLOSURE_LOG):
        return NOBODY
    mine = and_(MARKED, row.area_id == reader.area_id, row.logged_by == reader.account_id)
    closed = and_(open_to(reader, row.case_id), not_(told_on(reader, row.case_id)))
    return and_(mine, row.ended_at.is_(None), closed)


def _asked(agency_id: UUID) -> ColumnElement[bool]:
    row = DisclosureAskedRow
    was = exists().where(row.request_id == DisclosureRow.id, row.agency_id == agency_id)
    return was.correlate(DisclosureRow)


def told_of_request(reader: Reader, request_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a request the reader may open: its steps."""
    table = cast(Any, request_id).table
    of_it = exists().where(DisclosureRow.id == request_id, requests_of(reader))
    return and_(MARKED, of_it.correlate(table))


def asked_of(reader: Reader) -> ColumnElement[bool]:
    """Which agencies were asked: their own to an agency, to who runs meetings all of them."""
    row = DisclosureAskedRow
    return and_(told_of_request(reader, row.request_id), _own(reader, row.agency_id))


def answers_of(reader: Reader) -> ColumnElement[bool]:
    """What agencies answered: their own to an agency, to who runs meetings every one (X2)."""
    row = DisclosureAnswerRow
    return and_(told_of_request(reader, row.request_id), _own(reader, row.agency_id))


def releases_of(reader: Reader) -> ColumnElement[bool]:
    """What was built and released: for who runs meetings (X6)."""
    seen = isinstance(reader, Host) or reader.runs_meetings
    return told_of_request(reader, DisclosureReleaseRow.request_id) if seen else NOBODY


def _own(reader: Reader, agency_id: Column[UUID]) -> ColumnElement[bool]:
    if isinstance(reader, Host) or reader.runs_meetings:
        return MARKED
    return agency_id == reader.agency_id if reader.role in ATTENDS_MEETINGS else NOBODY
