"""What became of an action, who does it, and what the chair said of one not done twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken
from meetingsvc.models import ActionOwnerRow, ActionRow, ActionStepRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, audit
from meetingsvc.store import actions as store
from meetingsvc.store.scope import actions_of
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from minutes.action_progress import reopen_problem, settle_problems
from minutes.actions import Status


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of one action: what became of it (`status`), who does it (`owner`)."""

    status: Status | None = None
    said: str = ""
    owner: UUID | None = None


class Unfit(Exception):
    """What was told breaks a rule: `problems` says what, by action and field. Nothing was saved."""

    def __init__(self, problems: Mapping[UUID, Mapping[str, str]]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def set_status(principal: Principal, action_id: UUID, status: Status, said: str, now: datetime) -> None:
    """Settles an open action of one's own agency, or of the area for who runs its meetings (Rulebook A1).

    Raises RuleBroken where it was settled meanwhile, or the words are missing; NotFound where it is hidden.
    """
    try:
        progress(principal, {action_id: Told(status, said)}, now)
    except Unfit as refusal:
        raise RuleBroken(next(iter(refusal.problems[action_id].values()))) from None


def progress(principal: Principal, told: Mapping[UUID, Told], now: datetime) -> int:
    """Records what became of several, and who does them: all of it or nothing (A1). How many changed.

    Raises Unfit with the problems of each; NotFound where one is hidden.
    """
    with saved_by(principal, Permission.ACTION_UPDATE, now) as who:
        locked(who.area_id)  # outcomes write actions too, and take turns by area
        rows = {row.id: row for row in db.session.scalars(
            select(ActionRow).where(actions_of(who), ActionRow.id.in_(list(told))))}  # fmt: skip
        if rows.keys() != told.keys():
            raise NotFound
        found = {key: _problems(rows[key], one) for key, one in told.items()}
        if wrong := {key: problems for key, problems in found.items() if problems}:
            raise Unfit(wrong)
        return sum([_write(who, rows[key], one, now) for key, one in sorted(told.items())])


def _problems(row: ActionRow, told: Told) -> dict[str, str]:
    found = settle_problems(Status(row.status), told.status, told.said) if told.status else {}
    if told.owner and told.owner not in {key for key, _ in accounts.attending(row.agency_id)}:
        found["owner"] = "Choose somebody of the agency that owns the action"
    return found


def _write(who: Principal, row: ActionRow, told: Told, now: datetime) -> bool:
    given = told.owner is not None and _given(who, row, told.owner, now)
    if not given and told.status is None:
        return False
    if told.status is not None:
        settled(row, told.status, told.said.strip(), who.account_id, now)
        _said(who, row, "action.settled", now, status=told.status.value)
    return True


def _given(who: Principal, row: ActionRow, account_id: UUID, now: datetime) -> bool:
    """Who did it before is kept too, in the log and, while it is open, with the action (A1, V5)."""
    with acting.whole_area(row.area_id):
        owner = db.session.get(ActionOwnerRow, row.id)
    was = owner.account_id if owner else None
    if was == account_id:
        return False
    if owner is None:
        owner = ActionOwnerRow(action_id=row.id, area_id=row.area_id)
        db.session.add(owner)
    owner.account_id = account_id
    db.session.flush()
    if row.status == Status.OPEN:
        names = accounts.names([account_id, *([was] if was else [])])
        before = f", no longer {names[was]}" if was else ""
        settled(row, Status.OPEN, f"{names[account_id]}{before}", who.account_id, now)
    _said(who, row, "action.given", now, account=account_id, was=was)
    return True


def settled(row: ActionRow, status: Status, said: str, by: UUID, now: datetime) -> None:
    """Changes what an action is, and keeps what it was: nothing that was recorded is lost (A1, R1)."""
    db.session.add(
        ActionStepRow(area_id=row.area_id, action_id=row.id, at=now, by=by, was=row.status, status=status,
                      text=said)
    )  # fmt: skip
    row.status, row.reason = status, "" if status is Status.OPEN else said
    db.session.flush()


def reopen(principal: Principal, action_id: UUID, why: str, now: datetime) -> None:
    """Sets a settled action again, for who runs the meetings, saying why; what was recorded of it stays."""
    with saved_by(principal, Permission.ACTION_REOPEN, now) as who:
        row = _locked(who, action_id)
        if problem := reopen_problem(Status(row.status)):
            raise RuleBroken(problem)
        settled(row, Status.OPEN, _reason(why), who.account_id, now)
        _said(who, row, "action.reopened", now)


def look_at(principal: Principal, action_id: UUID, said: str, now: datetime) -> None:
    """The chair says what was done about an action that was not done twice (practice)."""
    with saved_by(principal, Permission.ACTION_ESCALATED, now) as who:
        row = _locked(who, action_id)
        if row.id not in {action.id for action in store.twice_not_done(who)}:
            raise RuleBroken("This action does not wait for you any more. Nothing changed.")
        db.session.add(
            ActionStepRow(area_id=row.area_id, action_id=row.id, at=now, by=who.account_id, was=row.status,
                          status=row.status, text=_reason(said))
        )  # fmt: skip
        db.session.flush()
        _said(who, row, "action.looked_at", now)


def _locked(who: Principal, action_id: UUID) -> ActionRow:
    locked(who.area_id)
    row = db.session.scalar(select(ActionRow).where(actions_of(who), ActionRow.id == action_id))
    if row is None:
        raise NotFound
    return row


def _reason(said: str) -> str:
    if not said.strip():
        raise RuleBroken("Say why.")
    if len(said) > REASON_LENGTH:
        raise RuleBroken(f"What you say must be {REASON_LENGTH:,} characters or fewer.")
    return said.strip()


def _said(who: Principal, row: ActionRow, action: str, now: datetime, **detail: object) -> None:
    audit.record(who.account_id, who.area_id, action, f"action/{row.id}", now, item=row.item_id, **detail)
