"""Reminding owners of actions before and after they are due, by notices without content (Rulebook A2, S2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from uuid import UUID

import structlog
from sqlalchemy import func, select

from agenda.calendar import days_off, local_day
from agenda.meetings import MeetingKind
from meetingsvc import holidays
from meetingsvc.models import ActionOwnerRow, ActionReminderRow, ActionRow, ItemRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit, notice_times, unattended
from meetingsvc.store import actions as store
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from minutes.action_progress import reminder_days, to_remind
from minutes.actions import Status
from notifications.messages import Notice
from notifications.outgoing import What

log = structlog.get_logger()


def remind(now: datetime) -> int:
    """Reminds of every action whose reminder day has come; says how many notices went. Safe to run twice.

    Nobody gets more than one a day, however many are due. What was missed while no worker ran is made up.
    """
    return in_turn("reminding of actions", unattended.area_ids(), lambda area_id: _remind(area_id, now))


def _remind(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    if _reminded_today(area_id, now):
        return 0
    due, told, reached = _due(area_id, now), 0, set[UUID]()
    for who, actions in _by_person(due, now):
        seen = _seen(who, actions)
        if _tell(who, seen, now):
            told += 1
            reached |= {action.id for action in seen}
    # What nobody was told of is not used up: who joins the agency later is reminded of it (Rulebook A2).
    kept = [(row, days) for row, days in due if row.id in reached]
    for row, days in kept:
        for day in days:
            db.session.add(ActionReminderRow(action_id=row.id, day=day, area_id=area_id, told_at=now))
            db.session.flush()
    if kept:
        audit.record(WORKER, area_id, "actions.reminded", f"area/{area_id}", now, actions=len(kept),
                     notices=told)  # fmt: skip
    return told


def _reminded_today(area_id: UUID, now: datetime) -> bool:
    last = db.session.scalar(
        select(func.max(ActionReminderRow.told_at)).where(ActionReminderRow.area_id == area_id)
    )
    return last is not None and local_day(last) >= local_day(now)


def _due(area_id: UUID, now: datetime) -> list[tuple[ActionRow, list[date]]]:
    """Open actions with the reminder days that have come and of which nobody was told."""
    row, memory = ActionRow, ActionReminderRow
    settings, today = areas.settings_of(areas.by_id(area_id)), local_day(now)
    off = days_off(settings, holidays.known())
    told: dict[UUID, set[date]] = defaultdict(set)
    for key, day in db.session.execute(select(memory.action_id, memory.day).where(memory.area_id == area_id)):
        told[key].add(day)
    rows = select(row).where(row.area_id == area_id, row.status == Status.OPEN).order_by(row.due, row.id)
    found = []
    for action in db.session.scalars(rows).all():
        if come := _come(action, settings.action_reminder_days, off, told[action.id], today):
            found.append((action, come))
    return found


def _come(
    action: ActionRow, before: int, off: AbstractSet[date], told: AbstractSet[date], today: date
) -> list[date]:
    """The reminder days of one action that have come; none of a day that cannot be reckoned with, such as
    the last of all years: it keeps no other action from being reminded of."""
    try:
        return list(to_remind(reminder_days(local_day(action.set_at), action.due, before, off), told, today))
    except OverflowError:
        log.error("no reminder days for an action", action=str(action.id))
        return []


def _by_person(
    due: Collection[tuple[ActionRow, list[date]]], now: datetime
) -> Iterable[tuple[Principal, list[ActionRow]]]:
    """Whom to remind of what: who does it, else everyone who attends for the agency; none who left it."""
    people: dict[UUID, list[ActionRow]] = defaultdict(list)
    owners = _owners([action.id for action, _ in due])
    agencies = {key: accounts.attending(key) for key in {action.agency_id for action, _ in due}}
    for action, _ in due:
        agency = [account_id for account_id, _ in agencies[action.agency_id]]
        owner = owners.get(action.id)
        for account_id in [owner] if owner in agency and _sees(owner, action, now) else agency:
            people[account_id].append(action)
    for account_id, actions in sorted(people.items()):
        who = accounts.principal(account_id, now)
        if who is not None and who.may(Permission.ACTION_UPDATE):
            yield who, actions


def _sees(account_id: UUID | None, action: ActionRow, now: datetime) -> bool:
    """Whether who does an action may open its case: else the agency's others are reminded of it."""
    who = accounts.principal(account_id, now) if account_id else None
    if who is None:
        return False
    with acting.acting(who):
        return store.one(who, action.id) is not None


def _owners(action_ids: Collection[UUID]) -> dict[UUID, UUID]:
    row = ActionOwnerRow
    rows = select(row.action_id, row.account_id).where(row.action_id.in_(list(action_ids)))
    return {key: account_id for key, account_id in db.session.execute(rows)}


def _seen(who: Principal, actions: list[ActionRow]) -> list[ActionRow]:
    """Those whose case this person may open: no notice hints at a hidden one (M6, F3)."""
    with acting.acting(who):
        return [action for action in actions if store.one(who, action.id)]


def _tell(who: Principal, seen: list[ActionRow], now: datetime) -> bool:
    """Queues one notice about all of them, where there are any; the door keeps what it refuses."""
    about, meetings = _heard([action.id for action in seen])
    if not about:
        return False
    panel = MeetingKind.DRAMM if who.attends_daily else who.a_panel
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, Notice.ACTIONS, panel, about, None)
    urgent = notice_times.of_emergency(who.area_id, meetings)
    return notices.queue(thing, _soonest(seen, local_day(now)), "/actions", now, urgent=urgent)


def _soonest(actions: list[ActionRow], today: date) -> date:
    """The first day on which one will be due; where all are overdue, since when."""
    days = sorted(action.due for action in actions)
    return next((day for day in days if day >= today), days[0])


def _heard(action_ids: list[UUID]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """The cases of some actions, and the meetings that set them."""
    rows = select(ItemRow.case_id, ItemRow.meeting_id).join(ActionRow, ActionRow.item_id == ItemRow.id)
    found = db.session.execute(rows.where(ActionRow.id.in_(action_ids))).all()
    return frozenset(one.case_id for one in found), frozenset(one.meeting_id for one in found)
