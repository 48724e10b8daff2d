"""Which matches and merges a person may read: those alone of whom they may read both sides (M6, D2).

Part of the one door, `store/scope.py`: a match tells of two people, and so of every case of either.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from meetingsvc.models import CaseRow, MatchProposalRow, MergeRow
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import MARK, Reader, kept_cases
from meetingsvc.store.scope_kept import MARKED, NOBODY, Column, apart

__all__ = ["MARK", "matches_of", "merges_of"]


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
    kept = CaseRow.id.in_(kept_cases(reader))
    victims = select(CaseRow.victim_id).where(kept)
    others = select(CaseRow.perpetrator_id).where(kept, CaseRow.perpetrator_id.is_not(None))
    return and_(person_id.not_in(apart(victims)), person_id.not_in(apart(others)))
