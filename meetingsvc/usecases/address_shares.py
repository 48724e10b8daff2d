"""A confidential address put into one named person's copy of a pack, and taken out again (security.md A1)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.addresses import reason_problem
from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import AddressRow, AddressShareRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import address_shares, addresses, areas, audit
from meetingsvc.store.details import stands
from meetingsvc.store.scope import told_on
from meetingsvc.usecases.transaction import saved_by


def share(
    principal: Principal, case_id: UUID, address_id: UUID, account_id: UUID, meeting_id: UUID, reason: str,
    now: datetime,
) -> UUID:  # fmt: skip
    """For one recipient who has that meeting's pack, whom the case is open to; their copies made from now on.

    Raises RuleBroken where the recipient may not have it, or has it; NotFound where anything is hidden.
    """
    with saved_by(principal, Permission.ADDRESS_SHARE, now) as who:
        areas.hold(who.area_id)
        _refuse(who, case_id, address_id, account_id, meeting_id, reason, now)
        row = AddressShareRow(
            id=uuid4(), area_id=who.area_id, case_id=case_id, address_id=address_id, account_id=account_id,
            meeting_id=meeting_id, reason=reason.strip(), shared_by=who.account_id, at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "address.shared", f"case/{case_id}", now,
                     share=row.id, meeting=meeting_id, account=account_id)  # fmt: skip
        return row.id


def _refuse(
    who: Principal, case_id: UUID, address_id: UUID, account_id: UUID, meeting_id: UUID, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    meetings = dict(address_shares.meetings(who, case_id, local_day(now)))
    if not shareable(who, case_id, address_id) or meeting_id not in meetings:
        raise NotFound
    if problem := reason_problem(reason):
        raise RuleBroken(f"{problem}.")
    if account_id not in {one.account_id for one in address_shares.recipients(who.area_id, case_id, now)}:
        raise RuleBroken("This person does not receive that pack, or this case is not in theirs.")
    if _is_shared(who, address_id, account_id, meeting_id):
        raise RuleBroken("This address is in this person's copy already.")


def shareable(who: Principal, case_id: UUID, address_id: UUID) -> bool:
    """Whether this is a confidential address of somebody on the open case, and nothing took its place."""
    row = AddressRow
    found = db.session.scalar(
        select(row.person_id).where(
            told_on(who, row.case_id), row.id == address_id, row.confidential, stands(row)
        )
    )
    return found is not None and addresses.person(who, case_id, found) is not None


def _is_shared(who: Principal, address_id: UUID, account_id: UUID, meeting_id: UUID) -> bool:
    row = AddressShareRow
    same = row.address_id == address_id, row.account_id == account_id, row.meeting_id == meeting_id
    live = select(row.id).where(told_on(who, row.case_id), *same, row.withdrawn_at.is_(None))
    return db.session.scalar(live) is not None


def withdraw(principal: Principal, case_id: UUID, share_id: UUID, now: datetime) -> None:
    """The address is in no copy made from now on, and a copy that holds it can no longer be fetched."""
    with saved_by(principal, Permission.ADDRESS_SHARE, now) as who:
        areas.hold(who.area_id)
        row = db.session.scalar(
            select(AddressShareRow).where(
                told_on(who, AddressShareRow.case_id),
                AddressShareRow.id == share_id, AddressShareRow.case_id == case_id,
            )
        )  # fmt: skip
        if row is None:
            raise NotFound
        if row.withdrawn_at is None:
            row.withdrawn_by, row.withdrawn_at = who.account_id, now
            audit.record(who.account_id, who.area_id, "address.share_withdrawn", f"case/{case_id}", now,
                         share=share_id)  # fmt: skip
