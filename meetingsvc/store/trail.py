"""The access log as people read it: who opened, changed, sent or printed what, when and why (Rulebook V5).

`scope.audit_of` decides which lines a reader has, before they are counted and paged. A line tells identifiers
and counts only to information governance; to anybody else, words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from agenda.calendar import to_utc
from agenda.meetings import case_reference
from meetingsvc.models import AccountRow, AgencyRow, AuditRow, Base, CaseRow, IncidentRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store.scope import audit_of, cases_of, incidents_of, not_kept, not_walled, open_to
from meetingsvc.store.trail_words import ACTIONS, SHOWING, Sort, words

T = TypeVar("T")
#: Where the reason of a line is kept: in its own row, never in the trail.
_REASONS = {
    "opening": ("opening", "reason"),
    "closed": ("closed_reason", "reason"),
    "reveal": ("reveal", "reason"),
    "correction_request": ("correction_request", "reason"),
    "proposal": ("proposal", "reason"),
    "step": ("restriction_step", "text"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done."""

    number: int
    at: datetime
    actor: str
    who: str
    what: str
    action: str
    subject: str
    detail: str
    case_id: UUID | None
    case: str
    why: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines: all where nothing is told."""

    subject: str = ""
    actor: str = ""
    case_id: UUID | None = None
    day: date | None = None
    sort: Sort | None = None
    action: str = ""


def count(principal: Principal, wanted: Filter) -> int:
    """How many lines there are for this reader."""
    rows = select(func.count()).select_from(AuditRow).where(*_conditions(principal, wanted))
    return db.session.scalar(rows) or 0


def lines(principal: Principal, wanted: Filter, page: int, size: int) -> list[Line]:
    """One page of them, the newest first."""
    rows = select(AuditRow).where(*_conditions(principal, wanted)).order_by(AuditRow.id.desc())
    found = db.session.scalars(rows.limit(size).offset((page - 1) * size)).all()
    names, cases = _names(found), _references(principal, found)
    shown = _shown(principal, found)
    told = _reasons(principal, found)
    told |= {key: _counted(*ids) for key, ids in shown.items()}
    # its place among the reader's own: the chain's numbers would tell how much is kept from them
    first = count(principal, wanted) - (page - 1) * size
    return [
        _line(first - place, row, _detail(row, shown), names, cases, told) for place, row in enumerate(found)
    ]


def no_content(principal: Principal) -> bool:
    """Whether the reader is shown identifiers and counts, and nothing of what they stand for."""
    return principal.role in (Role.INFORMATION_GOVERNANCE, Role.AGENCY_ADMINISTRATOR)


def people(principal: Principal) -> list[tuple[UUID, str]]:
    """Whose lines a reader may ask for: their area's people, or their own agency's; not only themselves."""
    area = select(AccountRow.id, AccountRow.name).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    area = area.where(AgencyRow.area_id == principal.area_id)
    if principal.role is Role.AGENCY_ADMINISTRATOR:
        area = area.where(AccountRow.agency_id == principal.agency_id)
    elif not (principal.runs_meetings or principal.role is Role.INFORMATION_GOVERNANCE):
        return []
    return [(key, name) for key, name in db.session.execute(area.order_by(AccountRow.name, AccountRow.id))]


def case_named(principal: Principal, number: int) -> UUID | None:
    """The case of that number, where the reader may open it."""
    return db.session.scalar(select(CaseRow.id).where(cases_of(principal), CaseRow.number == number))


def reference(principal: Principal, case_id: UUID | None) -> str:
    """How people read that case's number, where the reader may open it and reads content."""
    if case_id is None or no_content(principal):
        return ""
    number = db.session.scalar(select(CaseRow.number).where(cases_of(principal), CaseRow.id == case_id))
    return case_reference(number) if number else ""


def as_printed(told: str) -> bool:
    """Whether it could be what a line was done to: kind and key, or a case's key alone."""
    return "/" in told or _uuid(told) is not None


def _conditions(principal: Principal, wanted: Filter) -> list[ColumnElement[bool]]:
    found = [audit_of(principal)]
    if wanted.subject:
        found.append(_about(wanted.subject))
    if wanted.action:
        found.append(AuditRow.action == wanted.action)
    if wanted.actor:
        found.append(AuditRow.actor == wanted.actor)
    if wanted.case_id:
        found.append(AuditRow.case_id == wanted.case_id)
    if wanted.sort:
        found.append(AuditRow.action.in_(ACTIONS[wanted.sort]))
    if wanted.day:
        first = datetime.combine(wanted.day, time.min)
        found += [AuditRow.at >= to_utc(first), AuditRow.at < to_utc(first + timedelta(days=1))]
    return found


def _about(told: str) -> ColumnElement[bool]:
    """What a line was done to, as the log prints it; of a case whatever was done to anything of it."""
    kind, _, key = told.rpartition("/")
    case_id = _uuid(key) if kind in ("", "case") else None
    return or_(AuditRow.subject == told, AuditRow.case_id == case_id) if case_id else AuditRow.subject == told


def _names(rows: Iterable[AuditRow]) -> dict[str, str]:
    """Who did it, by name; commands and the worker name themselves."""
    keys = {key for row in rows if (key := _uuid(row.actor))}
    found = select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(keys))
    return {str(key): name for key, name in db.session.execute(found)}


def _references(principal: Principal, rows: Sequence[AuditRow]) -> dict[UUID, str]:
    """The references of the cases that the reader may open; who reads no content is told none."""
    if no_content(principal):
        return {}
    keys = {row.case_id for row in rows if row.case_id}
    found = select(CaseRow.id, CaseRow.number).where(cases_of(principal), CaseRow.id.in_(keys))
    return {key: case_reference(number) for key, number in db.session.execute(found)}


def _reasons(principal: Principal, rows: Iterable[AuditRow]) -> dict[int | str, str]:
    """Why it was done, by the subject whose own row keeps the reason. It is content."""
    wanted: dict[str, set[UUID]] = {kind: set() for kind in _REASONS}
    for row in () if no_content(principal) else rows:
        kind, _, key = _reasoned(row).partition("/")
        if (one := _uuid(key)) and kind in _REASONS:
            wanted[kind].add(one)
    return {
        f"{kind}/{key}": reason
        for kind, keys in wanted.items()
        for key, reason in db.session.execute(_reasons_in(principal, kind, keys))
    }


def _reasons_in(principal: Principal, kind: str, keys: set[UUID]) -> Select[Any]:
    name, column = _REASONS[kind]
    table = Base.metadata.tables[name]
    its = select(table.c.id, table.c[column]).where(table.c.id.in_(keys))
    return its.where(open_to(principal, table.c.case_id))


#: What a search, or a page of several cases, showed: cases and incidents.
_Ids = tuple[list[UUID], list[int]]


def _shown(principal: Principal, rows: Iterable[AuditRow]) -> dict[int, _Ids]:
    """What each of those showed, of that which this reader may see themselves; never what was typed."""
    made = {row.id: _ids(row) for row in rows if row.action in SHOWING and "cases" in row.detail}
    cases = {case for one, _ in made.values() for case in one}
    incidents = {incident for _, one in made.values() for incident in one}
    seen, also = _seen(principal, cases, incidents)
    return {
        key: ([one for one in mine if one in seen], [one for one in other if one in also])
        for key, (mine, other) in made.items()
    }


def _seen(principal: Principal, cases: set[UUID], incidents: set[int]) -> tuple[set[UUID], set[int]]:
    """Information governance is shown identifiers of what is on no meeting of theirs; only walls cut them."""
    case, incident = select(CaseRow.id), select(IncidentRow.id)
    if principal.role is not Role.INFORMATION_GOVERNANCE:
        return _among(case.where(cases_of(principal)), CaseRow.id, cases), _among(
            incident.where(incidents_of(principal)), IncidentRow.id, incidents
        )
    with acting.whole_area(principal.area_id):
        case = case.where(CaseRow.area_id == principal.area_id, not_walled(principal, CaseRow.id))
        incident = incident.where(IncidentRow.area_id == principal.area_id)
        incident = incident.where(not_kept(principal, IncidentRow.id))
        return _among(case, CaseRow.id, cases), _among(incident, IncidentRow.id, incidents)


def _among(rows: Select[T], key: ColumnElement[T] | InstrumentedAttribute[T], ids: set[T]) -> set[T]:
    return set(db.session.scalars(rows.where(key.in_(ids))))


def _ids(row: AuditRow) -> _Ids:
    cases, incidents = (str(row.detail.get(name) or "").split() for name in ("cases", "incidents"))
    return list(map(UUID, cases)), list(map(int, incidents))


def _detail(row: AuditRow, shown: dict[int, _Ids]) -> dict[str, Any]:
    """Identifiers and counts, without those of what is kept from the reader."""
    if row.id not in shown:
        return row.detail
    cases, incidents = shown[row.id]
    left = {"cases": " ".join(map(str, cases)), "incidents": " ".join(map(str, incidents))}
    return row.detail | {name: ids for name, ids in left.items() if name in row.detail}


def _counted(cases: list[UUID], incidents: list[int]) -> str:
    results = len(cases) + len(incidents)
    return f"{results} result{'' if results == 1 else 's'}"


def _reasoned(row: AuditRow) -> str:
    """The row that keeps the reason of a line: its subject, or one that its detail names."""
    named = (f"{kind}/{row.detail[kind]}" for kind in _REASONS if kind in row.detail)
    return next(named, row.subject)


def _line(
    number: int, row: AuditRow, detail: dict[str, Any], names: dict[str, str], cases: dict[UUID, str],
    told: dict[int | str, str],
) -> Line:  # fmt: skip
    case = cases.get(row.case_id, "") if row.case_id else ""
    return Line(
        number=number,
        at=row.at,
        actor=row.actor,
        who=names.get(row.actor, row.actor.capitalize()),
        what=words(row.action),
        action=row.action,
        subject=row.subject,
        detail=", ".join(f"{name}: {value}" for name, value in detail.items()),
        case_id=row.case_id if case else None,
        case=case,
        why=told.get(row.id) or told.get(_reasoned(row), ""),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
