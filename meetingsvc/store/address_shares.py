"""Confidential addresses that somebody put into one named person's copy of a meeting's pack."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from agenda.addresses import NOT_READABLE, AddressKind, Knows
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc.models import (
    AccountRow,
    AddressRow,
    AddressShareRow,
    AgencyRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    PersonRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting, address_masks, packs, sealed
from meetingsvc.store.details import stands
from meetingsvc.store.half_seen import called, half_seen
from meetingsvc.store.scope import Reader, cases_of, items_of, told_on

_later = aliased(AddressRow)


@dataclass(frozen=True, slots=True)
class Share:
    """One address in one person's copies of one meeting's pack."""

    id: UUID
    address_id: UUID
    kind: AddressKind
    person: str
    agency: str
    sits_on: date
    reason: str
    at: datetime
    withdrawn: bool
    replaced: bool  # the address was corrected since: no copy holds it any more


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who has that meeting's pack, and whom the case is open to."""

    account_id: UUID
    name: str
    agency: str


def on_case(reader: Reader, case_id: UUID) -> list[Share]:
    """Every share on an open case, the latest first. For who runs the meetings."""
    row = AddressShareRow
    replaced = exists().where(_later.replaces_id == row.address_id, told_on(reader, _later.case_id))
    rows = (
        select(
            row.id, row.address_id, AddressRow.kind, AccountRow.name, AgencyRow.name, MeetingRow.sits_on,
            row.reason, row.at, row.withdrawn_at.is_not(None), replaced,
        )
        .join(AddressRow, AddressRow.id == row.address_id)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .where(told_on(reader, row.case_id), row.case_id == case_id)
        .order_by(row.at.desc(), row.id)
    )  # fmt: skip
    return [
        Share(key, address, AddressKind(kind), *told)
        for key, address, kind, *told in db.session.execute(rows)
    ]


def meetings(reader: Reader, case_id: UUID, today: date) -> list[tuple[UUID, date]]:
    """The MARACs to come that an open case is on, the next first."""
    rows = (
        select(MeetingRow.id, MeetingRow.sits_on)
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .where(items_of(reader), ItemRow.case_id == case_id, MeetingRow.kind == MeetingKind.MARAC)
        .where(MeetingRow.sits_on >= today, MeetingRow.state != MeetingState.CANCELLED)
        .order_by(MeetingRow.sits_on)
    )
    return [(key, day) for key, day in db.session.execute(rows)]


def recipients(area_id: UUID, case_id: UUID, now: datetime) -> list[Recipient]:
    """Who has the pack of the area's MARAC, may open the case, and may be shown its safe address."""
    with acting.whole_area(area_id):
        having = (accounts.principal(key, now) for key in packs.receivers(area_id, MeetingKind.MARAC, now))
        return [
            Recipient(who.account_id, who.name, who.agency_name)
            for who in having
            if who and _may_have(who, case_id)
        ]


def _may_have(who: Principal, case_id: UUID) -> bool:
    if db.session.scalar(select(CaseRow.id).where(cases_of(who), CaseRow.id == case_id)) is None:
        return False
    return address_masks.why_not_shown(who, case_id) is None


def shared_with(who: Principal, meeting_id: UUID) -> dict[UUID, tuple[str, ...]]:
    """What goes into this person's own copy of a meeting's pack, by case, as it stands at this moment.

    Only of cases that are open to them; nothing that was withdrawn, nor an address that was corrected since.
    """
    row = AddressShareRow
    rows = (
        select(row.case_id, AddressRow, PersonRow.id, PersonRow.forename, PersonRow.surname)
        .join(AddressRow, AddressRow.id == row.address_id)
        .join(PersonRow, PersonRow.id == AddressRow.person_id)
        .where(told_on(who, row.case_id), stands(AddressRow), *_live(who.account_id, meeting_id))
        .order_by(row.at, row.id)
    )
    found, half = defaultdict[UUID, dict[str, None]](dict), half_seen(who)
    for case_id, address, *person in db.session.execute(rows).all():
        if address_masks.why_not_shown(who, case_id) is None:
            found[case_id][_words(address, called(who, half, case_id, person))] = None
    return {case_id: tuple(lines) for case_id, lines in found.items()}


def is_shared(account_id: UUID, meeting_id: UUID) -> bool:
    """Whether this person's copies of a meeting's pack may hold an address, whatever is open to them now."""
    with acting.service():
        found = select(AddressShareRow.id).where(*_live(account_id, meeting_id))
        return db.session.scalars(found.limit(1)).first() is not None


def _live(account_id: UUID, meeting_id: UUID) -> tuple[ColumnElement[bool], ...]:
    row = AddressShareRow
    return row.account_id == account_id, row.meeting_id == meeting_id, row.withdrawn_at.is_(None)


def _words(address: AddressRow, name: str) -> str:
    text = sealed.opened(address.id, address.sealed) if address.sealed else address.text
    place = ", ".join(line.strip() for line in text.splitlines()) if text else NOT_READABLE
    kind = AddressKind(address.kind).label
    return f"{name}. {kind}, confidential, for you alone: {place}. {Knows(address.perpetrator_knows).words}"


def shares_changed_since(account_id: UUID, meeting_id: UUID, since: datetime) -> bool:
    """Whether a copy made at `since` holds an address it no longer may, or lacks one it should (A8)."""
    row = AddressShareRow
    corrected = exists().where(_later.replaces_id == row.address_id, _later.recorded_at >= since)
    changed = select(row.id).where(
        row.account_id == account_id, row.meeting_id == meeting_id,
        or_(
            row.at > since, row.withdrawn_at >= since,
            and_(row.withdrawn_at.is_(None), corrected),
        ),
    )  # fmt: skip
    with acting.service():
        return db.session.scalars(changed.limit(1)).first() is not None
