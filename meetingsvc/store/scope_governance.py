"""Which breaches, complaints and disagreements a person may read (`store/scope.py`)."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_
from sqlalchemy.orm import aliased

from agenda.complaints import Subject
from meetingsvc.models import (
    BreachCaseRow,
    BreachEntryRow,
    BreachRow,
    BreachWalledRow,
    ComplainedOfRow,
    ComplaintRow,
    DisagreementAgencyRow,
    DisagreementRow,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, Role
from meetingsvc.store.acting import Host
from meetingsvc.store.breaches_told import Entry
from meetingsvc.store.scope import not_walled, open_to
from meetingsvc.store.scope_kept import MARKED, NOBODY, Column, Reader

#: Of a query on those themselves: another one.
_TOUCHED, _OF = aliased(BreachCaseRow), aliased(ComplainedOfRow)
_WAS_KEPT, _SAID = aliased(BreachWalledRow), aliased(BreachEntryRow)
_AGAINST = aliased(DisagreementAgencyRow)


def breaches_of(reader: Reader) -> ColumnElement[bool]:
    """Breaches: the area's for information governance, else those that one has raised (security.md B).

    None that touches a case kept from the reader (M6); from information governance a wall alone keeps one, as
    it does the access log: a restriction must not keep a breach from everybody who deals with it. A wall
    keeps it when its case is destroyed, too. Whoever of them is named in one reads nothing of it, but that
    they raised it themselves (Rulebook V3).
    """
    row, was = BreachRow, _WAS_KEPT
    in_area = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return in_area
    was_kept = exists().where(was.breach_id == row.id, was.account_id == reader.account_id).correlate(row)
    mine = and_(in_area, not_(was_kept))
    own = and_(row.raised_by == reader.account_id, not_(_touches(not_(open_to(reader, _TOUCHED.case_id)))))
    if reader.role is not Role.INFORMATION_GOVERNANCE:
        return and_(mine, own)
    walled = _touches(not_(not_walled(reader, _TOUCHED.case_id)))
    return and_(mine, or_(own, and_(not_(named_in(reader)), not_(walled))))


def _touches(kept: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_TOUCHED.breach_id == BreachRow.id, kept).correlate(BreachRow)


def named_in(reader: Reader) -> ColumnElement[bool]:
    """Whether the reader brought a breach about, or was shown what they may not see (Rulebook V3)."""
    if isinstance(reader, Host):
        return false()
    said, me = _SAID, str(reader.account_id)
    named = said.kind == Entry.INVOLVED, said.told["account"].as_string() == me
    return exists().where(said.breach_id == BreachRow.id, *named).correlate(BreachRow)


def told_of_breach(reader: Reader, breach_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a breach the reader may open: its cases, and what was done about it."""
    of_it = exists().where(BreachRow.id == breach_id, breaches_of(reader))
    return and_(MARKED, of_it.correlate(cast(Any, breach_id).table))


def complaints_of(reader: Reader) -> ColumnElement[bool]:
    """Complaints: the area's for chairs and information governance, but for those about chair or governance
    as such; and those that one has recorded. Never to somebody complained of (Rulebook V2), and none of a
    case that is kept from the reader (M6; information governance as with breaches)."""
    row, of = ComplaintRow, _OF
    in_area = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return in_area
    about_them = exists().where(of.complaint_id == row.id, of.account_id == reader.account_id)
    mine = and_(in_area, not_(about_them.correlate(row)))
    theirs = row.raised_by == reader.account_id
    if reader.role is Role.INFORMATION_GOVERNANCE:
        theirs = or_(theirs, row.about != Subject.GOVERNANCE)
        return and_(mine, theirs, or_(row.case_id.is_(None), not_walled(reader, row.case_id)))
    if reader.role is Role.CHAIR and reader.runs_meetings:
        theirs = or_(theirs, row.about != Subject.CHAIR)
    return and_(mine, theirs, or_(row.case_id.is_(None), open_to(reader, row.case_id)))


def told_of_complaint(reader: Reader, complaint_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a complaint the reader may open: whom it is about, and what was done about it."""
    of_it = exists().where(ComplaintRow.id == complaint_id, complaints_of(reader))
    return and_(MARKED, of_it.correlate(cast(Any, complaint_id).table))


def disagreements_of(reader: Reader) -> ColumnElement[bool]:
    """Disagreements: the area's for who runs its meetings, else those that one's own agency raised or has to
    answer (Rulebook V4); none of a case that is kept from the reader (M6)."""
    row, other = DisagreementRow, _AGAINST
    in_area = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return in_area
    mine = and_(in_area, or_(row.case_id.is_(None), open_to(reader, row.case_id)))
    if reader.runs_meetings:
        return mine
    if reader.role not in ATTENDS_MEETINGS or not reader.is_signatory:
        return NOBODY
    answers = exists().where(other.disagreement_id == row.id, other.agency_id == reader.agency_id)
    return and_(mine, or_(row.agency_id == reader.agency_id, answers.correlate(row)))


def told_of_disagreement(reader: Reader, disagreement_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a disagreement the reader may open: whom it is against, and what was done about it."""
    of_it = exists().where(DisagreementRow.id == disagreement_id, disagreements_of(reader))
    return and_(MARKED, of_it.correlate(cast(Any, disagreement_id).table))
