"""Queries on MARAC meetings and their agendas."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select

from agenda import fitting, marac
from agenda.area import AreaSettings
from agenda.calendar import to_utc
from agenda.circulation import Group, purpose
from agenda.incidents import Risk
from agenda.list_numbers import numbers
from agenda.marac import Referral
from agenda.meetings import MeetingKind, MeetingState, case_reference
from meetingsvc.models import AreaRow, CaseRow, ItemRow, MeetingRow, db
from meetingsvc.store import marac_behind, marac_people
from meetingsvc.store.areas import settings_from
from meetingsvc.store.marac_people import NAMES, with_people
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, items_of, meetings_of

_UNKNOWN_SINCE = datetime.max.replace(tzinfo=UTC)  # referred by nobody that is still here: last


@dataclass(frozen=True, slots=True)
class Sitting:
    """A MARAC, and how far it is."""

    id: UUID
    sits_on: date
    starts_at: datetime
    state: MeetingState
    closed_at: datetime | None
    published_at: datetime | None
    supplements: int  # supplementary lists published so far
    not_sat_reason: str  # why it did not sit, though published
    emergency: int  # of an emergency one, its number that day
    ended: bool  # its record is closed
    began: bool  # its clock runs, or ran
    extra_of: UUID | None  # the MARAC of its round that had too many cases
    cases: int  # on the agenda and all its supplementary lists, as far as the reader may see them

    def stands(self, today: date) -> MeetingState:
        """How far it is on that day."""
        return marac.stands(self.state, self.sits_on, today)

    @property
    def title(self) -> str:
        """`Emergency MARAC`, never which of that day, as one may be hidden; or an extra sitting (M4, M6)."""
        if self.emergency:
            return "Emergency MARAC"
        return "Extra MARAC sitting" if self.extra_of else "MARAC"

    @property
    def is_shared(self) -> bool:
        """Whether agencies hold its agenda."""
        return self.published_at is not None

    @property
    def round(self) -> UUID:
        """The MARAC with all its extra sittings."""
        return self.extra_of or self.id


@dataclass(frozen=True, slots=True)
class Line:
    """One case on an agenda, as its page shows it."""

    item_id: UUID
    case_id: UUID
    case: str
    people: str
    risk: Risk
    repeat: bool
    group: Group
    supplement: int
    moved_reason: str
    added_reason: str
    referred_on: tuple[date, ...]  # the daily meetings that sent it
    actions: int
    restricted: bool  # kept from anybody at all
    number: str = ""  # as everybody calls it (agenda.list_numbers)
    came_back: int = 0  # how many MARACs before did not hear it
    put_off: str = ""  # why one before had no time for it
    slot: time | None = None  # when its referrer comes
    slot_referral_id: UUID | None = None  # whose
    starts_at: datetime | None = None  # when it is reached, as planned; none for a restricted one
    slot_kept: bool = True
    minutes: int = 0

    @property
    def waited(self) -> bool:
        """Whether an earlier MARAC left it unheard: it comes first in its group (Rulebook M1)."""
        return bool(self.came_back or self.put_off)

    @property
    def purpose(self) -> str:
        """An update-only case that an agency did not confirm is discussed (Rulebook C3)."""
        return purpose(self.group.for_discussion or bool(self.moved_reason))


@dataclass(frozen=True, slots=True)
class Agenda:
    """A MARAC with its lines in the order of the agenda."""

    sitting: Sitting
    lines: tuple[Line, ...]

    def list(self, supplement: int) -> tuple[Line, ...]:
        """The lines of the agenda itself (0), or of one supplementary list."""
        return tuple(line for line in self.lines if line.supplement == supplement)

    @property
    def gathering(self) -> tuple[Line, ...]:
        """Late additions that have not been published yet."""
        return self.list(self.sitting.supplements + 1) if self.sitting.is_shared else ()


def _sittings(reader: Reader) -> Select[*tuple[Any, ...]]:
    row = MeetingRow
    counted = func.count(ItemRow.id)
    columns = (
        row.id,
        row.sits_on,
        row.starts_at,
        row.state,
        row.closed_at,
        row.published_at,
        row.supplements,
        row.not_sat_reason,
        row.emergency,
        row.ended_at,
        row.extra_of,
        row.began_at,
    )
    return (
        select(*columns, counted)
        .outerjoin(ItemRow, and_(ItemRow.meeting_id == row.id, items_of(reader)))
        .where(row.kind == MeetingKind.MARAC)
        .group_by(*columns)
    )


def _sitting(found: Sequence[Any]) -> Sitting:
    (key, sits_on, starts_at, state, closed, published, supplements, why, number, ended, extra_of,
     began, cases) = found  # fmt: skip
    return Sitting(
        key, sits_on, starts_at, MeetingState(state), closed, published, supplements, why, number,
        ended is not None, began is not None, extra_of, cases,
    )  # fmt: skip


def meetings(reader: Reader) -> list[Sitting]:
    """Every MARAC a reader may see, the earliest first."""
    rows = _sittings(reader).where(meetings_of(reader)).order_by(MeetingRow.sits_on, MeetingRow.starts_at)
    return [_sitting(found) for found in db.session.execute(rows)]


def sitting(reader: Reader, meeting_id: UUID) -> Sitting | None:
    """One MARAC; None where there is none for this reader."""
    rows = _sittings(reader).where(meetings_of(reader), MeetingRow.id == meeting_id)
    found = db.session.execute(rows).one_or_none()
    return None if found is None else _sitting(found)


def agenda(reader: Reader, meeting_id: UUID) -> Agenda | None:
    """A MARAC's agenda. What gathers for a supplementary list is seen only by who may put it there."""
    found = sitting(reader, meeting_id)
    if found is None:
        return None
    on = lines(meeting_id, items_of(reader))
    people = marac_people.told(reader, {line.case_id for line in on})
    return Agenda(found, tuple(replace(line, people=people.get(line.case_id, line.people)) for line in on))


def lines(meeting_id: UUID, *seen: ColumnElement[bool]) -> tuple[Line, ...]:
    """The lines of a meeting in the order of the agenda, with when each is reached: all of them for the
    service's own work, or those that the scope says are `seen`."""
    referred, actions = marac_behind.referred(meeting_id, *seen), marac_behind.actions(meeting_id, *seen)
    made, places, at_all, row = {}, [], kept_at(meeting_id), None
    for row in db.session.execute(_rows(meeting_id, *seen)):
        days = sorted(referred[row.id])
        line = made[row.id] = Line(
            row.id, row.case_id, case_reference(row.number), marac_people.words(row[-4:]), Risk(row.risk),
            row.repeat, Group(row.group), row.supplement, row.moved_reason, row.added_reason,
            tuple(day for _, day in days), actions.get(row.id, 0), row.case_id in at_all,
            came_back=row.came_back, put_off=row.put_off, slot=row.slot,
            slot_referral_id=row.slot_referral_id,
        )  # fmt: skip
        since = days[0][0] if days else _UNKNOWN_SINCE
        places.append(
            Referral(row.id, line.case, line.group, line.risk, since, row.position or None, row.supplement,
                     line.restricted, line.waited)
        )  # fmt: skip
    if row is None:
        return ()
    ordered = [made[place.item_id] for place in marac.compile_agenda(places)]
    settings = settings_from(db.session.get_one(AreaRow, row.area_id).settings)
    return _timed(ordered, row.sits_on, row.starts_at, settings)


def _rows(meeting_id: UUID, *seen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    row = ItemRow
    return with_people(
        select(
            row.id, row.area_id, row.case_id, CaseRow.number, row.risk, row.repeat, row.group, row.supplement,
            row.moved_reason, row.added_reason, row.position, row.came_back, row.put_off, row.slot,
            row.slot_referral_id,
            MeetingRow.sits_on, MeetingRow.starts_at, *NAMES,
        )
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .join(CaseRow, CaseRow.id == row.case_id)
    ).where(row.meeting_id == meeting_id, *seen)  # fmt: skip


def _timed(
    ordered: Sequence[Line], sits_on: date, starts_at: datetime, settings: AreaSettings
) -> tuple[Line, ...]:
    """The lines once those whose referrers come at a time stand at it, with the numbers people call them."""
    by_id = {line.item_id: line for line in ordered}
    cases = [_case(line, sits_on, settings) for line in ordered]
    minutes = {case.item_id: case.minutes for case in cases}
    times = fitting.running_order(cases, starts_at, settings.minutes_marac_case)
    said = numbers(by_id[one.item_id].restricted for one in times)
    return tuple(
        replace(by_id[one.item_id], number=number, starts_at=one.starts_at, slot_kept=one.slot_kept,
                minutes=minutes[one.item_id])
        for one, number in zip(times, said, strict=True)
    )  # fmt: skip


def _case(line: Line, day: date, settings: AreaSettings) -> fitting.Case:
    slot = to_utc(datetime.combine(day, line.slot)) if line.slot else None
    minutes = fitting.minutes_for(settings, discussed=line.purpose == purpose(True))
    return fitting.Case(line.item_id, line.group, minutes, line.supplement, line.restricted, slot)


def days(area_id: UUID) -> set[date]:
    """The days that have a MARAC; an emergency one leaves its day free for another (Rulebook M4)."""
    row = MeetingRow
    rows = select(row.sits_on).where(
        row.area_id == area_id, row.kind == MeetingKind.MARAC, row.emergency == 0
    )
    return set(db.session.scalars(rows))
