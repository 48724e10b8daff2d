"""What goes with a case: every row that hangs on it, found by the tables' own foreign keys (Rulebook L2).

A new table is found by itself. Call everything here as the service, inside one transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, delete, exists, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from agenda.patterns import Trait, named
from meetingsvc.models import (
    Base,
    BreachCaseRow,
    BreachRow,
    CaseRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    PatternChildRow,
    PatternRow,
    ReferralCaseRow,
    db,
)
from meetingsvc.models import ImportRow as Import
from meetingsvc.store import doomed_people

Rows = Mapping[Table, Collection[tuple[Any, ...]]]
_CHUNK = 500
#: What only points at a row that goes: it stays, and points at nothing.
_CUT = frozenset({
    ("transfer_in", "transfer_id"), ("refusal", "outbox_id"), ("meeting", "case_id"),
    ("exploitation_referral", "about_id"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfCase:
    """What is a case's alone, and which of its people and incidents another case has too."""

    rows: Rows
    people_elsewhere: frozenset[UUID]
    incidents_elsewhere: frozenset[int]


def of_case(area_id: UUID, case_id: UUID) -> OfCase:
    """Everything of a case; what another case has too stays for that one (Rulebook L1)."""
    rows = hanging_on({_table(CaseRow): [(case_id,)]})
    own, shared = _incidents(area_id, case_id)
    linked = doomed_people.linked(case_id, rows)
    people = linked - doomed_people.used_elsewhere(linked, rows)
    own |= doomed_people.incidents_of(area_id, people) - shared
    found: dict[Table, set[tuple[Any, ...]]] = {
        _table(CaseRow): {(case_id,)},
        _table(MeetingRow): {(key,) for key in _meetings(case_id)},
        _table(IncidentRow): {(key,) for key in own},
        _table(Import): {(key,) for key in _imports(own)},
        _table(BreachRow): {(key,) for key in _breaches(case_id)},
        _table(PatternRow): {(key,) for key in _patterns(area_id, case_id)},
        Base.metadata.tables["referral"]: {(key,) for key in _referrals(case_id)},
        Base.metadata.tables["person"]: {(key,) for key in people},
    }
    return OfCase(hanging_on(found), frozenset(linked - people), frozenset(shared))


def hanging_on(start: Rows) -> Rows:
    """These rows, and every row that points at one of them, and so on."""
    found: dict[Table, set[tuple[Any, ...]]] = defaultdict(set)
    todo = [(table, set(keys)) for table, keys in start.items()]
    while todo:
        table, keys = todo.pop()
        new = keys - found[table]
        found[table] |= new
        if new:
            values = [key[0] for key in new]
            todo += [(column.table, _pointing(column, values)) for column in _children(table)]
    return {table: keys for table, keys in found.items() if keys}


def joined(one: Rows, other: Rows) -> Rows:
    """These rows and those."""
    return {table: {*one.get(table, ()), *other.get(table, ())} for table in {*one, *other}}


def delete_all(rows: Rows) -> None:
    """Those that point first."""
    for table, keys in rows.items():
        for name, column_name in _CUT:
            column = Base.metadata.tables[name].c[column_name]
            if column.references(next(iter(table.primary_key))):
                for chunk in _chunks([key[0] for key in keys]):
                    db.session.execute(
                        update(column.table).where(column.in_(chunk)).values({column_name: None})
                    )
    for table in reversed(Base.metadata.sorted_tables):
        for chunk in _chunks(sorted(rows.get(table, ()), key=str)):
            db.session.execute(delete(table).where(_is_one_of(table, chunk)))
    db.session.expire_all()


def _children(table: Table) -> Iterator[Column[Any]]:
    """The columns that point at its key, but for those that are cut."""
    key = next(iter(table.primary_key))
    for other in Base.metadata.tables.values():
        for column in other.columns:
            if (other.name, column.name) not in _CUT and column.references(key):
                yield column


def _pointing(column: Column[Any], values: Collection[Any]) -> set[tuple[Any, ...]]:
    found = set[tuple[Any, ...]]()
    for chunk in _chunks(list(values)):
        rows = select(*column.table.primary_key).where(column.in_(chunk))
        found.update(tuple(row) for row in db.session.execute(rows))
    return found


def _is_one_of(table: Table, keys: list[tuple[Any, ...]]) -> Any:
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(values), _CHUNK):
        yield values[at : at + _CHUNK]


def _table(row: Any) -> Table:
    table: Table = row.__table__
    return table


def _incidents(area_id: UUID, case_id: UUID) -> tuple[set[int], set[int]]:
    """Every version of what lists put under this case: its own, and what is under another case too."""
    numbers = select(EntryRow.occurrence_number).join(ItemRow, ItemRow.id == EntryRow.item_id)
    here = set(db.session.scalars(numbers.where(ItemRow.case_id == case_id)))
    there = set[str]()
    for chunk in _chunks(sorted(here)):
        other = numbers.where(ItemRow.area_id == area_id, ItemRow.case_id != case_id)
        there.update(db.session.scalars(other.where(EntryRow.occurrence_number.in_(chunk))))
    return _versions(area_id, here - there), _versions(area_id, here & there)


def _versions(area_id: UUID, numbers: Iterable[str]) -> set[int]:
    row, found = IncidentRow, set[int]()
    for chunk in _chunks(sorted(numbers)):
        found.update(db.session.scalars(
            select(row.id).where(row.area_id == area_id, row.occurrence_number.in_(chunk))
        ))  # fmt: skip
    return found


def _breaches(case_id: UUID) -> set[UUID]:
    """Breaches that touch no other case: what was written of them is of this one."""
    row, other = BreachCaseRow, aliased(BreachCaseRow)
    elsewhere = exists().where(other.breach_id == row.breach_id, other.case_id != case_id)
    return set(db.session.scalars(select(row.breach_id).where(row.case_id == case_id, ~elsewhere)))


def _patterns(area_id: UUID, case_id: UUID) -> set[UUID]:
    """What was said of the child with others, or of children by this person of concern: it may name them."""
    row, child = PatternRow, PatternChildRow
    of_them = select(child.pattern_id).where(child.case_id == case_id)
    by_them = row.about == named(area_id, Trait.PERSON, str(case_id))
    return set(db.session.scalars(select(row.id).where(or_(row.id.in_(of_them), by_them))))


def _imports(incidents: Collection[int]) -> set[UUID]:
    """What was taken in by a page of the service, where nothing else came with it."""
    row, found = IncidentRow, set[UUID]()
    for chunk in _chunks(sorted(incidents)):
        rows = select(row.import_id).join(Import, Import.id == row.import_id)
        found.update(db.session.scalars(rows.where(row.id.in_(chunk), Import.kind == "entry")))
    others = select(row.import_id).where(row.import_id.in_(found), row.id.not_in(incidents))
    return found - set(db.session.scalars(others))


def _referrals(case_id: UUID) -> set[UUID]:
    row = ReferralCaseRow
    here = set(db.session.scalars(select(row.referral_id).where(row.case_id == case_id)))
    elsewhere = select(row.referral_id).where(row.referral_id.in_(here), row.case_id != case_id)
    return here - set(db.session.scalars(elsewhere))


def _meetings(case_id: UUID) -> set[UUID]:
    """An emergency MARAC about this case alone."""
    its = set(db.session.scalars(select(MeetingRow.id).where(MeetingRow.case_id == case_id)))
    others = select(ItemRow.meeting_id).where(ItemRow.meeting_id.in_(its), ItemRow.case_id != case_id)
    return its - set(db.session.scalars(others))
