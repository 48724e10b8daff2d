"""Which cases on their way in a person may read of; built on `store/scope.py`, as everything is."""

from sqlalchemy import ColumnElement, and_, exists, or_, select

from meetingsvc.models import CaseRow, TransferInRow, TransferWallRow
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import MARK, Reader, cases_of
from meetingsvc.store.scope_kept import MARKED, NOBODY, apart

__all__ = ["MARK", "arrivals_of", "typed_by"]


def arrivals_of(reader: Reader) -> ColumnElement[bool]:
    """Those of the area, for who runs its meetings and is not kept from the people in them (Rulebook M6).

    Once a case has been made of one, whoever that is kept from reads nothing of it either.
    """
    row, wall = TransferInRow, TransferWallRow
    mine = and_(MARKED, row.area_id == reader.area_id)
    if not getattr(reader, "runs_meetings", True):
        return NOBODY
    account_id = getattr(reader, "account_id", None)
    walled = exists().where(wall.transfer_in_id == row.id, wall.account_id == account_id)
    seen = row.case_id.in_(apart(select(CaseRow.id).where(cases_of(reader))))
    return and_(mine, ~walled, or_(row.case_id.is_(None), seen))


def typed_by(reader: Reader) -> ColumnElement[bool]:
    """Those from outside the service that one has typed oneself, whatever case they met: to lose one would
    tell of it. As typed, and never with the case (Rulebook M6; `scope_referrals.py` alike)."""
    if isinstance(reader, Host) or not reader.runs_meetings:
        return NOBODY
    row = TransferInRow
    typed = and_(row.transfer_id.is_(None), row.decided_by == reader.account_id)
    return and_(MARKED, row.area_id == reader.area_id, typed)
