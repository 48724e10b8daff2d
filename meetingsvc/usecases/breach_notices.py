"""Telling information governance of breaches, by notices without content: raised, due soon, late (V3)."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from agenda.breach_duties import Duty
from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, audit, breach_walls, nameable, notice_times, unattended
from meetingsvc.store import breaches as store
from meetingsvc.store.acting import Host
from meetingsvc.store.breaches import Kept
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice

NOTICE = Notice.BREACH
#: So long before one of its clocks ends those who deal with it are told once more (practice).
SOON = timedelta(hours=6)


def tell_raised(who: Principal, breach_id: UUID, cases: Collection[UUID], now: datetime) -> int:
    """Tells everybody who can deal with it, but for who has raised it; says how many can. Where nobody can,
    the chairs from whom none of its cases is kept are told that something waits (M6)."""
    with acting.whole_area(who.area_id):
        able = _able(who.area_id, breach_id, cases)
        for account_id in sorted(able - {who.account_id}):
            _put(who.area_id, breach_id, account_id, cases, now)
        if not able:
            _alarm(who, cases, now)
    return len(able)


def _alarm(who: Principal, cases: Collection[UUID], now: datetime) -> None:
    today = local_day(now)
    chairs = {one.id for one in nameable.who_run(who.area_id, today) if one.role is Role.CHAIR}
    for case_id in cases:
        chairs &= nameable.chairs(who.area_id, case_id, today)
    values = {"panel": MeetingKind.DRAMM.value, "sits_on": today.isoformat(), "path": "/alarms"}
    for account_id in sorted(chairs - {who.account_id}):
        notices.put(who.area_id, account_id, Notice.ALARM, values, now, about=cases)


def chase(now: datetime) -> int:
    """Tells them once of each clock that ends soon, and once of each that is over. Safe to run twice."""
    return in_turn("chasing breaches", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    waiting = store.waiting(Host(area_id))
    done = notice_times.told(area_id, NOTICE, [one.id for one in waiting])
    told = 0
    for one in waiting:
        cases = [case.id for case in one.cases]
        for account_id in sorted(_able(area_id, one.id, cases)):
            new = [stage for stage in _stages(one, now) if (one.id, stage, account_id) not in done]
            if new:
                _put(area_id, one.id, account_id, cases, now)
                told += 1
            for stage in new:
                notice_times.keep_told(area_id, NOTICE, one.id, stage, account_id, now)
    if told:
        audit.record(WORKER, area_id, "breaches.chased", f"area/{area_id}", now, notices=told)
    return told


def _stages(one: Kept, now: datetime) -> Iterator[str]:
    for clock in one.running:
        if clock.due - SOON <= now:
            yield f"{'late' if clock.due < now else 'soon'} {Duty(clock.what).name}"


def _able(area_id: UUID, breach_id: UUID, cases: Collection[UUID]) -> set[UUID]:
    """Information governance from whom no wall keeps one of its cases, nor kept one that is destroyed."""
    able = set(unattended.governance(area_id)) - breach_walls.walled(breach_id)
    for case_id in cases:
        able &= nameable.governance(area_id, case_id)
    return able


def _put(area_id: UUID, breach_id: UUID, account_id: UUID, cases: Collection[UUID], now: datetime) -> None:
    values = {"panel": MeetingKind.DRAMM.value, "sits_on": local_day(now).isoformat(),
              "path": f"/breaches/{breach_id}"}  # fmt: skip
    notices.put(area_id, account_id, NOTICE, values, now, about=cases)
