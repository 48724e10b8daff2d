"""Steps of proof 3 about third parties' requests: logged, checked, answered, decided, released (X1 to X6).

Whoever takes a step may read the request, and is kept from its case by nothing; and whatever people do, in
whatever order, nothing is granted to the perpetrator, and nothing leaves for him.
"""

from datetime import date
from functools import partial
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from meetingsvc.models import CaseRow, DisclosureRow, DisclosureStepRow, PersonRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting, scope_disclosures
from meetingsvc.store import disclosures as store
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import (
    disclosure_answers,
    disclosure_checking,
    disclosure_deciding,
    disclosure_releases,
    disclosures,
)
from meetingsvc.usecases.disclosure_deciding import Chosen
from meetingsvc.usecases.disclosures import Requester
from minutes.disclosure import GRANTS, Step
from minutes.disclosure_items import Says
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Told
from tests.proofs import model
from tests.proofs.machine_ground import WHY, Ground, some, token
from tests.proofs.machine_words import Words
from tests.proofs.model_governed import requests

SOMEBODY = "Hollis Reed"
PLAIN = (Step.CHECK, Step.ASK, Step.PUT)
DECIDED = (Step.APPROVE, Step.APPROVE_IN_PART, Step.REFUSE)
#: What nobody takes for the perpetrator (F3).
LEAVES = GRANTS | {Step.PREPARE, Step.RELEASE}


class Requests(Ground):
    """What is asked for, and what leaves."""

    def begin_requests(self) -> None:
        """Every run begins with one that was released, the perpetrator's own, and one that waits for the
        chair."""
        self.his = set[UUID]()
        for which, his in enumerate((False, True, False)):
            self.log_request(0, 0, his)
            for step in (Step.CHECK, Step.ASK):
                self.take_request_on(0, which, step)
            self.answer_request(0, which, Says.CONSENT)
        for which in (0, 1):
            self.decide_request(0, which, Step.APPROVE)
            self.build_release(0, which)
            self.release_request(0, which)

    def _request(self, which: int) -> UUID | None:
        rows = select(DisclosureRow.id).where(DisclosureRow.area_id == self.area_id)
        found = db.session.scalars(rows.order_by(DisclosureRow.reference)).all()
        return found[which % len(found)] if found else None

    @rule(by=some, case=some, his=st.booleans())
    def log_request(self, by: int, case: int, his: bool) -> None:
        """For what is held of the victim: in another's name, or in the perpetrator's (F3)."""
        self.does(by, partial(self._log, case_id=self.case(case), his=his))

    def _log(self, who: Principal, case_id: UUID, his: bool) -> None:
        """By who runs the meetings: who governs has no ticket here."""
        if not who.runs_meetings:
            raise Forbidden
        name, born, about = self._asks(case_id, his)
        said = token()
        told = Told(Kind.SUBJECT_ACCESS, name, "", f"They say {said}.", (about,), self.now)
        key = disclosures.log(who, case_id, told, Requester(born), self.now)
        self.words[said] = Words("requests", key, case_id)
        if his:
            self.his.add(key)
        self._taken_by(who, key)

    def _asks(self, case_id: UUID, his: bool) -> tuple[str, date | None, UUID]:
        """Who asks, and about whom."""
        with acting.service():
            case = db.session.get(CaseRow, case_id)
            if case is None or case.perpetrator_id is None:
                raise NotFound
            him = db.session.get_one(PersonRow, case.perpetrator_id)
            name, born = (f"{him.forename} {him.surname}", him.dob) if his else (SOMEBODY, None)
            return name, born, case.victim_id

    @rule(by=some, which=some, step=st.sampled_from(PLAIN))
    def take_request_on(self, by: int, which: int, step: Step) -> None:
        """It is checked who asks, agencies are asked, or it is put to the chair without their answers."""
        if key := self._request(which):
            self.anybody(by, partial(self._steps_on, key=key, step=step))

    def _steps_on(self, who: Principal, key: UUID, step: Step) -> None:
        disclosures.take(who, key, step, WHY, self.now)
        self._taken_by(who, key)

    @rule(by=some, which=some, says=st.sampled_from([Says.CONSENT, Says.CONSENT, Says.REFUSE]))
    def answer_request(self, by: int, which: int, says: Says) -> None:
        """For every item that one's own agency supplied (X2)."""
        if key := self._request(which):
            self.anybody(by, partial(self._answers, key=key, says=says))

    def _answers(self, who: Principal, key: UUID, says: Says) -> None:
        items = disclosure_answers.items_for(who, self._open(who, key))
        if not items or who.runs_meetings:
            raise NotFound
        for item in items:
            assert item.agency == who.agency_id, "asked about what another agency supplied"
            disclosure_answers.answer(who, key, item.id, item.version, says, WHY, (), self.now)
        self._taken_by(who, key)

    @rule(by=some, which=some, step=st.sampled_from(DECIDED))
    def decide_request(self, by: int, which: int, step: Step) -> None:
        if key := self._request(which):
            self.anybody(by, partial(self._decides_on, key=key, step=step))

    def _decides_on(self, who: Principal, key: UUID, step: Step) -> None:
        seen = disclosure_deciding.seen_of(self._open(who, key))
        disclosure_deciding.decide(who, key, Chosen(step, WHY, seen=seen), self.now)
        self._taken_by(who, key)

    @rule(by=some, which=some)
    def build_release(self, by: int, which: int) -> None:
        if key := self._request(which):
            self.anybody(by, partial(self._build, key=key))

    def _build(self, who: Principal, key: UUID) -> None:
        disclosure_releases.prepare(who, key, {}, SOMEBODY, WHY, self.now)
        self._taken_by(who, key)

    @rule(by=some, which=some)
    def release_request(self, by: int, which: int) -> None:
        """By somebody who did not build it (X6)."""
        if key := self._request(which):
            self.anybody(by, partial(self._release, key=key))

    def _release(self, who: Principal, key: UUID) -> None:
        kept = self._open(who, key)
        row, _ = disclosure_releases.prepared(who, kept, disclosure_checking.against(who, kept))
        seen, built_by = disclosure_releases.seen_of(row), row.prepared_by
        disclosure_releases.release(who, key, seen, self.now)
        assert built_by != who.account_id, "built and released by one"
        self._taken_by(who, key)

    def _open(self, who: Principal, key: UUID) -> Kept:
        if (kept := store.one(who, key)) is None:
            raise NotFound
        return kept

    def _taken_by(self, who: Principal, key: UUID) -> None:
        """By one who may read it, and who is kept from its case by no wall (M6)."""
        with acting.service():
            case_id = db.session.get_one(DisclosureRow, key).case_id
            reader = model.readers(self.now, self.area_id)[who.account_id]
        assert key in requests(reader), "a step on a request that is kept from them"
        assert (who.account_id, case_id) not in self.walled, "a step past a wall"

    def nothing_leaves_for_him(self) -> None:
        """Asked of the rows themselves, as the service (F3)."""
        row = DisclosureStepRow
        rows = select(row.request_id).where(row.area_id == self.area_id, row.step.in_(sorted(LEAVES)))
        assert not self.his & set(db.session.scalars(rows)), "granted to the perpetrator"
        db.session.rollback()

    def asked_of(self, account_id: UUID) -> set[UUID]:
        """The cases whose requests somebody reads."""
        who = accounts.principal(account_id, self.now)
        if who is None:
            return set()
        with acting.acting(who):
            rows = select(DisclosureRow.case_id).where(scope_disclosures.requests_of(who))
            found = set(db.session.scalars(rows))
            db.session.rollback()
        return found
