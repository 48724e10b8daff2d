"""Steps of proof 3 about what comes after a meeting: who tells the victim, what became of it, and whose
records are flagged until when.

Whoever is named, and whichever agency has the flag, comes across the case only where its rules say so; and
nobody else can say what became of either.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import func, select

from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, FeedbackRow, FlagRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.usecases import feedback, feedback_tries, flags, flags_done
from meetingsvc.usecases.transaction import saved
from minutes.feedback import Result, Telling, Try
from minutes.flags import Said, State
from tests.a_telling import a_flag, a_telling
from tests.proofs import model
from tests.proofs.machine_ground import Ground, some
from tests.proofs.model_reader import Reader

TOLD_BY = "Bo Lindqvist"
SAID = (Said.DONE, Said.DONE, Said.NOT_HELD, Said.MISTAKE)


class After(Ground):
    """What the meeting leaves to be done by one agency."""

    @rule(item=some, by=some)
    def name_and_flag(self, item: int, by: int) -> None:
        """An agency is to tell the victim of some case, and to flag them: perhaps one that cannot open it."""
        if (key := self._heard(item)) is None:
            return
        who = self.whom(by)
        with saved():
            row = db.session.get_one(ItemRow, key)
            agency = db.session.get_one(AccountRow, who).agency_id
            last = db.session.scalar(select(func.max(FeedbackRow.version)).where(FeedbackRow.item_id == key))
            telling = a_telling(row, agency, who, TOLD_BY)
            telling.version = (last or 0) + 1
            db.session.add(telling)
            mine = FlagRow.case_id == row.case_id, FlagRow.agency_id == agency
            if db.session.scalar(select(FlagRow.id).where(*mine)) is None:
                db.session.add(a_flag(uuid4(), row, agency, "Harbour"))

    def _heard(self, number: int) -> UUID | None:
        rows = select(ItemRow.id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        here = rows.where(MeetingRow.area_id == self.area_id)
        found = db.session.scalars(here.order_by(MeetingRow.sits_on, ItemRow.position)).all()
        return found[number % len(found)] if found else None

    @rule(by=some, item=some, agency=some)
    def name_another(self, by: int, item: int, agency: int) -> None:
        """Who runs the meetings has somebody of another agency tell the victim (F1, F2)."""
        if key := self._heard(item):
            whose = self.agencies[agency % len(self.agencies)]
            self.anybody(by, partial(self._name, key=key, agency=whose))

    def _name(self, who: Principal, key: UUID, agency: UUID) -> None:
        day = local_day(self.now) + timedelta(days=1)
        told = Telling(agency, TOLD_BY, due=day, instead_of_idva=self.say("unsafe", key))
        try:
            feedback.change(who, key, self._decision(key)[0], told, self.now)
        except feedback.Unfit as refused:
            raise RuleBroken("it has left, is shut out, or the victim has been told") from refused
        assert self._reader(who).runs and key in self._reader(who).told

    def _decision(self, item: UUID) -> tuple[int, UUID | None]:
        """The version of what is decided now, and whose it is to tell."""
        row = FeedbackRow
        with acting.service():
            rows = select(row.version, row.agency_id).where(row.item_id == item)
            found = db.session.execute(rows.order_by(row.version.desc())).first()
        return (found[0], found[1]) if found else (0, None)

    def _reader(self, who: Principal) -> Reader:
        with acting.service():
            return model.readers(self.now, self.area_id)[who.account_id]

    @rule(by=some, which=some, result=st.sampled_from(Result))
    def attempt(self, by: int, which: int, result: Result) -> None:
        """What became of an attempt to tell a victim (F5)."""
        row = FeedbackRow
        rows = select(row.item_id).join(ItemRow, ItemRow.id == row.item_id)
        here = rows.where(row.area_id == self.area_id, row.version == 1)
        found = db.session.scalars(here.order_by(row.decided_at, ItemRow.position, row.item_id)).all()
        if found:
            self.anybody(by, partial(self._attempt, key=found[which % len(found)], result=result))

    def _attempt(self, who: Principal, key: UUID, result: Result) -> None:
        """By whose it is to tell, or who runs the meetings; nobody else (security.md B)."""
        today, (version, agency) = local_day(self.now), self._decision(key)
        again = today + timedelta(days=1) if result is Result.NOT_REACHED else None
        told = Try(result, today, TOLD_BY, self.say("attempt", key), again)
        feedback_tries.record(who, key, version, told, self.now)
        reader = self._reader(who)
        assert key in reader.told and (reader.runs or agency == who.agency_id), "recorded by somebody else"

    @rule(by=some, which=some, what=st.sampled_from(SAID))
    def say_of_a_flag(self, by: int, which: int, what: Said) -> None:
        """One click of an agency about one flag, whosever it is (G1)."""
        rows = select(FlagRow.id).join(CaseRow, CaseRow.id == FlagRow.case_id)
        named = rows.join(AgencyRow, AgencyRow.id == FlagRow.agency_id).where(FlagRow.area_id == self.area_id)
        found = db.session.scalars(named.order_by(CaseRow.number, AgencyRow.name, FlagRow.key)).all()
        if found:
            self.anybody(by, partial(self._say_of, key=found[which % len(found)], what=what))

    def _say_of(self, who: Principal, key: UUID, what: Said) -> None:
        with acting.service():
            row = db.session.get_one(FlagRow, key)
            seen, agency, case = State(row.state), row.agency_id, row.case_id
        flags_done.say(who, key, seen, what, self.now)
        assert agency == who.agency_id and case in self._reader(who).cases, "another's flag"

    @rule()
    def night(self) -> None:
        """The service follows the flags: a second time moves nothing (G1)."""
        flags.follow_all(self.now)
        assert flags.follow_all(self.now) == 0
        db.session.rollback()
