"""The incidents of one case, by who is in them: listed, left out, and history; and their versions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda import reasons
from agenda.cases import Known
from agenda.changes import Change, changes
from agenda.daily_list import Taken
from agenda.incidents import Incident, Party, Risk
from agenda.meetings import MeetingKind, list_address
from agenda.people import same_person
from agenda.referral_entry import same_people
from agenda.triage import identity
from meetingsvc.models import EntryRow, IncidentRow, ItemRow, MeetingRow, TriageRow, db
from meetingsvc.store import acting, cases, incidents
from meetingsvc.store.case_page import Case, Person, told_beside, told_here
from meetingsvc.store.scope import Reader, incidents_of


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
    list_of: str = MeetingKind.DRAMM  # the panel's code

    @property
    def list_at(self) -> str:
        """The address of that list."""
        return list_address(self.list_of, self.list_day) if self.list_day else ""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an incident, and how it differs from the one before."""

    number: int
    incident: Incident
    changes: tuple[Change, ...]


#: Made once, and narrowed for each reader.
_VERSIONS = (
    select(
        IncidentRow.id, IncidentRow.occurrence_number, IncidentRow.recorded_at, IncidentRow.risk,
        IncidentRow.domestic, TriageRow.outcome, MeetingRow.sits_on, IncidentRow.victim_nominal,
        IncidentRow.victim_name, IncidentRow.perpetrator_nominal, IncidentRow.perpetrator_name,
        IncidentRow.perpetrator_known,
    )
    .outerjoin(TriageRow, TriageRow.incident_id == IncidentRow.id)
    .outerjoin(MeetingRow, MeetingRow.id == TriageRow.meeting_id)
    .order_by(IncidentRow.occurrence_number, IncidentRow.version)
)  # fmt: skip
_LISTED = (
    select(
        EntryRow.occurrence_number, EntryRow.incident_id, MeetingRow.sits_on, EntryRow.reasons,
        MeetingRow.kind,
    )
    .join(ItemRow, ItemRow.id == EntryRow.item_id)
    .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    .order_by(MeetingRow.sits_on)
)  # fmt: skip


def incidents_on(reader: Reader, told: Case) -> list[CaseIncident]:
    """Its incidents, the newest first: those listed, those left out, and history of the same people."""
    versions: dict[str, list[int]] = defaultdict(list)
    ledger: dict[str, tuple[str, date]] = {}
    newest: dict[str, tuple[int, datetime, str, bool]] = {}
    listed, entries = _listed(reader, told.id)
    for key, number, at, risk, domestic, taken, day in _versions(reader, told, entries):
        versions[number].append(key)
        newest[number] = key, at, risk, domestic
        if taken is not None and (taken in (Taken.LISTED, Taken.LEFT_OUT) or number not in ledger):
            ledger[number] = taken, day
    found = [
        CaseIncident(key, number, at, Risk(risk), tuple(versions[number]),
                     *_stands(Risk(risk), domestic, listed.get(number), ledger.get(number)),
                     *listed.get(number, ())[2:])
        for number, (key, at, risk, domestic) in newest.items()
    ]  # fmt: skip
    return sorted(found, key=lambda incident: (incident.recorded_at, incident.reference), reverse=True)


def in_full(reader: Reader, shown: Sequence[CaseIncident]) -> dict[int, tuple[Version, ...]]:
    """Every version of these incidents, the newest first, each with what it changed."""
    contents = incidents.contents((key for incident in shown for key in incident.versions), reader)
    return {incident.id: _history([contents[key] for key in incident.versions]) for incident in shown}


def as_told(told: Case, full: Mapping[int, Sequence[Version]], newest: Sequence[CaseIncident]) -> Case:
    """The case with its parties as the newest incident names them: the first may have told a bare surname."""
    if not newest:
        return told
    now = full[newest[0].id][0].incident
    other = told.perpetrator and _named_by(told.perpetrator, now.perpetrator)
    return replace(told, victim=_named_by(told.victim, now.victim), perpetrator=other)


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


#: By number, the versions that lists took for a case.
Entries = Mapping[str, Collection[int]]
Found = tuple[int, str, datetime, str, bool, str | None, date]


def _versions(reader: Reader, told: Case, entries: Entries) -> Iterable[Found]:
    """All versions of the incidents that are this case by who is in them, or that a list took for it: of its
    number, those about the people of what the list took (Rulebook T12, T13)."""
    with acting.whole_area(reader.area_id):  # what else two people the reader sees are known by
        people = cases.known(person.id for person in (told.victim, told.perpetrator) if person)
    victim = people.get(told.victim.id, Known(told.victim.id))
    row, ours_by = IncidentRow, dict[tuple[str | bool, ...], bool]()
    ours = (
        row.victim_nominal.in_(victim.nominals),
        row.victim_name.in_(victim.names),
        row.occurrence_number.in_(entries),
    )
    mine = and_(incidents_of(reader), row.area_id == reader.area_id, or_(*ours))
    with told_beside(reader, row.id, mine) as here:
        found = db.session.execute(_VERSIONS.where(here)).all()
    for who in {tuple(one[7:]) for one in found}:
        ours_by[who] = _is_case(told, victim, people, who)
    doubtful = {one[0]: one[1] for one in found if one[1] in entries and not ours_by[tuple(one[7:])]}
    alike = _alike(reader, entries, doubtful)
    return [tuple(one[:7]) for one in found if ours_by[tuple(one[7:])] or one[0] in alike]  # type: ignore[misc]


def _alike(reader: Reader, entries: Entries, doubtful: Mapping[int, str]) -> set[int]:
    """Which of these versions a list took, or are about the people of one that it took under their number."""
    if not doubtful:
        return set()
    taken = {number: entries[number] for number in doubtful.values()}
    with acting.whole_area(reader.area_id):
        contents = incidents.contents({*doubtful, *(key for keys in taken.values() for key in keys)})
    return {
        key
        for key, number in doubtful.items()
        for listed in taken[number]
        if key == listed or same_people(*(contents[one] for one in sorted((key, listed))))
    }


def _is_case(told: Case, victim: Known, people: Mapping[UUID, Known], who: Sequence[str | bool]) -> bool:
    """The same victim with the same perpetrator, or with an unknown one (contract: incident feed)."""
    nominal, name, other_nominal, other_name, known = who
    if not same_person(identity(str(nominal), str(name)), victim.identity):
        return False
    if told.perpetrator is None or not known:
        return told.perpetrator is None and not known
    other = people.get(told.perpetrator.id, Known(told.perpetrator.id))
    return same_person(identity(str(other_nominal), str(other_name)), other.identity)


def _listed(reader: Reader, case_id: UUID) -> tuple[dict[str, tuple[date, str, str]], dict[str, set[int]]]:
    """What lists say of its incidents, and the versions they took, by number."""
    entries: dict[str, set[int]] = defaultdict(set)
    with told_here(reader, case_id) as here:
        found = db.session.execute(_LISTED.where(here)).all()
    for number, key, *_ in found:
        entries[number].add(key)
    return {number: (day, rules, kind) for number, _, day, rules, kind in found}, entries


def _stands(
    risk: Risk, domestic: bool, listed: tuple[date, str, str] | None, ledger: tuple[str, date] | None
) -> tuple[str, date | None]:
    """Where an incident stands, in words, and the day of the list that speaks of it."""
    if listed is not None:
        day, rules, _ = listed
        return "; ".join(map(reasons.words, rules.split())), day
    if not domestic:
        return reasons.NOT_DOMESTIC, None
    if ledger is not None and ledger[0] == Taken.WITHDRAWN:
        return reasons.WITHDRAWN, ledger[1]
    if ledger is not None:
        return f"Left out. {reasons.left_out(risk)}", ledger[1]
    return "On no list: history, or waits for the next list", None
