"""Signing, reviewing and leaving the protocol: information governance alone records it (Rulebook V1)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from werkzeug.exceptions import NotFound

from agenda.agreements import (
    MOVES,
    Agreement,
    Clearance,
    Signature,
    Step,
    leaves_on,
    signature_problems,
)
from agenda.calendar import local_day
from agenda.moves import Who, made
from agenda.rules import RuleBroken
from agenda.withdrawals import Told
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AgreementReviewRow,
    AgreementSignatureRow,
    WithdrawalRow,
    WithdrawalToldRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, outbox, scope
from meetingsvc.usecases.transaction import saved_by
from notifications.recipients import Ground


def sign(principal: Principal, agency_id: UUID, told: Signature, now: datetime) -> None:
    """The agency reads and receives from that day on (Rulebook S3); one that had withdrawn is back by it.

    Who signed which version, and as what, is kept; who has signed before may sign a newer version. One that
    never left keeps the first of its days, and so what it may read already; the year to its review begins
    anew (V1).
    """
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        row, signed_on = held(who, agency_id), told.on or local_day(now)
        _refuse_future(signed_on, now)
        if found := signature_problems(told, local_day(now)):
            raise RuleBroken(f"{next(iter(found.values()))}.")
        if row.withdrawn_on is not None and signed_on < row.withdrawn_on:
            raise RuleBroken(f"{row.name} withdrew after that day. Enter the day on which it signed again.")
        old = row.signed_on
        before = old if row.withdrawn_on is None else None
        if before and signed_on > before:
            _reviewed(agency_id, signed_on, who, now)
        row.signed_on, row.withdrawn_on = min(before or signed_on, signed_on), None
        db.session.add(AgreementSignatureRow(
            id=uuid4(), agency_id=agency_id, signed_on=signed_on, signed_by=told.by.strip(),
            post=told.post.strip(), version=told.version.strip(), recorded_by=who.account_id, recorded_at=now,
        ))  # fmt: skip
        audit.record(who.account_id, who.area_id, "agreement.signed", f"agency/{agency_id}", now,
                     old=old, new=signed_on)  # fmt: skip


def review(principal: Principal, agency_id: UUID, reviewed_on: date, now: datetime) -> None:
    """The yearly look at an agreement was had (Rulebook V1)."""
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        row = held(who, agency_id)
        _refuse_future(reviewed_on, now)
        if row.signed_on is None or reviewed_on < row.signed_on:
            raise RuleBroken("An agreement is reviewed after it was signed.")
        _reviewed(agency_id, reviewed_on, who, now)
        audit.record(who.account_id, who.area_id, "agreement.reviewed", f"agency/{agency_id}", now,
                     on=reviewed_on)  # fmt: skip


def withdraw(
    principal: Principal, agency_id: UUID, notice_on: date, at_once: bool, why: str, now: datetime
) -> date:
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
        step = Step.LEAVE_AT_ONCE if leaves <= today else Step.GIVE_NOTICE
        made(MOVES[step], _agreement(row).stands(today), Who.GOVERNANCE, why)
        row.withdrawn_on = leaves
        _note(row, notice_on, leaves, why, who, now)
        if leaves <= today:
            _take_back_messages(agency_id, now)
        audit.record(who.account_id, who.area_id, "agency.withdrawn", f"agency/{agency_id}", now,
                     notice=notice_on, leaves=leaves)  # fmt: skip
        return leaves


def stay(principal: Principal, agency_id: UUID, why: str, now: datetime) -> None:
    """An agency takes its notice back while it runs: the partnership won it back (DM "Withdrawal")."""
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        row, today = held(who, agency_id), local_day(now)
        made(MOVES[Step.STAY], _agreement(row).stands(today), Who.GOVERNANCE, why)
        for found in db.session.scalars(_running(row.id, today)).all():
            found.stayed_on, found.stayed_why = today, why.strip()
        row.withdrawn_on = None
        audit.record(who.account_id, who.area_id, "withdrawal.taken_back", f"agency/{agency_id}", now)


def told(principal: Principal, agency_id: UUID, whom: Told, on: date, now: datetime) -> None:
    """That somebody who has to know was told of the newest withdrawal (DM and FD, "Withdrawal")."""
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        held(who, agency_id)
        _refuse_future(on, now)
        row = WithdrawalRow
        newest = select(row).where(row.agency_id == agency_id, row.stayed_on.is_(None))
        found = db.session.scalars(newest.order_by(row.recorded_at.desc()).limit(1)).one_or_none()
        if found is None:
            raise RuleBroken("This agency has not withdrawn.")
        if on < found.notice_on:
            raise RuleBroken("Nobody was told before the agency gave notice.")
        if db.session.get(WithdrawalToldRow, (found.id, whom)) is not None:
            raise RuleBroken(f"{whom.label.split(',')[0]} is recorded as told already.")
        db.session.add(WithdrawalToldRow(withdrawal_id=found.id, told=whom, told_on=on,
                                         recorded_by=who.account_id, recorded_at=now))  # fmt: skip
        audit.record(who.account_id, who.area_id, "withdrawal.told", f"agency/{agency_id}", now,
                     whom=whom.value)  # fmt: skip


def clear(principal: Principal, agency_id: UUID, how: Clearance, on: date, by: str, now: datetime) -> None:
    """An agency that withdrew confirmed that it destroyed or returned what it held, and who there said so."""
    by = " ".join(by.split())
    if not by or len(by) > 100 or not by.isprintable():
        raise RuleBroken("Say who confirmed it, in 100 characters at most.")
    with saved_by(principal, Permission.AGREEMENT_MANAGE, now) as who:
        held(who, agency_id)
        _refuse_future(on, now)
        row = WithdrawalRow
        left = (row.withdrawn_on <= local_day(now), row.stayed_on.is_(None))
        waits = select(row).where(row.agency_id == agency_id, row.cleared_how == "", *left)
        rows = db.session.scalars(waits).all()
        if not rows:
            raise RuleBroken("Nothing waits to be confirmed by this agency.")
        if on < max(one.withdrawn_on for one in rows):
            raise RuleBroken("Nothing is confirmed before the agency left.")
        for one in rows:
            one.cleared_how, one.cleared_on, one.cleared_by = how, on, by
            one.cleared_recorded_by, one.cleared_recorded_at = who.account_id, now
        audit.record(who.account_id, who.area_id, "withdrawal.cleared", f"agency/{agency_id}", now,
                     how=how.value)  # fmt: skip


def held(who: Principal, agency_id: UUID) -> AgencyRow:
    """An agency one keeps, until the transaction ends."""
    rows = select(AgencyRow).where(scope.agencies_of(who), AgencyRow.id == agency_id).with_for_update()
    row = db.session.scalars(rows).one_or_none()
    if row is None:
        raise NotFound
    return row


def _reviewed(agency_id: UUID, on: date, who: Principal, now: datetime) -> None:
    db.session.add(AgreementReviewRow(id=uuid4(), agency_id=agency_id, reviewed_on=on,
                                      recorded_by=who.account_id, recorded_at=now))  # fmt: skip


def _note(row: AgencyRow, notice_on: date, leaves: date, why: str, who: Principal, now: datetime) -> None:
    """One that was to leave later leaves earlier: the same withdrawal, and whoever was told of it was."""
    for found in db.session.scalars(_running(row.id, local_day(now))).all():
        found.withdrawn_on, found.notice_on, found.why = leaves, notice_on, why.strip()
        found.recorded_by, found.recorded_at = who.account_id, now
        return
    db.session.add(WithdrawalRow(id=uuid4(), agency_id=row.id, notice_on=notice_on,
                                 withdrawn_on=leaves, why=why.strip(), recorded_by=who.account_id,
                                 recorded_at=now))  # fmt: skip


def _running(agency_id: UUID, today: date) -> Select[WithdrawalRow]:
    """A notice that is not over."""
    row = WithdrawalRow
    return select(row).where(row.agency_id == agency_id, row.withdrawn_on > today, row.stayed_on.is_(None))


def _agreement(row: AgencyRow) -> Agreement:
    return Agreement(row.signed_on, None, row.withdrawn_on)


def _take_back_messages(agency_id: UUID, now: datetime) -> None:
    people = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == agency_id)).all()
    outbox.cancel_for(people, Ground.NOT_A_SIGNATORY, now)


def _refuse_future(day: date, now: datetime) -> None:
    if day > local_day(now):
        raise RuleBroken("That day is in the future.")
