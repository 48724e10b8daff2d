"""Telling the chair that the daily meeting has a disclosure to decide, by notices without content (C4)."""

from datetime import date, datetime
from uuid import UUID

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, areas, audit, nameable, notice_times, unattended
from meetingsvc.store import disclosure_schemes as store
from meetingsvc.store.disclosure_schemes import Kept, Listed
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice
from notifications.outgoing import What

NOTICE = Notice.DISCLOSURE
Waits = tuple[Kept, Listed]


def tell(now: datetime) -> int:
    """Tells each chair once of each list that holds applications to decide; says how many notices.

    Nobody is told of one that is kept from them (M6). Safe to run twice.
    """
    return in_turn("telling of disclosures", unattended.area_ids(), lambda area_id: _tell(area_id, now))


def _tell(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    run = nameable.who_run(area_id, local_day(now))
    chairs = [accounts.principal(one.id, now) for one in run if one.role is Role.CHAIR]
    told = sum([_tell_chair(who, now) for who in chairs if who is not None])
    if told:
        audit.record(WORKER, area_id, "disclosures.told", f"area/{area_id}", now, notices=told)
    return told


def _tell_chair(who: Principal, now: datetime) -> int:
    with acting.acting(who):
        waits = [(one, one.listed) for one in store.waiting(who) if one.listed and _is_open(one.listed, now)]
    done = notice_times.told(who.area_id, NOTICE, [one.id for one, _ in waits])
    new = [(one, on) for one, on in waits if (one.id, str(on.sits_on), who.account_id) not in done]
    return sum(
        [_queue(who, day, [one for one in new if one[1].sits_on == day], now)
         for day in sorted({on.sits_on for _, on in new})]
    )  # fmt: skip


def _is_open(listed: Listed, now: datetime) -> bool:
    return listed.decision is None and listed.sits_on >= local_day(now)


def _queue(who: Principal, day: date, waits: list[Waits], now: datetime) -> bool:
    """One notice of all that one day's meeting is to decide."""
    about = frozenset(listed.case_id for _, listed in waits)
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, NOTICE, MeetingKind.DRAMM, about)
    if not notices.queue(thing, day, "/lists", now):
        return False
    for one, _ in waits:
        notice_times.keep_told(who.area_id, NOTICE, one.id, str(day), who.account_id, now)
    return True
