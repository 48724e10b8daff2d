"""Which agencies were told of the police's incidents, and by when they must be (Rulebook P1).

A number may come again about other people: then it is another incident, with clocks of its own (T13).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
from meetingsvc.store import acting, areas, earlier
from meetingsvc.store.incidents import told_alike
from meetingsvc.store.scope import Reader, incidents_of

_RECENT = timedelta(days=28)
_LONGEST = 40  # letters of what a line is kept under
_ROW = aliased(NotificationRow)
_TOLD, _LATER = aliased(IncidentRow), aliased(IncidentRow)


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
    key: str  # its number; of one whose number tells of others since, with its version
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


def of(reader: Reader, versions: Mapping[str, Collection[int]]) -> list[Clocked]:
    """The clocks of these incidents, told with their versions by number."""
    ids = [key for keys in versions.values() for key in keys]
    return [one for one in _clocked(reader, IncidentRow.id.in_(ids)) if one.clocks]


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
    found = exists().where(*_of_its_people(), row.agency == REVIEWS, row.task == task, *more)
    return found.correlate_except(row, _TOLD)


def _untold() -> ColumnElement[bool]:
    row = _ROW
    told = select(func.count(row.id)).where(*_of_its_people(), row.task == Task.NOTIFY, row.agency.in_(TOLD))
    return told.correlate(IncidentRow).scalar_subquery() < len(TOLD)


def _of_its_people() -> tuple[ColumnElement[bool], ...]:
    """What was recorded of it, or of an earlier version about the same people."""
    row, told, now = _ROW, _TOLD, IncidentRow
    same = or_(told.id == now.id, and_(told.version < now.version, told_alike(told, now)))
    return (row.area_id == now.area_id, row.incident_id == told.id, told.area_id == now.area_id,
            told.occurrence_number == now.occurrence_number, same)  # fmt: skip


def _undone() -> ColumnElement[bool]:
    standard = IncidentRow.risk == Risk.STANDARD
    return or_(and_(~standard, _untold()), and_(standard, ~_has(Task.REVIEW)))


def _clocked_by(settings: AreaSettings) -> tuple[ColumnElement[bool], ...]:
    """The police's incidents, as they stand, from the day on which the clocks run."""
    row, later = IncidentRow, _LATER
    replaced = exists().where(
        later.area_id == row.area_id, later.occurrence_number == row.occurrence_number,
        later.version > row.version, told_alike(row, later),
    )  # fmt: skip
    stands = or_(row.current.is_(True), ~replaced.correlate_except(later))
    return (row.kind == EntryKind.POLICE_INCIDENT, row.domestic.is_(True), stands,
            row.recorded_day >= settings.notify_from)  # fmt: skip


def _clocked(reader: Reader, *narrow: ColumnElement[bool], limit: int | None = None) -> list[Clocked]:
    settings = areas.settings_of(areas.by_id(reader.area_id))
    if settings.notify_from is None:
        return []
    row = IncidentRow
    rows = (
        select(row.id, row.occurrence_number, row.version, row.current, row.risk, row.recorded_at)
        .where(incidents_of(reader), row.area_id == reader.area_id, *_clocked_by(settings), *narrow)
        .order_by(row.recorded_at, row.id)
        .limit(limit)
    )
    found = db.session.execute(rows).all()
    done = _done(reader, {key: number for key, number, *_ in found})
    return [
        Clocked(key, number, number if current else f"{number} v{version}", Risk(risk), at,
                _clocks(Risk(risk), at, done[key], rules(settings)), tuple(done[key]))
        for key, number, version, current, risk, at in found
    ]  # fmt: skip


def _clocks(risk: Risk, at: datetime, done: Sequence[Done], rule: Notifications) -> tuple[Clock, ...]:
    told = {one.agency: one.at for one in done if one.task is Task.NOTIFY}
    reviewed = next((one.at for one in done if one.task is Task.REVIEW), None)
    return clocks(risk, at, told, reviewed, rule)


def _done(reader: Reader, wanted: Mapping[int, str]) -> dict[int, list[Done]]:
    """What was recorded of each of these, told with their numbers, in any version about its people."""
    row, told = NotificationRow, defaultdict[int, list[Done]](list)
    rows = (
        select(row.incident_id, row.agency, row.task, row.done_at, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.recorded_by)
        .join(IncidentRow, IncidentRow.id == row.incident_id)
        .where(incidents_of(reader), row.area_id == reader.area_id)
        .where(IncidentRow.occurrence_number.in_(set(wanted.values())))
        .order_by(row.done_at, row.id)
    )
    for key, agency, task, at, by in db.session.execute(rows) if wanted else ():
        told[key].append(Done(AgencyKind(agency), Task(task), at, by))
    before = _before(reader, wanted, told.keys() - wanted.keys())
    found = {key: [done for of in (key, *before.get(key, ())) for done in told.get(of, ())] for key in wanted}
    return {key: sorted(done, key=lambda one: one.at) for key, done in found.items()}


def _before(reader: Reader, wanted: Mapping[int, str], others: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The earlier versions about the same people, where something was recorded of another one at all."""
    if not others:
        return {}
    with acting.whole_area(reader.area_id):
        return {key: told.ids for key, told in earlier.alike(reader.area_id, wanted).items()}


def one(reader: Reader, key: str) -> Clocked | None:
    """One incident with its clocks, where the reader may see it and the area uses them."""
    found = _clocked(reader, IncidentRow.occurrence_number.in_((key, key.rpartition(" v")[0])))
    return next((one for one in found if one.key == key), None)


def kept_under(area_id: UUID, clocked: Clocked) -> str:
    """Under what its next line is kept, once for each agency and task: its number, where that is not taken by
    what was told of others."""
    row, of = NotificationRow, IncidentRow
    with acting.whole_area(area_id):
        numbers = select(row.incident_id).where(
            row.area_id == area_id, row.occurrence_number == clocked.reference
        )
        told = set(db.session.scalars(numbers))
        version = db.session.scalar(select(of.version).where(of.id == clocked.incident_id))
        key, ours = clocked.incident_id, {clocked.incident_id}
        if told - ours:
            ours |= {*earlier.alike(area_id, {key: clocked.reference})[key].ids}
    taken = f" v{version}"
    return clocked.reference if told <= ours else clocked.reference[: _LONGEST - len(taken)] + taken
