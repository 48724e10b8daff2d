"""Steps of proof 3 about cases: what is added to them, what keeps them from people and opens them again."""

from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from meetingsvc.models import AccountRow, CaseRow, ItemRow, MeetingRow, NoteRow, OpeningRow, WallRow, db
from meetingsvc.usecases import openings, restrictions, unnaming, wall_decisions, walls
from meetingsvc.usecases.transaction import saved
from tests.proofs.machine_destroy import destroy
from tests.proofs.machine_ground import CLOCK, COUPLES, DAYS, WHY, Ground, some, token


class Cases(Ground):
    """What is done to cases."""

    @rule(by=some, case=some)
    def declare_wall(self, by: int, case: int) -> None:
        case_id = self.case(case)
        if self.does(by, lambda who: walls.declare(who, case_id, self.now)):
            self.walled.add((self.whom(by), case_id))

    @rule(by=some, case=some, name=some)
    def restrict(self, by: int, case: int, name: int) -> None:
        case_id, named = self.case(case), {self.whom(name)}
        self.does(by, lambda who: restrictions.restrict(who, case_id, WHY, named, self.now))

    @rule(by=some, case=some, name=some)
    def name(self, by: int, case: int, name: int) -> None:
        case_id, named = self.case(case), {self.whom(name)}
        self.anybody(by, lambda who: restrictions.name(who, case_id, named, self.now))

    @rule(by=some, case=some, name=some)
    def unname(self, by: int, case: int, name: int) -> None:
        case_id, named = self.case(case), self.whom(name)
        self.anybody(by, lambda who: unnaming.unname(who, case_id, named, WHY, self.now))

    @rule(by=some, case=some)
    def ask_to_restrict(self, by: int, case: int) -> None:
        case_id = self.case(case)
        self.does(by, lambda who: restrictions.ask(who, case_id, WHY, self.now))

    @rule(by=some, case=some)
    def propose_to_open(self, by: int, case: int) -> None:
        """A restriction is lifted, or the proposal of one declined, by two."""
        case_id = self.case(case)
        self.anybody(by, lambda who: restrictions.propose_end(who, case_id, WHY, self.now))

    @rule(by=some, wall=some)
    def propose_to_lift(self, by: int, wall: int) -> None:
        rows = select(WallRow.case_id, WallRow.id).where(WallRow.area_id == self.area_id)
        found = db.session.execute(rows.where(WallRow.state == "stands").order_by(WallRow.put_at)).all()
        if found:
            case_id, wall_id = found[wall % len(found)]
            self.anybody(by, lambda who: wall_decisions.propose_lifting(who, case_id, wall_id, WHY, self.now))

    @rule(by=some, case=some)
    def break_glass(self, by: int, case: int) -> None:
        number = self._reference(case)
        self.does(by, lambda who: openings.break_glass(who, number, WHY, self.now))

    @rule(by=some, case=some)
    def ask_for_ticket(self, by: int, case: int) -> None:
        number = self._reference(case)
        self.anybody(by, lambda who: openings.ask_ticket(who, number, WHY, self.now))

    @rule(by=some, which=some)
    def approve_ticket(self, by: int, which: int) -> None:
        """By somebody else than who asked (security.md B: two, with the reason, for a day)."""
        rows = select(OpeningRow).where(OpeningRow.area_id == self.area_id, OpeningRow.decided_at.is_(None))
        waits = db.session.scalars(rows.order_by(OpeningRow.asked_at)).all()
        if waits:
            key, asked_by = waits[which % len(waits)].id, waits[which % len(waits)].account_id
            assert self.anybody(by, lambda who: openings.approve(who, key, self.now)) != asked_by
            self.touched.add(asked_by)

    def _reference(self, case: int) -> int:
        return db.session.scalar(select(CaseRow.number).where(CaseRow.id == self.case(case))) or 0

    @rule(minutes=st.sampled_from([1, 59, 61]))
    def time_passes(self, minutes: int) -> None:
        CLOCK.at += timedelta(minutes=minutes)

    @rule(couple=st.integers(0, COUPLES - 1))
    def police_send(self, couple: int) -> None:
        """It waits for the next list: until then it is under no case."""
        self.send_incident(couple)

    @precondition(lambda self: len(self.days) < len(DAYS))
    @rule()
    def next_day(self) -> None:
        self.build_list()

    @rule(item=some, by=some)
    def add_note(self, item: int, by: int) -> None:
        """An agency tells something: perhaps long after the meeting, and after a pack was built."""
        rows = select(ItemRow.id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        here = rows.where(MeetingRow.kind == "DRAMM", MeetingRow.area_id == self.area_id)
        found = db.session.scalars(here.order_by(MeetingRow.sits_on, ItemRow.position)).all()
        if found:
            self.note(found[item % len(found)], self.whom(by))

    def note(self, item_id: UUID, by: UUID) -> None:
        """In the words of a token."""
        said = token()
        with saved():
            agency_id = db.session.get_one(AccountRow, by).agency_id
            db.session.add(
                NoteRow(id=uuid4(), area_id=self.area_id, item_id=item_id, agency_id=agency_id, kind="fact",
                        author="Priya Raman", source="tenancy file", text=f"They say {said}.",
                        recorded_by=by, recorded_at=self.now)
            )  # fmt: skip
        self.notes[said] = item_id

    @precondition(lambda self: len(self.destroyed) < 2)
    @rule(case=some)
    def destroy(self, case: int) -> None:
        case_id = self.case(case)
        if self.number_of(case_id) >= 0:
            destroy(self.area_id, case_id, self.people[0], self.now)
            self.destroyed.add(case_id)
