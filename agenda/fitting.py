"""What a MARAC has time for: minutes, when each case is reached, and what to move where it is too long."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from agenda.area import AreaSettings
from agenda.calendar import LONDON, day_words, days_off, next_working_day
from agenda.circulation import Group
from agenda.meetings import MeetingState
from agenda.timetable import marac_days

#: How far ahead a free day is looked for.
AHEAD = timedelta(days=60)
_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Case:
    """One case of an agenda, as far as its time goes."""

    item_id: UUID
    group: Group
    minutes: int
    supplement: int = 0
    restricted: bool = False  # kept from anybody at all
    slot: datetime | None = None  # when its referrer comes
    stays: bool = False  # the service does not propose to move it


@dataclass(frozen=True, slots=True)
class Timed:
    """When a case is reached, if all goes as planned; a restricted one has no time."""

    item_id: UUID
    starts_at: datetime | None
    slot_kept: bool = True


@dataclass(frozen=True, slots=True)
class GroupFit:
    """What one group takes."""

    group: Group
    cases: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Minutes against the meeting's length, and what to move where they are too many (Rulebook M4)."""

    groups: tuple[GroupFit, ...]
    length: int
    moves: tuple[UUID, ...]  # proposed, the first to go first
    moved_minutes: int

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(one.cases for one in self.groups)

    @property
    def minutes(self) -> int:
        """How long they take in all."""
        return sum(one.minutes for one in self.groups)

    @property
    def over(self) -> int:
        """How many minutes too long; 0 where all fits."""
        return max(self.minutes - self.length, 0)

    @property
    def still_over(self) -> int:
        """The same once the proposed cases have moved."""
        return max(self.minutes - self.moved_minutes - self.length, 0)


def minutes_for(settings: AreaSettings, discussed: bool) -> int:
    """What a case is given at a MARAC: one that is only confirmed takes less (Rulebook M4, C3)."""
    return settings.minutes_marac_case if discussed else settings.minutes_marac_update


def fit(cases: Sequence[Case], settings: AreaSettings) -> Fit:
    """How long an agenda takes, group by group, and what to move (Rulebook M1, M4)."""
    count, minutes = Counter(case.group for case in cases), Counter[Group]()
    for case in cases:
        minutes[case.group] += case.minutes
    groups = tuple(GroupFit(group, count[group], minutes[group]) for group in Group if count[group])
    proposed = tuple(_to_move(cases, minutes.total() - settings.marac_minutes))
    moved = sum(case.minutes for case in proposed)
    return Fit(groups, settings.marac_minutes, tuple(case.item_id for case in proposed), moved)


def _to_move(cases: Sequence[Case], over: int) -> Iterator[Case]:
    """The last of the lowest groups first, until the rest fits. Restricted ones are never named, and those
    that have waited once, were called in an emergency or end their twelve months stay (M4, M6)."""
    movable = [case for case in cases if not (case.stays or case.restricted or case.slot)]
    for case in sorted(reversed(movable), key=lambda case: -case.group):
        if over <= 0:
            return
        over -= case.minutes
        yield case


def running_order(cases: Sequence[Case], starts_at: datetime, late: int) -> tuple[Timed, ...]:
    """The agenda's own order with when each case is reached; one whose referrer comes at a time is taken
    once that time has come, inside its group and list (Rulebook M1, T14).

    Restricted cases stay last in their group and take no time from the others: no gap tells of one (M6). A
    time is kept where the case begins less than `late` minutes after it, and not before.
    """
    at, found = starts_at, list[Timed]()
    for _, held in groupby(cases, key=lambda case: (case.supplement, case.group)):
        told = list(held)
        for case in _by_slot([case for case in told if not case.restricted], at):
            kept = case.slot is None or timedelta() <= at - case.slot < timedelta(minutes=late)
            found.append(Timed(case.item_id, at, kept))
            at += timedelta(minutes=case.minutes)
        found += [Timed(case.item_id, None) for case in told if case.restricted]
    return tuple(found)


def _by_slot(cases: Sequence[Case], at: datetime) -> Iterator[Case]:
    free = [case for case in cases if case.slot is None]
    waiting = sorted(((case.slot, n, case) for n, case in enumerate(cases) if case.slot), key=lambda w: w[:2])
    while free or waiting:
        due = waiting and (not free or waiting[0][0] <= at)
        case = waiting.pop(0)[2] if due else free.pop(0)
        yield case
        at += timedelta(minutes=case.minutes)


def asked_for(day: date, told: Iterable[str]) -> bool:
    """Whether a referrer who asks to attend gave that day, among the days as a referral tells them (T14)."""
    return any(day_words(day) in text.split(_BETWEEN) for text in told)


def move_problem(state: MeetingState, ended: bool) -> str | None:
    """Why no case can be moved to a later sitting now; None where it can (Rulebook M1, M4).

    Until the agenda closes, cases still come, and one of them might come twice to the same round.
    """
    if state is MeetingState.OPEN:
        return "This agenda still takes referrals. Close it, then move what it has no time for."
    if state in (MeetingState.CLOSED, MeetingState.PUBLISHED) and not ended:
        return None
    return "This MARAC is over. What it did not reach goes on the next one by itself."


def reorder_problem(slot: bool, back: bool, other_back: bool) -> str | None:
    """Why a case cannot go to the place of another in its group; None where it can (Rulebook M1, T14)."""
    if slot:
        return "This case is kept at a time for its referrer. Take the time off, then move it."
    if back != other_back:
        return "Cases that have waited since an earlier MARAC come first in their group."
    return None


def slot_problem(at: time, starts_at: datetime, restricted: bool) -> str | None:
    """Why a case cannot be kept at a time of the day; None where it can (Rulebook T14, M6)."""
    if restricted:
        return "Somebody here is kept from this case, so it has no planned time. Agree one with the chair."
    begins = starts_at.astimezone(LONDON).time()
    if at < begins:
        return f"The MARAC starts at {begins:%H:%M}. Enter that time or a later one."
    return None


def extra_day(
    sits_on: date, today: date, settings: AreaSettings, holidays: AbstractSet[date], taken: AbstractSet[date]
) -> date:
    """The day proposed for an extra sitting: the first working day after the MARAC, and after today, on which
    none sits and the timetable plans none (Rulebook M4)."""
    off, first = days_off(settings, holidays), max(sits_on, today)
    planned = marac_days(settings, holidays, first, first + AHEAD)
    day = next_working_day(first, off)
    while day in taken or day in planned:
        day = next_working_day(day, off)
    return day


def daily_minutes(cases: int, settings: AreaSettings) -> tuple[int, int]:
    """How long a daily list takes, and how many minutes of that are too many (Rulebook T14)."""
    minutes = cases * settings.minutes_daily_case
    return minutes, max(minutes - settings.daily_minutes, 0)
