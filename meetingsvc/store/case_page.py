"""What is known of one case, for its page: every query starts from what the reader may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from agenda import reasons
from agenda.cases import Known
from agenda.changes import Change, changes
from agenda.circulation import Group
from agenda.daily_list import Taken
from agenda.incidents import Incident, Party, Risk
from agenda.meetings import MeetingKind, case_reference
from agenda.people import same_person
from agenda.triage import identity
from meetingsvc.models import (
    ActionRow,
    AgencyRow,
    CaseRow,
    EntryRow,
    HearingRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PersonRow,
    TriageRow,
    db,
)
from meetingsvc.store import cases, incidents
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import Reader, cases_of, incidents_of, told_items_of
from minutes.actions import Status


@dataclass(frozen=True, slots=True)
class Person:
    """A party. Where they live and how to reach them is not told here."""

    id: UUID
    name: str
    dob: date | None


@dataclass(frozen=True, slots=True)
class Case:
    """A victim with a perpetrator, or with an unknown one."""

    id: UUID
    reference: str
    victim: Person
    perpetrator: Person | None


@dataclass(frozen=True, slots=True)
class CaseIncident:
    """One incident of the case, in its current version."""

    id: int
    reference: str
    recorded_at: datetime
    risk: Risk
    versions: tuple[int, ...]  # their ids, the oldest first
    stands: str  # in words
    list_day: date | None


@dataclass(frozen=True, slots=True)
class OnMeeting:
    """The case on one meeting, and what was decided."""

    item_id: UUID
    sits_on: date
    kind: MeetingKind
    repeat: bool
    risk: Risk
    decided: bool
    referred: bool
    group: Group | None
    heard_on: date | None  # the MARAC that took the referral


@dataclass(frozen=True, slots=True)
class Hearing:
    """The case heard at MARAC."""

    heard_on: date
    source: str
    reference: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something an agency is to do about the case."""

    what: str
    agency: str
    due: date
    status: Status


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an incident, and how it differs from the one before."""

    number: int
    incident: Incident
    changes: tuple[Change, ...]


def case(reader: Reader, case_id: UUID) -> Case | None:
    """The case, where `reader` may see it."""
    victim, perpetrator = aliased(PersonRow), aliased(PersonRow)
    found = db.session.execute(
        select(
            CaseRow.id, CaseRow.number,
            victim.id, victim.forename, victim.surname, victim.dob,
            perpetrator.id, perpetrator.forename, perpetrator.surname, perpetrator.dob,
        )
        .join(victim, victim.id == CaseRow.victim_id)
        .outerjoin(perpetrator, perpetrator.id == CaseRow.perpetrator_id)
        .where(cases_of(reader), CaseRow.id == case_id)
    ).one_or_none()  # fmt: skip
    if found is None:
        return None
    key, number, v, v_forename, v_surname, v_dob, p, p_forename, p_surname, p_dob = found
    other = Person(p, named(p_forename, p_surname), p_dob) if p else None
    return Case(key, case_reference(number), Person(v, named(v_forename, v_surname), v_dob), other)


def incidents_on(reader: Reader, told: Case) -> list[CaseIncident]:
    """Its incidents, the newest first: those listed, those left out, and history of the same people."""
    versions: dict[str, list[int]] = defaultdict(list)
    ledger: dict[str, tuple[str, date]] = {}
    newest: dict[str, tuple[int, datetime, str, bool]] = {}
    listed = _listed(reader, told.id)
    for key, number, at, risk, domestic, taken, day in _versions(reader, told, listed):
        versions[number].append(key)
        newest[number] = key, at, risk, domestic
        if taken is not None and (taken in (Taken.LISTED, Taken.LEFT_OUT) or number not in ledger):
            ledger[number] = taken, day
    found = [
        CaseIncident(key, number, at, Risk(risk), tuple(versions[number]),
                     *_stands(Risk(risk), domestic, listed.get(number), ledger.get(number)))
        for number, (key, at, risk, domestic) in newest.items()
    ]  # fmt: skip
    return sorted(found, key=lambda incident: (incident.recorded_at, incident.reference), reverse=True)


def meetings(reader: Reader, case_id: UUID) -> list[OnMeeting]:
    """The meetings it was on, the latest first."""
    marac_item, marac = aliased(ItemRow), aliased(MeetingRow)
    rows = (
        select(
            ItemRow.id, MeetingRow.sits_on, MeetingRow.kind, ItemRow.repeat, ItemRow.risk, ItemRow.group,
            OutcomeRow.risk, OutcomeRow.refer, OutcomeRow.group, marac.sits_on,
        )
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .outerjoin(marac_item, marac_item.id == OutcomeRow.marac_item_id)
        .outerjoin(marac, marac.id == marac_item.meeting_id)
        .where(told_items_of(reader), ItemRow.case_id == case_id)
        .order_by(MeetingRow.sits_on.desc(), MeetingRow.kind)
    )  # fmt: skip
    return [
        OnMeeting(item, day, MeetingKind(kind), repeat, Risk(decided or risk), decided is not None,
                  bool(refer), _group(group or own), on)
        for item, day, kind, repeat, risk, own, decided, refer, group, on in db.session.execute(rows)
    ]  # fmt: skip


def _group(number: int | None) -> Group | None:
    return Group(number) if number else None


def hearings(case_id: UUID) -> list[Hearing]:
    """When it was heard at MARAC, the latest first. For who has been found to see the case."""
    row = HearingRow
    rows = select(row.heard_on, row.source, row.external_reference).where(row.case_id == case_id)
    return [Hearing(*found) for found in db.session.execute(rows.order_by(row.heard_on.desc(), row.id))]


def actions(reader: Reader, case_id: UUID) -> list[Action]:
    """Its actions, the latest due first."""
    row = ActionRow
    rows = (
        select(row.what, AgencyRow.name, row.due, row.status)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(ItemRow, ItemRow.id == row.item_id)
        .where(told_items_of(reader), ItemRow.case_id == case_id)
        .order_by(row.due.desc(), row.id)
    )
    return [Action(what, who, due, Status(status)) for what, who, due, status in db.session.execute(rows)]


def in_full(shown: Sequence[CaseIncident]) -> dict[int, tuple[Version, ...]]:
    """Every version of these incidents, the newest first, each with what it changed."""
    contents = incidents.contents(key for incident in shown for key in incident.versions)
    return {incident.id: _history([contents[key] for key in incident.versions]) for incident in shown}


def as_told(told: Case, full: Mapping[int, Sequence[Version]], newest: Sequence[CaseIncident]) -> Case:
    """The case with its parties as the newest incident names them: the first may have told a bare surname."""
    if not newest:
        return told
    now = full[newest[0].id][0].incident
    other = told.perpetrator and _named_by(told.perpetrator, now.perpetrator)
    return Case(told.id, told.reference, _named_by(told.victim, now.victim), other)


def _named_by(person: Person, party: Party | None) -> Person:
    if party is None:
        return person
    return Person(person.id, party.name if party.surname else person.name, party.dob or person.dob)


def _history(versions: Sequence[Incident]) -> tuple[Version, ...]:
    first, *later = versions
    told = [Version(1, first, ())]
    for number, now in enumerate(later, 2):
        told.append(Version(number, now, tuple(changes(told[-1].incident, now))))
    return tuple(reversed(told))


Found = tuple[int, str, datetime, str, bool, str | None, date]


def _versions(reader: Reader, told: Case, listed: Collection[str]) -> Iterable[Found]:
    """All versions of the incidents that are this case by who is in them, or that a list took for it."""
    people = cases.known(person.id for person in (told.victim, told.perpetrator) if person)
    victim = people.get(told.victim.id, Known(told.victim.id))
    row = IncidentRow
    ours = (
        row.victim_nominal.in_(victim.nominals),
        row.victim_name.in_(victim.names),
        row.occurrence_number.in_(listed),
    )
    rows = _columns().where(incidents_of(reader), row.area_id == reader.area_id, or_(*ours))
    for found in db.session.execute(rows.order_by(row.occurrence_number, row.version)):
        if found[1] in listed or _is_case(told, victim, people, found[7:]):
            yield tuple(found[:7])  # type: ignore[misc]


def _columns() -> Select[int, str, datetime, str, bool, str, date, str, str, str, str, bool]:
    row = IncidentRow
    return (
        select(
            row.id, row.occurrence_number, row.recorded_at, row.risk, row.domestic, TriageRow.outcome,
            MeetingRow.sits_on, row.victim_nominal, row.victim_name, row.perpetrator_nominal,
            row.perpetrator_name, row.perpetrator_known,
        )
        .outerjoin(TriageRow, TriageRow.incident_id == row.id)
        .outerjoin(MeetingRow, MeetingRow.id == TriageRow.meeting_id)
    )  # fmt: skip


def _is_case(told: Case, victim: Known, people: Mapping[UUID, Known], who: Sequence[str | bool]) -> bool:
    """The same victim with the same perpetrator, or with an unknown one (contract: incident feed)."""
    nominal, name, other_nominal, other_name, known = who
    if not same_person(identity(str(nominal), str(name)), victim.identity):
        return False
    if told.perpetrator is None or not known:
        return told.perpetrator is None and not known
    other = people.get(told.perpetrator.id, Known(told.perpetrator.id))
    return same_person(identity(str(other_nominal), str(other_name)), other.identity)


def _listed(reader: Reader, case_id: UUID) -> dict[str, tuple[date, str]]:
    rows = (
        select(EntryRow.occurrence_number, MeetingRow.sits_on, EntryRow.reasons)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(told_items_of(reader), ItemRow.case_id == case_id)
        .order_by(MeetingRow.sits_on)
    )
    return {number: (day, rules) for number, day, rules in db.session.execute(rows)}


def _stands(
    risk: Risk, domestic: bool, listed: tuple[date, str] | None, ledger: tuple[str, date] | None
) -> tuple[str, date | None]:
    """Where an incident stands, in words, and the day of the list that speaks of it."""
    if listed is not None:
        day, rules = listed
        return "; ".join(map(reasons.words, rules.split())), day
    if not domestic:
        return reasons.NOT_DOMESTIC, None
    if ledger is not None:
        return f"Left out. {reasons.left_out(risk)}", ledger[1]
    return "On no list: history, or waits for the next list", None
