"""Who is in a case that is kept from a reader, and what they are called in the cases that are open (M6).

After a merge, and wherever somebody is in several cases, their own row may tell what a kept one told.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from agenda.incidents import Party
from agenda.relationships import Role
from meetingsvc.models import CaseRow, EntryRow, IncidentRow, ItemRow, PersonRow, db
from meetingsvc.store import acting, incidents
from meetingsvc.store.acting import Host
from meetingsvc.store.half_seen_beside import NO_NAME, Named, beside
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import Reader, cases_of, incidents_of, told_items_of
from meetingsvc.store.scope_matches import people_of_closed

__all__ = ["NO_NAME", "Named"]  # with what is defined here


def half_seen(reader: Reader) -> set[UUID]:
    """Those who are in a case that is kept from the reader, or heard by panels that are not theirs: what is
    known of them may be known from there (M6, D1, E4)."""
    if isinstance(reader, Host):
        return set()
    with acting.whole_area(reader.area_id):
        return set(db.session.scalars(people_of_closed(reader)))


def as_told(reader: Reader, person_id: UUID, part: Mapping[UUID, Role] | None = None) -> Named:
    """What the newest incident calls somebody in these cases, or in all that are open to the reader."""
    told = [party for party, _ in parties(reader, _parts(reader, person_id) if part is None else part)]
    name = next((party.name for party in told if party.name), "")
    if not name and part is None:
        return beside(reader, person_id)
    return name or NO_NAME, next((party.dob for party in told if party.dob), None)


def on_case(reader: Reader, person_id: UUID, case_id: UUID) -> Named:
    """What one open case tells somebody is called; who is no party to it is called as the others tell."""
    role = _parts(reader, person_id).get(case_id)
    return as_told(reader, person_id, {case_id: role} if role else None)


def called(reader: Reader, half: Collection[UUID], case_id: UUID, row: Sequence[Any]) -> str:
    """A name on an open case; of who is half seen, as that case tells it (M6). `row`: id and both names."""
    key, forename, surname = row
    return on_case(reader, key, case_id)[0] if key in half else named(forename, surname)


def names_told(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, tuple[Named, Named]]:
    """Who the victim and the perpetrator are on those of these open cases with somebody half seen."""
    half = half_seen(reader)
    if not half:
        return {}
    victim, other = aliased(PersonRow), aliased(PersonRow)
    theirs = or_(CaseRow.victim_id.in_(half), CaseRow.perpetrator_id.in_(half))
    rows = (
        select(CaseRow.id, victim.id, victim.forename, victim.surname, victim.dob, other.id, other.forename,
               other.surname, other.dob)
        .outerjoin(victim, victim.id == CaseRow.victim_id)
        .outerjoin(other, other.id == CaseRow.perpetrator_id)
        .where(cases_of(reader), CaseRow.id.in_(case_ids), theirs)
    )  # fmt: skip
    return {
        key: (_party(reader, half, key, told[:4]), _party(reader, half, key, told[4:]))
        for key, *told in db.session.execute(rows).all()
    }


def _party(reader: Reader, half: Collection[UUID], case_id: UUID, row: Sequence[Any]) -> Named:
    key, forename, surname, born = row
    return on_case(reader, key, case_id) if key in half else (named(forename, surname), born)


def parties(reader: Reader, part: Mapping[UUID, Role]) -> Iterator[tuple[Party, str]]:
    """What incidents told of the victim or perpetrator of these cases, the newest first, and which did."""
    rows = (
        select(ItemRow.case_id, IncidentRow.id, IncidentRow.occurrence_number)
        .join(EntryRow, EntryRow.incident_id == IncidentRow.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(told_items_of(reader), incidents_of(reader), ItemRow.case_id.in_(part))
        .order_by(IncidentRow.recorded_at.desc(), IncidentRow.id.desc())
    )
    found = db.session.execute(rows).all()
    contents = incidents.contents([key for _, key, _ in found], reader)
    for case_id, key, number in found:
        told = contents[key]
        party = told.victim if part[case_id] is Role.VICTIM else told.perpetrator
        if party is not None:
            yield party, number


def first_told(told: Sequence[Party]) -> Party | None:
    """Somebody as incidents tell of them, the newest first; what one leaves out, as the one before has it."""
    if not told:
        return None
    return Party(
        next((one.surname for one in told if one.surname), ""),
        next((one.forename for one in told if one.forename), ""),
        next((one.nominal for one in told if one.nominal), ""),
        next((one.dob for one in told if one.dob), None),
    )


def _parts(reader: Reader, person_id: UUID) -> dict[UUID, Role]:
    row = CaseRow
    mine = or_(row.victim_id == person_id, row.perpetrator_id == person_id)
    rows = select(row.id, row.victim_id).where(cases_of(reader), mine)
    return {
        key: Role.VICTIM if victim == person_id else Role.PERPETRATOR
        for key, victim in db.session.execute(rows)
    }
