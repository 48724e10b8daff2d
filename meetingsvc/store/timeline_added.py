"""What else is kept of a case, for its timeline: consent, assessments, orders, applications, transfers.

Each comes from its own store, which says what the reader may see of it.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import select

from agenda.notification_clocks import Task
from agenda.referral_consent import NOT_CHECKED
from agenda.timeline import Event, EventKind
from meetingsvc.models import ReferralCaseRow, ReferralMoveRow, ReferralRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    consents,
    disclosure_schemes,
    notification_clocks,
    orders,
    risk_assessments,
    transfers,
    transfers_moved,
)
from meetingsvc.store.case_page import Case
from meetingsvc.store.scope import told_on
from meetingsvc.store.scope_referrals import referrals_of

#: Of each of its incidents, by number, the versions that are the case's.
Versions = Mapping[str, Collection[int]]

#: What was done, as people say it afterwards.
_DONE = {
    "confirm": "confirmed", "send": "sent", "receive": "received", "accept": "accepted",
    "refuse": "not accepted", "withdraw": "withdrawn", "return": "returned to its referrer",
    "list": "taken by a list", "list as it stands": "listed as it stands",
}  # fmt: skip


def of_case(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """What was recorded on the case itself."""
    yield from _consents(reader, told)
    yield from _assessments(reader, told)
    yield from _transfers(reader, told)
    yield from _referrals(reader, told)


def of_incidents(reader: Principal, told: Case, now: datetime, versions: Versions) -> Iterator[Event]:
    """What came with its incidents, or follows from them."""
    yield from _orders(reader, told, now, versions)
    yield from _applications(reader, versions)
    yield from _notifications(reader, versions)


def _consents(reader: Principal, told: Case) -> Iterator[Event]:
    for line in consents.history(reader, told.id):
        title, said = f"Consent: {line.consent.answer.value}", line.consent
        limits = " ".join(filter(None, (
            "" if said.checked else NOT_CHECKED, f"Limits: {said.limits}" if said.limits else "",
        )))  # fmt: skip
        yield Event(said.on, EventKind.CONSENT, title, line.agency, limits, f"/cases/{told.id}/consent")


def _assessments(reader: Principal, told: Case) -> Iterator[Event]:
    for one in risk_assessments.on_case(reader, told.id):
        points = "" if one.points is None else f"{one.points} points"
        title = f"{one.tool_name}: {one.level.value} risk"
        yield Event(one.done_on, EventKind.RISK, title, one.agency, points, f"/cases/{told.id}/risk")


def _transfers(reader: Principal, told: Case) -> Iterator[Event]:
    """What was done to move it, for who moves cases; and what came or went with it, for every reader."""
    if reader.may(Permission.TRANSFER_READ):
        for out in transfers.of_case(reader, told.id):
            for done in out.done:
                title = f"Transfer to {out.to_area}: {_DONE[done.step]}"
                yield Event(done.at, EventKind.TRANSFER, title, done.by, "", f"/transfers/{out.id}")
    records = transfers.records(reader, told.id)
    offered = transfers_moved.not_moved(reader, told.id, [(one.to_area, one.made_at) for one in records])
    for one in records:
        waits = (one.to_area, one.made_at) in offered  # the case is still ours (Rulebook M5)
        title = f"Record made for {one.to_area}" if waits else f"Moved from {one.from_area} to {one.to_area}"
        yield Event(one.made_at, EventKind.TRANSFER, title, "", "", f"/cases/{told.id}/transferred")


def _referrals(reader: Principal, told: Case) -> Iterator[Event]:
    """What was done with a referral, for who may read it; what it says is an entry like any other."""
    about, move = ReferralCaseRow, ReferralMoveRow
    rows = (
        select(move.at, move.step, ReferralRow.id, ReferralRow.reference)
        .join(ReferralRow, ReferralRow.id == move.referral_id)
        .join(about, about.referral_id == ReferralRow.id)
        .where(referrals_of(reader), told_on(reader, about.case_id), about.case_id == told.id)
        .distinct()
    )
    decides = reader.may(Permission.REFERRAL_DECIDE)
    for at, step, key, reference in db.session.execute(rows):
        href = f"/referrals/sent/{key}" if decides else ""
        yield Event(at, EventKind.REFERRAL, f"Referral {reference}: {_DONE[step]}", "", "", href)


def _orders(reader: Principal, told: Case, now: datetime, versions: Versions) -> Iterator[Event]:
    """When each was made, and that it ended, where that is past (Rulebook T10)."""
    if not reader.may(Permission.LIST_READ):
        return
    for one in orders.on_case(reader, told.id, versions, now):
        kind = one.order.kind.value if one.order.kind else "Protection order"
        at, href = one.order.made_at or one.recorded_at, f"/orders/{one.id}"
        yield Event(at, EventKind.ORDER, f"{kind} made", "", one.order.terms, href)
        if one.ends_at and one.ends_at <= now:
            yield Event(one.ends_at, EventKind.ORDER, f"{kind} ended", "", "", href)


def _applications(reader: Principal, numbers: Collection[str]) -> Iterator[Event]:
    if not reader.may(Permission.APPLICATION_READ):
        return
    for one in disclosure_schemes.on(reader, numbers):
        for step in one.told.steps:
            title = f"Application {one.reference}: {step.step.value}"
            yield Event(step.at, EventKind.DISCLOSURE, title, "", "", f"/applications/{one.id}")


def _notifications(reader: Principal, versions: Versions) -> Iterator[Event]:
    """Who was told of its incidents, or has looked at them (Rulebook P1)."""
    for one in notification_clocks.of(reader, versions):
        for done in one.done:
            what = "was told of" if done.task is Task.NOTIFY else "has looked at"
            title = f"{done.agency.label} {what} {one.reference}"
            yield Event(done.at, EventKind.NOTIFICATION, title, done.by)
