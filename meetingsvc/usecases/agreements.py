"""Signing, reviewing and leaving the protocol: information governance alone records it (Rulebook V1)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.agreements import Clearance, leaves_on
from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AgencyRow, AgreementReviewRow, WithdrawalRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, outbox, scope
from meetingsvc.usecases.transaction import saved_by
from notifications.recipients import Ground


def sign(principal: Principal, agency_id: UUID, signed_on: date, now: datetime) -> None:
    """The agency reads and receives from that day on (Rulebook S3); one that had withdrawn is back by it."""
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        row = held(who, agency_id)
        _refuse_future(signed_on, now)
        if row.withdrawn_on is not None and signed_on < row.withdrawn_on:
            raise RuleBroken(f"{row.name} withdrew after that day. Enter the day on which it signed again.")
        old, row.signed_on, row.withdrawn_on = row.signed_on, signed_on, None
        audit.record(who.account_id, who.area_id, "agreement.signed", f"agency/{agency_id}", now,
                     old=old, new=signed_on)  # fmt: skip


def review(principal: Principal, agency_id: UUID, reviewed_on: date, now: datetime) -> None:
    """The yearly look at an agreement was had (Rulebook V1)."""
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        row = held(who, agency_id)
        _refuse_future(reviewed_on, now)
        if row.signed_on is None or reviewed_on < row.signed_on:
            raise RuleBroken("An agreement is reviewed after it was signed.")
        db.session.add(AgreementReviewRow(id=uuid4(), agency_id=agency_id, reviewed_on=reviewed_on,
                                          recorded_by=who.account_id, recorded_at=now))  # fmt: skip
        audit.record(who.account_id, who.area_id, "agreement.reviewed", f"agency/{agency_id}", now,
                     on=reviewed_on)  # fmt: skip


def withdraw(principal: Principal, agency_id: UUID, notice_on: date, at_once: bool, now: datetime) -> date:
    """Answers the day from which on the agency reads nothing and is sent nothing (Rulebook V1).

    At once works with the next request of anybody there, and takes back what waits to be sent to them. What
    the agency supplied stays its own.
    """
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        row, today = held(who, agency_id), local_day(now)
        if row.signed_on is None:
            raise RuleBroken(f"{row.name} has not signed, so it cannot withdraw.")
        leaves = leaves_on(notice_on, at_once, today)
        if row.withdrawn_on is not None and row.withdrawn_on <= leaves:
            return row.withdrawn_on
        row.withdrawn_on = leaves
        _note(row, notice_on, who, now)
        if leaves <= today:
            _take_back_messages(agency_id, now)
        audit.record(who.account_id, who.area_id, "agency.withdrawn", f"agency/{agency_id}", now,
                     notice=notice_on, leaves=leaves)  # fmt: skip
        return leaves


def clear(principal: Principal, agency_id: UUID, how: Clearance, on: date, by: str, now: datetime) -> None:
    """An agency that withdrew confirmed that it destroyed or returned what it held, and who there said so."""
    by = " ".join(by.split())
    if not by or len(by) > 100 or not by.isprintable():
        raise RuleBroken("Say who confirmed it, in 100 characters at most.")
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        held(who, agency_id)
        _refuse_future(on, now)
        waits = select(WithdrawalRow).where(
            WithdrawalRow.agency_id == agency_id, WithdrawalRow.cleared_how == ""
        )
        rows = db.session.scalars(waits).all()
        if not rows:
            raise RuleBroken("Nothing waits to be confirmed by this agency.")
        for row in rows:
            row.cleared_how, row.cleared_on, row.cleared_by = how, on, by
            row.cleared_recorded_by, row.cleared_recorded_at = who.account_id, now
        audit.record(who.account_id, who.area_id, "withdrawal.cleared", f"agency/{agency_id}", now,
                     how=how.value)  # fmt: skip


def held(who: Principal, agency_id: UUID) -> AgencyRow:
    """An agency one keeps, until the transaction ends."""
    rows = select(AgencyRow).where(scope.agencies_of(who), AgencyRow.id == agency_id).with_for_update()
    row = db.session.scalars(rows).one_or_none()
    if row is None:
        raise NotFound
    return row


def _note(row: AgencyRow, notice_on: date, who: Principal, now: datetime) -> None:
    """One that was to leave later leaves earlier: the same withdrawal."""
    waits = select(WithdrawalRow).where(
        WithdrawalRow.agency_id == row.id, WithdrawalRow.withdrawn_on > local_day(now)
    )
    for found in db.session.scalars(waits):
        db.session.delete(found)
    db.session.add(WithdrawalRow(id=uuid4(), agency_id=row.id, notice_on=notice_on,
                                 withdrawn_on=row.withdrawn_on, recorded_by=who.account_id,
                                 recorded_at=now))  # fmt: skip


def _take_back_messages(agency_id: UUID, now: datetime) -> None:
    people = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == agency_id)).all()
    outbox.cancel_for(people, Ground.NOT_A_SIGNATORY, now)


def _refuse_future(day: date, now: datetime) -> None:
    if day > local_day(now):
        raise RuleBroken("That day is in the future.")
