"""Which agencies were told of the police's incidents, and by when they must be (Rulebook P1)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.calendar import local_day, to_utc
from agenda.incidents import Risk
from agenda.notification_clocks import REVIEWS, TOLD, Clock, Notifications, Task, clocks, late
from agenda.referral_entry import EntryKind
from meetingsvc.models import AccountRow, EntryRow, IncidentRow, ItemRow, NotificationRow, db
from meetingsvc.store import areas
from meetingsvc.store.scope import Reader, incidents_of

_RECENT = timedelta(days=28)
_ROW = aliased(NotificationRow)


@dataclass(frozen=True, slots=True)
class Done:
    """An agency was told, or has looked at it."""

    agency: AgencyKind
    task: Task
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Clocked:
    """One police incident with its clocks."""

    incident_id: int
    reference: str
    risk: Risk
    assessed_at: datetime
    clocks: tuple[Clock, ...]
    done: tuple[Done, ...]

    def late(self, now: datetime) -> tuple[Clock, ...]:
        """Those that are late, or were done too late; the earliest due first."""
        return late(self.clocks, now)

    @property
    def to_tell(self) -> tuple[AgencyKind, ...]:
        """Who has not been told: of a standard one too, though no time is set for that."""
        told = {one.agency for one in self.done if one.task is Task.NOTIFY}
        return tuple(agency for agency in TOLD if agency not in told)

    @property
    def to_review(self) -> bool:
        """Social care has it, and has not looked at it yet."""
        done = {one.task for one in self.done if one.agency is REVIEWS}
        return self.risk is Risk.STANDARD and done == {Task.NOTIFY}

    @property
    def due(self) -> datetime | None:
        """When its next clock runs out."""
        return min((clock.due for clock in self.clocks if clock.done_at is None), default=None)


def rules(settings: AreaSettings) -> Notifications:
    """The area's numbers; the clocks are used where a day is set from which they run."""
    return Notifications(
        settings.notify_from is not None, settings.notify_high_hours, settings.notify_medium_days,
        settings.notify_standard_days,
    )  # fmt: skip


def undone(reader: Reader, limit: int = 200) -> list[Clocked]:
    """Police incidents of which somebody is still to be told, or to look at; the earliest due first."""
    found = _clocked(reader, _undone(), limit=limit)
    last = datetime.max.replace(tzinfo=found[0].assessed_at.tzinfo) if found else None
    return sorted(found, key=lambda one: (one.due or last, one.assessed_at))


def done_late(reader: Reader, now: datetime) -> list[Clocked]:
    """Those of the last four weeks where somebody was told, or looked, too late (Rulebook P1)."""
    found = _clocked(reader, ~_undone(), IncidentRow.recorded_at > now - _RECENT)
    return [one for one in found if one.late(now)]


def of(reader: Reader, numbers: Iterable[str]) -> dict[str, Clocked]:
    """The clocks of these incidents, by their number."""
    found = _clocked(reader, IncidentRow.occurrence_number.in_(list(numbers)))
    return {one.reference: one for one in found if one.clocks}


def late_on(reader: Reader, meeting_id: UUID, now: datetime) -> int:
    """How many incidents of a daily list have a clock that is over and not done."""
    on_it = (
        select(EntryRow.occurrence_number)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(ItemRow.meeting_id == meeting_id)
    )
    return _late(reader, now, IncidentRow.occurrence_number.in_(on_it))


def count_late(reader: Reader, now: datetime) -> int:
    """How many incidents have a clock that is over and not done: as `agenda.notification_clocks` says."""
    return _late(reader, now)


def _late(reader: Reader, now: datetime, *narrow: ColumnElement[bool]) -> int:
    settings = areas.settings_of(areas.by_id(reader.area_id))
    if settings.notify_from is None:
        return 0
    row, today = IncidentRow, local_day(now)
    review_from = datetime.combine(today - timedelta(days=settings.notify_standard_days), time.min)
    over = or_(
        and_(row.risk == Risk.HIGH, _untold(),
             row.recorded_at < now - timedelta(hours=settings.notify_high_hours)),
        and_(row.risk == Risk.MEDIUM, _untold(),
             row.recorded_day < today - timedelta(days=settings.notify_medium_days)),
        and_(row.risk == Risk.STANDARD, ~_has(Task.REVIEW),
             _has(Task.NOTIFY, _ROW.done_at < to_utc(review_from))),
    )  # fmt: skip
    count = select(func.count(row.id)).where(incidents_of(reader), *_clocked_by(settings), over, *narrow)
    return db.session.scalar(count) or 0


def _has(task: Task, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Social care has done it."""
    row = _ROW
    same = (row.area_id == IncidentRow.area_id, row.occurrence_number == IncidentRow.occurrence_number)
    found = exists().where(*same, row.agency == REVIEWS, row.task == task, *more)
    return found.correlate_except(row)


def _untold() -> ColumnElement[bool]:
    row = _ROW
    same = (row.area_id == IncidentRow.area_id, row.occurrence_number == IncidentRow.occurrence_number)
    told = select(func.count(row.id)).where(*same, row.task == Task.NOTIFY, row.agency.in_(TOLD))
    return told.correlate(IncidentRow).scalar_subquery() < len(TOLD)


def _undone() -> ColumnElement[bool]:
    standard = IncidentRow.risk == Risk.STANDARD
    return or_(and_(~standard, _untold()), and_(standard, ~_has(Task.REVIEW)))


def _clocked_by(settings: AreaSettings) -> tuple[ColumnElement[bool], ...]:
    """The police's incidents, as they stand, from the day on which the clocks run."""
    row = IncidentRow
    return (row.kind == EntryKind.POLICE_INCIDENT, row.domestic.is_(True), row.current.is_(True),
            row.recorded_day >= settings.notify_from)  # fmt: skip


def _clocked(reader: Reader, *narrow: ColumnElement[bool], limit: int | None = None) -> list[Clocked]:
    settings = areas.settings_of(areas.by_id(reader.area_id))
    if settings.notify_from is None:
        return []
    row = IncidentRow
    rows = (
        select(row.id, row.occurrence_number, row.risk, row.recorded_at)
        .where(incidents_of(reader), row.area_id == reader.area_id, *_clocked_by(settings), *narrow)
        .order_by(row.recorded_at, row.id)
        .limit(limit)
    )
    found = [(key, number, Risk(risk), at) for key, number, risk, at in db.session.execute(rows)]
    done = _done(reader, [number for _, number, _, _ in found])
    return [
        Clocked(key, number, risk, at, _clocks(risk, at, done[number], rules(settings)), tuple(done[number]))
        for key, number, risk, at in found
    ]


def _clocks(risk: Risk, at: datetime, done: Sequence[Done], rule: Notifications) -> tuple[Clock, ...]:
    told = {one.agency: one.at for one in done if one.task is Task.NOTIFY}
    reviewed = next((one.at for one in done if one.task is Task.REVIEW), None)
    return clocks(risk, at, told, reviewed, rule)


def _done(reader: Reader, numbers: Sequence[str]) -> dict[str, list[Done]]:
    row = NotificationRow
    rows = (
        select(row.occurrence_number, row.agency, row.task, row.done_at, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.recorded_by)
        .join(IncidentRow, IncidentRow.id == row.incident_id)
        .where(incidents_of(reader), row.area_id == reader.area_id, row.occurrence_number.in_(numbers))
        .order_by(row.done_at, row.id)
    )
    found: dict[str, list[Done]] = defaultdict(list)
    for number, agency, task, at, by in db.session.execute(rows) if numbers else ():
        found[number].append(Done(AgencyKind(agency), Task(task), at, by))
    return found


def one(reader: Reader, number: str) -> Clocked | None:
    """One incident with its clocks, where the reader may see it and the area uses them."""
    return next(iter(_clocked(reader, IncidentRow.occurrence_number == number)), None)
