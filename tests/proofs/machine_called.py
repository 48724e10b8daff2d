"""Steps of proof 3 about what is asked of a MARAC before it sits: an emergency (M4), a confirmation (C3)."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from hypothesis.stateful import rule
from sqlalchemy import select

from agenda.circulation import Group
from agenda.confirmations import Said, Told
from agenda.emergency import Soon
from agenda.rules import RuleBroken
from meetingsvc.models import ConfirmationRow, EmergencyAskRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.usecases import confirmations, emergency
from tests.proofs import model
from tests.proofs.machine_ground import Ground, some


class Called(Ground):
    """What agencies ask, and what they answer."""

    @rule(by=some, case=some)
    def ask_for_emergency(self, by: int, case: int) -> None:
        self.does(by, partial(self._ask, case_id=self.case(case)))

    def _ask(self, who: Principal, case_id: UUID) -> None:
        item = self.item_on(case_id)
        if item is None:
            raise RuleBroken("on no list yet")
        reason = self.say("emergency", item, who.agency_id)
        emergency.ask(who, case_id, reason, Soon.TODAY, self.now)
        with acting.service():
            assert case_id in model.readers(self.now, self.area_id)[who.account_id].cases

    @rule(by=some, which=some, yes=some)
    def decide_emergency(self, by: int, which: int, yes: int) -> None:
        row = EmergencyAskRow
        waits = select(row.id).where(row.area_id == self.area_id, row.decided_at.is_(None))
        if found := db.session.scalars(waits.order_by(row.asked_at, row.id)).all():
            self.anybody(by, partial(self._decide_on, key=found[which % len(found)], yes=yes % 4 > 0))

    def _decide_on(self, who: Principal, key: UUID, yes: bool) -> None:
        """A chair who did not ask; and nobody who would learn of a case that is kept from them (M6)."""
        with acting.service():
            row = db.session.get_one(EmergencyAskRow, key)
            asked_by, case_id, item = row.asked_by, row.case_id, self.item_on(row.case_id)
        if not yes and item:
            emergency.refuse(who, key, self.say("refused", item, self._asker(key)), self.now)
        else:
            meeting = emergency.accept(who, key, self.now + timedelta(hours=1), self.now)
            self._told_nobody_else(meeting, case_id)
        assert who.role is Role.CHAIR and who.account_id != asked_by

    def _asker(self, key: UUID) -> UUID:
        with acting.service():
            return db.session.get_one(EmergencyAskRow, key).agency_id

    def _told_nobody_else(self, meeting: UUID, case_id: UUID) -> None:
        """Whoever sees that it sits may open its one case: that it sits tells that there is one (M6)."""
        with acting.service():
            for reader in model.readers(self.now, self.area_id).values():
                assert meeting not in reader.meetings or case_id in reader.cases, reader.account.role

    @rule(by=some, item=some, yes=some)
    def confirm(self, by: int, item: int, yes: int) -> None:
        """An agency answers about a case that is circulated for update only; or cannot confirm it."""
        rows = select(ItemRow.id, ItemRow.meeting_id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        here = rows.where(MeetingRow.kind == "MARAC", MeetingRow.area_id == self.area_id)
        if found := db.session.execute(here.order_by(MeetingRow.sits_on, ItemRow.id)).all():
            key, meeting = found[item % len(found)]
            self.does(by, partial(self._confirm, key=key, meeting=meeting, yes=yes % 2 > 0))

    def _confirm(self, who: Principal, key: UUID, meeting: UUID, yes: bool) -> None:
        said = Told(Said.CONFIRMED)
        if not yes:
            said = Told(Said.NOT_CONFIRMED, self.say("confirmation", key, who.agency_id))
        sent = confirmations.answer(who, meeting, {key: said}, self.now)
        with acting.service():
            reader = model.readers(self.now, self.area_id)[who.account_id]
            assert key in reader.items or not (sent.confirmed or sent.not_confirmed), "of a hidden case"

    def item_on(self, case_id: UUID) -> UUID | None:
        """A line of that case."""
        with acting.service():
            rows = select(ItemRow.id).where(ItemRow.case_id == case_id).order_by(ItemRow.id)
            return db.session.scalars(rows).first()

    def what_was_asked_is_done(self) -> None:
        """Accepted is on a MARAC of its own (M4); not confirmed is discussed (C3)."""
        row, line = EmergencyAskRow, ItemRow
        for asked in db.session.scalars(select(row).where(row.area_id == self.area_id, row.accepted)):
            assert asked.decided_by != asked.asked_by
            rows = select(line.id).where(line.meeting_id == asked.meeting_id, line.case_id == asked.case_id)
            assert db.session.scalar(rows) is not None, "accepted, and on no MARAC"
        said = select(ConfirmationRow.item_id).where(
            ConfirmationRow.area_id == self.area_id, ConfirmationRow.confirmed.is_(False)
        )
        for moved in db.session.scalars(select(line).where(line.id.in_(said))):
            assert moved.moved_reason and Group(moved.group or 0).for_discussion, (
                "not confirmed, not discussed"
            )
