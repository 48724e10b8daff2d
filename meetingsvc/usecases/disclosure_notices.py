"""Telling chairs that the daily meeting has a disclosure to decide, or that one of them has to confirm what
it decided, by notices without content (C4)."""

from datetime import date, datetime
from typing import NamedTuple
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


class Waits(NamedTuple):
    """What waits for a chair: of which application, since which meeting, and where they find it."""

    kept: Kept
    on: Listed
    stage: str  # told once
    path: str


def tell(now: datetime) -> int:
    """Tells each chair once of each list that holds applications to decide; and of each decision that one of
    them has to confirm, once when it can be, and once more when the application is overdue. Says how many
    notices.

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
        found = [_waits(one, one.listed, now) for one in store.waiting(who) if one.listed]
    waits = [one for one in found if one]
    done = notice_times.told(who.area_id, NOTICE, [one.kept.id for one in waits])
    new = [one for one in waits if (one.kept.id, one.stage, who.account_id) not in done]
    messages = sorted({(one.on.sits_on, one.path) for one in new})
    return sum(
        [_queue(who, day, path, [one for one in new if (one.on.sits_on, one.path) == (day, path)], now)
         for day, path in messages]
    )  # fmt: skip


def _waits(kept: Kept, on: Listed, now: datetime) -> Waits | None:
    if decision := kept.to_confirm:
        stage = f"{'late' if kept.late(now) else 'confirm'} {int(decision.at.timestamp())}"
        return Waits(kept, on, stage, "/applications")
    return Waits(kept, on, str(on.sits_on), "/lists") if _is_open(on, now) else None


def _is_open(listed: Listed, now: datetime) -> bool:
    return listed.decision is None and listed.sits_on >= local_day(now)


def _queue(who: Principal, day: date, path: str, waits: list[Waits], now: datetime) -> bool:
    """One notice of all that one day's meeting is to decide, or has decided."""
    about = frozenset(one.on.case_id for one in waits)
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, NOTICE, MeetingKind.DRAMM, about)
    if not notices.queue(thing, day, path, now):
        return False
    for one in waits:
        notice_times.keep_told(who.area_id, NOTICE, one.kept.id, one.stage, who.account_id, now)
    return True
