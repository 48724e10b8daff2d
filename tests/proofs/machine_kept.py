"""What no step of proof 3 may lose: cases, their outcomes, and what the victim is told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import CaseRow, FeedbackRow, ItemRow, MeetingRow, OutcomeRow, db
from tests.proofs.machine_actions import Actions
from tests.proofs.machine_called import Called
from tests.proofs.machine_minutes import Minutes


class Kept(Minutes, Actions, Called):
    """All that a meeting does, and what must hold after each step of it."""

    def begin_over(self) -> None:
        """Some runs begin once a list was closed, a MARAC has sat, and its minutes are issued."""
        for kind in ("DRAMM", "MARAC"):
            self.hold_meeting(0, self.meetings(kind)[0], 1)
        for key in self.ended:
            for by in (0, 1, 2):
                self.write_on(by, key)

    def nothing_is_lost(self) -> None:
        """Asked of the rows themselves, as the service."""
        self.cases_are_kept()
        self.heard_or_back()
        self.actions_never_vanish()
        self.minutes_stay_as_approved()
        self.what_was_asked_is_done()
        db.session.rollback()

    def cases_are_kept(self) -> None:
        """Every case there ever was is there, unless it was destroyed."""
        there = set(db.session.scalars(select(CaseRow.id).where(CaseRow.area_id == self.area_id)))
        ever = {one.case_id for one in self.couples if one.case_id}
        assert ever - self.destroyed <= there, "a case is lost"

    def heard_or_back(self) -> None:
        """Of a meeting that is over, each case has its outcome and what the victim is told (D3, F1), or was
        hidden from who ended it; what a MARAC did not hear stands on another one (M1)."""
        items = db.session.scalars(select(ItemRow).where(ItemRow.area_id == self.area_id)).all()
        decided, told = (set(db.session.scalars(select(row.item_id).where(row.area_id == self.area_id)))
                         for row in (OutcomeRow, FeedbackRow))  # fmt: skip
        meetings = {
            one.id: one
            for one in db.session.scalars(select(MeetingRow).where(MeetingRow.area_id == self.area_id))
        }
        for one in items:
            if one.meeting_id not in self.ended:
                continue
            unseen = one.id in self.ended[one.meeting_id]
            assert one.id in told or one.id not in decided or unseen, "heard, and nobody says what is told"
            if meetings[one.meeting_id].kind == "DRAMM":
                assert one.id in decided or unseen, "a daily case without its outcome"
            elif one.id not in decided and not self._stands(one, items, meetings):
                raise AssertionError("a MARAC did not hear it, and it is on no other")

    def _stands(self, line: ItemRow, items: Sequence[ItemRow], meetings: dict[UUID, MeetingRow]) -> bool:
        day = meetings[line.meeting_id].sits_on
        return any(
            one.case_id == line.case_id and one.id != line.id and meetings[one.meeting_id].kind == "MARAC"
            and meetings[one.meeting_id].sits_on >= day
            for one in items
        )  # fmt: skip
