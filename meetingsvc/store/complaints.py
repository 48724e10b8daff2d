"""Queries on complaints and what was done about them, as each person may read them (Rulebook V2)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import days_off
from agenda.clocks import Running
from agenda.complaints import (
    Complainant,
    Complaint,
    ComplaintClocks,
    Made,
    State,
    Step,
    Subject,
)
from agenda.meetings import case_reference
from agenda.moves import Said, Who
from meetingsvc import holidays
from meetingsvc.models import AreaRow, CaseRow, ComplainedOfRow, ComplaintEntryRow, ComplaintRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, areas
from meetingsvc.store.governance_register import Register
from meetingsvc.store.scope import Reader, cases_of
from meetingsvc.store.scope_governance import complaints_of, told_of_complaint

_OVER = (State.CLOSED, State.WITHDRAWN)


class Entry(StrEnum):
    """The sorts of thing that are done about a complaint. The value is stored."""

    STEP = "step"
    SAID = "said"  # a step that takes two people, by the first of them
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Kept:
    """A complaint with everything that is known of it."""

    id: UUID
    reference: str
    what: str
    case: str  # its reference, where the reader may open it
    case_id: UUID | None
    raised_by: str
    raised_at: datetime
    told: Complaint
    clocks: tuple[Running, ...]
    accounts: dict[UUID, str]  # the names behind `by` and `complained_of`
    entries: int

    @property
    def state(self) -> State:
        """How far it is."""
        return self.told.state

    @property
    def waits(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state not in _OVER

    @property
    def running(self) -> tuple[Running, ...]:
        """The clocks that are not met, the earliest due first."""
        left = (clock for clock in self.clocks if clock.done_at is None) if self.waits else ()
        return tuple(sorted(left, key=lambda clock: clock.due))

    def named(self, account: str) -> str:
        """Who that is."""
        return self.accounts.get(UUID(account), "somebody")


def clocks(area: AreaRow) -> ComplaintClocks:
    """How long there is in this area (Rulebook V2)."""
    told = areas.settings_of(area)
    return ComplaintClocks(told.complaint_heads_days, told.complaint_acknowledged_days)


def acts_as(who: Principal) -> Who:
    """In whose name a person takes steps (security.md B): the chair's, else information governance's."""
    return Who.CHAIR if who.role is Role.CHAIR else Who.GOVERNANCE


def kept(reader: Reader, *where: Any) -> list[Kept]:
    """Those that the reader may open, narrowed, the newest first."""
    rows = select(ComplaintRow).where(complaints_of(reader), *where)
    found = db.session.scalars(rows.order_by(ComplaintRow.raised_at.desc(), ComplaintRow.reference)).all()
    if not found:
        return []
    ids = [row.id for row in found]
    entries, of = _entries(reader, ids), _complained_of(reader, ids)
    seen = _cases(reader, {row.case_id for row in found if row.case_id})
    area = areas.by_id(reader.area_id)
    rule, off = clocks(area), days_off(areas.settings_of(area), holidays.known())
    people = {row.raised_by for row in found} | {key for keys in of.values() for key in keys}
    names = accounts.names(people | {entry.account_id for its in entries.values() for entry in its})
    return [
        _kept(row, entries[row.id], of[row.id], seen.get(row.case_id, "") if row.case_id else "", names,
              rule, off)
        for row in found
    ]  # fmt: skip


def _kept(
    row: ComplaintRow, entries: list[ComplaintEntryRow], of: set[UUID], case: str, names: dict[UUID, str],
    rule: ComplaintClocks, off: Any,
) -> Kept:  # fmt: skip
    done = {entry.kind: entry.at for entry in entries}
    told = Complaint(
        row.received_at, Complainant(row.complainant), Subject(row.about), frozenset(map(str, of)),
        done.get(Entry.NOTIFIED), done.get(Entry.ACKNOWLEDGED),
        tuple(_made(entry) for entry in entries if entry.kind == Entry.STEP),
        said=tuple(
            Said(Step(entry.told["step"]), entry.at, str(entry.account_id), entry.told["reason"])
            for entry in entries if entry.kind == Entry.SAID
        ),
    )  # fmt: skip
    return Kept(
        row.id, row.reference, row.what, case, row.case_id, names.get(row.raised_by, ""),
        row.raised_at, told, told.clocks(rule, off), names, len(entries),
    )  # fmt: skip


def _made(entry: ComplaintEntryRow) -> Made:
    told = entry.told
    return Made(Step(told["step"]), entry.at, Who(told["who"]), str(entry.account_id), told["reason"],
                told["rights"], told["reveals_nothing"])  # fmt: skip


def _entries(reader: Reader, ids: Collection[UUID]) -> dict[UUID, list[ComplaintEntryRow]]:
    row, found = ComplaintEntryRow, defaultdict[UUID, list[ComplaintEntryRow]](list)
    rows = select(row).where(told_of_complaint(reader, row.complaint_id), row.complaint_id.in_(ids))
    for entry in db.session.scalars(rows.order_by(row.place)):
        found[entry.complaint_id].append(entry)
    return found


def _complained_of(reader: Reader, ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    row, found = ComplainedOfRow, defaultdict[UUID, set[UUID]](set)
    rows = select(row.complaint_id, row.account_id).where(told_of_complaint(reader, row.complaint_id))
    for complaint_id, account_id in db.session.execute(rows.where(row.complaint_id.in_(ids))):
        found[complaint_id].add(account_id)
    return found


def _cases(reader: Reader, keys: Collection[UUID]) -> dict[UUID, str]:
    rows = select(CaseRow.id, CaseRow.number).where(cases_of(reader), CaseRow.id.in_(keys))
    return {key: case_reference(number) for key, number in db.session.execute(rows)} if keys else {}


_register = Register(ComplaintRow, complaints_of, kept)
one, hold, waiting = _register.one, _register.hold, _register.waiting
over, raised_by = _register.over, _register.raised_by
