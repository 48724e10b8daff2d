"""Actions still to be done: each agency's own, or the whole area's for who runs its meetings."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from agenda.meetings import case_reference
from meetingsvc.models import ActionRow, AgencyRow, CaseRow, ItemRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import actions_of
from minutes.actions import Category, Status, is_overdue

PAGE = 50


@dataclass(frozen=True, slots=True)
class Action:
    """One action, whose it is, and about which case."""

    id: UUID
    what: str
    category: Category
    agency: str
    due: date
    status: Status
    reason: str
    case_id: UUID
    case: str

    def is_overdue(self, today: date) -> bool:
        """Rulebook A2."""
        return is_overdue(self.status, self.due, today)


def open_actions(
    principal: Principal, agency_id: UUID | None, today: date, page: int
) -> tuple[list[Action], int]:
    """One page of what is open, and how much there is: overdue first, the latest of it first (Rulebook A2).

    What is not due yet follows, the next first.
    """
    wanted = [actions_of(principal), ActionRow.status == Status.OPEN]
    if agency_id:
        wanted.append(ActionRow.agency_id == agency_id)
    overdue = ActionRow.due < today
    rows = (
        _actions(*wanted)
        .order_by(
            case((overdue, 0), else_=1),
            case((overdue, ActionRow.due)).desc(),
            ActionRow.due,
            ActionRow.id,
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    count = db.session.scalar(select(func.count()).where(*wanted)) or 0
    return [_action(*found) for found in db.session.execute(rows)], count


def one(principal: Principal, action_id: UUID) -> Action | None:
    """That action, where the person may see it."""
    found = db.session.execute(_actions(actions_of(principal), ActionRow.id == action_id)).one_or_none()
    return _action(*found) if found else None


def _actions(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    row = ActionRow
    return (
        select(
            row.id, row.what, row.category, AgencyRow.name, row.due, row.status, row.reason,
            CaseRow.id, CaseRow.number,
        )
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(*conditions)
    )  # fmt: skip


def _action(
    key: UUID, what: str, category: str, agency: str, due: date, status: str, reason: str, case_id: UUID,
    number: int,
) -> Action:  # fmt: skip
    return Action(
        key, what, Category(category), agency, due, Status(status), reason, case_id, case_reference(number)
    )
