"""Actions of meetings: each agency's own, or the whole area's for who runs its meetings."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from agenda.calendar import local_day
from agenda.meetings import case_reference
from meetingsvc.models import (
    AccountRow,
    ActionOwnerRow,
    ActionRow,
    ActionStepRow,
    AgencyRow,
    CaseRow,
    ItemRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import Reader, actions_of
from meetingsvc.store.scope_actions import plan_of, steps_of
from minutes.action_progress import Step, not_done_twice
from minutes.actions import Category, Status, is_overdue

PAGE = 50


class Which(StrEnum):
    """Which actions are shown; the value stands in the page's address."""

    OPEN = "open"
    OVERDUE = "overdue"
    MINE = "mine"
    SETTLED = "settled"

    @property
    def label(self) -> str:
        """`Open`, `Overdue`, `Mine` or `Settled`."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Action:
    """One action, whose it is, and about which case."""

    id: UUID
    what: str
    category: Category
    agency_id: UUID
    agency: str
    account_id: UUID | None
    owner: str  # who does it there; nothing where nobody is named
    due: date
    status: Status
    reason: str  # what shows that it was done, or why it was not
    case_id: UUID
    case: str
    item_id: UUID
    set_on: date

    def is_overdue(self, today: date) -> bool:
        """Rulebook A2."""
        return is_overdue(self.status, self.due, today)


def listed(
    principal: Principal, which: Which, agency_id: UUID | None, today: date, page: int
) -> tuple[list[Action], int]:
    """One page of them, and how many there are: overdue first, the latest of it first (Rulebook A2).

    What is not due yet follows, the next first; of the settled ones, the latest due.
    """
    wanted = _wanted(principal, which, agency_id, today)
    rows = _actions(*wanted).order_by(*_order(which, today)).limit(PAGE).offset((page - 1) * PAGE)
    count = db.session.scalar(select(func.count()).where(*wanted)) or 0
    return [_action(*found) for found in db.session.execute(rows)], count


def every(principal: Principal, which: Which, agency_id: UUID | None, today: date) -> Iterator[Action]:
    """All of them, for a file."""
    rows = _actions(*_wanted(principal, which, agency_id, today)).order_by(*_order(which, today))
    return (_action(*found) for found in db.session.execute(rows))


def _wanted(
    principal: Principal, which: Which, agency_id: UUID | None, today: date
) -> list[ColumnElement[bool]]:
    wanted = [actions_of(principal)]
    wanted.append(
        ActionRow.status != Status.OPEN if which is Which.SETTLED else ActionRow.status == Status.OPEN
    )
    if agency_id:
        wanted.append(ActionRow.agency_id == agency_id)
    if which is Which.OVERDUE:
        wanted.append(ActionRow.due < today)
    if which is Which.MINE:
        mine = select(ActionOwnerRow.action_id).where(ActionOwnerRow.account_id == principal.account_id)
        wanted.append(ActionRow.id.in_(mine))
    return wanted


def _order(which: Which, today: date) -> tuple[Any, ...]:
    if which is Which.SETTLED:
        return ActionRow.due.desc(), ActionRow.id
    overdue = ActionRow.due < today
    first = case((overdue, 0), else_=1)
    return first, case((overdue, ActionRow.due)).desc(), ActionRow.due, ActionRow.id


def one(principal: Principal, action_id: UUID) -> Action | None:
    """That action, where the person may see it."""
    found = db.session.execute(_actions(actions_of(principal), ActionRow.id == action_id)).one_or_none()
    return _action(*found) if found else None


def plan(reader: Reader, case_id: UUID) -> list[Action]:
    """Every agency's actions of a case, the latest set first: the action plan, a record (R1, A3)."""
    rows = _actions(plan_of(reader), ItemRow.case_id == case_id)
    ordered = rows.order_by(ActionRow.set_at.desc(), ActionRow.position, ActionRow.id)
    return [_action(*found) for found in db.session.execute(ordered)]


def at(reader: Reader, item_ids: Collection[UUID]) -> dict[UUID, list[Action]]:
    """Every agency's actions that a meeting set about its cases, by item, as they stand now (Rulebook A3)."""
    found: dict[UUID, list[Action]] = defaultdict(list)
    rows = _actions(plan_of(reader), ActionRow.item_id.in_(list(item_ids)))
    for row in db.session.execute(rows.order_by(ActionRow.position, ActionRow.id)):
        action = _action(*row)
        found[action.item_id].append(action)
    return found


def still_open(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, list[Action]]:
    """The open actions of these cases, by case, the longest due first: they come back on agendas (A2)."""
    rows = _actions(plan_of(reader), ItemRow.case_id.in_(list(case_ids)), ActionRow.status == Status.OPEN)
    found: dict[UUID, list[Action]] = defaultdict(list)
    for row in db.session.execute(rows.order_by(ActionRow.due, ActionRow.id)):
        found[row[10]].append(_action(*row))
    return found


def steps(reader: Reader, action_ids: Collection[UUID]) -> dict[UUID, list[Step]]:
    """What was recorded of these actions, by action, the earliest first."""
    row, found = ActionStepRow, defaultdict[UUID, list[Step]](list)
    rows = (
        select(row.action_id, row.at, AccountRow.name, row.was, row.status, row.text)
        .join(AccountRow, AccountRow.id == row.by)
        .where(steps_of(reader), row.action_id.in_(list(action_ids)))
        .order_by(row.at, row.id)
    )
    for action_id, at, by, was, status, text in db.session.execute(rows):
        found[action_id].append(Step(at, by, Status(was), Status(status), text))
    return found


def twice_not_done(reader: Principal) -> list[Action]:
    """Those that go to the chair: not done, set again, and not done again (practice)."""
    row = ActionStepRow
    often = (
        select(row.action_id)
        .where(steps_of(reader), row.status == Status.NOT_DONE, row.was != row.status)
        .group_by(row.action_id)
        .having(func.count() > 1)
    )
    rows = _actions(actions_of(reader), ActionRow.status == Status.NOT_DONE, ActionRow.id.in_(often))
    actions = [_action(*found) for found in db.session.execute(rows.order_by(AgencyRow.name, ActionRow.due))]
    told = steps(reader, [action.id for action in actions])
    return [action for action in actions if not_done_twice(told[action.id])]


def _actions(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    row = ActionRow
    return (
        select(
            row.id, row.what, row.category, row.agency_id, AgencyRow.name, ActionOwnerRow.account_id,
            AccountRow.name,
            row.due, row.status, row.reason, CaseRow.id, CaseRow.number, row.item_id, row.set_at,
        )
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .outerjoin(ActionOwnerRow, ActionOwnerRow.action_id == row.id)
        .outerjoin(AccountRow, AccountRow.id == ActionOwnerRow.account_id)
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(*conditions)
    )  # fmt: skip


def _action(
    key: UUID, what: str, category: str, agency_id: UUID, agency: str, account_id: UUID | None,
    owner: str | None, due: date, status: str, reason: str, case_id: UUID, number: int, item_id: UUID,
    set_at: datetime,
) -> Action:  # fmt: skip
    return Action(
        key, what, Category(category), agency_id, agency, account_id, owner or "", due, Status(status),
        reason, case_id, case_reference(number), item_id, local_day(set_at),
    )  # fmt: skip
