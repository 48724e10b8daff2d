"""Writing what a meeting decided about a case, row by row: part of `usecases/outcomes.py`'s one save."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from werkzeug.exceptions import NotFound

from agenda.agencies import AgencyKind
from agenda.calendar import local_day
from agenda.incidents import Risk
from agenda.panels import Works
from meetingsvc.models import (
    ActionRow,
    ClarificationRow,
    CrimeRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    PlanReviewRow,
    SafeguardRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, disclosure_decisions, outcome_plan, outcome_versions, outcomes
from meetingsvc.store.scope import actions_of
from meetingsvc.usecases import feedback, matching, outcome_meeting
from meetingsvc.usecases.actions import settled
from minutes import recording as rules
from minutes.actions import Action, Status
from minutes.outcome import Outcome, stand_in_problems, unreferred_problems
from minutes.plan import Review, settles
from minutes.recording import Recording

Row = TypeVar("Row", ActionRow, NoteRow, ClarificationRow, CrimeRow)


WORKED_ON = (
    "what became of this action has been recorded, and would go with it. It stays; say under Actions that it "
    "is not possible any more, and why."
)


class Unfit(Exception):
    """What was typed breaks a rule: `problems` says what, by field. Nothing was saved."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class Change:
    """One save of one case. `audit` gathers its lines, written last: the chain has one end for all."""

    def __init__(
        self, who: Principal, item: ItemRow, meeting: MeetingRow, told: Recording, now: datetime
    ) -> None:
        self.who, self.item, self.meeting, self.now = who, item, meeting, now
        self.at_marac = meeting.works == Works.AGENDA
        self.before = outcomes.actions(who, item.id)
        self.was = outcomes.recorded(who, item.id)
        self.plan = outcome_plan.plan(who, item) if self.at_marac else ()
        self.facts = outcomes.facts(who, item, self.at_marac)
        self.told = replace(told, outcome=rules.confirmed(told.outcome, self.facts))
        self.audit: list[tuple[str, str, dict[str, object]]] = []

    def refuse_unfit(self, *, stands_in: bool) -> None:
        """Every rule of the form at once (Rulebook C1, C2, C4, D2, D3, A1, M3, R2; security.md B)."""
        today = local_day(self.now)
        found = rules.problems(self.told, self.facts, self.before, self._owners(today), today)
        risk, was = Risk(self.item.risk), self.was.outcome if self.was else None
        if not self.at_marac:
            found |= unreferred_problems(self.told.outcome, risk, was)
            found |= outcome_meeting.untold(self.who, self.told.outcome, self.facts)
        if stands_in:
            found = stand_in_problems(self.told.outcome, risk, at_marac=self.at_marac) | found
        telling = feedback.problems(self.who, self.item, self.told.telling, self.now)
        telling |= feedback.missing(self.who, self.item, self.meeting, self.told.telling, self.now)
        found = {f"telling-{name}": problem for name, problem in telling.items()} | found
        found |= self._worked_on()
        if found:
            raise Unfit(found)

    def _worked_on(self) -> dict[str, str]:
        """An action whose history would go with it stays (Rulebook A1, R1)."""
        removed = self.told.removed & self.before.keys()
        worked = removed and removed & outcome_plan.worked_on(self.who, self.item.id)
        return {f"action-{key}-removed": f"“{self.before[key].what}”: {WORKED_ON}" for key in worked}

    def _names(self) -> dict[UUID, str]:
        return {agency.id: agency.name for agency in areas.agencies(self.who.area_id)}

    def _owners(self, today: date) -> rules.Owners:
        sign = [a for a in areas.agencies(self.who.area_id) if a.is_signatory(today)]
        police = (a.id for a in sign if a.kind is AgencyKind.POLICE)
        return rules.Owners(frozenset(a.id for a in sign), frozenset(police))

    def write_outcome(self, row: OutcomeRow | None) -> OutcomeRow:
        """The outcome with its safeguards; proposed and chosen group are both kept (Rulebook C1)."""
        if row is None:
            row = OutcomeRow(item_id=self.item.id, area_id=self.who.area_id, version=0)
            db.session.add(row)
        elif self.was:
            outcome_versions.keep(row, self.was.outcome, self.before.values(), self._names(), self.plan)
        told = self.told.outcome
        row.version += 1
        row.risk = told.risk or ""
        row.in_place, row.notes = told.in_place, told.notes
        row.refer, row.plan_review = bool(told.refer) and not self.at_marac, told.plan_review
        row.not_referred = "" if row.refer or self.at_marac else told.not_referred.strip()
        self._write_group(row, told)
        row.recorded_by, row.recorded_at = self.who.account_id, self.now
        db.session.flush()
        db.session.execute(delete(SafeguardRow).where(SafeguardRow.item_id == row.item_id))
        for tick in told.safeguards:
            db.session.add(SafeguardRow(item_id=row.item_id, safeguard=tick.safeguard,
                                        in_place=tick.in_place, note=tick.note))  # fmt: skip
        asked = self.facts.applications if not self.at_marac else ()
        decided = [one for one in told.disclosures if one.reference in asked]
        disclosure_decisions.write(self.who, row.item_id, decided)
        self._said("outcome.recorded", f"item/{row.item_id}", version=row.version, refer=row.refer,
                   proposed_group=row.proposed_group, group=row.group)  # fmt: skip
        return row

    def _write_group(self, row: OutcomeRow, told: Outcome) -> None:
        proposed = rules.proposal(told, self.facts)
        row.proposed_group = proposed.group.value if proposed else None
        row.proposed_why = proposed.why if proposed else ""
        row.group = told.group.value if proposed and told.group else None
        changed = row.group != row.proposed_group
        row.group_reason = told.group_reason.strip() if changed else ""

    def write_actions(self) -> None:
        """New ones are added, known ones changed by their id, only those named are removed (Rulebook A1)."""
        for key in self.told.removed & self.before.keys():
            db.session.execute(delete(ActionRow).where(ActionRow.id == key))
            self._said("action.removed", f"action/{key}", item=self.item.id)
        for position, (key, action) in enumerate(self.told.actions.items()):
            if self.before.get(key) == action:
                continue
            there = self._own(ActionRow, key)
            row = there or ActionRow(
                id=key, area_id=self.who.area_id, item_id=self.item.id, position=position
            )
            self._fill_action(row, action)
            self._said("action.changed" if there else "action.set", f"action/{key}", item=self.item.id,
                       owner=action.owner_id)  # fmt: skip

    def _fill_action(self, row: ActionRow, action: Action) -> None:
        if action.category is None or action.owner_id is None or action.due is None:
            raise ValueError("an action that was not checked")
        row.category, row.agency_id, row.what, row.due = (
            action.category,
            action.owner_id,
            action.what,
            action.due,
        )
        row.status, row.reason = action.status, action.reason
        row.set_by, row.set_at = self.who.account_id, self.now
        db.session.add(row)

    def add_notes(self) -> None:
        """What agencies shared is added, and never changed by the meeting: it is theirs (Rulebook R2)."""
        for key, note in self.told.notes.items():
            if self._own(NoteRow, key):
                continue
            db.session.add(
                NoteRow(id=key, area_id=self.who.area_id, item_id=self.item.id, agency_id=note.agency_id,
                        author=note.author, recorded_by=self.who.account_id, recorded_at=self.now,
                        kind=note.kind, source=note.source, text=note.text)
            )  # fmt: skip
            self._said("note.added", f"note/{key}", item=self.item.id, agency=note.agency_id)

    def add_clarifications(self) -> None:
        """Who is who is added beside what the police sent (Rulebook D2)."""
        for key, told in self.told.clarifications.items():
            if self._own(ClarificationRow, key):
                continue
            db.session.add(
                ClarificationRow(id=key, area_id=self.who.area_id, item_id=self.item.id,
                                 case_id=self.item.case_id, about=told.about, name=told.name, dob=told.dob,
                                 text=told.text, recorded_by=self.who.account_id, recorded_at=self.now)
            )  # fmt: skip
            matching.clarified(self.who.area_id, self.item.case_id, told, self.now)
            self._said("identity.clarified", f"clarification/{key}", item=self.item.id)

    def write_telling(self) -> None:
        """Who tells the victim, or why that is unsafe; by default the IDVA (Rulebook F1, F2)."""
        if line := feedback.decide(self.who, self.item, self.told.telling, self.now):
            self.audit.append(line)

    def add_crimes(self) -> list[CrimeRow]:
        """Crimes that were disclosed, minuted apart; those that are new, for their police to be told of."""
        made = []
        for key, told in self.told.crimes.items():
            if self._own(CrimeRow, key) or told.agency_id is None or told.told_id is None:
                continue
            row = CrimeRow(id=key, area_id=self.who.area_id, item_id=self.item.id, text=told.text,
                           agency_id=told.agency_id, told_id=told.told_id, told_at=self.now,
                           shared=told.shared, recorded_by=self.who.account_id)  # fmt: skip
            db.session.add(row)
            made.append(row)
            self._said("crime.disclosed", f"crime_disclosed/{key}", item=self.item.id, told=told.told_id)
        return made

    def write_reviews(self) -> None:
        """What the MARAC says of the plan; done or changed settles the action it is about (M3, A1)."""
        said = {one.action_id: one.review for one in self.plan}
        for key, review in self.told.reviews.items():
            if key not in said:
                raise NotFound
            if review.verdict is None or review == said[key]:
                continue
            self._write_review(key, review)
            if (settled := settles(review, self.meeting.sits_on)) and self._settle(key, *settled):
                self._said("action.settled", f"action/{key}", item=self.item.id, status=settled[0].value)
            self._said("action.reviewed", f"action/{key}", item=self.item.id, verdict=review.verdict)

    def _write_review(self, key: UUID, review: Review) -> None:
        with acting.whole_area(self.who.area_id):
            row = db.session.get(PlanReviewRow, (self.item.id, key))
        if row is None:
            row = PlanReviewRow(item_id=self.item.id, action_id=key, area_id=self.who.area_id)
            db.session.add(row)
        row.verdict, row.text = review.verdict or "", review.text
        row.reviewed_by, row.reviewed_at = self.who.account_id, self.now
        db.session.flush()

    def _settle(self, key: UUID, status: Status, reason: str) -> bool:
        """What was recorded of an action meanwhile stays."""
        row = db.session.scalar(select(ActionRow).where(actions_of(self.who), ActionRow.id == key))
        if row is None or row.status != Status.OPEN:
            return False
        settled(row, status, reason, self.who.account_id, self.now)
        return True

    def _own(self, kind: type[Row], key: UUID) -> Row | None:
        """The row of that id, where it was saved before. Another case's is not there for this one."""
        with acting.whole_area(self.who.area_id):
            row = db.session.get(kind, key)
        if row is not None and row.item_id != self.item.id:
            raise NotFound
        return row

    def _said(self, action: str, subject: str, **detail: object) -> None:
        self.audit.append((action, subject, detail))
