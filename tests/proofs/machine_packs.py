"""Steps of proof 3 about what goes out: referred, published, sent, and copies made of packs."""

from datetime import datetime
from functools import partial
from uuid import UUID

from flask import current_app
from hypothesis.stateful import rule
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from meetingsvc import mail
from meetingsvc.mail import Cleared
from meetingsvc.models import ItemRow, MeetingRow, PackCopyRow, PackRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, marac_waiting
from meetingsvc.store.outbox import Message
from meetingsvc.usecases import marac, marac_publishing, outbox, packs
from tests.a_marac import decided
from tests.proofs import model
from tests.proofs.canaries import found_in
from tests.proofs.machine_ground import WHY, Copy, Ground, some
from tests.proofs.model_reader import Reader
from tests.proofs.test_sweep import said_in

#: Told for their duty, whatever meeting it is: for them, only a wall keeps a case (security.md B).
DUTIES = ("break_glass", "alarm", "breach", "complaint", "disagreement")


class Packs(Ground):
    """What leaves the service, and what may be had of it."""

    def begin_published(self) -> None:
        for item in range(3):
            self.refer(item)
        self.publish(0)
        for by in (1, 2, 11):
            self.make_copy(by, 0)

    @rule(item=some)
    def refer(self, item: int) -> None:
        """A daily meeting sends a case to the MARAC."""
        rows = select(ItemRow.id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        here = rows.where(MeetingRow.kind == "DRAMM", MeetingRow.area_id == self.area_id)
        found = db.session.scalars(here.order_by(MeetingRow.sits_on, ItemRow.position)).all()
        if found:
            key = found[item % len(found)]
            self.anybody(0, lambda who: self._decided(who, key))

    def _decided(self, who: Principal, item_id: UUID) -> None:
        with acting.service():
            decided(who, item_id, Group.NEW_SAFEGUARDS, at=self.now)

    @rule(by=some)
    def publish(self, by: int) -> None:
        for meeting in self._next_agenda():
            self.anybody(by, partial(marac.close, meeting_id=meeting, now=self.now))
            self.anybody(by, partial(marac_publishing.publish, meeting_id=meeting, now=self.now))

    @rule(by=some)
    def publish_late(self, by: int) -> None:
        """What was referred since goes out with a supplementary list."""
        for meeting in self._next_agenda():
            self.anybody(by, partial(self._supplement, meeting=meeting))

    def _next_agenda(self) -> list[UUID]:
        """Of the next MARAC that is not over."""
        return [one for one in self.meetings("MARAC") if one not in self.ended][:1]

    def _supplement(self, who: Principal, meeting: UUID) -> None:
        late = [one.outcome_id for one in marac_waiting.late_referrals(who, meeting)]
        number = marac.add_late(who, meeting, late, WHY, self.now)
        marac_publishing.publish_supplement(who, meeting, number, self.now)

    @rule()
    def send(self) -> None:
        """The worker's way out: each message is asked about again as it leaves (F3, S3, V1, M6)."""
        gone = list[tuple[Message, frozenset[UUID]]]()

        def carry(cleared: Cleared, message: Message, now: datetime) -> None:
            letter = mail.letter(message, cleared.recipient.email, current_app.config["SETTINGS"], now)
            assert not found_in(letter.as_string())
            gone.append((message, cleared.about))

        outbox.send_waiting(carry, lambda: self.now)
        readers, away = model.readers(self.now, self.area_id), set(self.gone())
        for message, about in gone:
            if message.area_id != self.area_id:
                continue  # it was left by a run before
            assert message.account_id not in away, message.notice
            reader = readers[message.account_id]
            kept = reader.walled if message.notice in DUTIES else about - reader.cases
            assert not about & kept, message.notice
            self.sent += 1

    @rule(by=some, pack=some)
    def make_copy(self, by: int, pack: int) -> None:
        """It holds exactly the cases that are open to its holder at this moment."""
        rows = select(PackRow.id).where(PackRow.area_id == self.area_id).order_by(PackRow.built_at)
        found = db.session.scalars(rows).all()
        if found:
            key = found[pack % len(found)]
            self.does(by, lambda who: self._copy(who, key))

    def _copy(self, who: Principal, pack_id: UUID) -> None:
        with acting.service():
            reader = model.readers(self.now, self.area_id)[who.account_id]
            due, replaces = self._due_in(reader, pack_id), self._replaced(who, pack_id)
        try:
            made = packs.make_copy(who, pack_id, replaces, self.now)
        except (NotFound, Forbidden):
            assert not due, f"no copy of {len(due)} cases"
            raise
        assert made is not None
        said = said_in(packs.fetch(who, made.copy_id, self.now), made.passphrase)
        held = {one.case_id for one in self.couples if found_in(said) & {one.surname, *one.told.values()}}
        assert held == due, (held, due)
        self.copies.append(Copy(made.copy_id, who, frozenset(due)))

    def is_handed_out(self, copy: Copy) -> bool:
        """A copy of before, to somebody who asked just before they lost everything."""
        try:
            with acting.acting(copy.holder):
                return bool(packs.fetch(copy.holder, copy.id, self.now))
        except (NotFound, Forbidden, packs.Stale):
            return False
        finally:
            db.session.rollback()

    def _replaced(self, who: Principal, pack_id: UUID) -> int:
        rows = select(PackCopyRow.copy_number).where(
            PackCopyRow.pack_id == pack_id, PackCopyRow.account_id == who.account_id,
            PackCopyRow.agency_id == who.agency_id, PackCopyRow.content.is_not(None),
        )  # fmt: skip
        return db.session.scalar(rows) or 0

    def _due_in(self, reader: Reader, pack_id: UUID) -> set[UUID]:
        """The cases of a pack that may reach a person now; none where they may have no pack at all (S3), nor
        where one was destroyed: no file is edited, so it went whole (L2)."""
        pack = db.session.get_one(PackRow, pack_id, populate_existing=True)
        over = pack.expires_at <= self.now or pack.words is None
        if over or not self.may_have_packs(reader, pack.meeting_id):
            return set()
        rows = select(ItemRow.case_id).where(
            ItemRow.meeting_id == pack.meeting_id, ItemRow.supplement == pack.supplement
        )
        waits = set() if reader.account.role == Role.CHAIR else set(pack.held or ()) - set(pack.drawn or ())
        found = {one for one in db.session.scalars(rows) if one in reader.cases and str(one) not in waits}
        return {one for one in found if not self.collides(reader.account.id, one)}

    def may_have_packs(self, reader: Reader, meeting_id: UUID) -> bool:
        """Who runs meetings, and the panel of an agency that attends the MARAC (S3, V1)."""
        attends = reader.runs or (reader.sits and "MARAC" in reader.agency.attends)
        return attends and meeting_id in reader.meetings

    def collides(self, account_id: UUID, case_id: UUID) -> bool:
        """They said that they are its perpetrator: nothing of it reaches them, wall or no wall (F3)."""
        return (account_id, self.number_of(case_id)) in self.collide
