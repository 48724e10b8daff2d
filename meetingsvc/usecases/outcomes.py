"""Recording what the daily meeting decides about a case: outcome, actions, what was shared and clarified."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import aliased
from werkzeug.exceptions import NotFound

from agenda.calendar import day_words, local_day
from agenda.incidents import Risk
from agenda.meetings import MeetingKind, MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    ActionRow,
    ClarificationRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    SafeguardRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, audit, outcomes
from meetingsvc.store.scope import items_of, meetings_of, told_at
from meetingsvc.usecases import marac_referrals, matching, oversight
from meetingsvc.usecases.stand_ins import Standing, record_permission, standing
from meetingsvc.usecases.transaction import saved_by
from minutes import recording as rules
from minutes.actions import Action
from minutes.outcome import Outcome, stand_in_problems
from minutes.recording import Recording

Row = TypeVar("Row", ActionRow, NoteRow, ClarificationRow)


class Unfit(Exception):
    """What was typed breaks a rule: `problems` says what, by field. Nothing was saved."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class Stale(Exception):
    """Another person saved this outcome meanwhile. Nothing was saved."""


class MeetingClosed(RuleBroken):
    """Outcomes are final once the daily meeting is closed."""


def record(principal: Principal, item_id: UUID, told: Recording, now: datetime) -> int:
    """Saves everything on the form, or nothing, and refers the case at once (Rulebook D3). The new version.

    The coordinator's work; a chair's, only in their place (`usecases.stand_ins`; security.md B). Raises
    MeetingClosed, Stale or Unfit; RuleBroken where a MARAC's agenda already holds the case.
    """
    with saved_by(principal, record_permission(principal), now) as who:
        # Referrals take turns by area, and so do outcomes: a lock taken later could be waited for in a ring.
        marac_referrals.locked(who.area_id)
        item = _item(who, item_id)
        place = standing(who, item_id, item.case_id, now)
        if place not in (None, Standing.STANDS_IN):
            raise RuleBroken(f"{place} Nothing was saved.")
        rows = select(OutcomeRow).where(told_at(who, OutcomeRow.item_id), OutcomeRow.item_id == item_id)
        row = db.session.scalar(rows)
        _refuse_closed(who, item, row)
        if told.version != (row.version if row else 0):
            raise Stale
        lines = _Change(who, item, told, now)
        lines.refuse_unfit(stands_in=place is not None)
        referred = bool(row and row.refer)
        outcome = lines.write_outcome(row)
        lines.write_actions()
        lines.add_notes()
        lines.add_clarifications()
        _refer(who, outcome, referred, now)
        if place is not None:
            lines.audit.append(("outcome.stood_in", f"item/{item.id}", {"version": outcome.version}))
        for action, subject, detail in lines.audit:
            audit.record(who.account_id, who.area_id, action, subject, now, **detail)
        if place is not None:
            oversight.stood_in(item, who.account_id, now)
        return outcome.version


def _item(who: Principal, item_id: UUID) -> ItemRow:
    sitting = aliased(MeetingRow)  # the scope's own conditions speak of MeetingRow
    item = db.session.scalar(
        select(ItemRow)
        .join(sitting, sitting.id == ItemRow.meeting_id)
        .where(items_of(who), ItemRow.id == item_id, sitting.kind == MeetingKind.DRAMM)
    )
    if item is None:
        raise NotFound
    return item


def _refuse_closed(who: Principal, item: ItemRow, row: OutcomeRow | None) -> None:
    """Outcomes are final once the list is closed (D3). One still without an outcome was hidden from whoever
    closed it (M6), and takes its one outcome from those who may see it."""
    rows = select(MeetingRow).where(meetings_of(who), MeetingRow.id == item.meeting_id)
    meeting = db.session.scalars(rows.with_for_update(read=True)).one()
    if meeting.state != MeetingState.OPEN and row is not None:
        raise MeetingClosed(
            f"The daily meeting of {day_words(meeting.sits_on)} is closed, so its outcomes are final. "
            "What you typed was not saved."
        )


def _refer(who: Principal, outcome: OutcomeRow, referred: bool, now: datetime) -> None:
    with acting.whole_area(who.area_id):
        if outcome.refer:
            marac_referrals.refer(who.area_id, outcome.item_id, who.account_id, now)
        elif referred:
            marac_referrals.withdraw(who.area_id, outcome.item_id, who.account_id, now)


class _Change:
    """One save of one case. `audit` gathers its lines, written last: the chain has one end for all."""

    def __init__(self, who: Principal, item: ItemRow, told: Recording, now: datetime) -> None:
        self.who, self.item, self.told, self.now = who, item, told, now
        self.before = outcomes.actions(who, item.id)
        self.facts = outcomes.facts(who, item)
        self.audit: list[tuple[str, str, dict[str, object]]] = []

    def refuse_unfit(self, *, stands_in: bool) -> None:
        """Every rule of the form at once (Rulebook C1, C2, C4, D2, D3, A1, R2; security.md B)."""
        today = local_day(self.now)
        agencies = {a.id for a in areas.agencies(self.who.area_id) if a.is_signatory(today)}
        found = rules.problems(self.told, self.facts, self.before, agencies, today)
        if stands_in:
            found = stand_in_problems(self.told.outcome, Risk(self.item.risk)) | found
        if found:
            raise Unfit(found)

    def write_outcome(self, row: OutcomeRow | None) -> OutcomeRow:
        """The outcome with its safeguards; proposed and chosen group are both kept (Rulebook C1)."""
        if row is None:
            row = OutcomeRow(item_id=self.item.id, area_id=self.who.area_id, version=0)
            db.session.add(row)
        told = self.told.outcome
        row.version += 1
        row.risk = told.risk or ""
        row.in_place, row.disclose, row.refer, row.notes = (
            told.in_place,
            told.disclose,
            bool(told.refer),
            told.notes,
        )
        self._write_group(row, told)
        row.recorded_by, row.recorded_at = self.who.account_id, self.now
        db.session.flush()
        db.session.execute(delete(SafeguardRow).where(SafeguardRow.item_id == row.item_id))
        for tick in told.safeguards:
            db.session.add(SafeguardRow(item_id=row.item_id, safeguard=tick.safeguard,
                                        in_place=tick.in_place, note=tick.note))  # fmt: skip
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

    def _own(self, kind: type[Row], key: UUID) -> Row | None:
        """The row of that id, where it was saved before. Another case's is not there for this one."""
        with acting.whole_area(self.who.area_id):
            row = db.session.get(kind, key)
        if row is not None and row.item_id != self.item.id:
            raise NotFound
        return row

    def _said(self, action: str, subject: str, **detail: object) -> None:
        self.audit.append((action, subject, detail))
