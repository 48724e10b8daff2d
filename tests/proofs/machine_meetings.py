"""Steps of proof 3 about meetings: who is there, what is heard, decided or not reached, and how they end.

A meeting ends exactly where everything is there that whoever ends it may see (Rulebook D3, F1, R3, M6).
"""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from hypothesis.stateful import rule
from sqlalchemy import select

from agenda.calendar import local_day
from agenda.incidents import Risk
from agenda.rules import RuleBroken
from meetingsvc.models import (
    ActionRow,
    AgencyRow,
    AttendeeRow,
    FeedbackRow,
    ItemRow,
    LiveFieldRow,
    MeetingRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.usecases import (
    list_changes,
    live,
    marac,
    marac_publishing,
    meeting_record,
    meeting_record_hearing,
    meeting_record_presence,
    outcomes,
)
from minutes.actions import Action, Category
from minutes.crimes import Crime
from minutes.feedback import Telling
from minutes.live import Typed
from minutes.outcome import Outcome
from minutes.plan import Review, Verdict
from minutes.recording import Recording
from tests.proofs import model
from tests.proofs.machine_ground import CLOCK, WHY, Ground, some

POLICE = 1  # which agency
_PRESENT = 4  # so many say that they are there
_NOT_YET = ("cannot be ended yet", "cannot be closed yet")


class Meetings(Ground):
    """What is done while one sits."""

    @rule(by=some, meeting=some)
    def come(self, by: int, meeting: int) -> None:
        """Somebody says for themselves that they are there."""
        if key := self.meeting(meeting):
            self.does(by, partial(meeting_record_presence.here, meeting_id=key, now=self.now))

    @rule(by=some, item=some)
    def hear(self, by: int, item: int) -> None:
        if key := self.item(item):
            self.anybody(by, partial(meeting_record_hearing.hear, item_id=key, now=self.now))

    @rule(by=some, item=some)
    def not_reach(self, by: int, item: int) -> None:
        """The MARAC has no time for a case: it comes back (M1)."""
        if key := self.item(item):
            self.anybody(by, partial(self._not_reach, key=key))

    def _not_reach(self, who: Principal, key: UUID) -> None:
        meeting_record.not_reach(who, key, self.say("not reached", key), self.now)

    @rule(by=some, item=some)
    def type_in(self, by: int, item: int) -> None:
        """Somebody types into the record of a case, and does not save it."""
        if key := self.item(item):
            self.anybody(by, partial(self._type_in, key=key))

    def _type_in(self, who: Principal, key: UUID) -> None:
        with acting.service():
            there = db.session.get(LiveFieldRow, (key, "notes"))
            version, base = (there.version, there.value) if there else (0, "")
        live.save(who, key, [Typed("notes", self.say("draft", key), version, base)], self.now)

    @rule(by=some, item=some, what=some)
    def record(self, by: int, item: int, what: int) -> None:
        """A case gets its outcome, or another one."""
        if key := self.item(item):
            self.anybody(by, partial(self._decide, key=key, what=what))

    def _decide(self, who: Principal, key: UUID, what: int) -> None:
        """With notes, an action, a crime; now and then nobody says what the victim is told."""
        with acting.service():
            version = db.session.scalar(select(OutcomeRow.version).where(OutcomeRow.item_id == key)) or 0
            meeting = db.session.get_one(MeetingRow, db.session.get_one(ItemRow, key).meeting_id)
            at_marac, before = meeting.kind == "MARAC", self._before(key)
            agency, police = self.signed(what), self.signed(POLICE)
        action, due = uuid4(), local_day(self.now) + timedelta(days=7)
        crimes = {} if what % 3 or police != self.agencies[POLICE] else {
            uuid4(): Crime(self.say("crime", key, agency, police), agency, police)
        }  # fmt: skip
        reviewed = before[:1] if at_marac and what % 2 else []
        told = Recording(
            version, Outcome(Risk.HIGH, in_place=True, refer=not at_marac, notes=self.say("outcome", key)),
            actions={action: Action(Category.VICTIM, agency, self.say("action", key), due)},
            crimes=crimes, reviews={one: Review(Verdict.DONE, WHY) for one in reviewed},
            telling=Telling(unsafe=self.say("unsafe", key)) if what % 4 else None,
        )  # fmt: skip
        try:
            outcomes.record(who, key, told, self.now)
        except (outcomes.Unfit, outcomes.Stale) as refused:
            raise RuleBroken("an agency has left") from refused
        self.actions |= {action: (key, "open")} | {one: (self.actions[one][0], "done") for one in reviewed}

    def _before(self, key: UUID) -> list[UUID]:
        """Open actions of earlier meetings about the case of an item."""
        case = select(ItemRow.case_id).where(ItemRow.id == key).scalar_subquery()
        rows = select(ActionRow.id).join(ItemRow, ItemRow.id == ActionRow.item_id)
        here = rows.where(ItemRow.case_id == case, ItemRow.id != key, ActionRow.status == "open")
        return [one for one in db.session.scalars(here.order_by(ActionRow.due, ActionRow.id))
                if one in self.actions]  # fmt: skip

    @rule(by=some, meeting=some)
    def end(self, by: int, meeting: int) -> None:
        if key := self.meeting(meeting):
            self.anybody(by, partial(self._end, key=key))

    def _end(self, who: Principal, key: UUID) -> None:
        with acting.service():
            row = db.session.get_one(MeetingRow, key)
            kind, day = row.kind, row.sits_on
            missing, unseen = self._missing(who, key) if who.runs_meetings else ([], [])
        try:
            if kind == "MARAC":
                meeting_record.end(who, key, self.now)
            else:
                list_changes.close(who, day, self.now)
        except RuleBroken as refused:
            assert missing or not any(words in str(refused) for words in _NOT_YET), str(refused)
            raise
        assert not missing, f"{kind} ended though {missing}"
        self.ended[key] = frozenset(unseen)

    def _missing(self, who: Principal, key: UUID) -> tuple[list[str], list[UUID]]:
        """What keeps a meeting from its end, by the rules; and which of its cases this person may not see."""
        reader = model.readers(self.now, self.area_id)[who.account_id]
        of, meeting = reader.tables.of, reader.meetings[key]
        every = [one for one in of(ItemRow) if one.meeting_id == key]
        lines = [one for one in every if one.id in reader.items and one.supplement <= meeting.supplements]
        decided, told = ({one.item_id for one in of(row)} for row in (OutcomeRow, FeedbackRow))
        found = []
        if lines and not any(one.here for one in of(AttendeeRow) if one.meeting_id == key):
            found.append("nobody came (R3)")
        if any(one.id not in decided and not one.not_reached for one in lines):
            found.append("a case has no outcome (D3)")
        if any(one.id in decided - told for one in lines):
            found.append("nobody says what the victim is told (F1)")
        return found, [one.id for one in every if one not in lines]

    @rule(by=some, meeting=some, leaves=some)
    def sit(self, by: int, meeting: int, leaves: int) -> None:
        """A whole meeting, on its day: people come, each case but one is heard and decided, and it ends."""
        if key := self.meeting(meeting):
            self.hold_meeting(by, key, leaves)

    def hold_meeting(self, by: int, key: UUID, leaves: int) -> None:
        at_marac = db.session.get_one(MeetingRow, key).kind == "MARAC"
        if at_marac:
            self.anybody(by, partial(marac.close, meeting_id=key, now=self.now))
            self.anybody(by, partial(marac_publishing.publish, meeting_id=key, now=self.now))
        CLOCK.at = max(self.now, db.session.get_one(MeetingRow, key).starts_at)
        for each in range(by, by + _PRESENT):
            self.does(each, partial(meeting_record_presence.here, meeting_id=key, now=self.now))
        rows = select(ItemRow.id).where(ItemRow.meeting_id == key).order_by(ItemRow.position, ItemRow.id)
        for place, item in enumerate(db.session.scalars(rows).all()):
            if at_marac and place == leaves:
                self.anybody(by, partial(self._not_reach, key=item))
            else:
                self.anybody(by, partial(meeting_record_hearing.hear, item_id=item, now=self.now))
                self.anybody(by, partial(self._decide, key=item, what=1 + 2 * (place % 2)))
        self.anybody(by, partial(self._end, key=key))

    def meeting(self, number: int) -> UUID | None:
        """One of the area's, of either kind, the latest first."""
        row = MeetingRow
        rows = select(row.id).where(row.area_id == self.area_id)
        found = db.session.scalars(rows.order_by(row.sits_on.desc(), row.kind, row.emergency)).all()
        return found[number % len(found)] if found else None

    def item(self, number: int) -> UUID | None:
        """One line of a list or an agenda, those of today's meetings first."""
        row, today = MeetingRow, local_day(self.now)
        rows = select(row.sits_on != today, row.sits_on, ItemRow.position, ItemRow.id)
        here = rows.join(ItemRow, ItemRow.meeting_id == row.id).where(row.area_id == self.area_id)
        found = sorted(tuple(one) for one in db.session.execute(here))
        return found[number % len(found)][-1] if found else None

    def signed(self, number: int) -> UUID:
        """One of the agencies that are there still; the first stays."""
        key = self.agencies[number % len(self.agencies)]
        return key if db.session.get_one(AgencyRow, key).withdrawn_on is None else self.agencies[0]
