"""Steps of proof 3 about minutes: drafted, written in, sent, sent back, approved, corrected (R1).

Nobody approves what they wrote in, and what is approved stays as it is (security.md B).
"""

from functools import partial
from hashlib import sha256
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from agenda.rules import RuleBroken
from meetingsvc.models import ItemRow, MinutesCaseRow, MinutesRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.usecases import minutes, minutes_corrections
from meetingsvc.usecases.minutes import Said
from tests.proofs.machine_ground import WHY, some
from tests.proofs.machine_meetings import Meetings

STEPS = ("draft", "say", "send", "send back", "approve", "correct")


class Minutes(Meetings):
    """What is done with them."""

    @rule(by=some, meeting=some, step=st.sampled_from(STEPS))
    def any_step(self, by: int, meeting: int, step: str) -> None:
        """In whatever order, by whoever comes first of those who may."""
        if self.ended:
            self._take(by, sorted(self.ended)[meeting % len(self.ended)], step)
        elif key := self.meeting(meeting):
            self._take(by, key, step)

    @rule(by=some, meeting=some)
    def next_step(self, by: int, meeting: int) -> None:
        """What is due next with the minutes of a meeting that is over."""
        if self.ended:
            self.write_on(by, sorted(self.ended)[meeting % len(self.ended)])

    def write_on(self, by: int, key: UUID) -> None:
        row = self._newest(key)
        if row is None or row.approved_at:
            self._take(by, key, "draft" if row is None else "correct")
            self._take(by + 1, key, "say")
        else:
            self._take(by, key, "approve" if row.sent_at else "send")

    def _newest(self, key: UUID) -> MinutesRow | None:
        rows = select(MinutesRow).where(MinutesRow.meeting_id == key)
        return db.session.scalars(rows.order_by(MinutesRow.version.desc())).first()

    def _take(self, by: int, key: UUID, step: str) -> None:
        steps = {"draft": self._draft, "say": self._say, "send": self._send, "send back": self._send_back,
                 "approve": self._approve, "correct": self._correct}  # fmt: skip
        self.anybody(by, partial(steps[step], key=key))

    def _draft(self, who: Principal, key: UUID) -> None:
        minutes.draft(who, key, self.now)
        assert key in self.ended, "minutes of a meeting that has not ended"
        self._wrote(who, key)

    def _correct(self, who: Principal, key: UUID) -> None:
        minutes_corrections.correct(who, key, WHY, WHY, self.now)
        self._wrote(who, key)

    def _wrote(self, who: Principal, key: UUID) -> None:
        """Who wrote in a version; with what is taken over into a correction, its writers are."""
        with acting.service():
            row = self._newest(key)
            assert row is not None
            self.writers.setdefault((key, row.version), set()).add(who.account_id)

    def _say(self, who: Principal, key: UUID) -> None:
        with acting.service():
            row = self._newest(key)
            rows = select(MinutesCaseRow.item_id, MinutesCaseRow.version).where(
                MinutesCaseRow.minutes_id == (row.id if row else None)
            )
            found = db.session.execute(rows.join(ItemRow, ItemRow.id == MinutesCaseRow.item_id)
                                       .order_by(ItemRow.position, ItemRow.id)).first()  # fmt: skip
        if found is None:
            raise RuleBroken("nothing to write in")
        item, version = found
        if minutes.say(who, key, {item: Said(self.say("minutes", item), version)}, self.now):
            self._wrote(who, key)

    def _send(self, who: Principal, key: UUID) -> None:
        with acting.service():
            row = self._newest(key)
            sent = bool(row and row.sent_at)
        minutes.send(who, key, self.now)
        if not sent:
            self._wrote(who, key)

    def _send_back(self, who: Principal, key: UUID) -> None:
        minutes.send_back(who, key, self._sends(key), WHY, self.now)

    def _approve(self, who: Principal, key: UUID) -> None:
        """Exactly who wrote nothing in it: a chair (security.md B)."""
        sends = self._sends(key)
        with acting.service():
            row = self._newest(key)
            waits = bool(row and row.sent_at and not row.approved_at)
            version = row.version if row else 0
            said = {one.said_by for one in self._cases(row)} - {None} if row else set()
        wrote = who.account_id in self.writers.get((key, version), set()) | said
        try:
            try:
                minutes.approve(who, key, sends, self.now)
            except RuleBroken as changed:
                if "read them again" not in str(changed):
                    raise
                minutes.approve(who, key, self._sends(key), self.now)  # the record has changed since
        except RuleBroken as refused:
            assert wrote or not waits, str(refused)
            raise
        assert who.role is Role.CHAIR and not wrote, "approved what they wrote in"

    def _sends(self, key: UUID) -> int:
        with acting.service():
            row = self._newest(key)
            return row.sends if row else 0

    def _cases(self, row: MinutesRow) -> list[MinutesCaseRow]:
        rows = select(MinutesCaseRow).where(MinutesCaseRow.minutes_id == row.id)
        return list(db.session.scalars(rows.order_by(MinutesCaseRow.item_id)))

    def minutes_stay_as_approved(self) -> None:
        """But for a case that is destroyed (R1)."""
        rows = select(MinutesRow).where(
            MinutesRow.area_id == self.area_id, MinutesRow.approved_at.is_not(None)
        )
        for row in db.session.scalars(rows).all():
            wrote = self.writers.get((row.meeting_id, row.version), set())
            assert row.approved_by not in wrote | {row.drafted_by, row.sent_by}, "approved by who wrote in it"
            for one in self._cases(row):
                now = sha256(f"{row.head}/{one.told}/{one.said}".encode()).hexdigest()
                assert self.issued.setdefault((row.id, one.item_id), now) == now, "approved, and changed"
