"""Queries on breaches and what was done about them, as each person may read them (Rulebook V3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import not_, select

from agenda.breach_duties import BreachClocks
from agenda.breaches import Breach, State
from agenda.calendar import days_off
from agenda.clocks import Running
from agenda.meetings import case_reference
from meetingsvc import holidays
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    BreachCaseRow,
    BreachEntryRow,
    BreachRow,
    CaseRow,
    db,
)
from meetingsvc.store import acting, areas, breaches_told
from meetingsvc.store.breaches_told import Entry, Touched
from meetingsvc.store.governance_register import Register
from meetingsvc.store.scope import Reader, cases_of
from meetingsvc.store.scope_governance import breaches_of, named_in, told_of_breach

#: The parties of a case, as they are affected by a breach that touches it.
PARTIES, CHILD = ("victim", "perpetrator"), "child"


@dataclass(frozen=True, slots=True)
class Kept:
    """A breach with everything that is known of it."""

    id: UUID
    reference: str
    what: str
    unsafe_now: bool
    done: str
    raised_by: str
    raised_at: datetime
    told: Breach
    clocks: tuple[Running, ...]
    cases: tuple[Touched, ...]
    people: dict[str, str]  # whom it affects, as a page calls them
    accounts: dict[str, str]  # the names behind `by` and `involved`
    entries: int

    @property
    def state(self) -> State:
        """How far it is."""
        return self.told.state

    @property
    def waits(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state in (State.RAISED, State.OPEN)

    @property
    def running(self) -> tuple[Running, ...]:
        """The clocks that are not met, the earliest due first."""
        return tuple(clock for clock in self.clocks if clock.done_at is None) if self.waits else ()


def clocks(area: AreaRow) -> BreachClocks:
    """How long there is to tell each in this area (Rulebook V3)."""
    told = areas.settings_of(area)
    return BreachClocks(
        told.breach_dpo_hours, told.breach_heads_days, told.breach_partners_hours, told.breach_regulator_hours
    )


def kept(reader: Reader, *where: Any) -> list[Kept]:
    """Those that the reader may open, narrowed, the newest first."""
    rows = select(BreachRow).where(breaches_of(reader), *where)
    found = db.session.scalars(rows.order_by(BreachRow.raised_at.desc(), BreachRow.reference)).all()
    if not found:
        return []
    ids = [row.id for row in found]
    entries, touched = _entries(reader, ids), _cases(reader, ids)
    area = areas.by_id(reader.area_id)
    rule, off = clocks(area), days_off(areas.settings_of(area), holidays.known())
    agencies = {agency.id: agency.name for agency in areas.agencies(reader.area_id)}
    names = _names(row.raised_by for row in found) | _names(_who(entries.values()))
    return [_kept(row, entries[row.id], touched[row.id], agencies, names, rule, off) for row in found]


def _kept(
    row: BreachRow, entries: list[BreachEntryRow], cases: tuple[Touched, ...], agencies: dict[UUID, str],
    names: dict[str, str], rule: BreachClocks, off: Any,
) -> Kept:  # fmt: skip
    told = breaches_told.told(row, entries, cases, agencies)
    people = {
        str(entry.id): breaches_told.person(entry.told, cases)
        for entry in breaches_told.of(entries, Entry.AFFECTED)
    }
    return Kept(
        row.id, row.reference, row.what, row.unsafe_now, row.done, names.get(str(row.raised_by), ""),
        row.raised_at, told, told.clocks(rule, off), cases, people, names, len(entries),
    )  # fmt: skip


def _entries(reader: Reader, ids: Collection[UUID]) -> dict[UUID, list[BreachEntryRow]]:
    row, found = BreachEntryRow, defaultdict[UUID, list[BreachEntryRow]](list)
    rows = select(row).where(told_of_breach(reader, row.breach_id), row.breach_id.in_(ids))
    for entry in db.session.scalars(rows.order_by(row.place)):
        found[entry.breach_id].append(entry)
    return found


def _cases(reader: Reader, ids: Collection[UUID]) -> dict[UUID, tuple[Touched, ...]]:
    """Who governs is told which cases: by their keys, for they are shown nothing of one."""
    its = BreachCaseRow
    links = select(its.breach_id, its.case_id).where(told_of_breach(reader, its.breach_id))
    pairs = db.session.execute(links.where(its.breach_id.in_(ids))).all()
    keys = {case_id for _, case_id in pairs}
    seen = db.session.scalars(select(CaseRow.id).where(cases_of(reader), CaseRow.id.in_(keys)))
    may = set(seen) if keys else set()
    with acting.whole_area(reader.area_id):
        rows = select(CaseRow).where(CaseRow.id.in_(keys)).order_by(CaseRow.number)
        cases = list(db.session.scalars(rows)) if keys else []
    found = defaultdict[UUID, tuple[Touched, ...]](tuple)
    for case in cases:
        said = case_reference(case.number) if case.id in may else ""
        touched = Touched(case.id, said, case.victim_id, case.perpetrator_id)
        for breach_id, case_id in pairs:
            if case_id == case.id:
                found[breach_id] += (touched,)
    return found


def _who(entries: Iterable[Iterable[BreachEntryRow]]) -> Iterator[UUID]:
    for its in entries:
        for entry in its:
            yield entry.account_id
            if entry.kind == Entry.INVOLVED:
                yield UUID(entry.told["account"])


def _names(ids: Iterable[UUID]) -> dict[str, str]:
    rows = select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(set(ids)))
    return {str(key): name for key, name in db.session.execute(rows)}


def people(area_id: UUID) -> list[tuple[UUID, str]]:
    """Who has an account in the area, with their agency: one of them may be named in a breach."""
    rows = select(AccountRow.id, AccountRow.name, AgencyRow.name)
    rows = rows.join(AgencyRow, AgencyRow.id == AccountRow.agency_id).where(AgencyRow.area_id == area_id)
    found = db.session.execute(rows.order_by(AccountRow.name, AccountRow.id))
    return [(key, f"{name}, {agency}") for key, name, agency in found]


def _dealt_with(reader: Reader, *where: Any) -> list[Kept]:
    """Nobody deals with one that they are named in, though they may know that they raised it."""
    return kept(reader, not_(named_in(reader)), *where)


_register = Register(BreachRow, breaches_of, _dealt_with)
one, hold, waiting, over = _register.one, _register.hold, _register.waiting, _register.over
raised_by = Register(BreachRow, breaches_of, kept).raised_by
