"""Which documents of social care a person may see, and by which way: part of `store/scope.py` (E4; M6)."""

from sqlalchemy import ColumnElement, and_, exists, or_

from agenda.subjects import SubjectKind
from meetingsvc.models import CareDocumentRow, CaseRow
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, cases_of
from meetingsvc.store.scope_kept import MARKED, NOBODY
from minutes.screen_only import Way, may_go


def documents_of(reader: Reader, way: Way) -> ColumnElement[bool]:
    """Documents of children whose case is open to one of the panel, on the screen; once one is withdrawn, for
    its own agency alone (`minutes.screen_only.may_read`).

    By any other way nobody's, nor for what the service builds itself: it goes nowhere else (Rulebook E4).
    """
    if not may_go(way) or isinstance(reader, Host):
        return NOBODY
    row = CareDocumentRow
    its = exists().where(CaseRow.id == row.case_id, children_of(reader)).correlate(row)
    shown = or_(row.withdrawn_at.is_(None), row.agency_id == reader.agency_id)
    return and_(MARKED, shown, its)


def children_of(reader: Principal) -> ColumnElement[bool]:
    """The children's cases that are open to one of the panel that hears them (Rulebook E1, M6)."""
    if not reader.sits_on_exploitation:
        return NOBODY
    row = CaseRow
    return and_(MARKED, row.kind == SubjectKind.CHILD, cases_of(reader))  # of no other family (a CHECK)
