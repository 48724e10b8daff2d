"""Which matches and merges a person may read: those alone of whom they may read both sides (M6, D2).

Part of the one door, `store/scope.py`: a match tells of two people, and so of every case of either.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, select, union

from meetingsvc.models import AssociateRow, CaseRow, MatchProposalRow, MergeRow, RelationshipRow
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import MARK, Reader, kept_cases
from meetingsvc.store.scope_kept import MARKED, NOBODY, Column, apart
from meetingsvc.store.scope_once import once

__all__ = ["MARK", "kept_people", "matches_of", "merges_of"]


@once
def kept_people(reader: Principal) -> CompoundSelect[UUID]:
    """Everybody told of on the cases that are kept from somebody: the parties, their known associates, and
    whoever is related to one of them."""
    kept, near, tie = kept_cases(reader).cte(), AssociateRow, RelationshipRow
    there = select(kept.c[0])
    of_case = CaseRow.id.in_(there)
    return union(
        apart(select(CaseRow.victim_id).where(of_case)),
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
    """Asked of the few cases that are kept from somebody, as `not_kept` asks it of incidents."""
    return person_id.not_in(kept_people(reader))
