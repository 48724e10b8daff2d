"""An emergency MARAC that waits is told at once, and again each hour until it is decided (M4, M6)."""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.models import EmergencyAskRow
from meetingsvc.permissions import Role
from meetingsvc.store import acting, areas, audit, nameable, unattended
from meetingsvc.store import emergency as store
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice
from notifications.outgoing import What

AN_HOUR = timedelta(minutes=59)  # a job that runs often is never quite on time
CHASED = "emergency.chased"


def tell(asked: EmergencyAskRow, now: datetime) -> int:
    """Tells those who run meetings: a chair decides, and a coordinator makes sure that one does.

    Where no chair can, or none did by the end of the day it was needed, information governance is told too,
    without a word about the case (Rulebook M6). Says how many notices; to be called as the service.
    """
    today = local_day(now)
    run = {one.id for one in nameable.who_run(asked.area_id, today)}
    things = [
        Outgoing(asked.area_id, key, What.NOTICE, Notice.EMERGENCY, MeetingKind.MARAC,
                 frozenset({asked.case_id}))
        for key in sorted(run - {asked.asked_by})
    ]  # fmt: skip
    told = sum(notices.queue(thing, today, "/emergencies", now) for thing in things)
    alone = store.is_late(asked, today) or not chairs(asked, now)
    return told + _tell_governance(asked, now) if alone else told


def chairs(asked: EmergencyAskRow, now: datetime) -> set[UUID]:
    """The chairs who can decide it: they may open the case, and did not ask. As the service (M4, M6)."""
    today = local_day(now)
    chair = {one.id for one in nameable.who_run(asked.area_id, today) if one.role is Role.CHAIR}
    return chair & nameable.who_could_confirm(asked.area_id, asked.case_id, asked.asked_by, today)


def _tell_governance(asked: EmergencyAskRow, now: datetime) -> int:
    values = {
        "panel": MeetingKind.MARAC.value, "sits_on": local_day(now).isoformat(), "path": "/tickets",
    }  # fmt: skip
    governs = unattended.governance(asked.area_id)
    for account_id in governs:
        notices.put(asked.area_id, account_id, Notice.ALARM, values, now, about=[asked.case_id])
    return len(governs)


def remind(now: datetime) -> int:
    """Reminds once an hour of each that waits, until it is decided; how many notices went.

    By night too, and after the day it was needed: what nobody decided is not over. Safe to run twice
    (Rulebook M4).
    """
    return in_turn("reminding of emergencies", unattended.area_ids(), lambda area_id: _remind(area_id, now))


def _remind(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    return sum([_again(asked, now) for asked in store.waiting(area_id) if _is_due(asked, now)])


def _is_due(asked: EmergencyAskRow, now: datetime) -> bool:
    just_asked = asked.asked_at > now - AN_HOUR
    return not (just_asked or store.chased_since(asked, CHASED, now - AN_HOUR))


def _again(asked: EmergencyAskRow, now: datetime) -> int:
    told = tell(asked, now)
    audit.record(WORKER, asked.area_id, CHASED, f"case/{asked.case_id}", now, ask=asked.id, notices=told)
    return told


def undecidable(area_id: UUID, now: datetime, reader_id: UUID) -> list[str]:
    """The references of cases whose emergency MARAC no chair can decide, less those kept from the reader.

    For information governance, who can bring a chair back to one (Rulebook M6).
    """
    with acting.whole_area(area_id):
        waits = [asked for asked in store.waiting(area_id) if not chairs(asked, now)]
        return store.references(waits, reader_id)


def undecided(area_id: UUID, now: datetime, reader_id: UUID) -> list[str]:
    """The same of those that a chair could decide, and none did by the end of the day it was needed (M4)."""
    today = local_day(now)
    with acting.whole_area(area_id):
        late = [asked for asked in store.waiting(area_id) if store.is_late(asked, today)]
        return store.references([asked for asked in late if chairs(asked, now)], reader_id)
