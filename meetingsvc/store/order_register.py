"""What the register of protection orders asks for its own work: what is new, announced, reminded of (T10)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda import orders as rules
from agenda.incidents import Order
from agenda.orders import Registered
from meetingsvc.models import IncidentRow, NoticeRow, OrderReminderRow, OrderRow, db
from meetingsvc.store import acting
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.lists import announced, order_from
from meetingsvc.store.orders import Kept, told_by
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


def announced_on(reader: Reader, kept: Kept) -> bool:
    """Whether a list has announced it."""
    rows = select(NoticeRow.incident_id).where(
        NoticeRow.area_id == reader.area_id, NoticeRow.occurrence_number == kept.reference
    )
    with acting.whole_area(reader.area_id):
        told = set(db.session.scalars(rows))
    return bool(told & {None, *told_by(reader, [kept]).get(kept.id, ())})


def follows(area_id: UUID) -> bool:
    """Whether any order came into the area's register with an incident."""
    row = OrderRow
    rows = select(row.id).where(row.area_id == area_id, row.incident_id.is_not(None)).limit(1)
    return db.session.scalar(rows) is not None


def versions_with_orders(area_id: UUID, first_id: int) -> list[IncidentRow]:
    """From this one on, the versions of incidents one of which tells of an order, or told of one before."""
    row = IncidentRow
    told = select(OrderRow.reference).where(
        OrderRow.area_id == area_id, OrderRow.current, OrderRow.incident_id.is_not(None)
    )
    tells = select(row.occurrence_number).where(row.area_id == area_id, row.id >= first_id, row.has_order)
    newer = and_(row.version > 1, row.occurrence_number.in_(told))
    rows = select(row).where(row.area_id == area_id, row.id >= first_id)
    return list(db.session.scalars(rows.where(or_(row.occurrence_number.in_(tells), newer)).order_by(row.id)))


def of_incidents(area_id: UUID, numbers: Sequence[str]) -> dict[str, list[OrderRow]]:
    """By number, every version of the orders that its incidents told of, the oldest first."""
    row, found = OrderRow, defaultdict[str, list[OrderRow]](list)
    for at in range(0, len(numbers), CHUNK):
        rows = select(row).where(row.area_id == area_id, row.reference.in_(numbers[at : at + CHUNK]))
        for one in db.session.scalars(rows.where(row.incident_id.is_not(None)).order_by(row.version)):
            found[one.reference].append(one)
    return found
