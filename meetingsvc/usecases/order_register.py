"""The register keeps itself: orders that incidents tell of, and what a list announces (Rulebook T10)."""

from collections.abc import Set
from datetime import date, datetime
from uuid import UUID, uuid4

from agenda import orders as rules
from agenda.incidents import Order
from meetingsvc.models import IncidentRow, NoticeRow, OrderRow, db
from meetingsvc.store import earlier, incidents, lists
from meetingsvc.store import order_register as register
from meetingsvc.store import orders as store


def follow(area_id: UUID, first_id: int, now: datetime) -> int:
    """The orders told by incidents from this one on come into the register, and says how many did.

    A later version of an incident takes the place of what an earlier one told of the same people; one that
    tells of none any more takes it out. Of a number that comes again about others, each order stands (T13).
    In the transaction of what brought them, as the service. Safe to run twice.
    """
    found = register.versions_with_orders(area_id, first_id)
    if not found:
        return 0
    alike = earlier.alike(area_id, {row.id: row.occurrence_number for row in found})
    replaced = {key for told in alike.values() for key in told.ids}
    newest = [row for row in found if row.id not in replaced]
    contents = incidents.contents(row.id for row in newest if row.has_order)
    known = register.of_incidents(area_id, [*{row.occurrence_number for row in newest}])
    new, days_off = 0, store.days(area_id)
    for row in newest:
        order = contents[row.id].order if row.has_order else None
        of_number = known[row.occurrence_number]
        old = [one for one in of_number if one.incident_id in (row.id, *alike[row.id].ids)]
        told = _follow_one(row, order, old[-1] if old else None, 1 + len(of_number), days_off)
        of_number += [told] if told else []
        new += told is not None
    db.session.flush()
    return new


def _follow_one(
    row: IncidentRow, order: Order | None, old: OrderRow | None, version: int, days_off: Set[date]
) -> OrderRow | None:
    if old is not None:
        old.incident_id = row.id  # whoever the newest version names is kept from it (M6)
        if old.current and order is not None and old.told == lists.order_json(order):
            return None
        old.current = False
    if order is None:
        return None
    told = made(area_id=row.area_id, reference=row.occurrence_number, version=version, order=order,
                recorded_at=row.received_at, incident_id=row.id, days_off=days_off)  # fmt: skip
    db.session.add(told)
    return told


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
