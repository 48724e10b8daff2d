"""Cases: which one an incident belongs to, and those that triage looks back on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import aliased

from agenda.cases import Known, People, tokens
from agenda.incidents import Party
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
from meetingsvc.store.incidents import CHUNK


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of one record, and what each is known by. `record` names the record itself."""

    record: str
    victim: Party
    victim_is: Identity
    perpetrator: Party | None
    perpetrator_is: Identity


def resolve(area_id: UUID, records: Sequence[Parties]) -> list[UUID]:
    """The case of each record, in order; people and cases that are new are made in the order of the records."""
    people = _people(area_id, records)
    cases = _Cases(area_id)
    return [cases.of(record, people) for record in records]


class _Cases:
    """Resolves records one after the other, remembering what it has made."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id

    def of(self, record: Parties, people: People) -> UUID:
        victims = people.candidates(record.victim_is, f"{record.record}/victim")
        perpetrators = self._perpetrators(record, people)
        found = self._existing(victims, perpetrators)
        if found is None:
            victim = victims[0] if victims else self._new_person(record.victim)
            perpetrator = perpetrators[0] if perpetrators else None
            if perpetrator is None and record.perpetrator:
                perpetrator = self._new_person(record.perpetrator)
            case_id = (victims and self._case_of(victim, perpetrator)) or self._new_case(victim, perpetrator)
        else:
            case_id, victim, perpetrator = found
        self._learn(people, victim, record.victim_is, f"{record.record}/victim")
        if perpetrator is not None:
            self._learn(people, perpetrator, record.perpetrator_is, f"{record.record}/perpetrator")
        return case_id

    def _perpetrators(self, record: Parties, people: People) -> list[Known]:
        if record.perpetrator is None:
            return []
        return people.candidates(record.perpetrator_is, f"{record.record}/perpetrator")

    def _existing(self, victims: list[Known], perpetrators: list[Known]) -> tuple[UUID, Known, Known] | None:
        """The case of two candidates, where there is one: so that a name that fits two people does not split it."""
        if not victims or not perpetrators:
            return None
        row = CaseRow
        rows = (
            select(row.id, row.victim_id, row.perpetrator_id, HearingRow.heard_on)
            .outerjoin(HearingRow, HearingRow.case_id == row.id)
            .where(
                row.victim_id.in_([person.id for person in victims]),
                row.perpetrator_id.in_([person.id for person in perpetrators]),
            )
            .order_by(row.number)
        )
        found = db.session.execute(rows).all()
        if not found:
            return None
        best = max(found, key=lambda case: case.heard_on or date.min)
        victim = next(person for person in victims if person.id == best.victim_id)
        return best.id, victim, next(person for person in perpetrators if person.id == best.perpetrator_id)

    def _case_of(self, victim: Known, perpetrator: Known | None) -> UUID | None:
        row = CaseRow
        return db.session.scalar(
            select(row.id).where(
                row.victim_id == victim.id,
                row.perpetrator_id.is_(None) if perpetrator is None else row.perpetrator_id == perpetrator.id,
            )
        )

    def _new_person(self, party: Party) -> Known:
        person = PersonRow(id=uuid4(), area_id=self.area_id, forename=party.forename, surname=party.surname,
                           dob=party.dob)  # fmt: skip
        db.session.add(person)
        db.session.flush()
        return Known(person.id)

    def _new_case(self, victim: Known, perpetrator: Known | None) -> UUID:
        number = db.session.scalar(
            update(AreaRow)
            .where(AreaRow.id == self.area_id)
            .values(last_case_number=AreaRow.last_case_number + 1)
            .returning(AreaRow.last_case_number)
        )
        case = CaseRow(id=uuid4(), area_id=self.area_id, number=number, victim_id=victim.id,
                       perpetrator_id=perpetrator and perpetrator.id)  # fmt: skip
        db.session.add(case)
        db.session.flush()
        return case.id

    def _learn(self, people: People, person: Known, who: Identity, record: str) -> None:
        for kind, value in people.learn(person, who, record):
            db.session.add(IdentityRow(area_id=self.area_id, person_id=person.id, kind=kind, value=value))


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


def look_back(area_id: UUID, months: int, first: date, last: date) -> list[Heard]:
    """The hearings that can make an incident recorded from `first` to `last` a repeat, and the cases that wait.

    Two years before `first` are more than any area's months need to be narrowed here; the rule decides (T6, T15).
    """
    earliest = date(max(first.year - months // 12 - 2, 1), 1, 1)
    heard = db.session.execute(
        select(CaseRow.victim_id, CaseRow.perpetrator_id, HearingRow.heard_on)
        .join(CaseRow, CaseRow.id == HearingRow.case_id)
        .where(HearingRow.area_id == area_id, HearingRow.heard_on >= earliest, HearingRow.heard_on <= last)
    ).all()
    waiting = _waiting(area_id, first)
    people = known({person for row in (*heard, *waiting) for person in row[:2] if person})
    nobody = Known(uuid4())

    def identities(victim: UUID, perpetrator: UUID | None) -> tuple[Identity, Identity | None]:
        other = people.get(perpetrator, nobody).identity if perpetrator else None
        return people.get(victim, nobody).identity, other

    return [Heard.at(*identities(v, p), on, months) for v, p, on in heard] + [
        Heard.waiting(*identities(v, p), on) for v, p, on in waiting
    ]


def _waiting(area_id: UUID, first: date) -> Sequence[Row[tuple[UUID, UUID | None, date | None]]]:
    """Cases referred to a MARAC that had not sat by `first`, with the day it sits where it is on an agenda."""
    agenda_item = aliased(ItemRow)
    return db.session.execute(
        select(CaseRow.victim_id, CaseRow.perpetrator_id, MeetingRow.sits_on)
        .join(ItemRow, ItemRow.case_id == CaseRow.id)
        .join(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .outerjoin(agenda_item, agenda_item.id == OutcomeRow.marac_item_id)
        .outerjoin(MeetingRow, MeetingRow.id == agenda_item.meeting_id)
        .where(
            OutcomeRow.area_id == area_id,
            OutcomeRow.refer,
            or_(MeetingRow.sits_on.is_(None), MeetingRow.sits_on > first),
        )
    ).all()
