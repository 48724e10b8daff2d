"""Cases: which one an incident belongs to, and those that triage looks back on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select, true, update
from sqlalchemy import case as where_true
from sqlalchemy.orm import aliased

from agenda.cases import Known, People, tokens
from agenda.incidents import Party
from agenda.meetings import MeetingState
from agenda.panels import Family
from agenda.people import Identity
from agenda.triage import Heard
from meetingsvc.models import (
    AreaRow,
    CaseRow,
    HearingRow,
    IdentityRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PersonRow,
    db,
)
from meetingsvc.store import (
    areas,
    bulk,
    case_numbers,
    marac_waiting,
    matching,
    matching_details,
    transfers_moved,
)
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.matching_details import About

_CASE = ("id", "area_id", "number", "victim_id", "perpetrator_id", "kind", "family")
#: Victim, perpetrator and day of a hearing, or of the MARAC that a case waits for.
_Looked = Sequence[Row[UUID | None, UUID | None, date]]
_agenda_item = aliased(ItemRow)  # once for all statements, as in `details.py`


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of one record, and what each is known by. `record` names the record itself."""

    record: str
    victim: Party
    victim_is: Identity
    perpetrator: Party | None
    perpetrator_is: Identity
    told_on: date | None = None


def resolve(area_id: UUID, records: Sequence[Parties]) -> list[UUID]:
    """The case of each record, in order; people and cases that are new are made in that order."""
    areas.hold(area_id)  # two at once would each make the same person
    people = _people(area_id, records)
    cases = _Cases(area_id, people)
    found = [cases.of(record) for record in records]
    cases.keep()
    matching.remember_all(area_id, cases.told)
    return found


class _Case(NamedTuple):
    """A case between two people. `heard_on` is its last hearing."""

    id: UUID
    number: int
    heard_on: date

    @property
    def rank(self) -> tuple[date, int]:
        """Of several, the one heard last comes first, then the oldest."""
        return self.heard_on, -self.number


class _Cases:
    """Resolves records one after the other in memory, remembering what is new until it is kept."""

    def __init__(self, area_id: UUID, people: People) -> None:
        self._area_id, self._people = area_id, people
        self._cases = between(person.id for person in people)
        last = select(AreaRow.last_case_number).where(AreaRow.id == area_id)
        self._number = self._first = db.session.scalars(last).one()
        self._new_people: list[tuple[UUID, UUID, str, str, date | None]] = []
        self._new_cases: list[tuple[UUID, UUID, int, UUID, UUID | None, str, str]] = []
        self._learnt: list[tuple[UUID, UUID, str, str]] = []
        self.told: list[About] = []  # what the records tell of each of their people

    def of(self, record: Parties) -> UUID:
        victims = self._people.candidates(record.victim_is, f"{record.record}/victim")
        perpetrators = self._perpetrators(record)
        found = self._existing(victims, perpetrators)
        if found is None:
            victim = victims[0] if victims else self._new_person(record.victim)
            perpetrator = perpetrators[0] if perpetrators else None
            if perpetrator is None and record.perpetrator:
                perpetrator = self._new_person(record.perpetrator)
            case = self._case(victim.id, perpetrator.id if perpetrator else None)
        else:
            case, victim, perpetrator = found
        self._learn(victim, record.victim_is, f"{record.record}/victim")
        self._told(victim, record.victim, record)
        if perpetrator is not None:
            self._learn(perpetrator, record.perpetrator_is, f"{record.record}/perpetrator")
            self._told(perpetrator, record.perpetrator, record)
        return case.id

    def keep(self) -> None:
        """Writes what is new: one statement a table."""
        for row, columns, rows in (
            (PersonRow, ("id", "area_id", "forename", "surname", "dob"), self._new_people),
            (CaseRow, _CASE, self._new_cases),
            (IdentityRow, ("area_id", "person_id", "kind", "value"), self._learnt),
        ):
            bulk.insert(row.__table__, columns, rows)  # type: ignore[arg-type]
        if self._number != self._first:
            numbered = update(AreaRow).where(AreaRow.id == self._area_id)
            db.session.execute(numbered.values(last_case_number=self._number))

    def _perpetrators(self, record: Parties) -> list[Known]:
        if record.perpetrator is None:
            return []
        return self._people.candidates(record.perpetrator_is, f"{record.record}/perpetrator")

    def _existing(self, victims: list[Known], perpetrators: list[Known]) -> tuple[_Case, Known, Known] | None:
        """The case of two candidates, where there is one: a name that fits two people does not split it."""
        found = [
            (case, victim, perpetrator)
            for victim, perpetrator in product(victims, perpetrators)
            if (case := self._cases.get((victim.id, perpetrator.id))) is not None
        ]
        return max(found, key=lambda one: one[0].rank, default=None)

    def _new_person(self, party: Party) -> Known:
        person = Known(uuid4())
        self._new_people.append((person.id, self._area_id, party.forename, party.surname, party.dob))
        return person

    def _case(self, victim_id: UUID, perpetrator_id: UUID | None) -> _Case:
        if there := self._cases.get((victim_id, perpetrator_id)):
            return there
        self._number = case_numbers.after(self._number)
        case = self._cases[victim_id, perpetrator_id] = _Case(uuid4(), self._number, date.min)
        told = (case.id, self._area_id, case.number, victim_id, perpetrator_id)
        self._new_cases.append((*told, "abuse", Family.ABUSE.value))
        return case

    def _told(self, person: Known, party: Party | None, record: Parties) -> None:
        details = matching_details.of_party(party) if party else ()
        self.told.append(About(person.id, details, record.record, record.told_on))

    def _learn(self, person: Known, who: Identity, record: str) -> None:
        for kind, value in self._people.learn(person, who, record):
            self._learnt.append((self._area_id, person.id, kind, value))


def between(victims: Iterable[UUID]) -> dict[tuple[UUID, UUID | None], _Case]:
    """The cases of domestic abuse of these victims, by the two people they are between (Rulebook T11).

    Never one of other panels: what hangs on it is hidden from who runs these (D1, E4).
    """
    wanted, row = list(victims), CaseRow
    found: dict[tuple[UUID, UUID | None], _Case] = {}
    for at in range(0, len(wanted), CHUNK):
        rows = (
            select(row.victim_id, row.perpetrator_id, row.id, row.number, func.max(HearingRow.heard_on))
            .outerjoin(HearingRow, HearingRow.case_id == row.id)
            .where(row.victim_id.in_(wanted[at : at + CHUNK]), row.family == Family.ABUSE)
            .group_by(row.id)
        )
        for victim, perpetrator, case_id, number, heard_on in db.session.execute(rows):
            if victim is None:
                continue
            case, there = _Case(case_id, number, heard_on or date.min), found.get((victim, perpetrator))
            found[victim, perpetrator] = max(there or case, case, key=lambda one: one.rank)
    return found


def _people(area_id: UUID, records: Iterable[Parties]) -> People:
    wanted = {
        token
        for record in records
        for who, name in ((record.victim_is, "victim"), (record.perpetrator_is, "perpetrator"))
        for token in tokens(who, f"{record.record}/{name}")
    }
    values = sorted({value for _, value in wanted})
    ids: set[UUID] = set()
    for at in range(0, len(values), CHUNK):
        rows = select(IdentityRow.person_id).where(
            IdentityRow.area_id == area_id,
            IdentityRow.kind.in_(("nominal", "name", "record")),
            IdentityRow.value.in_(values[at : at + CHUNK]),
        )
        ids.update(db.session.scalars(rows))
    return People(known(ids).values())


def known(ids: Iterable[UUID]) -> dict[UUID, Known]:
    """People with everything they are known by, oldest identity first."""
    people: dict[UUID, Known] = {}
    wanted = list(ids)
    for at in range(0, len(wanted), CHUNK):
        rows = (
            select(IdentityRow.person_id, IdentityRow.kind, IdentityRow.value)
            .where(IdentityRow.person_id.in_(wanted[at : at + CHUNK]))
            .order_by(IdentityRow.id)
        )
        for person_id, kind, value in db.session.execute(rows):
            person = people.setdefault(person_id, Known(person_id))
            {"nominal": person.nominals, "name": person.names, "record": person.records}[kind].add(value)
    return people


def look_back(
    area_id: UUID, months: int, first: date, last: date, victims: Collection[str] = ()
) -> list[Heard]:
    """The hearings that can make an incident recorded from `first` to `last` a repeat, and cases that wait.

    This narrows generously, by years, and to those of `victims` (nominals and name keys) where these are told
    and few: the rule decides (T6, T15).
    """
    among = _known_by(area_id, victims) if 0 < len(victims) <= CHUNK else true()
    heard, waiting = heard_and_waiting(area_id, months, first, last, among)
    pairs = [(victim, perpetrator) for victim, perpetrator, _ in (*heard, *waiting)]
    people = known({person for pair in pairs for person in pair if person})
    nobody = Known(uuid4())

    def identities(victim: UUID | None, perpetrator: UUID | None) -> tuple[Identity, Identity | None]:
        other = people.get(perpetrator, nobody).identity if perpetrator else None
        return (people.get(victim, nobody) if victim else nobody).identity, other

    return [Heard.at(*identities(v, p), on, months) for v, p, on in heard] + [
        Heard.waiting(*identities(v, p), on) for v, p, on in waiting
    ]


def heard_and_waiting(
    area_id: UUID, months: int, first: date, last: date, among: ColumnElement[bool] | None = None
) -> tuple[_Looked, _Looked]:
    """Victim, perpetrator and day of what `look_back` is made of: heard, and waiting."""
    among = and_(CaseRow.family == Family.ABUSE, true() if among is None else among)
    earliest = date(max(first.year - months // 12 - 2, 1), 1, 1)
    heard = db.session.execute(
        select(CaseRow.victim_id, CaseRow.perpetrator_id, HearingRow.heard_on)
        .join(CaseRow, CaseRow.id == HearingRow.case_id)
        .where(HearingRow.area_id == area_id, HearingRow.heard_on >= earliest, HearingRow.heard_on <= last)
        .where(among)
    ).all()
    return heard, _waiting(area_id, first, among)


def _known_by(area_id: UUID, victims: Collection[str]) -> ColumnElement[bool]:
    row = IdentityRow
    found = select(row.person_id).where(
        row.area_id == area_id, row.kind.in_(("nominal", "name")), row.value.in_(victims)
    )
    return CaseRow.victim_id.in_(found)


def _waiting(area_id: UUID, first: date, among: ColumnElement[bool]) -> _Looked:
    """Cases on the way to a MARAC that had not sat by `first`, or that one did not reach; the day it sits,
    once their list is shared. In an emergency no daily meeting refers them."""
    agenda_item = _agenda_item
    shared = _shared(agenda_item)
    referred = db.session.execute(
        select(CaseRow.victim_id, CaseRow.perpetrator_id, where_true((shared, MeetingRow.sits_on)))
        .join(ItemRow, ItemRow.case_id == CaseRow.id)
        .join(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .outerjoin(agenda_item, agenda_item.id == OutcomeRow.marac_item_id)
        .outerjoin(MeetingRow, MeetingRow.id == agenda_item.meeting_id)
        .where(
            OutcomeRow.area_id == area_id,
            OutcomeRow.refer,
            transfers_moved.is_ours(ItemRow.case_id, OutcomeRow.recorded_at),
            among,
            or_(MeetingRow.sits_on.is_(None), not_(shared), MeetingRow.sits_on > first),
        )
    ).all()
    shared = _shared(ItemRow)
    called = db.session.execute(
        select(CaseRow.victim_id, CaseRow.perpetrator_id, where_true((shared, MeetingRow.sits_on)))
        .join(ItemRow, ItemRow.case_id == CaseRow.id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(ItemRow.area_id == area_id, marac_waiting.called(), among)
        .where(or_(not_(shared), MeetingRow.sits_on > first))
    ).all()
    return [*referred, *called]


def _shared(item: Any) -> ColumnElement[bool]:
    """Agencies hold the line, and its MARAC has not passed it over."""
    there = MeetingRow.state.in_((MeetingState.PUBLISHED, MeetingState.HEARD))
    return and_(there, item.supplement <= MeetingRow.supplements, item.not_reached == "")
