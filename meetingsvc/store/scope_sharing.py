"""Which decisions to share a person may read (`store/scope.py`)."""

from sqlalchemy import ColumnElement, and_, exists, or_

from agenda.sharing_decision import State
from meetingsvc.models import SharingReviewRow, SharingRow
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, told_on
from meetingsvc.store.scope_kept import MARKED

_DECIDED = (State.SHARE, State.DO_NOT_SHARE)


def sharing_of(reader: Reader) -> ColumnElement[bool]:
    """One's own; of those decided on a case, the area's for who runs its meetings. None where the case is
    kept from the reader, be it their own (Rulebook K4, M6)."""
    row = SharingRow
    here = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return here
    seen = or_(row.case_id.is_(None), told_on(reader, row.case_id))  # type: ignore[arg-type]
    mine = row.made_by == reader.account_id
    if not reader.runs_meetings:
        return and_(here, seen, mine)
    return and_(here, seen, or_(mine, and_(row.case_id.is_not(None), row.state.in_(_DECIDED))))


def steps_of_sharing(reader: Reader) -> ColumnElement[bool]:
    """What was said in the reviews of decisions the reader may read (Rulebook L1)."""
    row = SharingReviewRow
    of_it = exists().where(SharingRow.id == row.sharing_id, sharing_of(reader))
    return and_(MARKED, of_it.correlate(row))
