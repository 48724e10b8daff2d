"""Telling where the people of a case are reached, and correcting what one's own agency told (Rulebook R2)."""

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.addresses import NOT_READABLE, AddressKind, AddressTold, ContactKind, ContactTold
from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import AddressRow, AssociateRow, ContactRow, PersonRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    acting,
    address_masks,
    addresses,
    areas,
    audit,
    details,
    matching,
    matching_details,
    sealed,
)
from meetingsvc.store.addresses import Person
from meetingsvc.store.matching_details import Told
from meetingsvc.store.scope import told_on
from meetingsvc.usecases import walls
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved_by

_MEANWHILE = "Somebody has corrected this meanwhile. Go back, and look at it as it is now."
_NOT_YOURS = (
    "Only the agency that told this can correct it. Ask that agency, or tell what you know beside it."
)
Row = TypeVar("Row", AddressRow, ContactRow)


def tell_address(
    principal: Principal, case_id: UUID, person_id: UUID, told: AddressTold, now: datetime
) -> UUID:
    """Keeps an address of somebody on an open case; a confidential one is sealed (security.md A17).

    So is one that is held as confidential of them already, whatever is said of it now: telling a safe address
    again makes it no open one.
    """
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        person = _found(who, case_id, person_id)
        row = _address(who, case_id, person, told, now)
        _kept(who, row, "address.added", now)
        return row.id


def correct_address(
    principal: Principal, case_id: UUID, address_id: UUID, told: AddressTold, now: datetime
) -> UUID:
    """Puts another row in the place of one that one's own agency told; both stay readable.

    Made confidential, what was told before is sealed too. A sealed address whose text is left blank keeps it.
    To make it open, it has to be typed again: nobody is shown a safe address by correcting it.
    """
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        old = _own(who, AddressRow, address_id)
        person = _found(who, case_id, old.person_id)
        row = _address(who, old.case_id, person, told, now, old)
        _kept(who, row, "address.corrected", now, replaces=old.id)
        if row.confidential:
            _seal_those_before(who, old)
        return row.id


def _address(
    who: Principal, case_id: UUID, person: Person, told: AddressTold, now: datetime,
    old: AddressRow | None = None,
) -> AddressRow:  # fmt: skip
    if problem := told.problem(person.part):
        raise RuleBroken(f"{problem}.")
    key, text = uuid4(), told.text.strip() or _kept_text(old, told)
    hidden = told.confidential or address_masks.is_sealed_already(
        who.area_id, person.id, text, old.id if old else None
    )
    return AddressRow(
        id=key, area_id=who.area_id, case_id=case_id, person_id=person.id, kind=told.kind,
        perpetrator_knows=told.knows, known_to=told.known_to.strip(), confidential=hidden,
        not_confidential_why=told.why_not.strip(), text=None if hidden else text,
        sealed=sealed.closed(key, text) if hidden else None, replaces_id=old and old.id,
        agency_id=who.agency_id, author=told.author.strip(), recorded_by=who.account_id, recorded_at=now,
        source=told.source.strip(),
    )  # fmt: skip


def _kept_text(old: AddressRow | None, told: AddressTold) -> str:
    if old is None or (old.sealed and not told.confidential):
        raise RuleBroken("Enter the address.")
    text = sealed.opened(old.id, old.sealed) if old.sealed else old.text
    if not text:
        raise RuleBroken(NOT_READABLE)
    return text


def _seal_those_before(who: Principal, row: AddressRow) -> None:
    """What turns out to be confidential is open nowhere: what was told before is sealed as well."""
    with acting.whole_area(who.area_id):
        before: AddressRow | None = row
        while before is not None:
            if before.text is not None:
                before.sealed = sealed.closed(before.id, before.text)
                before.confidential, before.text = True, None
            earlier = select(AddressRow).where(AddressRow.id == before.replaces_id)
            before = db.session.scalar(earlier)


def tell_contact(
    principal: Principal, case_id: UUID, person_id: UUID, told: ContactTold, now: datetime
) -> UUID:
    """Keeps a telephone number or an e-mail address of somebody on an open case."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        person = _found(who, case_id, person_id)
        row = _contact(who, case_id, person.id, told, now)
        _kept(who, row, "contact.added", now)
        return row.id


def correct_contact(
    principal: Principal, case_id: UUID, contact_id: UUID, told: ContactTold, now: datetime
) -> UUID:
    """As `correct_address`; a value left blank is kept."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        old = _own(who, ContactRow, contact_id)
        _found(who, case_id, old.person_id)
        value = told.value.strip() or old.value
        told = ContactTold(told.kind, value, told.ended, told.author, told.source)
        row = _contact(who, old.case_id, old.person_id, told, now, old)
        _kept(who, row, "contact.corrected", now, replaces=old.id)
        return row.id


def _contact(
    who: Principal, case_id: UUID, person_id: UUID, told: ContactTold, now: datetime,
    old: ContactRow | None = None,
) -> ContactRow:  # fmt: skip
    if problem := told.problem():
        raise RuleBroken(f"{problem}.")
    return ContactRow(
        id=uuid4(), area_id=who.area_id, case_id=case_id, person_id=person_id, kind=told.kind,
        value=told.value.strip(), key=told.key, ended=told.ended, replaces_id=old and old.id,
        agency_id=who.agency_id, author=told.author.strip(), recorded_by=who.account_id, recorded_at=now,
        source=told.source.strip(),
    )  # fmt: skip


def name_associate(
    principal: Principal, case_id: UUID, forename: str, surname: str, dob: date | None, relation: str,
    author: str, source: str, now: datetime,
) -> UUID:  # fmt: skip
    """Adds a known associate of the perpetrator: nothing of the case may reach them (Rulebook F3)."""
    if not (surname.strip() and relation.strip() and author.strip() and source.strip()):
        raise RuleBroken("Enter a surname, who they are to the perpetrator, and who told it.")
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        if not addresses.people(who, case_id):
            raise NotFound
        refuse_reading_only(who, case_id)
        person_id, row_id = uuid4(), uuid4()
        with acting.whole_area(who.area_id):  # nobody sees a person who is on no case yet
            db.session.add(PersonRow(id=person_id, area_id=who.area_id, forename=forename.strip(),
                                     surname=surname.strip(), dob=dob))  # fmt: skip
        db.session.add(
            AssociateRow(id=row_id, area_id=who.area_id, case_id=case_id, person_id=person_id,
                         relation=relation.strip(), agency_id=who.agency_id, author=author.strip(),
                         recorded_by=who.account_id, recorded_at=now, source=source.strip())
        )  # fmt: skip
        db.session.flush()
        audit.record(who.account_id, who.area_id, "associate.added", f"case/{case_id}", now, associate=row_id)
        walls.check_cases(who.area_id, [case_id], now)
        return person_id


def _found(who: Principal, case_id: UUID, person_id: UUID) -> Person:
    person = addresses.person(who, case_id, person_id)
    if person is None:
        raise NotFound
    refuse_reading_only(who, case_id)
    return person


def _own(who: Principal, kind: type[Row], row_id: UUID) -> Row:
    """One's own agency's, as it stands: another's is never changed (Rulebook R2)."""
    row = db.session.scalar(select(kind).where(told_on(who, kind.case_id), kind.id == row_id))
    if row is None:
        raise NotFound
    if row.agency_id != who.agency_id:
        raise RuleBroken(_NOT_YOURS)
    with acting.whole_area(who.area_id):
        later = db.session.scalar(select(kind.id).where(kind.replaces_id == row_id))
    if later is not None:
        raise RuleBroken(_MEANWHILE)
    return row


def _kept(who: Principal, row: AddressRow | ContactRow, action: str, now: datetime, **detail: object) -> None:
    """Written and noted; whoever it shows to be near the case is walled off at once (Rulebook M6)."""
    db.session.add(row)
    db.session.flush()
    _remember(row, now)
    audit.record(who.account_id, who.area_id, action, f"case/{row.case_id}", now, row=row.id, **detail)
    walls.check_cases(who.area_id, details.cases_of_person(row.person_id), now)


def _remember(row: AddressRow | ContactRow, now: datetime) -> None:
    """Whoever is told of by the same home or number elsewhere may be this person (Rulebook D2, T6). Kept
    sealed; a place of work or for post is that of others too."""
    if isinstance(row, ContactRow):
        way = Told.PHONE if row.kind == ContactKind.PHONE else Told.EMAIL
        told = [(way, row.value)]
    elif row.kind in (AddressKind.WORK, AddressKind.CORRESPONDENCE):
        return
    else:
        text = sealed.opened(row.id, row.sealed) if row.sealed else row.text
        told = list(matching_details.details(addresses=[(text or "", "")]))
    with acting.whole_area(row.area_id):
        matching.remember(row.area_id, row.person_id, told, f"case/{row.case_id}", local_day(now))
