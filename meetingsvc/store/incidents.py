"""Queries on incidents: what the feed knows already, and what a list has to consider."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, String, and_, func, literal, or_, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from agenda.feed_content import incident
from agenda.incidents import Incident
from agenda.triage import Narrow
from meetingsvc.models import ImportRow, IncidentRow, IncidentTextRow, TriageRow, db
from meetingsvc.store.scope import Reader, told_in

#: How many numbers one query asks for: SQLite binds at most 32,766.
CHUNK = 1000
Column = InstrumentedAttribute[str]


class Known(NamedTuple):
    """The newest version of an incident that the database has."""

    id: int
    version: int
    digest: bytes
    risk: str
    due_at: datetime
    domestic: bool


class Version(NamedTuple):
    """One version of an incident, as a later one is compared with it."""

    version: int
    digest: bytes
    current: bool
    machine: str  # the force whose system sent it, if any


class Waiting(NamedTuple):
    """A version that no list has considered, nor a newer one overtaken."""

    id: int
    machine: str  # as of Version


class Due(NamedTuple):
    """An incident's version that a list has to consider. The first ten fields are triage's."""

    narrow: Narrow
    occurrence_number: str
    version: int
    recorded_at: datetime
    perpetrator_known: bool
    has_order: bool
    kind: str


def known(area_id: UUID, numbers: Sequence[str]) -> dict[str, Known]:
    """The newest version of each of these occurrence numbers, in one query."""
    row = IncidentRow
    newest = select(
        row.occurrence_number, row.id, row.version, row.digest, row.risk, row.due_at, row.domestic
    ).where(row.area_id == area_id, row.current)
    if db.engine.dialect.name == "postgresql":
        # One look into the index for each: of a table not yet analysed it would read all for every chunk.
        wanted = func.unnest(literal(numbers, ARRAY(String))).table_valued("number").render_derived()
        one = newest.where(row.occurrence_number == wanted.c.number).order_by(row.version.desc())
        newest_one = one.limit(1).lateral()
        rows = select(newest_one).select_from(wanted).join(newest_one, true())
    else:
        rows = newest.where(row.occurrence_number.in_(numbers))
    return {number: Known(*told) for number, *told in db.session.execute(rows)}


def versions(area_id: UUID, numbers: Sequence[str], before_id: int) -> dict[str, list[Version]]:
    """By number, every version of these that was there before this id, the oldest first."""
    row, found = IncidentRow, defaultdict[str, list[Version]](list)
    rows = select(row.occurrence_number, row.version, row.digest, row.current, ImportRow.machine).join(
        ImportRow, ImportRow.id == row.import_id
    )
    wanted = (row.area_id == area_id, row.occurrence_number.in_(numbers), row.id < before_id)
    for number, version, digest, current, machine in db.session.execute(
        rows.where(*wanted).order_by(row.version)
    ):
        found[number].append(Version(version, digest, current, machine))
    return found


def overtake(ids: Sequence[int]) -> None:
    """A newer version is there: these are kept, and no list has to consider them any more."""
    if ids:
        db.session.execute(
            update(IncidentRow).where(IncidentRow.id.in_(ids)).values(current=False, considered=True)
        )


def outdate(ids: Sequence[int]) -> None:
    """A newer version is there, about other people: these stay as due as they were."""
    if ids:
        db.session.execute(update(IncidentRow).where(IncidentRow.id.in_(ids)).values(current=False))


def waiting(area_id: UUID, numbers: Sequence[str]) -> dict[str, list[Waiting]]:
    """By number, the versions that wait for a list, the oldest first."""
    row, found = IncidentRow, defaultdict[str, list[Waiting]](list)
    rows = select(row.occurrence_number, row.id, ImportRow.machine).join(
        ImportRow, ImportRow.id == row.import_id
    )
    wanted = (row.area_id == area_id, row.occurrence_number.in_(numbers), row.considered.is_(False))
    for number, key, machine in db.session.execute(rows.where(*wanted).order_by(row.version)):
        found[number].append(Waiting(key, machine))
    return found


def overtaken(area_id: UUID, numbers: Sequence[str]) -> dict[str, list[Waiting]]:
    """By number, the versions that a newer one overtook before any list took them, since one last did."""
    row, found = IncidentRow, defaultdict[str, list[Waiting]](list)
    rows = (
        select(row.occurrence_number, row.id, ImportRow.machine, TriageRow.incident_id.is_not(None))
        .join(ImportRow, ImportRow.id == row.import_id)
        .outerjoin(TriageRow, TriageRow.incident_id == row.id)
        .where(row.area_id == area_id, row.occurrence_number.in_(numbers), row.considered.is_(True))
    )
    for number, key, machine, taken in db.session.execute(rows.order_by(row.version)):
        if taken:
            found[number].clear()
        else:
            found[number].append(Waiting(key, machine))
    return found


def due(area_id: UUID, start: datetime, end: datetime) -> list[Due]:
    """Everything due in `[start, end)` that no list has considered, as recorded (Rulebook T12)."""
    row = IncidentRow
    rows = (
        select(
            row.id, row.domestic, row.risk, row.children, row.consents, row.recorded_day,
            row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name,
            row.occurrence_number, row.version, row.recorded_at, row.perpetrator_known, row.has_order,
            row.kind,
        )
        .where(row.area_id == area_id, row.considered.is_(False))
        .where(row.due_at >= start, row.due_at < end)
        .order_by(row.recorded_at, row.occurrence_number)
    )  # fmt: skip
    return [Due(tuple(found[:10]), *found[10:]) for found in db.session.execute(rows)]  # type: ignore[arg-type, call-arg]


def mark_considered(ids: Sequence[int]) -> None:
    """A list has considered these."""
    for at in range(0, len(ids), CHUNK):
        db.session.execute(
            update(IncidentRow).where(IncidentRow.id.in_(ids[at : at + CHUNK])).values(considered=True)
        )


def contents(ids: Iterable[int], reader: Reader | None = None) -> dict[int, Incident]:
    """The incidents in full, by their id: those a reader may see, or all for the service's own work."""
    wanted, found = list(ids), {}
    seen = true() if reader is None else told_in(reader, IncidentTextRow.incident_id)
    for at in range(0, len(wanted), CHUNK):
        rows = select(IncidentTextRow.incident_id, IncidentTextRow.content).where(
            IncidentTextRow.incident_id.in_(wanted[at : at + CHUNK]), seen
        )
        found.update({key: incident(content) for key, content in db.session.execute(rows)})
    return found


def told_alike(old: type[IncidentRow], new: type[IncidentRow]) -> ColumnElement[bool]:
    """Whether two versions are about the same people, as far as their columns tell: for what the database
    counts and leaves out. `agenda.referral_entry.same_people` says it for sure (T13).
    """
    victim = _one_person(old.victim_nominal, old.victim_name, old.victim_surname,
                         new.victim_nominal, new.victim_name, new.victim_surname)  # fmt: skip
    other = _one_person(old.perpetrator_nominal, old.perpetrator_name, old.perpetrator_surname,
                        new.perpetrator_nominal, new.perpetrator_name, new.perpetrator_surname)  # fmt: skip
    return and_(victim, or_(~old.perpetrator_known, and_(new.perpetrator_known, other)))


def _one_person(nominal: Column, name: Column, surname: Column, *now: Column) -> ColumnElement[bool]:
    """A surname stands apart where the name was not known in full: the rest may have been learned."""
    later_nominal, later_name, later_surname = now
    begins = func.substr(later_name, 1, func.length(surname) + 1) == surname + "|"
    learned = and_(name == "", or_(later_surname == surname, begins))
    named = or_(and_(name != "", name == later_name), learned)
    numbered = and_(nominal != "", later_nominal != "")
    return or_(and_(numbered, nominal == later_nominal), and_(~numbered, named))
