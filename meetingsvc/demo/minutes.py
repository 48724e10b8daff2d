"""Minutes of Northmoor's latest meetings, all invented: issued, with the chair, or still to be drafted."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from agenda.meetings import MeetingKind
from meetingsvc.demo.chance import for_day
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, lists
from meetingsvc.store import demo as found
from meetingsvc.store import meeting_record as record_store
from meetingsvc.store import minutes as store
from meetingsvc.usecases import minutes
from meetingsvc.usecases.minutes import Said

A_MINUTE = timedelta(minutes=1)
#: Daily meetings before that were minuted on paper.
LATEST = timedelta(days=9)
_SAID = (
    "The IDVA has spoken to her twice this week; she wants to stay in the home.",
    "Housing doubted that the locks can be changed by Friday and will say so tomorrow.",
    "The school has noticed the younger child is tired. Social care will see both children.",
)


def tell(coordinator: Principal, chair: Principal, day: date, list_day: date, now: datetime) -> None:
    """What became of the minutes of that day's meetings, by the day's end."""
    if list_day - day > LATEST:
        _marac(coordinator, chair, day, now)
        return
    with acting.whole_area(coordinator.area_id):
        meeting_id = lists.meeting_id(coordinator.area_id, MeetingKind.DRAMM, day)
    chance = for_day(day, "minutes")
    if meeting_id is not None and list_day - day > timedelta(days=2):
        _minuted(coordinator, chair, meeting_id, now, chance, approved=list_day - day > timedelta(days=5))
    _marac(coordinator, chair, day, now)


def _marac(coordinator: Principal, chair: Principal, day: date, now: datetime) -> None:
    with acting.acting(coordinator):
        meeting_id = found.marac_on(coordinator, day)
        meeting = record_store.meeting(coordinator, meeting_id) if meeting_id else None
        over = meeting is not None and store.has_ended(coordinator, meeting)
    if meeting_id is not None and over:
        _minuted(coordinator, chair, meeting_id, now, for_day(day, "marac minutes"), approved=True)


def _minuted(
    coordinator: Principal, chair: Principal, meeting_id: UUID, now: datetime, chance: Random, approved: bool
) -> None:
    minutes.draft(coordinator, meeting_id, now)
    with acting.acting(coordinator):
        meeting = record_store.meeting(coordinator, meeting_id)
        newest = store.versions(coordinator, meeting_id)[0]
        lines = store.cases(coordinator, meeting, newest, now) if meeting else []
    told = {line.item_id: Said(chance.choice(_SAID), 0) for line in lines if chance.random() < 0.4}
    minutes.say(coordinator, meeting_id, told, now + A_MINUTE)
    minutes.send(coordinator, meeting_id, now + 2 * A_MINUTE)
    if approved:
        minutes.approve(chair, meeting_id, 1, now + 30 * A_MINUTE)
