"""What was decided about information in the crowd, by lot: requests, reviews, holds, breaches, complaints,
disagreements, decisions to share, and lines of the access log about them."""

from datetime import timedelta
from itertools import product
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from agenda import named_case
from agenda.calendar import local_day
from agenda.complaints import Complainant, Subject
from agenda.panels import Family
from agenda.sharing_decision import State
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    Base,
    BreachCaseRow,
    BreachEntryRow,
    BreachRow,
    BreachWalledRow,
    ComplainedOfRow,
    ComplaintEntryRow,
    ComplaintRow,
    DestructionRow,
    DisagreementAgencyRow,
    DisagreementEntryRow,
    DisagreementRow,
    DisclosureAnswerRow,
    DisclosureAskedRow,
    DisclosureReleaseRow,
    DisclosureRow,
    DisclosureStepRow,
    HoldRow,
    RetentionAskRow,
    ReviewRow,
    ReviewStepRow,
    WallRow,
    db,
)
from meetingsvc.store import audit, destroyed_walls
from tests.a_marac import NOW
from tests.a_named_case import a_held_row, a_part_row, an_entry_row
from tests.a_sharing import a_sharing_row, a_step_row

#: Of each, in each area.
MANY = 40


def governed(area_id: UUID, cases: list[UUID], works: list[UUID], people: list[UUID]) -> None:
    """In an area, about its cases, by its people; by a lot of its own."""
    lot = Random(len(works))
    there = Governed(lot, area_id, cases, works, people)
    for _ in range(MANY):
        there.breach()
        there.complaint()
        there.disagreement()
        there.sharing()
    there.guests()
    there.logged(cases)
    for case_id in cases:
        there.kept(case_id)
        for to_chair in (False, True, False):
            there.request(case_id, to_chair)
    for _ in range(MANY):
        there.destroyed_breach()


def requested(
    area_id: UUID, case_id: UUID, by: UUID, to_chair: bool = False, key: UUID | None = None
) -> DisclosureRow:
    """A third party's request, as somebody logged it."""
    key = key or uuid4()
    return DisclosureRow(
        id=key, area_id=area_id, case_id=case_id, reference=f"REQ-{key.hex[:6]}", to_chair=to_chair,
        kind="media" if to_chair else "partner", name="n", organisation="", reached={}, purpose="p", about=[],
        received_at=NOW, court="", accepts_protocol=False, logged_by=by, logged_at=NOW,
    )  # fmt: skip


class Governed:
    """One area."""

    def __init__(
        self, lot: Random, area_id: UUID, cases: list[UUID], works: list[UUID], people: list[UUID]
    ) -> None:
        self.lot, self.area_id, self.cases, self.works, self.people = lot, area_id, cases, works, people
        self.governs, self.chairs = self._of("information governance"), self._of("chair")
        self.logs = [*self.governs, *self._of("coordinator")]

    def _of(self, role: str) -> list[UUID]:
        rows = select(AccountRow.id).where(AccountRow.id.in_(self.people), AccountRow.role == role)
        found = set(db.session.scalars(rows))
        return [one for one in self.people if one in found]

    def _add(self, *rows: Base) -> None:
        for row in rows:
            db.session.add(row)
            db.session.flush()

    def _some(self, of: list[UUID], *how_many: int) -> list[UUID]:
        return self.lot.sample(of, min(len(of), self.lot.choice(how_many)))

    def _line(self, action: str, subject: str) -> None:
        audit.record(self.lot.choice(self.people), self.area_id, action, subject, NOW)

    def _case(self) -> UUID | None:
        return self.lot.choice([None, *self.cases, *self.cases])

    def breach(self) -> None:
        """With the cases it touches, from whom a wall kept one that is destroyed since, and who is named in
        it: perhaps who raised it. What is no such entry names nobody."""
        key, by = uuid4(), self.lot.choice(self.people)
        told: dict[str, Any] = {"breach_id": key, "area_id": self.area_id}
        was = {*self._some(self.governs, 0, 0, 1), *self._some([by], 0, 0, 1)}
        named = {*self._some(self.governs, 0, 0, 1), *self._some([by], 0, 0, 1)}
        other = {"account": str(self.lot.choice(self.people))}
        self._add(
            BreachRow(id=key, area_id=self.area_id, reference=f"BRE-{key.hex[:6]}", what="w", done="",
                      unsafe_now=False, detected_at=NOW, raised_by=by, raised_at=NOW),
            *(BreachCaseRow(case_id=case, **told) for case in self._some(self.cases, 0, 1, 1, 2)),
            *(BreachWalledRow(account_id=one, **told) for one in sorted(was)),
            BreachEntryRow(place=1, kind="affected", at=NOW, told=other, account_id=by, recorded_at=NOW,
                           **told),
            *(BreachEntryRow(place=place, kind="involved", at=NOW, told={"account": str(one)}, account_id=by,
                             recorded_at=NOW, **told)
              for place, one in enumerate(sorted(named), 2)),
        )  # fmt: skip
        self._line("breach.read", f"breach/{key}")

    def destroyed_breach(self) -> None:
        """Of which lines alone are left: the last says from whom a wall kept it; some have none of that."""
        subject = f"breach/{uuid4()}"
        self._line("breach.read", subject)
        if self.lot.random() < 0.8:
            was = " ".join(map(str, self._some(self.governs, 0, 1, 2)))
            audit.record("service", self.area_id, "breach.destroyed", subject, NOW, walled=was)

    def complaint(self) -> None:
        """With whom it is about: perhaps one who would deal with it, or who recorded it."""
        key, by = uuid4(), self.lot.choice(self.lot.choice([self.people, self.governs, self.chairs]))
        told: dict[str, Any] = {"complaint_id": key, "area_id": self.area_id}
        of = {*self._some(self.governs, 0, 1), *self._some(self.chairs, 0, 1), *self._some([by], 0, 0, 1)}
        self._add(
            ComplaintRow(id=key, area_id=self.area_id, reference=f"COM-{key.hex[:6]}", case_id=self._case(),
                         complainant=Complainant.OTHER, about=self.lot.choice(list(Subject)), what="w",
                         received_at=NOW, raised_by=by, raised_at=NOW),
            *(ComplainedOfRow(account_id=one, **told) for one in sorted(of)),
            ComplaintEntryRow(place=1, kind="step", at=NOW, told={}, account_id=by, recorded_at=NOW, **told),
        )  # fmt: skip
        self._line("complaint.read", f"complaints/{key}")

    def disagreement(self) -> None:
        """Between two sides."""
        key, by, agency = uuid4(), self.lot.choice(self.people), self.lot.choice(self.works)
        told: dict[str, Any] = {"disagreement_id": key, "area_id": self.area_id}
        self._add(
            DisagreementRow(id=key, area_id=self.area_id, reference=f"DIS-{key.hex[:6]}",
                            ladder="professional", case_id=self._case(), agency_id=agency, about="w", done="",
                            unsafe_now=False, raised_by=by, raised_at=NOW),
            *(DisagreementAgencyRow(agency_id=one, **told) for one in self._some(self.works, 0, 1, 2)),
            DisagreementEntryRow(place=1, kind="step", at=NOW, told={}, account_id=by, recorded_at=NOW,
                                 **told),
        )  # fmt: skip
        self._line("disagreement.read", f"disagreement/{key}")

    def sharing(self) -> None:
        """Decided or not, on a case or on none."""
        state, by = self.lot.choice(list(State)), self.lot.choice(self.people)
        agency = db.session.get_one(AccountRow, by).agency_id
        row = a_sharing_row(self.area_id, by, agency, case_id=self._case())
        row.state = state
        if state in (State.SHARE, State.DO_NOT_SHARE):
            row.why, row.decided_at = "w", NOW
        self._add(row, a_step_row(row, by))

    def guests(self) -> None:
        """An agency that has never signed, and one that has withdrawn: parts in cases, before and after their
        days, by a lot of their own."""
        lot, guest, today = Random(len(self.cases)), uuid4(), local_day(NOW)
        self._add(
            AgencyRow(id=guest, area_id=self.area_id, name="Guests", kind="voluntary",
                      attends={"DRAMM", "MARAC"}),
            *(AccountRow(id=uuid4(), agency_id=guest, role=role, name="Guest", created_at=NOW,
                         email=f"{uuid4()}@crowd.example", password_hash="-")
              for role in ("representative", "idva", "chair")),
        )  # fmt: skip
        rep = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == guest)).first()
        self._add(WallRow(area_id=self.area_id, case_id=self.cases[0], account_id=rep, put_at=NOW,
                          ground="party", shared="name", state="stands"))  # fmt: skip
        spans = ((-3, 0), (0, 3), (-3, 3), (-3, -1), (1, 3))
        for number in range(MANY):
            since, until = (today + timedelta(days) for days in spans[number % len(spans)])
            agency = lot.choice([guest, guest, guest, *self.works])
            part = a_part_row(self.area_id, lot.choice(self.cases), agency, lot.choice(self.people),
                              state=lot.choice(list(named_case.State)), since=since, until=until)  # fmt: skip
            self._add(part, an_entry_row(part, lot.choice(self.people)), a_held_row(part))

    def kept(self, case_id: UUID) -> None:
        """A review, what agencies are asked, perhaps a hold; and a certificate of it or of another case, that
        was kept from some."""
        by, review = self.lot.choice(self.people), uuid4()
        here: dict[str, Any] = {"area_id": self.area_id}
        number = 1 + (db.session.scalar(select(func.count(DestructionRow.number))) or 0)
        apart = Random(number)
        kept_from = apart.sample([*self.logs, *self.chairs], 2)
        gone = apart.choice([case_id, uuid4()])
        walled = " ".join(destroyed_walls.mark(account_id, gone) for account_id in kept_from)
        hold = HoldRow(case_id=case_id, hold="h", why="court", sets=True, at=NOW, account_id=by, reason="r",
                       **here)  # fmt: skip
        self._add(
            ReviewRow(id=review, case_id=case_id, due_on=NOW.date(), state="due", **here),
            ReviewStepRow(review_id=review, place=1, step="propose", at=NOW, account_id=by, who="w", **here),
            *(RetentionAskRow(case_id=case_id, agency_id=one, due_on=NOW.date(), asked_on=NOW.date(), **here)
              for one in self.works),
            DestructionRow(number=number, case_id=gone, outcome="destroy",
                           counts=[], decision=uuid4(), proposed_by=by, decided_by=by, decided_at=NOW,
                           destroyed_at=NOW, backups_gone_on=NOW.date(), under_way=False, case_number=number,
                           told_to=apart.choice([*Family, Family.ABUSE, ""]), walled=walled, **here),
            *([hold] if self.lot.random() < 0.7 else []),
        )  # fmt: skip

    def logged(self, cases: list[UUID]) -> None:
        """Requests of who may log one, and of who may not since; every third has ended."""
        by = [*self.governs, *self._of("representative")]
        for number, (case_id, who) in enumerate(product(cases, by)):
            row = requested(self.area_id, case_id, who)
            row.ended_at = None if number % 3 else NOW
            self._add(row)

    def request(self, case_id: UUID, to_chair: bool) -> None:
        """With a step, whom it was put to, what each answered, and a release."""
        key, by = uuid4(), self.lot.choice(self.logs)
        told: dict[str, Any] = {"request_id": key, "area_id": self.area_id}
        asked = self._some(self.works, 1, 2)
        self._add(
            requested(self.area_id, case_id, by, to_chair, key),
            DisclosureStepRow(place=1, step="checked", who="w", account_id=by, at=NOW, reason="",
                              signed=False, told={}, **told),
            *(DisclosureAskedRow(agency_id=one, asked_at=NOW, due_at=NOW, outcome="", outcome_words="",
                                 **told) for one in asked),
            *(DisclosureAnswerRow(held_id=uuid4(), version="0", agency_id=one, says="refuse", words="",
                                  redactions=[], answered_by=by, at=NOW, **told) for one in asked),
            DisclosureReleaseRow(number=1, recipient="r", purpose="p", prepared_by=by, prepared_at=NOW,
                                 digest="0", redactions={}, pieces=[], departs=[], order="", fetches=0,
                                 **told),
        )  # fmt: skip
