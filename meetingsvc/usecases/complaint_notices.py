"""Telling chairs and information governance of complaints, by notices without content (Rulebook V2)."""

from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from agenda.complaints import HEADS, KNOWN, Subject
from agenda.meetings import MeetingKind
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, audit, nameable, notice_times, unattended
from meetingsvc.store import complaints as store
from meetingsvc.store.acting import Host
from meetingsvc.store.complaints import Kept
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice

NOTICE = Notice.COMPLAINT
#: By which one is told of each clock once; kept, so they stay as they are whatever the clocks are called.
_LATE = {HEADS: "late notified", KNOWN: "late Acknowledged"}


def tell_who_can(who: Principal, complaint_id: UUID, case_id: UUID | None, now: datetime) -> int:
    """Tells everybody who can deal with it, but for who has just done something; says how many can."""
    able = [one for one in _handlers(who.area_id, now) if _may_open(one, complaint_id)]
    with acting.whole_area(who.area_id):
        for one in able:
            if one.account_id != who.account_id:
                _put(one, complaint_id, case_id, now)
    return len(able)


def who_deal(who: Principal, now: datetime) -> list[tuple[UUID, str]]:
    """Chairs and information governance by name: one of them may be whom a complaint is about. None to a
    referrer, who learns nothing of the panel but of their own referrals (security.md B)."""
    if who.role is Role.REFERRER:
        return []
    return [(one.account_id, f"{one.name}, {one.role.label}") for one in _handlers(who.area_id, now)]


def no_chair(area_id: UUID, complaint_id: UUID, now: datetime) -> bool:
    """Whether no chair can deal with it: none is there, or it is closed to every one (Rulebook V2)."""
    chairs = (one for one in _handlers(area_id, now) if one.role is Role.CHAIR)
    return not any(_may_open(one, complaint_id) for one in chairs)


def nobodys(who: Principal, now: datetime) -> int:
    """For the system administrator: how many complaints wait that nobody can deal with, those about
    information governance that have no chair left among them. No more is told of one than that (V2)."""
    if who.role is not Role.SYSTEM_ADMINISTRATOR:
        return 0
    with acting.whole_area(who.area_id):
        waiting = store.waiting(Host(who.area_id))
    handlers = _handlers(who.area_id, now) if waiting else []

    def deal(one: Kept) -> bool:
        governs = one.told.about is Subject.GOVERNANCE
        able = [each for each in handlers if each.role is Role.CHAIR or not governs]
        return any(_may_open(each, one.id) for each in able)

    return sum(not deal(one) for one in waiting)


def chase(now: datetime) -> int:
    """Tells them once of each clock that is over. Safe to run twice."""
    return in_turn("chasing complaints", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    late = [one for one in store.waiting(Host(area_id)) if _stages(one, now)]
    done, told = notice_times.told(area_id, NOTICE, [one.id for one in late]), 0
    for who in _handlers(area_id, now) if late else []:
        for one in late:
            stages = [stage for stage in _stages(one, now) if (one.id, stage, who.account_id) not in done]
            if stages and _may_open(who, one.id):
                _put(who, one.id, one.case_id, now)
                told += 1
                for stage in stages:
                    notice_times.keep_told(area_id, NOTICE, one.id, stage, who.account_id, now)
    if told:
        audit.record(WORKER, area_id, "complaints.chased", f"area/{area_id}", now, notices=told)
    return told


def _stages(one: Kept, now: datetime) -> list[str]:
    return [_LATE[clock.what] for clock in one.running if clock.due < now]


def _handlers(area_id: UUID, now: datetime) -> list[Principal]:
    """Chairs and information governance, as they are now."""
    with acting.whole_area(area_id):
        run = nameable.who_run(area_id, local_day(now))
        ids = [one.id for one in run if one.role is Role.CHAIR] + unattended.governance(area_id)
        found = [accounts.principal(account_id, now) for account_id in ids]
    return [one for one in found if one is not None]


def _may_open(who: Principal, complaint_id: UUID) -> bool:
    with acting.acting(who):
        return store.one(who, complaint_id) is not None


def _put(who: Principal, complaint_id: UUID, case_id: UUID | None, now: datetime) -> None:
    values = {"panel": MeetingKind.DRAMM.value, "sits_on": local_day(now).isoformat(),
              "path": f"/complaints/{complaint_id}"}  # fmt: skip
    about = [case_id] if case_id else []
    notices.put(who.area_id, who.account_id, NOTICE, values, now, about=about)
