"""Steps of proof 3 about people: who joins, leaves, changes role or agency, what they say of themselves."""

from datetime import date
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from agenda.addresses import DetailOf
from agenda.agreements import Signature
from meetingsvc.models import AccountRow, AgencyRow, ProposalRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.usecases import account_changes, accounts, agreements, proposals, staff_details
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved
from tests.proofs.machine_ground import WHY, Ground, some

PEOPLE = 18
agency = st.integers(0, 2)


class People(Ground):
    """What is done to accounts and agencies."""

    @rule(by=some, whom=some)
    def leave(self, by: int, whom: int) -> None:
        account_id = self.whom(whom)
        if self.does(by, lambda who: accounts.disable(who, account_id, self.now)):
            self.disabled.add(account_id)

    @rule(by=some, whom=some)
    def let_in_again(self, by: int, whom: int) -> None:
        account_id, alone = self.whom(whom), list[bool]()
        if self.anybody(by, lambda who: alone.append(
            account_changes.enable(who, account_id, WHY, self.now)
        )) and alone[-1]:  # fmt: skip
            self.disabled.discard(account_id)

    @rule(agency=st.integers(1, 2), by=some)
    def withdraw(self, agency: int, by: int) -> None:
        leaves = self.agencies[agency]
        self.anybody(by, lambda who: agreements.withdraw(who, leaves, self.now.date(), True, WHY, self.now))

    @rule(agency=agency, by=some)
    def sign_again(self, agency: int, by: int) -> None:
        signs = self.agencies[agency]
        if db.session.get_one(AgencyRow, signs).withdrawn_on:
            told = Signature(self.now.date(), "Alder", "Head of service", "2026")
            self.anybody(by, lambda who: agreements.sign(who, signs, told, self.now))

    @precondition(lambda self: len(self.people) < PEOPLE)
    @rule(agency=agency, role=st.sampled_from([Role.REPRESENTATIVE, Role.IDVA, Role.CHAIR]))
    def join(self, agency: int, role: Role) -> None:
        with saved():
            self.people.append(self.employ(self.agencies[agency], role))
        self.whom(-1)

    @rule(whom=some, agency=agency)
    def move(self, whom: int, agency: int) -> None:
        """To another agency: no use case does that, so the row is changed as a database's keeper would."""
        with saved():
            db.session.get_one(AccountRow, self.whom(whom)).agency_id = self.agencies[agency]

    @rule(by=some, whom=some, role=st.sampled_from(list(Role)[:7]))
    def change_role(self, by: int, whom: int, role: Role) -> None:
        """An agency's administrator alone, where they may; else proposed, for another to confirm."""
        account_id = self.whom(whom)
        seen = Role(db.session.get_one(AccountRow, account_id).role)

        def change(who: Principal) -> None:
            if account_changes.acts_alone(who, role):
                account_changes.give_role(who, account_id, role, seen, self.now)
            else:
                account_changes.propose_role(who, account_id, role, seen, WHY, self.now)

        self.anybody(by, change)

    @rule(by=some, couple=st.integers(0, 4), of_whom=st.sampled_from(DetailOf))
    def tell_of_themselves(self, by: int, couple: int, of_whom: DetailOf) -> None:
        """That they are a perpetrator, or know one: perhaps before any list has taken the incident."""
        number = min(couple, len(self.couples) - 1)
        row = self.couples[number].row
        born = date.fromisoformat(row["perpetrator_dob"])
        told = Told(row["perpetrator_forename"], row["perpetrator_surname"], born, "", "", "")
        if not self.does(by, lambda who: staff_details.add(who, of_whom, told, self.now)):
            return
        here = (self.whom(by), number)
        if of_whom is DetailOf.SELF:
            self.collide.add(here)
        if here not in self.cleared:
            self.party.add(here)
            self.wall_off(number)

    @rule(by=some, which=some, yes=st.sampled_from([True, True, True, False]))
    def decide(self, by: int, which: int, yes: bool) -> None:
        """Whoever may decides what somebody else proposed, and only then it happens (security.md B)."""
        rows = select(ProposalRow).where(ProposalRow.area_id == self.area_id, ProposalRow.state == "open")
        waits = db.session.scalars(rows.order_by(ProposalRow.proposed_at, ProposalRow.subject)).all()
        if not waits:
            return
        row = waits[which % len(waits)]
        kind, subject, detail, key = row.kind, row.subject, row.detail, row.id
        about, proposer = row.about_id, row.proposed_by
        decider = self.anybody(by, lambda who: proposals.decide(who, key, yes, WHY, self.now))
        if about:
            self.touched.add(about)
        if decider and yes and db.session.get_one(ProposalRow, key).state == "approved":
            assert decider not in (proposer, about) and proposer != about
            self._done(kind, about, detail.get("case_id"), subject)

    def _done(self, kind: str, about: UUID | None, case: str | None, subject: str) -> None:
        """What two people have undone is closed by nobody any more."""
        if kind == "account.enable" and about:
            self.disabled.discard(about)
        if kind.startswith("wall.") and about and case:
            case_id = UUID(case)
            self.walled.discard((about, case_id))
            here = (about, self.number_of(case_id))
            if here in self.party:
                self.cleared.add(here)
                self.party.discard(here)
