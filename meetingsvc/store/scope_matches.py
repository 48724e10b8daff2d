"""Which matches and merges a person may read: those alone of whom they may read both sides (M6, D2).

Part of the one door, `store/scope.py`: a match tells of two people, and so of every case of either.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, or_, select, union
from sqlalchemy.orm import aliased

from meetingsvc.models import AssociateRow, CaseRow, MatchProposalRow, MergeRow, RelationshipRow
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import MARK, Reader, kept_cases
from meetingsvc.store.scope_kept import MARKED, NOBODY, Column, apart, of_others
from meetingsvc.store.scope_once import once

__all__ = ["MARK", "kept_people", "matches_of", "merges_of", "people_of_closed"]

_CASE, _NEAR, _TIE = aliased(CaseRow), aliased(AssociateRow), aliased(RelationshipRow)


@once
def kept_people(reader: Principal) -> CompoundSelect[UUID]:
    """Everybody told of on the cases that are kept from somebody: the parties, their known associates, and
    whoever is related to one of them."""
    return _told_of(kept_cases(reader))


@once
def people_of_closed(reader: Principal) -> CompoundSelect[UUID]:
    """The same, and those told of on cases of panels that are not the reader's (D1, E4)."""
    return _told_of(union(*kept_cases(reader).selects, of_others(reader)))


def _told_of(cases: CompoundSelect[UUID]) -> CompoundSelect[UUID]:
    near, tie = AssociateRow, RelationshipRow
    there = select(cases.cte().c[0])
    of_case = CaseRow.id.in_(there)
    return union(
        apart(select(CaseRow.victim_id).where(of_case, CaseRow.victim_id.is_not(None))),
        apart(select(CaseRow.perpetrator_id).where(of_case, CaseRow.perpetrator_id.is_not(None))),
        apart(select(near.person_id).where(near.case_id.in_(there))),
        apart(select(tie.person_id).where(tie.case_id.in_(there))),
        apart(select(tie.other_id).where(tie.case_id.in_(there))),
    )


def matches_of(reader: Reader) -> ColumnElement[bool]:
    """Matches of one's area, for who runs its meetings; of two people neither of whom is on a case that is
    kept from them."""
    row = MatchProposalRow
    mine = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return mine
    if not reader.runs_meetings:
        return NOBODY
    return and_(mine, _not_kept(reader, row.one_id), _not_kept(reader, row.other_id))


def merges_of(reader: Reader) -> ColumnElement[bool]:
    """Merges, as the matches they come of."""
    row = MergeRow
    mine = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return mine
    if not reader.runs_meetings:
        return NOBODY
    return and_(mine, _not_kept(reader, row.kept_id), _not_kept(reader, row.gone_id))


def _not_kept(reader: Principal, person_id: Column[UUID]) -> ColumnElement[bool]:
    """Asked of the few cases that are kept from somebody, as `not_kept` asks it of incidents; and of those
    whom only other panels hear: on PostgreSQL the policy says that (migration 0066)."""
    elsewhere = _told_of(union(of_others(reader)))
    return and_(
        person_id.not_in(kept_people(reader)),
        or_(person_id.not_in(elsewhere), _is_on_one_of_theirs(reader, person_id)),
    )


def _is_on_one_of_theirs(reader: Principal, person_id: Column[UUID]) -> ColumnElement[bool]:
    case, theirs = _CASE, _CASE.family.in_(sorted(reader.families))
    party = or_(case.victim_id == person_id, case.perpetrator_id == person_id)
    tied = or_(_TIE.person_id == person_id, _TIE.other_id == person_id)
    return or_(
        exists().where(theirs, party).correlate_except(case),
        exists().where(theirs, case.id == _NEAR.case_id, _NEAR.person_id == person_id)
        .correlate_except(case, _NEAR),
        exists().where(theirs, case.id == _TIE.case_id, tied).correlate_except(case, _TIE),
    )  # fmt: skip
