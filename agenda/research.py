"""What agencies are asked to find out before a meeting, by when, and how far they are (D1, M2, M4)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from enum import StrEnum

from agenda.area import AreaSettings
from agenda.calendar import LONDON, add_working_days, days_off, to_utc
from agenda.meetings import MeetingState
from agenda.panels import Works


class Said(StrEnum):
    """What an agency answered of one case. The value is stored."""

    NOTHING = "nothing held"
    HELD = "held"


class Standing(StrEnum):
    """How far one agency is with one case; the value is what pages say."""

    OUTSTANDING = "outstanding"
    NOTHING = "nothing held"
    ANSWERED = "answered"
    NOT_ASKED = "not asked"  # nobody there may open the case (Rulebook M6)


class Stage(StrEnum):
    """What an agency is told of a request, each once; the value is stored."""

    ASKED = "asked"
    REMINDER = "reminder"
    LATE = "late"


def due_at(
    works: Works, starts_at: datetime, settings: AreaSettings, holidays: AbstractSet[date]
) -> datetime:
    """By when research is in: for an agenda so many working days before it is heard, at the hour it starts
    (M4); for a list when its meeting starts (D1)."""
    if works is Works.LIST:
        return starts_at
    wall = starts_at.astimezone(LONDON)
    day = add_working_days(wall.date(), -settings.research_days, days_off(settings, holidays))
    return to_utc(datetime.combine(day, wall.time().replace(tzinfo=None)))


def case_due_at(due: datetime, starts_at: datetime, asked_at: datetime) -> datetime:
    """One that joins after the others were due is due when the meeting starts (M2, M4)."""
    return due if asked_at <= due else max(starts_at, due)


def is_late(sent_at: datetime, due: datetime) -> bool:
    """Sent after it was due: marked, never refused (D1)."""
    return sent_at > due


def remind_at(works: Works, due: datetime, settings: AreaSettings, holidays: AbstractSet[date]) -> datetime:
    """When who has not answered is reminded: working days before for an agenda, minutes for a list."""
    if works is Works.LIST:
        return due - timedelta(minutes=settings.research_remind_minutes)
    wall = due.astimezone(LONDON)
    day = add_working_days(wall.date(), -settings.research_remind_days, days_off(settings, holidays))
    return to_utc(datetime.combine(day, wall.time().replace(tzinfo=None)))


def stage(asked_at: datetime, remind: datetime, due: datetime, now: datetime) -> Stage:
    """What an agency that has not answered is told at this moment. One that was asked after the reminder
    would have gone is not reminded."""
    if is_late(now, due):
        return Stage.LATE
    return Stage.REMINDER if asked_at < remind <= now else Stage.ASKED


def takes_research(works: Works, state: MeetingState, held: bool) -> bool:
    """Whether a meeting is one that agencies research for: a list from when it is circulated until it is
    closed, an agenda from when it is shared until its meeting has ended (D1, M2)."""
    if works is Works.AGENDA:
        return state is MeetingState.PUBLISHED
    return state is MeetingState.OPEN and not held


def standing(said: Iterable[Said], asked: bool) -> Standing:
    """From everything an agency answered of a case: what was once held stays held."""
    told = set(said)
    if Said.HELD in told:
        return Standing.ANSWERED
    if told:
        return Standing.NOTHING
    return Standing.OUTSTANDING if asked else Standing.NOT_ASKED


def over_words(works: Works, state: MeetingState) -> str:
    """What to do with research once the meeting takes none any more."""
    if state is MeetingState.CANCELLED:
        return "This meeting did not sit. Its cases go on the next one, and you are asked again for that."
    if works is Works.AGENDA and state is not MeetingState.HEARD:
        return "Research is asked for once the agenda is published."
    if works is Works.LIST and state is MeetingState.OPEN:
        return "Research is asked for once the list is circulated."
    return (
        "This meeting is over, so it takes no more research. To put right what you sent, correct it on the "
        "case’s page of what agencies shared. If you have found something new, tell the coordinator: it is "
        "for the next meeting, and a risk that cannot wait is for the police now."
    )
