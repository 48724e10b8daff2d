"""Looking at what was refused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import RefusalRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store.refusals import refusals_of
from meetingsvc.usecases.transaction import saved_by


def look(principal: Principal, refusal_id: UUID, note: str, now: datetime) -> None:
    """Says that somebody has looked at a refusal, and what they made of it.

    The text stays beside the refusal; the trail names it. Raises NotFound where there is none for this
    person, RuleBroken where somebody has looked already.
    """
    with saved_by(principal, Permission.REFUSAL_READ, now) as who:
        mine = select(RefusalRow).where(refusals_of(who), RefusalRow.id == refusal_id)
        row = db.session.scalars(mine.with_for_update(of=RefusalRow)).one_or_none()
        if row is None:
            raise NotFound
        if row.seen_at:
            raise RuleBroken("Somebody has looked at this already. Nothing changed.")
        row.seen_by, row.seen_at, row.note = who.account_id, now, note.strip()
        audit.record(who.account_id, who.area_id, "refusal.seen", f"refusal/{refusal_id}", now)
