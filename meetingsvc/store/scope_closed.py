"""From whom else a case is kept: asked of others' accounts, for those who may see it themselves."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from agenda.need_to_know import Hides
from meetingsvc.models import AccountFamilyRow, AccountRow, CaseRow, NamedRow, RestrictionRow
from meetingsvc.permissions import RUNS_MEETINGS
from meetingsvc.store.scope_kept import Column, is_walled

_RESTRICTION, _NAME = aliased(RestrictionRow), aliased(NamedRow)
_CASE, _FAMILY = aliased(CaseRow), aliased(AccountFamilyRow)


def is_closed_to(account: type[AccountRow], case_id: Column[UUID] | UUID) -> ColumnElement[bool]:
    """Whether a wall, or a restriction on which they are not named, keeps a case from an account of the query
    around it (Rulebook M6); or they run meetings, and none of the panels that hear it (D1, E4). For who may
    read of it all: the service, and who runs meetings and may open it.
    """
    row, name = _RESTRICTION, _NAME
    named = exists().where(name.case_id == row.case_id, name.account_id == account.id).correlate_except(name)
    agencies = and_(row.hides == Hides.AGENCIES, account.role.not_in(RUNS_MEETINGS))
    kept = exists().where(row.case_id == case_id, or_(row.hides == Hides.UNNAMED, agencies), ~named)
    other = runs_other_panels(account, case_id)
    return or_(is_walled(account.id, case_id), kept.correlate_except(row), other)


def runs_other_panels(account: type[AccountRow], case_id: Column[UUID] | UUID) -> ColumnElement[bool]:
    """Whether an account of the query around it runs meetings, and none of the panels that hear a case."""
    case, runs = _CASE, _FAMILY
    theirs = exists().where(case.id == case_id, runs.family == case.family, runs.account_id == account.id)
    return and_(account.role.in_(RUNS_MEETINGS), ~theirs.correlate_except(case, runs))
