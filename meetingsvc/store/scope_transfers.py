"""Which cases on their way in a person may read of; built on `store/scope.py`, as everything is."""

from sqlalchemy import ColumnElement, and_, exists, or_, select

from meetingsvc.models import CaseRow, TransferInRow, TransferWallRow
from meetingsvc.store.scope import MARK, Reader, cases_of
from meetingsvc.store.scope_kept import MARKED, NOBODY, apart

__all__ = ["MARK", "arrivals_of"]


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
