"""What a merge changes, row by row: taken down as a difference, so that nothing is forgotten, and put back.

Every table that names a person is looked at, a new one too, and what hangs on the cases of the two.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Table, UniqueConstraint, delete, insert, inspect, or_, select, update

from meetingsvc.models import Base, MergeChangeRow, db
from meetingsvc.store import matching_rows
from meetingsvc.store.matching_rows import Key, Plain

#: They tell of the two as they were compared, or are made afresh.
_LEFT_OUT = frozenset({"match_proposal", "person_merge", "person_merge_change"})
#: What is decided about a case may follow from who is on it.
_OF_INCIDENTS = ("entry", "triage", "incident", "incident_wall")
_OF_CASES = ("wall", "restriction", "named", "restriction_step", "item")


class Change(NamedTuple):
    """One row, before and after; None where it was not there."""

    table: str
    key: Plain
    before: Plain | None
    after: Plain | None


def person_columns() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Every column that names a person, by table."""
    person = Base.metadata.tables["person"]
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.columns if any(key.column.table is person for key in c.foreign_keys)]
        if columns and table.name not in _LEFT_OUT:
            yield table, columns


def snapshot(
    people: Collection[UUID], cases: Collection[UUID], incidents: Collection[int]
) -> dict[Key, Plain]:
    """Every row that names one of these people, or hangs on one of these cases or incidents."""
    found: dict[Key, Plain] = {}
    for table, columns in person_columns():
        found |= matching_rows.rows(table, or_(*(column.in_(people) for column in columns)))
    for name in _OF_CASES:
        table = Base.metadata.tables[name]
        found |= matching_rows.rows(table, table.c.case_id.in_(cases))
    for name in _OF_INCIDENTS:
        table = Base.metadata.tables[name]
        column = table.c.id if name == "incident" else table.c.incident_id
        found |= matching_rows.rows(table, column.in_(incidents))
    return found


def differences(before: Mapping[Key, Plain], after: Mapping[Key, Plain]) -> Iterator[Change]:
    """What changed between two looks: of a changed row the columns that did."""
    for key in dict.fromkeys([*before, *after]):
        table, named = key
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield Change(table, dict(named), old, new)
        elif changed := [name for name in old if old[name] != new[name]]:
            yield Change(
                table,
                dict(named),
                {name: old[name] for name in changed},
                {name: new[name] for name in changed},
            )


def keep(area_id: UUID, merge_id: UUID, changes: Iterable[Change]) -> int:
    """Writes them down, and says how many there are."""
    rows = [
        MergeChangeRow(area_id=area_id, merge_id=merge_id, of_table=one.table, key=one.key,
                       before=one.before, after=one.after)
        for one in changes
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    return len(rows)


def kept(merge_id: UUID) -> list[Change]:
    """What a merge wrote down, in its order."""
    row = MergeChangeRow
    rows = select(row.of_table, row.key, row.before, row.after).where(row.merge_id == merge_id)
    return [Change(*found) for found in db.session.execute(rows.order_by(row.id))]


def restore(changes: Collection[Change]) -> list[Change]:
    """Puts every row back as it was; gives those that have changed since, and stay.

    First what the merge made is taken out, then what it changed put back, then what it took out.
    """
    ordered = [
        *(one for one in reversed(list(changes)) if one.before is None),
        *(one for one in changes if one.before is not None and one.after is not None),
        *(one for one in changes if one.after is None),
    ]
    return [one for one in ordered if not _put_back(one)]


def _put_back(change: Change) -> bool:
    table = Base.metadata.tables[change.table]
    there = matching_rows.where(table, change.key)
    now = next(iter(matching_rows.rows(table, there).values()), None)
    if change.after is None:
        if now is not None or _clashes(table, change.before or {}):
            return False
        db.session.execute(insert(table).values(matching_rows.values(table, change.before or {})))
        return True
    if now is None or any(now[name] != value for name, value in change.after.items()):
        return False
    if change.before is None:
        if _is_needed(table, now):
            return False  # something that came in since hangs on it
        db.session.execute(delete(table).where(there))
    elif _clashes(table, {**now, **change.before}, change.key):
        return False
    else:
        db.session.execute(update(table).where(there).values(matching_rows.values(table, change.before)))
    return True


def move(table: Table, key: Plain, values: Mapping[str, Any]) -> bool:
    """Changes a row, unless another that is there already would be its double."""
    there = matching_rows.where(table, key)
    now = next(iter(matching_rows.rows(table, there).values()))
    told = {name: matching_rows.plain(value) for name, value in values.items()}
    if _clashes(table, {**now, **told}, key):
        return False
    db.session.execute(update(table).where(there).values(values))
    return True


def _clashes(table: Table, plain: Plain, key: Plain | None = None) -> bool:
    """Whether another row has what only one may have; or this one would name one person twice."""
    for columns in _unique(table):
        values = {column.name: plain[column.name] for column in columns}
        if None in values.values():
            continue
        if any(
            key is None or dict(found[1]) != key
            for found in matching_rows.rows(table, matching_rows.where(table, values))
        ):
            return True
    people = [plain[column.name] for each, columns in person_columns() if each is table for column in columns]
    named = [one for one in people if one is not None]
    return len(named) != len(set(named))


def _unique(table: Table) -> Iterator[list[Column[Any]]]:
    yield list(table.primary_key)
    for rule in table.constraints:
        if isinstance(rule, UniqueConstraint):
            yield list(rule.columns)


def _is_needed(table: Table, plain: Plain) -> bool:
    """Whether a row of any table refers to this one."""
    for other in Base.metadata.sorted_tables:
        for rule in other.foreign_key_constraints:
            if rule.referred_table is table:
                pairs = {key.parent.name: plain[key.column.name] for key in rule.elements}
                if None not in pairs.values() and matching_rows.rows(
                    other, matching_rows.where(other, pairs)
                ):
                    return True
    return False


def repoint(gone: UUID, kept_id: UUID) -> None:
    """Whatever names the one names the other from now on; what both have is had once."""
    for table, columns in person_columns():
        if table.name == "person_key":
            continue  # filed afresh
        for column in columns:
            for key in list(matching_rows.rows(table, column == gone)):
                _move(table, column, dict(key[1]), kept_id)


def read_afresh() -> None:
    """What is in memory of the rows that were changed past it is read again when it is next asked for."""
    changed = {table.name for table, _ in person_columns()} | {*_OF_CASES, *_OF_INCIDENTS}
    for one in list(db.session):
        if inspect(type(one)).local_table.name in changed:
            db.session.expire(one)


def _move(table: Table, column: Column[Any], key: Plain, to: UUID) -> None:
    if not move(table, key, {column.name: to}):
        db.session.execute(delete(table).where(matching_rows.where(table, key)))
