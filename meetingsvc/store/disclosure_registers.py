"""Protection orders and the victim's consent on a case, as items held (Rulebook X2, X3, T10, K1).

For the service's own work. Each is of the agency that recorded it, and of nobody where none did: then nobody
consents to it.
"""

from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.incidents import Incident
from meetingsvc.models import OrderRow, db
from meetingsvc.store import consents
from meetingsvc.store.lists import order_from
from minutes.disclosure_items import Document, Item
from minutes.disclosure_registered import CONSENT, ORDER, consent_said, order_said


def registered(area_id: UUID, case_id: UUID, entries: Iterable[tuple[Incident, Item]]) -> Iterator[Item]:
    """Orders that the police told with these entries and those recorded by hand; every line on consent."""
    yield from _told(entries)
    yield from _by_hand(area_id, case_id)
    for key, agency_id, one in consents.held(area_id, case_id):
        yield Item(key, agency_id, Document.REFERRAL, CONSENT, one.on, consent_said(one))


def _told(entries: Iterable[tuple[Incident, Item]]) -> Iterator[Item]:
    """Of the agency that told the incident."""
    for told, entry in entries:
        if told.order:
            key = uuid5(NAMESPACE_OID, f"order/{entry.id}")
            yield Item(key, entry.agency, Document.INCIDENT, ORDER, entry.dated, order_said(told.order))


def _by_hand(area_id: UUID, case_id: UUID) -> Iterator[Item]:
    """As it stands: a correction takes the place of what it corrects, and is the same item (R2)."""
    row = OrderRow
    rows = select(row).where(row.area_id == area_id, row.case_id == case_id, row.current)
    for one in db.session.scalars(rows.order_by(row.recorded_at, row.reference)):
        order = order_from(one.told)
        dated = local_day(order.made_at or one.recorded_at)
        yield Item(uuid5(NAMESPACE_OID, f"order/{area_id}/{one.reference}"), one.agency_id, Document.INCIDENT,
                   ORDER, dated, order_said(order))  # fmt: skip
