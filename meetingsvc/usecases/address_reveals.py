"""Showing one person, once and for a recorded reason, what is masked on every page (security.md B)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.addresses import NOT_READABLE, Held, Part, reason_problem
from agenda.rules import RuleBroken
from meetingsvc.models import AddressRow, ContactRow, RevealRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import address_masks, addresses, audit, police_sent, sealed
from meetingsvc.store.scope import told_on
from meetingsvc.usecases import alarms
from meetingsvc.usecases.transaction import saved_by


def address(principal: Principal, case_id: UUID, address_id: UUID, reason: str, now: datetime) -> str:
    """A confidential address in clear. Raises RuleBroken where its key is gone: it is never guessed at."""
    with _shown(principal, case_id, Held.ADDRESS, reason, now, address_id=address_id) as who:
        row = db.session.scalar(
            select(AddressRow).where(told_on(who, AddressRow.case_id), AddressRow.id == address_id)
        )
        if row is None or row.sealed is None or addresses.person(who, case_id, row.person_id) is None:
            raise NotFound
        refuse(who, row.case_id)
        text = sealed.opened(row.id, row.sealed)
        if text is None:
            raise RuleBroken(NOT_READABLE)
        return text


def contact(principal: Principal, case_id: UUID, contact_id: UUID, reason: str, now: datetime) -> str:
    """How to reach a victim, in clear."""
    with _shown(principal, case_id, Held.CONTACT, reason, now, contact_id=contact_id) as who:
        held = (one for person in addresses.people(who, case_id) for one in person.contacts)
        if not any(one.id == contact_id and one.masked for one in held):
            raise NotFound
        rows = select(ContactRow).where(told_on(who, ContactRow.case_id), ContactRow.id == contact_id)
        row = db.session.scalars(rows).one()
        refuse(who, row.case_id)
        return row.value


def police(principal: Principal, case_id: UUID, reason: str, now: datetime) -> police_sent.Sent:
    """What the police sent of where the victim of an open case is reached."""
    with _shown(principal, case_id, Held.POLICE, reason, now) as who:
        sent = police_sent.of(who, case_id, Part.VICTIM)
        if not sent:
            raise NotFound
        return sent


def refuse(who: Principal, case_id: UUID) -> None:
    """Raises RuleBroken for whom the case it was told on shows no safe address (security.md B).

    Asked of that case itself: somebody in two cases may be allocated in one of them alone.
    """
    if problem := address_masks.why_not_shown(who, case_id):
        raise RuleBroken(problem)


@contextmanager
def _shown(
    principal: Principal, case_id: UUID, what: Held, reason: str, now: datetime,
    *, address_id: UUID | None = None, contact_id: UUID | None = None,
) -> Iterator[Principal]:  # fmt: skip
    """In one transaction with its reason and its audit line: nothing is shown that leaves no trace (V5)."""
    with saved_by(principal, Permission.ADDRESS_REVEAL, now) as who:
        if not addresses.people(who, case_id):
            raise NotFound
        if problem := reason_problem(reason):
            raise RuleBroken(f"{problem}.")
        if what is Held.POLICE:
            refuse(who, case_id)
        yield who
        row = RevealRow(
            id=uuid4(), area_id=who.area_id, case_id=case_id, what=what, address_id=address_id,
            contact_id=contact_id, account_id=who.account_id, reason=reason.strip(), at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "address.revealed", f"case/{case_id}", now,
                     reveal=row.id, what=what.value)  # fmt: skip
        alarms.watch(who, case_id, "address.revealed", now)
