"""Crimes that were disclosed in a meeting: their police are told, and say that they have them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, CrimeRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit
from meetingsvc.store import outcome_crimes as store
from meetingsvc.usecases import notices
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice


def tell(meeting: MeetingRow, item: ItemRow, crimes: Sequence[CrimeRow], now: datetime) -> None:
    """Queues one message without content for everybody of the police told who may open the case (practice).

    Part of the save that kept them, in its transaction.
    """
    values = {"panel": meeting.kind, "sits_on": meeting.sits_on.isoformat(), "path": "/crimes"}
    with acting.whole_area(item.area_id):
        for agency_id in sorted({one.told_id for one in crimes}):
            for who in _people(agency_id, now):
                if _may_open(who, item.id):
                    notices.put(item.area_id, who.account_id, Notice.CRIME_DISCLOSED, values, now,
                                about=[item.case_id], meeting_id=meeting.id)  # fmt: skip


def _people(agency_id: UUID, now: datetime) -> list[Principal]:
    row = AccountRow
    rows = select(row.id).where(
        row.agency_id == agency_id, row.role.in_(ATTENDS_MEETINGS), row.disabled_at.is_(None)
    )
    found = (accounts.principal(key, now) for key in db.session.scalars(rows.order_by(row.id)).all())
    return [who for who in found if who is not None]


def _may_open(who: Principal, item_id: UUID) -> bool:
    """Nobody is told of a case that is kept from them."""
    with acting.acting(who):
        return bool(store.at(who, item_id))


def receive(principal: Principal, crime_id: UUID, now: datetime) -> None:
    """The police told say that they have it. Raises NotFound where it is not theirs."""
    with saved_by(principal, Permission.CRIME_RECEIVE, now) as who:
        areas.hold(who.area_id)
        row = store.one(who, crime_id)
        if row is None:
            raise NotFound
        if row.received_at is not None:
            raise RuleBroken("Somebody of your agency has recorded this already. Nothing changed.")
        store.received(row, who.account_id, now)
        about = f"crime_disclosed/{row.id}"
        audit.record(who.account_id, who.area_id, "crime.received", about, now, item=row.item_id)
