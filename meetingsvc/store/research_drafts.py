"""What an agency has typed for a meeting and not sent: for its own people, and for nobody else (D1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from meetingsvc.models import AccountRow, ResearchDraftRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import told_at
from minutes.research import Typed


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in one box, and who typed it last."""

    typed: Typed
    version: int
    by: str
    at: datetime | None

    @property
    def mark(self) -> str:
        """What a page says it was opened with: it finds both an older state and another one."""
        return f"{self.version}.{self.typed.mark}"


NOTHING = Draft(Typed(), 0, "", None)


def of_boxes(who: Principal, item_ids: Collection[UUID]) -> dict[UUID, Draft]:
    """What the reader's agency has typed, by box."""
    row = ResearchDraftRow
    rows = (
        select(row, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.saved_by)
        .where(told_at(who, row.item_id), row.item_id.in_(list(item_ids)), row.agency_id == who.agency_id)
    )
    return {
        draft.box_id: Draft(Typed.from_json(draft.content), draft.version, by, draft.saved_at)
        for draft, by in db.session.execute(rows)
    }


def keep(who: Principal, item_id: UUID, box_id: UUID, typed: Typed, now: datetime) -> Draft:
    """Writes what stands in a box from now on. The caller has looked at what stood there, and holds it."""
    row = ResearchDraftRow
    mine = (told_at(who, row.item_id), row.box_id == box_id, row.agency_id == who.agency_id)
    draft = db.session.scalar(select(row).where(*mine))
    if draft is None:
        draft = row(box_id=box_id, agency_id=who.agency_id, area_id=who.area_id, item_id=item_id, version=0)
        db.session.add(draft)
    draft.content, draft.version = typed.as_json(), draft.version + 1
    draft.saved_by, draft.saved_at = who.account_id, now
    db.session.flush()
    return Draft(typed.clean, draft.version, who.name, now)


def drop(who: Principal, box_id: UUID) -> None:
    """It was sent."""
    row = ResearchDraftRow
    db.session.execute(delete(row).where(row.box_id == box_id, row.agency_id == who.agency_id))


def forget(meeting_items: Collection[UUID]) -> None:
    """What nobody sent of meetings long over. The service's own work."""
    db.session.execute(delete(ResearchDraftRow).where(ResearchDraftRow.item_id.in_(list(meeting_items))))
