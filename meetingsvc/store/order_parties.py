"""Between whom protection orders stand, as each person may read it (Rulebook T10, M6)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.daily_list import Notice
from agenda.incidents import Incident, Party
from agenda.meetings import case_reference
from agenda.relationships import Role
from meetingsvc.models import CaseRow, EntryRow, ItemRow, PersonRow, db
from meetingsvc.store import acting, cases, half_seen, incidents, orders
from meetingsvc.store.acting import Host
from meetingsvc.store.orders import Kept
from meetingsvc.store.scope import Reader, cases_of


@dataclass(frozen=True, slots=True)
class Parties:
    """Between whom an order stands, and the case of theirs that a reader may open."""

    victim: str
    perpetrator: str
    case_id: UUID | None
    case: str


def parties(reader: Reader, kept: Iterable[Kept]) -> dict[UUID, Parties]:
    """Whom each of these orders is between: as its case has it, or as the police's incident tells it.

    Asked of orders the reader may see; the case only where they may open that.
    """
    told_of = list(kept)
    case_of = _cases_of_incidents(reader, [one for one in told_of if not one.by_hand])
    wanted = {one.case_id for one in told_of} | set(case_of.values())
    opened = _cases(reader, wanted - {None})
    with acting.whole_area(reader.area_id):
        told = incidents.contents(one.incident_id for one in told_of if one.incident_id is not None)
    found = {}
    for one in told_of:
        case_id = one.case_id or case_of.get(one.id)
        if case_id in opened:
            found[one.id] = opened[case_id]
        elif one.incident_id in told:
            found[one.id] = _of_incident(told[one.incident_id])
    return found


def between(reader: Reader, notices: Iterable[Notice], now: datetime) -> dict[Notice, Parties]:
    """Whom announced orders are between; of one the reader may not see, nothing (T10, M6)."""
    wanted = {one.reference: one for one in notices}
    if not wanted:
        return {}
    kept = orders.announced(reader, wanted, now)
    told, by = parties(reader, kept), orders.told_by(reader, kept)
    return {
        notice: told[one.id]
        for notice in notices
        for one in kept
        if one.id in told and one.reference == notice.reference
        and (one.by_hand or notice.incident_id in by[one.id])
    }  # fmt: skip


def _of_incident(told: Incident) -> Parties:
    other = told.perpetrator.name if told.perpetrator else "Unknown"
    return Parties(told.victim.name, other, None, "")


def _cases_of_incidents(reader: Reader, told: Sequence[Kept]) -> dict[UUID, UUID]:
    """The case under which lists put what told of these orders; `_cases` narrows them to the reader's."""
    if not told:
        return {}
    rows = (
        select(EntryRow.incident_id, ItemRow.case_id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(ItemRow.area_id == reader.area_id,
               EntryRow.occurrence_number.in_([one.reference for one in told]))
        .order_by(EntryRow.id)
    )  # fmt: skip
    with acting.whole_area(reader.area_id):
        listed = {key: case_id for key, case_id in db.session.execute(rows)}
    by = orders.told_by(reader, told if listed else ())
    return {key: listed[max(keys & listed.keys())] for key, keys in by.items() if keys & listed.keys()}


def _cases(reader: Reader, wanted: Collection[UUID | None]) -> dict[UUID | None, Parties]:
    victim, other = aliased(PersonRow), aliased(PersonRow)
    rows = (
        select(CaseRow.id, CaseRow.number, victim.id, victim.forename, victim.surname, other.id,
               other.forename, other.surname)
        .outerjoin(victim, victim.id == CaseRow.victim_id)
        .outerjoin(other, other.id == CaseRow.perpetrator_id)
        .where(cases_of(reader), CaseRow.id.in_(wanted))
    )  # fmt: skip
    found = db.session.execute(rows).all()
    named = partial(half_seen.called, reader, half_seen.half_seen(reader) if found else ())
    return {
        key: Parties(named(key, names[:3]), named(key, names[3:]) if names[3] else "Unknown",
                     key, case_reference(number))
        for key, number, *names in found
    }  # fmt: skip


def identified(area_id: UUID, kept: Kept) -> tuple[Party, Party | None]:
    """Who the parties are, so that what is told of them comes under the same case (Rulebook T6, T10)."""
    with acting.whole_area(area_id):
        if kept.incident_id is not None:
            told = incidents.contents([kept.incident_id])[kept.incident_id]
            return told.victim, told.perpetrator
        case = db.session.scalars(select(CaseRow).where(CaseRow.id == kept.case_id)).one()
        other = case.perpetrator_id
        if case.victim_id is None:
            raise LookupError(case.id)  # none is recorded of what exploitation panels hear
        victim = _party(case, case.victim_id, Role.VICTIM)
        return victim, _party(case, other, Role.PERPETRATOR) if other else None


def _party(case: CaseRow, person_id: UUID, role: Role) -> Party:
    """As the case's own incidents tell of them: a breach tells nothing of their other cases (M6)."""
    told = [party for party, _ in half_seen.parties(Host(case.area_id), {case.id: role})]
    if own := half_seen.first_told(told):
        return own
    row = db.session.scalars(select(PersonRow).where(PersonRow.id == person_id)).one()
    known = cases.known([person_id]).get(person_id)
    nominal = min(known.nominals, default="") if known else ""
    return Party(row.surname, row.forename, nominal, row.dob)
