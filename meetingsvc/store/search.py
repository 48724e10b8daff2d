"""Finding incidents and cases: by number, case reference or surname. Scoped before anything is counted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from agenda import calendar, reasons
from agenda.daily_list import Taken
from agenda.headline import UNKNOWN, Headline, headline
from agenda.incidents import Risk
from agenda.meetings import MeetingKind, case_reference, list_address, list_name
from agenda.people import folded
from agenda.references import Prefix, reference
from meetingsvc.models import (
    AreaRow,
    CaseRow,
    EntryRow,
    IncidentRow,
    IncidentTextRow,
    ItemRow,
    MeetingRow,
    OrderRow,
    PersonRow,
    TriageRow,
    db,
)
from meetingsvc.store import acting, children_keys, earlier, half_seen, search_names
from meetingsvc.store.incidents import Due
from meetingsvc.store.pairs import Pair, cases_between
from meetingsvc.store.scope import Reader, cases_of, incidents_of, items_of, meetings_of, not_kept
from meetingsvc.store.scope_schemes import orders_of
from meetingsvc.store.subject_people import NAME

MOST = 50
#: How an incident stands, in words, and the address of the list that speaks of it.
Stands = tuple[str, str | None]
#: The day whose list covers a moment (Rulebook T1).
ListDayFor = Callable[[datetime], date]
_CASE = re.compile(r"C-?0*(\d{1,9})", re.IGNORECASE)
_ORDER = re.compile(rf"{Prefix.ORDER}-?0*(\d{{1,9}})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Current:
    """The current version of an incident, as triage reads it."""

    due: Due
    considered: bool
    due_at: datetime

    @property
    def id(self) -> int:
        """Its number among all versions of all incidents."""
        return self.due.narrow[0]


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that was searched for."""

    id: UUID
    case: str
    victim: str
    perpetrator: str


@dataclass(frozen=True, slots=True)
class FoundIncident:
    """An incident that was searched for, where it stands, and the case of its two people, if any."""

    id: int  # of its current version
    reference: str
    recorded_at: datetime
    risk: Risk
    headline: Headline
    stands: tuple[Stands, ...]
    case_id: UUID | None
    child: str = ""  # whom it names, and who was searched for


@dataclass(frozen=True, slots=True)
class Results:
    """What was found; `more` where there is more than is shown."""

    cases: tuple[FoundCase, ...]
    incidents: tuple[FoundIncident, ...]
    more: bool


def current(reader: Reader, reference: str) -> Current | None:
    """The current version of an incident by its occurrence number, where `reader` may see it."""
    row = IncidentRow
    found = db.session.execute(
        select(
            row.id, row.domestic, row.risk, row.children, row.consents, row.recorded_day,
            row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name,
            row.occurrence_number, row.version, row.recorded_at, row.perpetrator_known, row.has_order,
            row.kind, row.considered, row.due_at,
        ).where(incidents_of(reader), row.area_id == reader.area_id, row.occurrence_number == reference,
                row.current)
    ).one_or_none()  # fmt: skip
    if found is None:
        return None
    *told, considered, due_at = found
    return Current(Due(tuple(told[:10]), *told[10:]), considered, due_at)


def by_number(reader: Reader, reference: str, now: datetime, list_day: ListDayFor) -> FoundIncident | None:
    """One incident by its occurrence number."""
    found = _incidents(reader, IncidentRow.occurrence_number == reference, now, list_day)
    return found[0] if found else None


def by_words(reader: Reader, words: str, now: datetime, list_day: ListDayFor) -> Results:
    """By occurrence number or case reference as they stand, else by the beginning of a surname, folded.

    Of two words or more, one may begin a forename and the other the surname, in either order. A child is
    found by name or birth date on the incident or the referral that names them.
    """
    words = " ".join(words.split())
    if case := _CASE.fullmatch(words):
        cases = _cases(reader, CaseRow.number == int(case[1]))
        if cases:
            return Results(tuple(cases), (), False)
    if order := _ORDER.fullmatch(words):
        recorded = (orders_of(reader), OrderRow.reference == reference(Prefix.ORDER, int(order[1])))
        cases = _cases(reader, CaseRow.id.in_(select(OrderRow.case_id).where(*recorded)))
        if cases:
            return Results(tuple(cases), (), False)
    incidents = _incidents(reader, IncidentRow.occurrence_number == words, now, list_day)
    if incidents:
        return Results((), tuple(incidents), False)
    if not (key := folded(words)):
        return Results((), (), False)
    both = search_names.readings(words)
    people = search_names.people(reader, key, words, both, half_seen.half_seen(reader))
    cases = _cases(reader, CaseRow.victim_id.in_(people) | CaseRow.perpetrator_id.in_(people))
    children = children_keys.found(reader, words)
    meant = or_(search_names.incidents(key, both), IncidentRow.id.in_(children))
    told = _incidents(reader, meant, now, list_day)
    incidents = [replace(one, child=children.get(one.id, "")) for one in told]
    more = len(cases) > MOST or len(incidents) > MOST
    return Results(tuple(cases[:MOST]), tuple(incidents[:MOST]), more)


def _cases(reader: Reader, condition: ColumnElement[bool]) -> list[FoundCase]:
    victim, perpetrator = aliased(PersonRow), aliased(PersonRow)
    rows = (
        select(
            CaseRow.id, CaseRow.number, NAME, victim.id, victim.forename, victim.surname, perpetrator.id,
            perpetrator.forename, perpetrator.surname,
        )
        .outerjoin(victim, victim.id == CaseRow.victim_id)
        .outerjoin(perpetrator, perpetrator.id == CaseRow.perpetrator_id)
        .where(cases_of(reader), condition)
        .order_by(CaseRow.number.desc())
        .limit(MOST + 1)
    )  # fmt: skip
    found = db.session.execute(rows).all()
    called = partial(half_seen.called, reader, half_seen.half_seen(reader) if found else ())
    return [
        FoundCase(key, case_reference(number), called(key, names[:3]) or name or "",
                  called(key, names[3:]) or UNKNOWN)
        for key, number, name, *names in found
    ]  # fmt: skip


def _incidents(
    reader: Reader, condition: ColumnElement[bool], now: datetime, list_day: ListDayFor
) -> list[FoundIncident]:
    row = IncidentRow
    rows = (
        select(
            row.id, row.occurrence_number, row.recorded_at, row.risk, row.domestic, row.considered,
            row.due_at, IncidentTextRow.content, AreaRow.first_window_start, row.victim_nominal,
            row.victim_name, row.perpetrator_nominal, row.perpetrator_name, row.perpetrator_known,
        )
        .join(IncidentTextRow, IncidentTextRow.incident_id == row.id)
        .join(AreaRow, AreaRow.id == row.area_id)
        .where(incidents_of(reader), or_(row.current, row.considered.is_(False)), condition)
        .order_by(row.recorded_at.desc(), row.occurrence_number)
        .limit(MOST + 1)
    )  # fmt: skip
    found, today = db.session.execute(rows).all(), calendar.local_day(now)
    same = _same_people(reader, {incident.id: incident.occurrence_number for incident in found})
    listed, left_out = _listed(reader, same), _left_out(reader, same)
    unlisted = (incident for incident in found if incident.id not in listed)
    case_ids = _cases_by_pair(reader, {one.id: Pair._make(one[-5:]) for one in unlisted})
    told = []
    for key, number, at, risk, domestic, considered, due_at, content, begins, *_ in found:
        stands: list[Stands] = [
            (_on_list(day, kind), list_address(kind, day)) for day, _, kind in listed.get(key, ())
        ]
        if not stands:
            history = due_at < begins
            stands = [_off_list(Risk(risk), domestic, considered, history, left_out.get(key))]
            if domestic and not considered and at > now:
                stands = [(_ahead(list_day(due_at)), None)]
        case_id = listed[key][0][1] if key in listed else case_ids[key]
        told.append(
            FoundIncident(key, number, at, Risk(risk), headline(content, today), tuple(stands), case_id)
        )
    return told


def _same_people(reader: Reader, numbers: Mapping[int, str]) -> dict[int, int]:
    """By each version's id that of the one found: what its number told of other people is not it (T12)."""
    with acting.whole_area(reader.area_id):
        told = earlier.alike(reader.area_id, numbers)
    return {version: key for key, one in told.items() for version in (key, *one.ids)}


def _cases_by_pair(reader: Reader, pairs: Mapping[int, Pair]) -> dict[int, UUID | None]:
    """The case of each by its id: its two people may have one, though no list took it."""
    ids = cases_between(reader, list(pairs.values())) if pairs else ()
    return dict(zip(pairs, ids, strict=True))


def _ahead(day: date) -> str:
    """What is recorded in the future is more likely a wrong date than a wait (Rulebook T1)."""
    return f"Recorded in the future: waits for the list of {calendar.day_words(day)}. Check the date."


def _off_list(risk: Risk, domestic: bool, considered: bool, history: bool, left_out: date | None) -> Stands:
    """Why an incident is on no list, in words."""
    if not domestic:
        return f"Not listed. {reasons.NOT_DOMESTIC}", None
    if left_out is not None:
        said = f"Left out of the list of {calendar.day_words(left_out)}. {reasons.left_out(risk)}"
        return said, list_address(MeetingKind.DRAMM, left_out)
    if history:
        return "History: recorded before the area's first list", None
    return ("Not listed" if considered else "Waits for the next list to be built"), None


def _on_list(day: date, kind: str) -> str:
    return f"On the {list_name(kind).removeprefix('Daily ')} of {calendar.day_words(day)}"


def _listed(reader: Reader, same: Mapping[int, int]) -> dict[int, list[tuple[date, UUID, str]]]:
    rows = (
        select(EntryRow.incident_id, MeetingRow.sits_on, ItemRow.case_id, MeetingRow.kind)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(items_of(reader), EntryRow.incident_id.in_(same))
        .order_by(MeetingRow.sits_on.desc())
    )
    found: dict[int, list[tuple[date, UUID, str]]] = {}
    for version, day, case_id, kind in db.session.execute(rows):
        found.setdefault(same[version], []).append((day, case_id, kind))
    return found


def _left_out(reader: Reader, same: Mapping[int, int]) -> dict[int, date]:
    rows = (
        select(TriageRow.incident_id, MeetingRow.sits_on)
        .join(MeetingRow, MeetingRow.id == TriageRow.meeting_id)
        .where(meetings_of(reader), not_kept(reader, TriageRow.incident_id))
        .where(TriageRow.outcome == Taken.LEFT_OUT)
        .where(TriageRow.incident_id.in_(same))
        .order_by(MeetingRow.sits_on)
    )
    return {same[version]: day for version, day in db.session.execute(rows)}
