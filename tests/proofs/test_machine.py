"""Proof 3: whatever people do, in whatever order, each of them reads exactly what the rules leave them.

The steps go through the use cases; after each, the scope of everybody is held against the rules in plain
Python (`model.py`), and against what the steps themselves have closed for good. Not in it: the destruction of
a case and a change of agency, which have no use case yet (the latter changes the row); packs made, copied and
downloaded (the sweep and the proof of what leaves look at those); changes of role, and lifting by two.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import AccountRow, AgencyRow, AreaRow, CaseRow, ItemRow, MeetingRow, WallRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, areas, scope
from meetingsvc.usecases import (
    accounts,
    agreements,
    marac,
    marac_publishing,
    openings,
    restrictions,
    unnaming,
    wall_decisions,
    walls,
)
from meetingsvc.usecases import areas as make_areas
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, decided, listed, people_rows
from tests.builders import BEFORE_ALL
from tests.proofs import LONG, figure, model
from tests.servers.databases import Copies

WHY = "invented for this proof"
RUNS, STEPS, ROUNDS = (20, 50, 25) if LONG else (3, 10, 1)
some = st.integers(0, 11)


class Machine(RuleBasedStateMachine):
    """One area, from its first list on."""

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.walled, self.gone = set[tuple[UUID, UUID]](), set[UUID]()
        self.area_id = make_areas.create(f"area{uuid4().hex[:12]}", date(2026, 11, 2), BEFORE_ALL)
        with saved():
            row = db.session.get_one(AreaRow, self.area_id)
            row.settings = areas.settings_json(
                replace(areas.settings_of(row), marac_anchor=date(2026, 12, 3))
            )
        self.agencies = [an_agency(self.area_id, f"Agency {number}", marac=number != 1, daily=number != 2)
                         for number in range(3)]  # fmt: skip
        roles = (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA)
        self.people = [a_person(agency, role).account_id for agency in self.agencies for role in roles]
        self.governance = a_person(self.agencies[0], Role.INFORMATION_GOVERNANCE).account_id
        listed(self.area_id, people_rows(3, date(2026, 11, 23)))
        db.session.rollback()

    def who(self, number: int) -> Principal | None:
        return account_store.principal(self.people[number % len(self.people)], self.now)

    def case(self, number: int) -> UUID:
        rows = select(CaseRow.id).where(CaseRow.area_id == self.area_id).order_by(CaseRow.number)
        found = db.session.scalars(rows).all()
        return found[number % len(found)]

    def does(self, number: int, what: Callable[[Principal], Any]) -> bool:
        """One person does something, as in a request; a refusal changes nothing."""
        who = self.who(number)
        if who is None:
            return False
        with acting.acting(who), suppress(RuleBroken, NotFound, Forbidden):
            what(who)
            return True
        db.session.rollback()
        return False

    @rule(by=some, case=some)
    def declare_wall(self, by: int, case: int) -> None:
        case_id = self.case(case)
        if self.does(by, lambda who: walls.declare(who, case_id, self.now)):
            self.walled.add((self.people[by % len(self.people)], case_id))

    @rule(by=some, case=some, name=some)
    def restrict(self, by: int, case: int, name: int) -> None:
        case_id, named = self.case(case), {self.people[name % len(self.people)]}
        self.does(by, lambda who: restrictions.restrict(who, case_id, WHY, named, self.now))

    @rule(by=some, case=some, name=some)
    def name(self, by: int, case: int, name: int) -> None:
        case_id, named = self.case(case), {self.people[name % len(self.people)]}
        self.does(by, lambda who: restrictions.name(who, case_id, named, self.now))

    @rule(by=some, case=some, name=some)
    def unname(self, by: int, case: int, name: int) -> None:
        case_id, named = self.case(case), self.people[name % len(self.people)]
        self.does(by, lambda who: unnaming.unname(who, case_id, named, WHY, self.now))

    @rule(by=some, case=some)
    def ask_to_restrict(self, by: int, case: int) -> None:
        case_id = self.case(case)
        self.does(by, lambda who: restrictions.ask(who, case_id, WHY, self.now))

    @rule(by=some, case=some)
    def break_glass(self, by: int, case: int) -> None:
        number = db.session.scalars(select(CaseRow.number).where(CaseRow.id == self.case(case))).one()
        self.does(by, lambda who: openings.break_glass(who, number, WHY, self.now))

    @rule(by=some)
    def propose_to_lift(self, by: int) -> None:
        row = db.session.scalars(select(WallRow).where(WallRow.area_id == self.area_id)).first()
        if row is not None:
            case_id, wall_id = row.case_id, row.id
            self.does(by, lambda who: wall_decisions.propose_lifting(who, case_id, wall_id, WHY, self.now))

    @rule(minutes=st.sampled_from([1, 59, 61]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(by=some, whom=some)
    def leave(self, by: int, whom: int) -> None:
        account_id = self.people[whom % len(self.people)]
        if self.does(by, lambda who: accounts.disable(who, account_id, self.now)):
            self.gone.add(account_id)

    @rule(agency=st.integers(1, 2))
    def withdraw(self, agency: int) -> None:
        who = account_store.principal(self.governance, self.now)
        assert who is not None
        with acting.acting(who):
            day: datetime = self.now
            agreements.withdraw(who, self.agencies[agency], day.date(), True, self.now)
        with acting.service():
            rows = select(AccountRow.id).where(AccountRow.agency_id == self.agencies[agency])
            self.gone |= set(db.session.scalars(rows))

    @rule(agency=st.integers(0, 2), role=st.sampled_from([Role.REPRESENTATIVE, Role.IDVA, Role.CHAIR]))
    def join(self, agency: int, role: Role) -> None:
        if len(self.people) < 16:
            self.people.append(a_person(self.agencies[agency], role).account_id)

    @rule(whom=some, agency=st.integers(0, 2))
    def move(self, whom: int, agency: int) -> None:
        """To another agency: no use case does that, so the row is changed as a database's keeper would."""
        account_id = self.people[whom % len(self.people)]
        row = db.session.get_one(AgencyRow, self.agencies[agency])
        if row.withdrawn_on is None and account_id not in self.gone:
            with saved():
                db.session.get_one(AccountRow, account_id).agency_id = self.agencies[agency]

    @rule(item=some)
    def refer(self, item: int) -> None:
        who = self.who(0)
        rows = select(ItemRow.id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        found = db.session.scalars(
            rows.where(MeetingRow.kind == "DRAMM", MeetingRow.area_id == self.area_id).order_by(
                ItemRow.position
            )
        ).all()
        if who is not None:
            with suppress(RuleBroken):
                decided(who, found[item % len(found)], Group.NEW_SAFEGUARDS, at=self.now)
        db.session.rollback()

    @rule(by=st.integers(0, 1))
    def publish(self, by: int) -> None:
        meeting = db.session.scalars(
            select(MeetingRow.id).where(MeetingRow.kind == "MARAC", MeetingRow.area_id == self.area_id)
        ).first()
        if meeting is not None:
            self.does(by, lambda who: marac.close(who, meeting, self.now))
            self.does(by, lambda who: marac_publishing.publish(who, meeting, self.now))

    @invariant()
    def everybody_reads_what_the_rules_leave_them(self) -> None:
        if not hasattr(self, "area_id"):
            return
        rules = model.expected(self.now, self.area_id)
        found = list(model.differences(self.now, rules))
        assert not found, found
        lifted = set(db.session.execute(select(WallRow.account_id, WallRow.case_id)
                                        .where(WallRow.state == "lifted")))  # fmt: skip
        for account_id, case_id in self.walled - {tuple(row) for row in lifted}:
            assert case_id not in self.read_by(account_id)
        for account_id in self.gone:
            assert not self.read_by(account_id)

    def read_by(self, account_id: UUID) -> set[UUID]:
        who = account_store.principal(account_id, self.now)
        if who is None:
            return set()
        with acting.acting(who):
            found = set(db.session.scalars(select(CaseRow.id).where(scope.cases_of(who))))
            db.session.rollback()
        return found


@pytest.fixture(params=range(ROUNDS))
def place(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A database for so many runs: what one run leaves, the next must read past."""
    url = copies.make()
    app = create_core(Settings(url, tmp_path_factory.mktemp("machine"), secret_key="k" * 32))
    with app.app_context(), acting.service():
        yield
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


def test_M6_V1_whatever_people_do_each_reads_what_is_theirs(place: None) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, derandomize=not LONG,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    figure("machine", f"{{runs}} runs of up to {STEPS} steps on 2 databases, 0 differ", runs=RUNS)
