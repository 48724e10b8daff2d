"""From whom else a case is kept: asked of others' accounts, for those who may see it themselves."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from agenda.need_to_know import Hides
from meetingsvc.models import AccountRow, NamedRow, RestrictionRow
from meetingsvc.permissions import RUNS_MEETINGS
from meetingsvc.store.scope_kept import Column, is_walled

_RESTRICTION, _NAME = aliased(RestrictionRow), aliased(NamedRow)


def is_closed_to(account: type[AccountRow], case_id: Column[UUID] | UUID) -> ColumnElement[bool]:
    """Whether a wall, or a restriction on which they are not named, keeps a case from an account of the query
    around it (Rulebook M6). For who may read of both: the service, and who runs meetings and may open it.
    """
    row, name = _RESTRICTION, _NAME
    named = exists().where(name.case_id == row.case_id, name.account_id == account.id).correlate_except(name)
    agencies = and_(row.hides == Hides.AGENCIES, account.role.not_in(RUNS_MEETINGS))
    kept = exists().where(row.case_id == case_id, or_(row.hides == Hides.UNNAMED, agencies), ~named)
    return or_(is_walled(account.id, case_id), kept.correlate_except(row))
