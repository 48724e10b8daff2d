"""Steps of proof 3 about what comes after a meeting: who tells the victim, and whose records are flagged.

Whoever is named, and whichever agency has the flag, comes across the case only where its rules say so.
"""

from uuid import uuid4

from hypothesis.stateful import rule
from sqlalchemy import func, select

from meetingsvc.models import AccountRow, FeedbackRow, FlagRow, ItemRow, MeetingRow, db
from meetingsvc.usecases.transaction import saved
from tests.a_telling import a_flag, a_telling
from tests.proofs.machine_ground import Ground, some


class After(Ground):
    """What the meeting leaves to be done by one agency."""

    @rule(item=some, by=some)
    def name_and_flag(self, item: int, by: int) -> None:
        """An agency tells the victim of some case, and flags them."""
        rows = select(ItemRow).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        found = db.session.scalars(
            rows.where(MeetingRow.area_id == self.area_id).order_by(MeetingRow.sits_on, ItemRow.position)
        ).all()
        if not found:
            return
        key, who = found[item % len(found)].id, self.whom(by)
        with saved():
            row = db.session.get_one(ItemRow, key)
            agency = db.session.get_one(AccountRow, who).agency_id
            last = db.session.scalar(select(func.max(FeedbackRow.version)).where(FeedbackRow.item_id == key))
            telling = a_telling(row, agency, who, "Bo Lindqvist")
            telling.version = (last or 0) + 1
            db.session.add(telling)
            mine = FlagRow.case_id == row.case_id, FlagRow.agency_id == agency
            if db.session.scalar(select(FlagRow.id).where(*mine)) is None:
                db.session.add(a_flag(uuid4(), row, agency, "Harbour"))
