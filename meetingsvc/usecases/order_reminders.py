"""Telling coordinators that an order ends soon, by a notice without content (Rulebook T10, S2).

Where none of them is there, or may see it, the chairs.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda import orders as rules
from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.models import AccountRow, AgencyRow, OrderReminderRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, areas, audit, order_parties, unattended
from meetingsvc.store import order_register as register
from meetingsvc.store import orders as store
from meetingsvc.store.acting import Host
from meetingsvc.store.orders import Kept
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.usecases import notices, order_register
from meetingsvc.usecases.area_by_area import in_turn
from meetingsvc.usecases.restrictions import SERVICE
from notifications.messages import Notice
from notifications.outgoing import Stage, What


def remind(now: datetime) -> int:
    """Reminds of every order whose reminder day has come, once for each day; says of how many.

    What was missed while no worker ran is made up for, as long as the order holds. Safe to run twice.
    """
    return in_turn("reminding of orders", unattended.area_ids(), lambda area_id: _remind(area_id, now))


def _remind(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    if not register.follows(area_id):  # incidents from before there was a register
        order_register.follow(area_id, 0, now)
    due = _due(area_id, now)
    if not due:
        return 0
    told = _tell_all(area_id, Role.COORDINATOR, due, now)
    told |= _tell_all(area_id, Role.CHAIR, due.keys() - told, now)
    # What nobody was told of is not used up: whoever comes to run the meetings is reminded of it.
    for reference in sorted(told):
        for day in due[reference]:
            db.session.add(OrderReminderRow(area_id=area_id, reference=reference, day=day, told_at=now))
    db.session.flush()
    if told:
        audit.record(SERVICE, area_id, "orders.reminded", f"area/{area_id}", now, orders=len(told))
    return len(told)


def _due(area_id: UUID, now: datetime) -> dict[str, list[date]]:
    """By order, the reminder days that have come and that nobody was told of."""
    rule, off, today = store.reminders(area_id), store.days(area_id), local_day(now)
    running = store.running(Host(area_id), now)
    told = register.reminded(area_id, [one.reference for one in running])
    found: dict[str, list[date]] = {}
    for one in running:
        days = (day for day in rules.reminder_days(one.order, rule, off) if day <= today)
        new = [day for day in days if (one.reference, day) not in told]
        if new:  # a number that came again about others may name two orders
            found[one.reference] = sorted({*found.get(one.reference, ()), *new})
    return found


def _tell_all(area_id: UUID, role: Role, due: Collection[str], now: datetime) -> set[str]:
    """Everybody of a role, of the orders among these that they may see; gives those somebody was told of."""
    told = set[str]()
    for who in _people(area_id, role, now) if due else ():
        told |= _tell(who, due, now)
    return told


def _people(area_id: UUID, role: Role, now: datetime) -> list[Principal]:
    """The live accounts of a role that run the area's meetings."""
    rows = (
        select(AccountRow.id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id, AccountRow.role == role)
        .where(AccountRow.disabled_at.is_(None))
        .order_by(AccountRow.id)
    )
    found = (accounts.principal(account_id, now) for account_id in db.session.scalars(rows).all())
    return [who for who in found if who is not None and who.runs_meetings]


def _tell(who: Principal, due: Collection[str], now: datetime) -> set[str]:
    """Only of orders this person may see: a notice about a hidden one would tell that there is one."""
    with acting.acting(who):
        theirs = [one for one in store.running(who, now) if one.reference in due]
        cases = {one.case_id for one in order_parties.parties(who, theirs).values() if one.case_id}
    if not theirs or not _put(who, theirs, cases, now):
        return set()
    return {one.reference for one in theirs}


def _put(who: Principal, theirs: list[Kept], cases: set[UUID], now: datetime) -> bool:
    """Queues one notice about all of them, unless the door would refuse it: that would tell nobody."""
    about = cases if len(cases) == len(theirs) else set()  # one without a case: none that could be kept
    kind, panel = Notice.ORDER_ENDING, MeetingKind.DRAMM
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, kind, panel, frozenset(about))
    if asked(thing, Stage.BUILD, now).ground:
        return False
    waiting = {"panel": panel.value, "sits_on": local_day(now).isoformat(), "path": "/orders"}
    notices.put(who.area_id, who.account_id, kind, waiting, now, about=about)
    return True
