"""The dates of a MARAC, worked back from the day it sits (Rulebook M4)."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from agenda import confirmations
from agenda.area import AreaSettings
from agenda.calendar import add_working_days, days_off
from agenda.meetings import MeetingState
from agenda.timetable import agenda_out_by, marac_days


@dataclass(frozen=True, slots=True)
class Dates:
    """By when each step is done, in the order of the steps."""

    closes: date
    agenda_out: date
    research_in: date
    confirmed: date
    sits_on: date
    minutes_out: date

    @property
    def steps(self) -> tuple[tuple[str, date], ...]:
        """Each with what is done by then, as people say it."""
        return (
            ("Referrals close", self.closes),
            ("Agenda out", self.agenda_out),
            ("Research in", self.research_in),
            ("Update-only cases confirmed", self.confirmed),
            ("The MARAC sits", self.sits_on),
            ("Minutes and actions out", self.minutes_out),
        )

    def owed(self, state: MeetingState) -> tuple[str, date] | None:
        """What an agenda that is not out yet waits for, and by when (Rulebook M4); None for any other."""
        steps = {
            MeetingState.OPEN: ("closes", self.closes),
            MeetingState.CLOSED: ("goes out", self.agenda_out),
        }
        return steps.get(state)

    def next(self, today: date, done: int = 0) -> tuple[str, date] | None:
        """What is next, and by when; None once all of it is past. `done`: as many steps were, early."""
        return next((step for step in self.steps[done:] if step[1] >= today), None)


def worked_back(sits_on: date, settings: AreaSettings, holidays: AbstractSet[date]) -> Dates:
    """Referrals close, agenda out (8), research in (2), confirmations (1), minutes out (3 after), in the
    area's working days (Rulebook M4; practice).

    Whatever the area has set, the steps keep their order: what an earlier one feeds is never due before it.
    """
    off = days_off(settings, holidays)
    agenda_out = agenda_out_by(sits_on, settings, holidays)
    return Dates(
        closes=min(add_working_days(sits_on, -settings.marac_close_days, off), agenda_out),
        agenda_out=agenda_out,
        research_in=max(add_working_days(sits_on, -settings.research_days, off), agenda_out),
        confirmed=max(confirmations.due_on(sits_on, settings, holidays), agenda_out),
        sits_on=sits_on,
        minutes_out=add_working_days(sits_on, settings.minutes_marac_days, off),
    )


def waits_too_long(referred_on: date, closes: date, settings: AreaSettings) -> bool:
    """Whether a case waits longer than from one MARAC to the next for its agenda to close (Rulebook M1)."""
    return closes - referred_on > timedelta(days=settings.marac_every_days)


@dataclass(frozen=True, slots=True)
class Sits:
    """A day of the timetable: when it sits in truth, or not at all."""

    planned_on: date
    sits_on: date | None


def planned(
    settings: AreaSettings,
    holidays: AbstractSet[date],
    moved: Mapping[date, date | None],
    first: date,
    last: date,
) -> tuple[Sits, ...]:
    """The timetable from `first` to `last` with what people moved or cancelled of it (Rulebook M1, M4).

    A day that was moved is found where it sits now, one that was cancelled where it would have sat. `moved`
    holds None for the latter. Of days that the timetable plans no more nothing is left.
    """
    regular = {day for day in marac_days(settings, holidays, first, last) if day not in moved}
    sits = [Sits(day, day) for day in regular]
    for day, to in moved.items():
        if first <= (to or day) <= last and marac_days(settings, holidays, day, day):
            sits.append(Sits(day, to))
    return tuple(sorted(sits, key=lambda one: (one.sits_on or one.planned_on, one.planned_on)))
