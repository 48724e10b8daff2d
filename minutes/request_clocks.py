"""By when a request is answered: subject access, freedom of information, a court (Rulebook X2, X3).

Where sources differ the shorter count stands: an answer that is a day early harms nobody.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from agenda.calendar import LONDON, add_months, add_working_days, day_words, local_day, working_day_from
from agenda.clocks import Length, Met, Unit, end_of, ends, stands
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class RequestClocks:
    """How long an answer may take. Settings of the area, each with its source's number as the default."""

    subject_access: Length = field(
        default=Length(1, Unit.MONTHS), metadata={"rule": "X2", "label": "Subject access: answered within"}
    )
    extension: Length = field(
        default=Length(2, Unit.MONTHS), metadata={"rule": "X2", "label": "Subject access: extended by"}
    )
    freedom_of_information: Length = field(
        default=Length(20, Unit.WORKING_DAYS),
        metadata={"rule": "X2", "label": "Freedom of information: answered within"},
    )
    agencies_answer: Length = field(
        default=Length(5, Unit.WORKING_DAYS),
        metadata={"rule": "X2", "label": "Agencies answer for their items within (practice)"},
    )
    objection_days: int = field(
        default=5,
        metadata={"rule": "X3", "label": "Objection made before the hearing, working days (practice)"},
    )
    looked_at: Length = field(
        default=Length(10, Unit.WORKING_DAYS),
        metadata={"rule": "X1", "label": "Without a day: looked at again after (practice)"},
    )


class WaitsFor(StrEnum):
    """What the clock of a subject access request stops for."""

    IDENTITY = "proof of who asks"
    CLARIFICATION = "what exactly is asked for"


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands from when the requester was asked until they answered; None: it stands now."""

    waits_for: WaitsFor
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """Told to the requester, with the reason, before the first time was over."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Running:
    """A subject access request's time, with everything that changed it."""

    received_at: datetime
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None

    @property
    def paused(self) -> Pause | None:
        """What it waits for now."""
        return next((one for one in self.pauses if one.ended_at is None), None)


def subject_access_due(told: Running, clocks: RequestClocks, off: AbstractSet[date]) -> datetime | None:
    """By when it is answered; None while the clock stands (Rulebook X2; UK GDPR, article 12).

    Months run from the day it came, those of an extension too. Then the days are added on which the clock
    stood, each once: from the day of asking up to that of the answer, of which the last counts again. An end
    on no working day is the next one.
    """
    if told.paused:
        return None
    length = clocks.subject_access
    last = ends(told.received_at, length, off)
    if length.unit is Unit.MONTHS:
        months = length.count + (_months(clocks.extension) if told.extension else 0)
        day = add_months(local_day(told.received_at), months) + timedelta(days=paused_days(told.pauses))
        return end_of(working_day_from(day, off))
    if told.extension:
        last = ends(last, clocks.extension, off)
    return end_of(working_day_from(local_day(last) + timedelta(days=paused_days(told.pauses)), off))


def _months(length: Length) -> int:
    if length.unit is not Unit.MONTHS:
        raise RuleBroken("A time in months is extended by months.")
    return length.count


def paused_days(pauses: Iterable[Pause]) -> int:
    """On how many days the clock stood: two questions asked at once stop it once."""
    stood: set[date] = set()
    for one in pauses:
        if one.ended_at is not None:
            day, until = local_day(one.began_at), local_day(one.ended_at)
            stood |= {day + timedelta(days=n) for n in range((until - day).days)}
    return len(stood)


def paused(
    told: Running, waits_for: WaitsFor, at: datetime, clocks: RequestClocks, off: AbstractSet[date]
) -> Running:
    """With the clock stopped; raises RuleBroken where it cannot stop: it stands, or is over already."""
    due = subject_access_due(told, clocks, off)
    if due is None:
        raise RuleBroken("The clock stands already: the requester has been asked and has not answered.")
    if at < max((told.received_at, *_ended(told.pauses))):
        raise RuleBroken("That is before the request came, or before the requester last answered.")
    if at > due:
        raise RuleBroken("The time for this request is over, so its clock cannot stop any more.")
    return Running(told.received_at, (*told.pauses, Pause(waits_for, at)), told.extension)


def resumed(told: Running, at: datetime) -> Running:
    """With the requester's answer, so that the clock runs again."""
    stopped = told.paused
    if stopped is None:
        raise RuleBroken("The clock of this request runs: nothing was asked that is not answered.")
    if at < stopped.began_at:
        raise RuleBroken("The answer cannot be earlier than the question.")
    pauses = (
        *(one for one in told.pauses if one is not stopped),
        Pause(stopped.waits_for, stopped.began_at, at),
    )
    return Running(told.received_at, pauses, told.extension)


def extended(
    told: Running, at: datetime, reason: str, clocks: RequestClocks, off: AbstractSet[date]
) -> Running:
    """With two further months, once, for a reason the requester is told before the first is over (X2)."""
    due = subject_access_due(told, clocks, off)
    if told.extension:
        raise RuleBroken("This request has been extended already. It can be extended once.")
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise RuleBroken(
            f"Say why it is so complex, or how many there are, in up to {REASON_LENGTH:,} characters."
        )
    if at < told.received_at:
        raise RuleBroken("That is before the request came.")
    if due is not None and at > due:
        raise RuleBroken("The first time is over. A request is extended before that.")
    return Running(told.received_at, told.pauses, Extension(at, reason.strip()))


def _ended(pauses: Iterable[Pause]) -> list[datetime]:
    return [one.ended_at for one in pauses if one.ended_at is not None]


def information_due(received_at: datetime, clocks: RequestClocks, off: AbstractSet[date]) -> datetime:
    """By when a freedom of information request is answered: the day it came is none of the twenty (X2)."""
    return ends(received_at, clocks.freedom_of_information, off)


def objection_due(
    received_at: datetime, hearing_at: datetime, clocks: RequestClocks, off: AbstractSet[date]
) -> datetime:
    """By when the court has the chair's objection: so many working days before its hearing (Rulebook X3).

    One that was told too late for that has until the hearing begins.
    """
    day = add_working_days(local_day(hearing_at), -clocks.objection_days, off)
    due = end_of(day)
    return due if received_at <= due < hearing_at else hearing_at


def agencies_due(
    asked_at: datetime, request_due: datetime | None, clocks: RequestClocks, off: AbstractSet[date]
) -> datetime:
    """By when agencies answer for their items, and never after the request's own time."""
    due = ends(asked_at, clocks.agencies_answer, off)
    return due if request_due is None else min(due, request_due)


def look_at(last_done_at: datetime, clocks: RequestClocks, off: AbstractSet[date]) -> datetime:
    """When a request for which nobody named a day is looked at again, counted from what was last done with it
    (Rulebook X1; practice): it is never late, and is not forgotten either."""
    return ends(last_done_at, clocks.looked_at, off)


def stood(due: datetime | None, done_at: datetime | None, now: datetime) -> Met:
    """How a request stands; one whose clock does not run is not late."""
    return Met.RUNNING if due is None and done_at is None else stands(due or now, done_at, now)


def due_words(due: datetime | None) -> str:
    """`by Monday 23 November 2026`, or that the clock stands."""
    return (
        f"by {day_words(due.astimezone(LONDON).date())}"
        if due
        else "waits for the requester; the clock stands"
    )
