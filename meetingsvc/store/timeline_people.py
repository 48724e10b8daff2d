"""What was told of the people of a case, for its timeline: that it was told, and by whom, never what."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from agenda.timeline import Event, EventKind
from meetingsvc.models import (
    AccountRow,
    AddressRow,
    AgencyRow,
    AssociateRow,
    ContactRow,
    RelationshipRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.case_page import Case
from meetingsvc.store.scope import told_on

_TOLD: tuple[tuple[Any, str, str], ...] = (
    (AddressRow, "an address", "/addresses"),
    (ContactRow, "a telephone number or an e-mail address", "/addresses"),
    (AssociateRow, "of a known associate of the perpetrator", "/addresses"),
    (RelationshipRow, "what somebody is to another person", ""),
)


def events(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """Addresses, numbers, associates and relationships, as they were told and taken away."""
    for row, what, page in _TOLD:
        rows = select(row.recorded_at, AgencyRow.name)
        rows = rows.join(AgencyRow, AgencyRow.id == row.agency_id)
        rows = rows.where(told_on(reader, row.case_id), row.case_id == told.id)
        for at, agency in db.session.execute(rows):
            href = f"/cases/{told.id}{page}" if page else f"/people/{told.victim.id}"
            yield Event(at, EventKind.PEOPLE, f"{agency} told {what}", "", "", href)
    yield from _taken_away(reader, told)


def _taken_away(reader: Principal, told: Case) -> Iterator[Event]:
    row = RelationshipRow
    rows = select(row.removed_at, AccountRow.name).join(AccountRow, AccountRow.id == row.removed_by)
    rows = rows.where(told_on(reader, row.case_id), row.case_id == told.id)
    for at, by in db.session.execute(rows):
        if at is not None:
            title = "What somebody is to another person was taken away"
            yield Event(at, EventKind.PEOPLE, title, by, "", f"/people/{told.victim.id}")
