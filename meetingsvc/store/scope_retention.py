"""Which yearly reviews, questions to agencies and certificates a person may read (`store/scope.py`)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from meetingsvc.models import DestructionRow, RetentionAskRow, ReviewRow
from meetingsvc.permissions import Permission
from meetingsvc.store import destroyed_walls
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import is_walled, not_walled, open_to, told_on
from meetingsvc.store.scope_kept import MARKED, NOBODY, Reader


def reviews_of(reader: Reader) -> ColumnElement[bool]:
    """Reviews of cases open to the reader, for who runs the meetings (security.md B)."""
    mine = and_(MARKED, ReviewRow.area_id == reader.area_id)
    if isinstance(reader, Host):
        return mine
    return and_(mine, told_on(reader, ReviewRow.case_id)) if reader.runs_meetings else NOBODY


def asks_of(reader: Reader) -> ColumnElement[bool]:
    """What agencies are asked about cases open to the reader: one's own, or all for who runs the meetings."""
    row = RetentionAskRow
    mine = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return mine
    seen = and_(mine, told_on(reader, row.case_id))
    return seen if reader.runs_meetings else and_(seen, row.agency_id == reader.agency_id)


def certificates_of(reader: Reader) -> ColumnElement[bool]:
    """The area's, for who runs its meetings and who governs its information: they tell of nobody."""
    mine = and_(MARKED, DestructionRow.area_id == reader.area_id)
    return mine if isinstance(reader, Host) or reader.may(Permission.CERTIFICATE_READ) else NOBODY


def numbers_of(reader: Reader) -> ColumnElement[bool]:
    """Certificates whose case's number the reader may be told: what kept the case from them keeps that.

    Of a case that is gone by what its certificate kept of that; of one that is there, by what stands now too.
    Information governance is kept from none by a restriction: it hides what a case says (M6).
    """
    row, mine = DestructionRow, certificates_of(reader)
    if isinstance(reader, Host):
        return mine
    mine = and_(mine, row.case_id.not_in(destroyed_walls.kept_from(reader)))
    if not reader.runs_meetings:
        return and_(mine, not_walled(reader, row.case_id))
    return and_(mine, row.told_to.in_(sorted(reader.families)), open_to(reader, row.case_id))


def numbers_kept_by_walls(reader: Reader) -> ColumnElement[bool]:
    """Certificates of cases that a wall keeps from the reader, or kept until they were destroyed (M6)."""
    row = DestructionRow
    if isinstance(reader, Host):
        return NOBODY
    kept = row.case_id.in_(destroyed_walls.kept_from(reader))
    walls = or_(kept, is_walled(reader.account_id, row.case_id))
    return and_(certificates_of(reader), walls)


def steps_of(review_ids: Any) -> ColumnElement[bool]:
    """The steps of reviews that the reader was found to see."""
    return and_(MARKED, review_ids)
