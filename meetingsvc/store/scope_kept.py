"""What walls and restrictions keep from a person (Rulebook M6): the ground `store/scope.py` builds on."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from agenda.need_to_know import Hides, WallState
from agenda.panels import Family
from meetingsvc.models import (
    CaseRow,
    EntryRow,
    IdentityRow,
    IncidentRow,
    IncidentWallRow,
    ItemRow,
    NamedRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope_once import once

#: In the text of every statement that was narrowed here; the database drops it as it plans.
MARK = "/*scope*/"
MARKED = literal_column(f"1{MARK}") == literal_column("1")
#: Not `false()`: that would take the mark with it where it makes a whole condition false.
NOBODY = literal_column(f"0{MARK}") == literal_column("1")
#: Said in the words of the index that finds the few cases of other families (migration 0069).
ABUSE: ColumnElement[str] = literal_column(f"'{Family.ABUSE.value}'")
T = TypeVar("T")
Column = InstrumentedAttribute[T] | ColumnElement[T]
CaseId = Column[UUID]
Reader = Principal | Host
#: Once for all statements: the columns of an alias take longer to make than the rest of a condition.
_WALL, _RESTRICTION, _NAME = aliased(WallRow), aliased(RestrictionRow), aliased(NamedRow)
_VERSION, _INCIDENT = aliased(IncidentRow), aliased(IncidentRow)
_IDENTITY, _ENTRY, _CASE = aliased(IdentityRow), aliased(EntryRow), aliased(CaseRow)


def sees_all(reader: Reader) -> bool:
    """Whom no meeting is kept from: the service for an area, and who runs its meetings."""
    return isinstance(reader, Host) or reader.runs_meetings


@once
def open_to(reader: Reader, case_id: CaseId | Column[UUID | None]) -> ColumnElement[bool]:
    """No wall stands between a reader and a case, where it is restricted, they are named (M6), and it is of a
    family of panels that is theirs (D1, E4).

    Deny beats every grant: whoever this keeps out, nothing lets in.
    """
    if isinstance(reader, Host):
        return MARKED
    walled = is_walled(reader.account_id, case_id)
    hidden = func.coalesce(case_id.in_(_closed_to(reader)), False)  # what is of no case is not hidden
    return and_(MARKED, ~walled, ~hidden)


@once
def _closed_to(reader: Principal) -> CompoundSelect[UUID]:
    """The cases that a restriction keeps from a person, and those of families of panels that are not theirs.

    What lies under the latter is not kept, as under a wall (`kept_cases`): a police incident that names a
    child whom other panels hear is on a daily list all the same, and read there (T2).
    """
    return _hidden_from(reader).union_all(of_others(reader))


@once
def of_others(reader: Principal) -> Select[UUID]:
    """The cases of panels that are not the reader's; on PostgreSQL asked as the service (migration 0066)."""
    others = [one.value for one in Family if one not in reader.families]
    if db.engine.dialect.name == "postgresql":
        told = bindparam("others", ",".join(others), String(), unique=True)
        return select(func.meetingsvc_of_families(told, type_=Uuid()).label("apart"))
    few = select(_CASE.id).where(_CASE.family != ABUSE, _CASE.family.in_(others))
    return apart(select(_CASE.id).where(_CASE.family.in_(others)) if Family.ABUSE in others else few)


def not_walled(reader: Principal, case_id: Column[UUID] | Column[UUID | None]) -> ColumnElement[bool]:
    """No wall stands between a person and a case: for whom a restriction hides no identifier (M6)."""
    return and_(MARKED, ~is_walled(reader.account_id, case_id))


def is_walled(
    account_id: UUID | Column[UUID] | None, case_id: Column[UUID] | Column[UUID | None] | UUID
) -> ColumnElement[bool]:
    """Whether a wall stands between a person and a case (Rulebook M6).

    A table of its own, whatever else is asked: person and case may be those of a query around it, however
    deep.
    """
    row = _WALL
    stands = exists().where(
        row.case_id == case_id, row.account_id == account_id, row.state == WallState.STANDS
    )
    return stands.correlate_except(row)


@once
def _hidden_from(reader: Principal) -> Select[UUID]:
    """The cases that a restriction keeps from a person, who may not read the restriction itself.

    So on PostgreSQL the database answers their ids as the service (migration 0009).
    """
    if db.engine.dialect.name == "postgresql":
        account = bindparam("account", reader.account_id, Uuid(), unique=True)
        runs = bindparam("runs", reader.runs_meetings, Boolean(), unique=True)
        return select(func.meetingsvc_hidden_from(account, runs, type_=Uuid()).label("kept"))
    whom = [Hides.UNNAMED] if reader.runs_meetings else [Hides.UNNAMED, Hides.AGENCIES]
    row, name = _RESTRICTION, _NAME
    named = exists().where(name.case_id == row.case_id, name.account_id == reader.account_id)
    return apart(select(row.case_id).where(row.hides.in_(whom), ~named))


@once
def not_kept(reader: Reader, incident_id: Column[int] | Column[int | None]) -> ColumnElement[bool]:
    """An incident that names nobody like the reader, and tells of no case that is kept from them (M6): not of
    one a list put it under, nor, where no list has taken it, of its people."""
    if isinstance(reader, Host):
        return MARKED
    walled = exists().where(
        IncidentWallRow.incident_id == incident_id, IncidentWallRow.account_id == reader.account_id
    )
    kept = listed_under(kept_cases(reader)).union(of_people(kept_cases(reader)))
    return and_(MARKED, ~walled, incident_id.not_in(kept))


def listed_under(cases: CompoundSelect[UUID]) -> Select[int]:
    """Every version of what lists put under these cases."""
    version = _VERSION
    return apart(
        select(version.id)
        .join(EntryRow, EntryRow.occurrence_number == version.occurrence_number)
        .join(ItemRow, and_(ItemRow.id == EntryRow.item_id, ItemRow.area_id == version.area_id))
        .where(ItemRow.case_id.in_(cases))
    )


def of_people(cases: CompoundSelect[UUID]) -> Select[int]:
    """What no list has put under a case, of anybody known as the victim or perpetrator of one of these is.

    By a nominal or by a whole name with its birth date: a surname alone is not somebody.
    """
    named, known, under = _INCIDENT, _IDENTITY, _ENTRY
    their = CaseRow.id.in_(cases)
    people = select(CaseRow.victim_id).where(their).union(select(CaseRow.perpetrator_id).where(their))
    names = (named.victim_nominal, named.victim_name, named.perpetrator_nominal, named.perpetrator_name)
    # the area is said with each name, or SQLite takes it for the narrower of the two
    alike = or_(*(and_(named.area_id == known.area_id, name == known.value) for name in names))
    return apart(
        select(named.id)
        .join(known, alike)
        .where(known.person_id.in_(people))
        .where(~exists().where(under.incident_id == named.id))
    )


@once
def kept_cases(reader: Principal) -> CompoundSelect[UUID]:
    """The few cases that `open_to` keeps from a person, to begin with where what lies under them is meant."""
    walls = select(WallRow.case_id).where(
        WallRow.account_id == reader.account_id, WallRow.state == WallState.STANDS
    )
    return walls.union(_hidden_from(reader))


def apart(rows: Select[Any]) -> Select[Any]:
    """What a reader may see does not depend on the query it narrows: no table of that is meant in here."""
    return rows.correlate(None)
