"""What the register of protection orders asks for its own work: what is new, announced, reminded of (T10)."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda import orders as rules
from agenda.incidents import Order
from agenda.orders import Registered
from meetingsvc.models import IncidentRow, NoticeRow, OrderReminderRow, OrderRow, db
from meetingsvc.store import acting
from meetingsvc.store.lists import announced, order_from
from meetingsvc.store.scope import Reader


def to_announce(area_id: UUID, window_end: datetime) -> list[tuple[OrderRow, Order]]:
    """Orders recorded by hand that no list has considered, up to a list's end, each with whether that list
    announces it: for the service's own work (Rulebook T10)."""
    row = OrderRow
    rows = select(row).where(
        row.area_id == area_id, row.case_id.is_not(None), row.current, row.announced_at.is_(None)
    )
    waiting = {one.reference: one for one in db.session.scalars(rows)}
    before = announced(area_id, list(waiting))
    told = [
        Registered(one.reference, order_from(one.told), one.recorded_at, before.get(one.reference, ()))
        for one in waiting.values()
    ]
    return [(waiting[one.reference], one.order) for one in rules.to_announce(told, window_end)]


def reminded(area_id: UUID, references: Collection[str]) -> set[tuple[str, date]]:
    """For which days reminders of these orders have gone out."""
    row = OrderReminderRow
    rows = select(row.reference, row.day).where(row.area_id == area_id, row.reference.in_(references))
    return {(reference, day) for reference, day in db.session.execute(rows)}


def announced_on(reader: Reader, reference: str) -> bool:
    """Whether a list has announced it."""
    rows = select(NoticeRow.id).where(
        NoticeRow.area_id == reader.area_id, NoticeRow.occurrence_number == reference
    )
    with acting.whole_area(reader.area_id):
        return db.session.scalar(rows.limit(1)) is not None


def follows(area_id: UUID) -> bool:
    """Whether any order came into the area's register with an incident."""
    row = OrderRow
    rows = select(row.id).where(row.area_id == area_id, row.incident_id.is_not(None)).limit(1)
    return db.session.scalar(rows) is not None


def newest_incidents_with_orders(area_id: UUID, first_id: int) -> list[IncidentRow]:
    """Incidents from this one on that tell of an order, or whose earlier version did."""
    row = IncidentRow
    told = select(OrderRow.reference).where(
        OrderRow.area_id == area_id, OrderRow.current, OrderRow.incident_id.is_not(None)
    )
    newer = and_(row.version > 1, row.occurrence_number.in_(told))
    rows = select(row).where(row.area_id == area_id, row.id >= first_id, row.current)
    return list(db.session.scalars(rows.where(or_(row.has_order, newer)).order_by(row.id)))
