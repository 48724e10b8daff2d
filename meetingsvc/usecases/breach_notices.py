"""Telling information governance of breaches, by notices without content: raised, due soon, late (V3)."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from agenda.breach_duties import Duty
from agenda.breaches import Step
from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, audit, breach_walls, nameable, notice_times, unattended
from meetingsvc.store import breaches as store
from meetingsvc.store.acting import Host
from meetingsvc.store.breaches import Kept
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice

NOTICE = Notice.BREACH
NOBODY_LEFT = (
    "Nobody here would be left to deal with it, no chair either. Take it to the strategic partnership now, "
    "and to nobody else. Nothing is recorded."
)
#: So long before one of its clocks ends those who deal with it are told once more (practice).
SOON = timedelta(hours=6)


def tell_raised(who: Principal, breach_id: UUID, cases: Collection[UUID], now: datetime) -> int:
    """Tells everybody who can deal with it, but for who has raised it; says how many can. Where nobody can,
    or who could is named in it, the chairs from whom none of its cases is kept are told that something waits
    (M6): by naming the others nobody keeps a breach to themselves. Nobody who is named in it is told; where
    that leaves nobody at all, RuleBroken (Rulebook V3)."""
    with acting.whole_area(who.area_id):
        named = breach_walls.involved(breach_id)
        could = _able(who.area_id, cases) - breach_walls.walled(breach_id)
        able = could - named
        chairs = _chairs(who.area_id, cases, now) - named if could & named or not able else set[UUID]()
        if named and not able | chairs:
            raise RuleBroken(NOBODY_LEFT)
        for account_id in sorted(able - {who.account_id}):
            _put(who.area_id, breach_id, account_id, cases, now)
        for account_id in sorted(chairs - able - {who.account_id}):
            _put(who.area_id, None, account_id, cases, now)
    return len(able)


def tell_named(who: Principal, kept: Kept, account_id: UUID, now: datetime) -> None:
    """Once one more is named in it: where that is one of information governance, the chairs are told at once.
    Raises RuleBroken where nobody is left, and no chair either (Rulebook V3)."""
    with acting.whole_area(who.area_id):
        free = _free(who.area_id, kept)
        if account_id not in free:
            return
        chairs = _told_instead(who.area_id, kept, now) - {account_id}
        if not chairs and not free - {account_id}:
            raise RuleBroken(NOBODY_LEFT)
        for chair in sorted(chairs):
            _put(who.area_id, None, chair, [case.id for case in kept.cases], now)


def tell_second(who: Principal, kept: Kept, now: datetime) -> int:
    """Tells everybody else who can deal with it: what takes two people waits for one of them. Where nobody
    can, the chairs who may know of it. Says how many they are."""
    with acting.whole_area(who.area_id):
        others = _free(who.area_id, kept) - {who.account_id}
        told = others or _told_instead(who.area_id, kept, now)
        for account_id in sorted(told):
            key = kept.id if others else None
            _put(who.area_id, key, account_id, [case.id for case in kept.cases], now)
    return len(told)


def seconds(who: Principal, now: datetime) -> list[Kept]:
    """For a chair: those that information governance found to be none, where nobody else of it can say the
    same: one officer alone ends none (Rulebook V3). As with `nobodys`, none that is kept from that chair."""
    area_id, mine = who.area_id, str(who.account_id)
    return _of_a_chair(who, now, lambda one: one.told.agreed(Step.DISMISS, mine) and not any(
        one.told.agreed(Step.DISMISS, str(other)) for other in _free(area_id, one)
    ))  # fmt: skip


def nobodys(who: Principal, now: datetime) -> list[Kept]:
    """For a chair: the breaches that wait, and that nobody of information governance can deal with. None of a
    case that is kept from that chair (M6), and none that they are named in."""
    return _of_a_chair(who, now, lambda one: not _free(who.area_id, one))


def named(who: Principal, now: datetime) -> list[Kept]:
    """For a chair: the breaches that wait in which somebody of information governance is named, who then
    neither reads nor runs them, though others can: named wrongly, they are shut out (Rulebook V3)."""
    area_id = who.area_id
    return _of_a_chair(who, now, lambda one: bool(_free(area_id, one)) and not one.told.involved.isdisjoint(
        map(str, unattended.governance(area_id))
    ))  # fmt: skip


def _of_a_chair(who: Principal, now: datetime, stuck: Callable[[Kept], bool]) -> list[Kept]:
    if who.role is not Role.CHAIR or not who.runs_meetings:
        return []
    with acting.whole_area(who.area_id):
        left = [one for one in store.waiting(Host(who.area_id)) if stuck(one)]
        return [one for one in left if who.account_id in _told_instead(who.area_id, one, now)]


def _chairs(area_id: UUID, cases: Collection[UUID], now: datetime) -> set[UUID]:
    today = local_day(now)
    chairs = {one.id for one in nameable.who_run(area_id, today) if one.role is Role.CHAIR}
    for case_id in cases:
        chairs &= nameable.chairs(area_id, case_id, today)
    return chairs


def chase(now: datetime) -> int:
    """Tells them once of each clock that ends soon, and once of each that is over. Safe to run twice."""
    return in_turn("chasing breaches", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    waiting = store.waiting(Host(area_id))
    done = notice_times.told(area_id, NOTICE, [one.id for one in waiting])
    told = 0
    for one in waiting:
        cases, free = [case.id for case in one.cases], _free(area_id, one)
        for account_id in sorted(free or _told_instead(area_id, one, now)):
            new = [stage for stage in _stages(one, now) if (one.id, stage, account_id) not in done]
            if new:
                _put(area_id, one.id if free else None, account_id, cases, now)
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


def _able(area_id: UUID, cases: Collection[UUID]) -> set[UUID]:
    """Information governance from whom no wall keeps one of its cases."""
    able = set(unattended.governance(area_id))
    for case_id in cases:
        able &= nameable.governance(area_id, case_id)
    return able


def _free(area_id: UUID, kept: Kept) -> set[UUID]:
    """Who can deal with it: also not kept from one of its cases that is destroyed, nor named in it."""
    able = _able(area_id, [case.id for case in kept.cases]) - breach_walls.walled(kept.id)
    return {one for one in able if str(one) not in kept.told.involved}


def _told_instead(area_id: UUID, kept: Kept, now: datetime) -> set[UUID]:
    """The chairs who may know that there is one, where nobody can deal with it."""
    chairs = _chairs(area_id, [case.id for case in kept.cases], now) - breach_walls.walled(kept.id)
    return {one for one in chairs if str(one) not in kept.told.involved}


def _put(
    area_id: UUID, breach_id: UUID | None, account_id: UUID, cases: Collection[UUID], now: datetime
) -> None:
    """With no breach to open, a chair: that nobody can deal with one stands among the alarms."""
    path = f"/breaches/{breach_id}" if breach_id else "/alarms"
    values = {"panel": MeetingKind.DRAMM.value, "sits_on": local_day(now).isoformat(), "path": path}
    notices.put(area_id, account_id, NOTICE if breach_id else Notice.ALARM, values, now, about=cases)
