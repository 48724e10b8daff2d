"""The register keeps itself: orders that incidents tell of, and what a list announces (Rulebook T10)."""

from collections.abc import Set
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda import orders as rules
from agenda.incidents import Order
from meetingsvc.models import IncidentRow, NoticeRow, OrderRow, db
from meetingsvc.store import incidents, lists
from meetingsvc.store import order_register as register
from meetingsvc.store import orders as store


def follow(area_id: UUID, first_id: int, now: datetime) -> int:
    """The orders told by incidents from this one on come into the register, and says how many did.

    A later version of an incident takes the place of what an earlier one told; one that tells of none any
    more takes it out. In the transaction of what brought them, as the service. Safe to run twice.
    """
    newest = register.newest_incidents_with_orders(area_id, first_id)
    if not newest:
        return 0
    contents = incidents.contents(row.id for row in newest if row.has_order)
    known = _newest(area_id, [row.occurrence_number for row in newest])
    new, days_off = 0, store.days(area_id)
    for row in newest:
        order = contents[row.id].order if row.has_order else None
        new += _follow_one(row, order, known.get(row.occurrence_number), days_off)
    db.session.flush()
    return new


def _newest(area_id: UUID, numbers: list[str]) -> dict[str, OrderRow]:
    """The newest version of each, current or taken out: one told again later is numbered after it."""
    found: dict[str, OrderRow] = {}
    for at in range(0, len(numbers), incidents.CHUNK):
        row, chunk = OrderRow, numbers[at : at + incidents.CHUNK]
        rows = select(row).where(row.area_id == area_id, row.reference.in_(chunk)).order_by(row.version)
        found |= {one.reference: one for one in db.session.scalars(rows)}
    return found


def _follow_one(row: IncidentRow, order: Order | None, old: OrderRow | None, days_off: Set[date]) -> bool:
    if old is not None and old.current and order is not None and old.told == lists.order_json(order):
        old.incident_id = row.id  # whoever the newest version names is kept from it (M6)
        return False
    version = 1
    if old is not None:
        old.current, version = False, old.version + 1
        old.incident_id = row.id
    if order is None:
        return False
    db.session.add(
        made(area_id=row.area_id, reference=row.occurrence_number, version=version, order=order,
             recorded_at=row.received_at, incident_id=row.id, days_off=days_off)
    )  # fmt: skip
    return True


def made(*, area_id: UUID, order: Order, days_off: Set[date] | None = None, **told: object) -> OrderRow:
    """A row of the register, with the moment the order ends (Rulebook T10).

    `days_off` are the area's (`store.days`), where who makes many has asked for them once.
    """
    ends_at = rules.ends_at(order, store.days(area_id) if days_off is None else days_off)
    usual = {"id": uuid4(), "current": True, "author": "", "source": ""}
    return OrderRow(
        area_id=area_id, told=lists.order_json(order), ends_at=ends_at, **usual | told,
    )  # fmt: skip


def announce(area_id: UUID, meeting_id: UUID, window_end: datetime, now: datetime) -> int:
    """The orders recorded by hand that this list announces, each once (Rulebook T10)."""
    told = register.to_announce(area_id, window_end)
    for row, _ in told:
        row.announced_at = now
        db.session.add(
            NoticeRow(area_id=area_id, meeting_id=meeting_id, incident_id=None, case_id=row.case_id,
                      occurrence_number=row.reference, order=row.told)
        )  # fmt: skip
    db.session.flush()
    return len(told)
