"""The register of protection orders, as each person may read it (Rulebook T10)."""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from agenda import orders as rules
from agenda.calendar import days_off
from agenda.incidents import Order, Party
from agenda.orders import Reminders, Standing
from agenda.references import Prefix
from meetingsvc import holidays
from meetingsvc.models import (
    AgencyRow,
    IncidentRow,
    OrderRow,
    db,
)
from meetingsvc.store import acting, areas, earlier, incidents
from meetingsvc.store.acting import Host
from meetingsvc.store.lists import order_from
from meetingsvc.store.scope import Reader, incidents_of
from meetingsvc.store.scope_schemes import orders_of


@dataclass(frozen=True, slots=True)
class Kept:
    """One order in its newest version, or in one that was corrected since."""

    id: UUID
    reference: str
    order: Order
    ends_at: datetime | None
    standing: Standing
    recorded_at: datetime
    by_hand: bool
    agency: str  # whose it is; the police's where an incident told it
    agency_id: UUID | None
    author: str
    source: str
    case_id: UUID | None
    incident_id: int | None
    current: bool

    @property
    def holds(self) -> bool:
        """It has not ended, as far as that is known."""
        return self.current and self.standing is not Standing.ENDED


def days(area_id: UUID) -> Set[date]:
    """The days on which the time of a notice does not run."""
    return days_off(areas.settings_of(areas.by_id(area_id)), holidays.known())


def reminders(area_id: UUID) -> Reminders:
    """How long before an order ends somebody is reminded, in this area."""
    told = areas.settings_of(areas.by_id(area_id))
    return Reminders((told.order_reminder_days, told.order_last_reminder_days))


def one(reader: Reader, order_id: UUID, now: datetime) -> list[Kept]:
    """Every version of an order, the newest first; none where the reader may not see it."""
    row, same = OrderRow, aliased(OrderRow)
    reference = select(same.reference).where(same.id == order_id).scalar_subquery()
    rows = _rows().where(orders_of(reader), row.reference == reference)
    found = _found(reader, rows.order_by(row.version.desc()), now)
    told = told_by(reader, found)
    asked = {key for kept in found if kept.id == order_id for key in told.get(kept.id, ())}
    return [kept for kept in found if kept.by_hand or asked & told[kept.id]]


def running(reader: Reader, now: datetime) -> list[Kept]:
    """Orders that have not ended, the first to end first; those whose end is not known come last."""
    row = OrderRow
    stand = and_(row.current, or_(row.ends_at.is_(None), row.ends_at > now))
    rows = _rows().where(orders_of(reader), stand).order_by(row.ends_at.is_(None), row.ends_at, row.reference)
    return _found(reader, rows, now)


def on_case(
    reader: Reader, case_id: UUID, versions: Mapping[str, Collection[int]], now: datetime
) -> list[Kept]:
    """Orders of one case, the latest recorded first: by hand on it, and those told by these versions of its
    incidents, by their numbers."""
    row = OrderRow
    its = or_(row.case_id == case_id, and_(row.incident_id.is_not(None), row.reference.in_(versions)))
    rows = _rows().where(orders_of(reader), row.current, its)
    found = _found(reader, rows.order_by(row.recorded_at.desc(), row.reference), now)
    ours = {key for keys in versions.values() for key in keys}
    told = told_by(reader, [one for one in found if not one.by_hand and one.incident_id not in ours])
    return [one for one in found if one.id not in told or told[one.id] & ours]


def ending(reader: Reader, now: datetime, until: datetime) -> int:
    """How many running orders end by then."""
    row = OrderRow
    rows = _rows().where(orders_of(reader), row.current, row.ends_at > now, row.ends_at <= until)
    return len(_found(reader, rows, now))


def announced(reader: Reader, references: Collection[str], now: datetime) -> list[Kept]:
    """Those of these references as they are now."""
    row = OrderRow
    return _found(reader, _rows().where(orders_of(reader), row.current, row.reference.in_(references)), now)


def told_by(reader: Reader, kept: Iterable[Kept]) -> dict[UUID, frozenset[int]]:
    """Of each order that the police told, the versions of its incident that are about its people (T13)."""
    ids = {one.id: (one.incident_id, one.reference) for one in kept if one.incident_id is not None}
    if not ids:
        return {}
    with acting.whole_area(reader.area_id):
        alike = earlier.alike(reader.area_id, dict(ids.values()))
    return {key: frozenset((incident, *alike[incident].ids)) for key, (incident, _) in ids.items()}


def _rows() -> Any:
    return select(OrderRow, AgencyRow.name).outerjoin(AgencyRow, AgencyRow.id == OrderRow.agency_id)


def _found(reader: Reader, rows: Any, now: datetime) -> list[Kept]:
    found = db.session.execute(rows).all()
    off = days(reader.area_id) if found else frozenset[date]()
    return _seen(reader, [_kept(row, agency, now, off) for row, agency in found])


def _seen(reader: Reader, found: list[Kept]) -> list[Kept]:
    """Without those of whose people a list told the reader nothing, but of others under their number."""
    wanted = [one.incident_id for one in found if one.incident_id is not None]
    if not wanted or isinstance(reader, Host) or reader.runs_meetings:
        return found
    row = IncidentRow
    numbers = [one.reference for one in found if not one.by_hand]
    seen = set(db.session.scalars(select(row.id).where(
        incidents_of(reader), row.area_id == reader.area_id, row.occurrence_number.in_(numbers)
    )))  # fmt: skip
    told = told_by(reader, [one for one in found if not one.by_hand and one.incident_id not in seen])
    return [one for one in found if one.id not in told or told[one.id] & seen]


def _kept(row: OrderRow, agency: str | None, now: datetime, off: Set[date]) -> Kept:
    order = order_from(row.told)
    by_hand = row.incident_id is None
    return Kept(
        row.id, row.reference, order, row.ends_at, rules.standing(order, now, off), row.recorded_at, by_hand,
        agency or "The police", row.agency_id, row.author, row.source, row.case_id, row.incident_id,
        row.current,
    )  # fmt: skip


def sees(reader: Reader, number: str) -> bool:
    """Whether an incident of this number exists for the reader."""
    row = IncidentRow
    its = select(row.id).where(
        incidents_of(reader), row.area_id == reader.area_id, row.occurrence_number == number
    )
    return db.session.scalar(its.limit(1)) is not None


def breached(area_id: UUID, victim: Party, happened_at: datetime, summary: str) -> str | None:
    """The number of the very same breach, recorded before: a form that was sent twice."""
    row = IncidentRow
    ours = select(row.id).where(
        row.area_id == area_id, row.current, row.occurrence_number.startswith(Prefix.ORDER.begins)
    )
    for told in incidents.contents(db.session.scalars(ours)).values():
        if (told.victim, told.incident_at, told.summary) == (victim, happened_at, summary):
            return told.occurrence_number
    return None
