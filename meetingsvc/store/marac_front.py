"""What stands at the front of an agenda, and how long the rest takes (Rulebook M1, M4, A2, G1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from agenda import fitting
from agenda.area import AreaSettings
from agenda.fitting import Case, Fit
from agenda.meetings import MeetingState, case_reference
from meetingsvc import holidays
from meetingsvc.models import CaseRow, FlagRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, marac, meeting_dates
from meetingsvc.store.flags import flags_of
from meetingsvc.store.marac import Agenda, Line, Sitting
from meetingsvc.store.scope import Reader
from minutes.flags import State, Whose

_OVER = (State.REMOVED, State.LAPSED, State.NOT_HELD)


@dataclass(frozen=True, slots=True)
class Ending:
    """A case whose twelve months end before the next MARAC (Rulebook G1)."""

    case_id: UUID
    case: str
    until: date


def ending(reader: Reader, sitting: Sitting, settings: AreaSettings) -> list[Ending]:
    """Cases whose twelve months end from the day of a MARAC until the next one, the first to end on top."""
    last, until = next_day(reader, sitting, settings), func.max(FlagRow.until)
    rows: Any = (
        select(CaseRow.id, CaseRow.number, until)
        .join(FlagRow, FlagRow.case_id == CaseRow.id)
        .where(flags_of(reader), FlagRow.whose == Whose.VICTIM, FlagRow.state.not_in(_OVER))
        .group_by(CaseRow.id, CaseRow.number)
        .having(until.between(sitting.sits_on, last))
        .order_by(until, CaseRow.number)
    )
    return [Ending(key, case_reference(number), day) for key, number, day in db.session.execute(rows)]


def next_day(reader: Reader, sitting: Sitting, settings: AreaSettings) -> date:
    """When the MARAC after this one's round sits, or would sit by the timetable."""
    planned = [
        one.sits_on
        for one in marac.meetings(reader)
        if one.sits_on > sitting.sits_on and not one.emergency and one.round != sitting.round
        and one.state is not MeetingState.CANCELLED
    ]  # fmt: skip
    by_timetable = meeting_dates.next_free_day(areas.by_id(reader.area_id), sitting.sits_on)
    return min([*planned, *filter(None, [by_timetable])], default=sitting.sits_on)


def fit(
    agenda: Agenda, settings: AreaSettings, ending: Collection[UUID], attends: Mapping[UUID, Sequence[Any]]
) -> Fit:
    """Minutes against the meeting's length, as far as the reader sees its cases."""
    return fitting.fit([_case(agenda, line, settings, ending, attends) for line in agenda.lines], settings)


def _case(
    agenda: Agenda, line: Line, settings: AreaSettings, ending: Collection[UUID],
    attends: Mapping[UUID, Sequence[Any]],
) -> Case:  # fmt: skip
    comes = fitting.asked_for(agenda.sitting.sits_on, (one.text for one in attends.get(line.case_id, ())))
    return Case(
        line.item_id, line.group, line.minutes, line.supplement, line.restricted,
        stays=bool(
            line.waited or line.slot or line.added_reason or not line.referred_on
            or not movable(agenda.sitting, line) or line.case_id in ending or comes
        ),
    )  # fmt: skip


def movable(sitting: Sitting, line: Line) -> bool:
    """Whether a case may be moved to another sitting: not one that agencies hold here, and none that is kept
    from anybody, whom the move would tell of it (Rulebook M1, M6)."""
    held = sitting.is_shared and line.supplement <= sitting.supplements
    return not held and not line.restricted


def later_sittings(reader: Principal, sitting: Sitting, today: date) -> list[Sitting]:
    """Where its cases can go: its round's extra sittings that are not shared, and the next MARAC that takes
    referrals, unless the timetable plans one before that (Rulebook M1)."""
    later = [
        one for one in marac.meetings(reader)
        if one.sits_on > max(sitting.sits_on, today) and not one.emergency and not one.is_shared
    ]  # fmt: skip
    extra = [one for one in later if one.round == sitting.round and one.state is MeetingState.CLOSED]
    takes = [one for one in later if one.state is MeetingState.OPEN][:1]
    free = meeting_dates.next_free_day(areas.by_id(reader.area_id), max(sitting.sits_on, today))
    return extra + [one for one in takes if free is None or one.sits_on < free]


def extra_day(area_id: UUID, sitting: Sitting, today: date) -> date:
    """The day proposed for an extra sitting (Rulebook M4)."""
    area = areas.by_id(area_id)
    settings, first = areas.settings_of(area), max(sitting.sits_on, today)
    with acting.whole_area(area_id):
        taken = marac.days(area_id) | set(meeting_dates.free_days(area, first, first + fitting.AHEAD))
    return fitting.extra_day(sitting.sits_on, today, settings, holidays.known(), taken)
