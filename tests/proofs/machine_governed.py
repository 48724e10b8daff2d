"""Steps of proof 3 about registers: a breach, a complaint, a disagreement, of a case or of none (V2 to V4).

Whoever records one may open its case; whoever is kept from that case, or complained of, reads nothing of it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis.stateful import rule
from sqlalchemy import select

from agenda import breaches as breach_steps
from agenda import complaints as complaint_steps
from agenda.complaints import Complainant, Subject
from agenda.disagreement_days import Kind
from meetingsvc.models import BreachRow, CaseRow, ComplaintRow, DisagreementRow, OutboxRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.usecases import breaches, complaints, disagreements
from tests.proofs import model
from tests.proofs.machine_ground import Ground, some, token
from tests.proofs.machine_words import Words

#: By the page they stand on: the table, and the column that holds what was told.
REGISTERS: dict[str, tuple[Any, Any]] = {
    "breaches": (BreachRow, BreachRow.what),
    "complaints": (ComplaintRow, ComplaintRow.what),
    "disagreements": (DisagreementRow, DisagreementRow.about),
}


class Governed(Ground):
    """What is recorded, and what is done about it."""

    def begin_governed(self) -> None:
        """Every run begins with one of each, of the same case."""
        self.raise_breach(0, 0)
        self.record_complaint(1, 0, 1)
        self.raise_disagreement(2, 0, 1)

    @rule(by=some, case=some)
    def raise_breach(self, by: int, case: int) -> None:
        self.records(by, case, "breaches", lambda who, said, numbers: breaches.raise_one(
            who, said, self.now, False, "", numbers, self.now
        ))  # fmt: skip

    @rule(by=some, case=some, about=some)
    def record_complaint(self, by: int, case: int, about: int) -> None:
        subject = list(Subject)[about % len(Subject)]
        self.records(by, case, "complaints", lambda who, said, numbers: complaints.record(
            who, said, self.now, Complainant.OTHER, subject, next(iter(numbers), None), self.now
        ))  # fmt: skip

    @rule(by=some, case=some, agency=some)
    def raise_disagreement(self, by: int, case: int, agency: int) -> None:
        against = {self.agencies[agency % len(self.agencies)]}
        self.records(by, case, "disagreements", lambda who, said, numbers: disagreements.raise_one(
            who, Kind.PROFESSIONAL, said, against, False, "", next(iter(numbers), None), self.now
        ))  # fmt: skip

    def records(
        self, by: int, case: int, register: str, how: Callable[[Principal, str, list[int]], object]
    ) -> None:
        """In the words of a token; of every third on no case."""
        case_id, said = self.case(case) if case % 3 < 2 else None, token()
        numbers = [db.session.scalar(select(CaseRow.number).where(CaseRow.id == case_id)) or 0]
        self.does(by, partial(self._record, case_id=case_id, register=register, said=said,
                              how=lambda who: how(who, f"They say {said}.", numbers if case_id else []))
                  )  # fmt: skip

    def _record(
        self, who: Principal, case_id: UUID | None, register: str, said: str,
        how: Callable[[Principal], object],
    ) -> None:  # fmt: skip
        how(who)
        table, told = REGISTERS[register]
        with acting.service():
            key = db.session.scalars(select(table.id).where(told.contains(said))).one()
            readers = model.readers(self.now, self.area_id)
            assert case_id is None or case_id in readers[who.account_id].cases, "of a case that is kept"
            self._tells_nobody_else(register, key)
        self.words[said] = Words(register, key, case_id or key)

    def _tells_nobody_else(self, register: str, key: UUID) -> None:
        """Whoever a notice about it leads to its page may open it (S2, M6)."""
        row = OutboxRow
        rows = select(row.account_id).where(row.context["path"].as_string() == f"/{register}/{key}")
        readers = model.readers(self.now, self.area_id)
        for account_id in db.session.scalars(rows):
            assert key in model.NARROWINGS[register].rule(readers[account_id]), "told, and may not open it"

    def registered(self, register: str) -> list[UUID]:
        """Those of the area that are there."""
        table, _ = REGISTERS[register]
        rows = select(table.id).where(table.area_id == self.area_id)
        return list(db.session.scalars(rows.order_by(table.raised_at, table.reference)))

    def _one(self, register: str, which: int) -> UUID | None:
        found = self.registered(register)
        return found[which % len(found)] if found else None

    @rule(by=some, which=some)
    def take_on_breach(self, by: int, which: int) -> None:
        if key := self._one("breaches", which):
            step = breach_steps.Step.TAKE_ON
            self.anybody(by, lambda who: breaches.take_step(who, key, step, "", self.now))

    @rule(by=some, which=some, whom=some)
    def name_in_breach(self, by: int, which: int, whom: int) -> None:
        """From now on it is closed to them: perhaps to who deals with it."""
        if key := self._one("breaches", which):
            named = self.whom(whom)
            self.anybody(by, lambda who: breaches.add_involved(who, key, named, self.now))

    @rule(by=some, which=some)
    def take_on_complaint(self, by: int, which: int) -> None:
        if key := self._one("complaints", which):
            step = complaint_steps.Step.TAKE_ON
            self.anybody(by, lambda who: complaints.take_step(who, key, step, "", False, False, self.now))

    @rule(by=some, which=some, whom=some)
    def complain_of(self, by: int, which: int, whom: int) -> None:
        """From now on it is closed to them: perhaps to who deals with it."""
        if key := self._one("complaints", which):
            named = self.whom(whom)
            self.anybody(by, lambda who: complaints.name(who, key, named, self.now))

    @rule(by=some, which=some)
    def answer_disagreement(self, by: int, which: int) -> None:
        if key := self._one("disagreements", which):
            self.anybody(by, partial(self._answer, key=key))

    def _answer(self, who: Principal, key: UUID) -> None:
        said = token()
        disagreements.answer(who, key, f"They say {said}.", self.now)
        self.words[said] = Words("disagreements", key, key)
