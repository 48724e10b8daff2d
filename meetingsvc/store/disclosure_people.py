"""Everybody of a case, to check who asks and to leave the others out; for the service's own work (X1, X6).

Read for matching alone: none of it is for showing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import exists, or_, select

from agenda.addresses import NOT_READABLE, Part
from agenda.details import Details
from agenda.disclosure_terms import GROWN_UP
from agenda.headline import age
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AddressRow,
    ApplicationRow,
    AssociateRow,
    CaseRow,
    ClarificationRow,
    ItemRow,
    PersonRow,
    RelationshipRow,
    ResearchNamedRow,
    db,
)
from meetingsvc.store import details, disclosure_children, sealed
from meetingsvc.store.details import PartyTold, stands
from meetingsvc.store.disclosure_items import incidents_under
from minutes.clarifications import About
from minutes.disclosure_others import Listed
from minutes.disclosure_requester import KEPT_FROM
from minutes.research import NamedKind


def parties(area_id: UUID, case_id: UUID, about: Collection[UUID]) -> dict[UUID, list[PartyTold]]:
    """Whom a requester is checked against, by the case in which they stand, under every name and way to reach
    them that is known (F3): the people of the case itself, and who is kept from each other (`elsewhere`);
    but not the victim, where it is about nobody else: who is a victim here and a perpetrator elsewhere asks
    for their own all the same."""
    told = details.of_cases({case_id, *elsewhere(area_id, case_id, about)})
    victim = _victim(case_id)
    own = victim if set(about) == {victim} else None
    return {key: [one for one in there if key == case_id or (one.part in KEPT_FROM and one.person_id != own)]
            for key, there in told.items()}  # fmt: skip


def _victim(case_id: UUID) -> UUID | None:
    return db.session.scalar(select(CaseRow.victim_id).where(CaseRow.id == case_id))


def kept_from_here(case_id: UUID) -> frozenset[UUID]:
    """The perpetrator and the known associates of the case itself: who is a victim here and a perpetrator
    elsewhere asks for their own all the same (F3)."""
    told = details.of_cases([case_id])[case_id]
    return frozenset(one.person_id for one in told if one.part in KEPT_FROM)


def grown_up(case_id: UUID, day: date) -> frozenset[UUID]:
    """Those of the case's people who are not known to be under 18 on a day (X2, F3)."""
    told = details.of_cases([case_id])[case_id]
    young = {one.person_id for one in told if one.details.dob and age(one.details.dob, day) < GROWN_UP}
    return frozenset(one.person_id for one in told) - young


def elsewhere(area_id: UUID, case_id: UUID, about: Collection[UUID]) -> set[UUID]:
    """Every other case in which the victim of this one, a child of it, or somebody it is about is the victim,
    or a child, and in which a perpetrator or an associate is known: what is held of the case is of all of
    them, whomever who logs a request chooses (F3)."""
    row, person = CaseRow, PersonRow
    victim = _victim(case_id)
    about = {*about, *([victim] if victim else []), *disclosure_children.keys(area_id, case_id)}
    rows = select(row.id).where(row.area_id == area_id, row.victim_id.in_(about), row.id != case_id)
    known = select(person.id, person.forename, person.surname, person.dob).where(person.id.in_(about))
    people = {key: (f"{first} {last}".strip(), dob) for key, first, last, dob in db.session.execute(known)}
    children = set(about) - people.keys()
    names = [one for one in people.values() if one[0]]
    near = disclosure_children.cases_elsewhere(area_id, case_id, children, names)
    found = {*db.session.scalars(rows), *near}
    known_of = or_(row.perpetrator_id.is_not(None), exists().where(AssociateRow.case_id == row.id))
    return set(db.session.scalars(select(row.id).where(row.id.in_(found), known_of))) if found else set()


def party_ids(area_id: UUID, case_id: UUID) -> set[UUID]:
    """Whom a request can be about: the people of the case, and its children."""
    people = {one.person_id for one in details.of_cases([case_id])[case_id]}
    return people | disclosure_children.keys(area_id, case_id)


def listed(area_id: UUID, case_id: UUID, about: Collection[UUID]) -> list[Listed]:
    """Everybody whom the service knows of on a case; raises RuleBroken where an address cannot be opened.

    Where a victim is found, and every confidential address, is kept from every page: it is left out even of
    what is about them (security.md A1).
    """
    told, hidden = details.of_cases([case_id])[case_id], _sealed(case_id)
    found = [_party(told, key, hidden.get(key, frozenset()), key in about)
             for key in dict.fromkeys(one.person_id for one in told)]  # fmt: skip
    known = {one.id for one in found}
    near = [one for one in _related(case_id) if one.id not in known]
    own = frozenset(one.part.value for one in told if one.person_id in about)
    others = [*near, *_named(case_id), *_clarified(case_id, own), *_children(area_id, case_id),
              *_applicants(area_id, case_id)]  # fmt: skip
    return [*found, *(replace(one, about=_is_chosen(one, about)) for one in others)]


def _is_chosen(one: Listed, about: Collection[UUID]) -> bool:
    """Whether it is a child whom the request is about, by whomever they were told: without a birth date only
    who is a child of the case is."""
    known = one.known[0]
    name = f"{known.forename} {known.surname}".strip()
    named = disclosure_children.key(name, known.dob)
    return named in about and (known.dob is not None or one.id == named)


def _party(told: Sequence[PartyTold], key: UUID, hidden: frozenset[str], about: bool) -> Listed:
    own = [one for one in told if one.person_id == key]
    known = tuple(one.details for one in own)
    safe = Details(addresses=hidden)
    if any(one.part is Part.VICTIM for one in own):
        safe = replace(
            safe, emails=_all(one.emails for one in known), phones=_all(one.phones for one in known),
            addresses=hidden | _all(one.addresses for one in known),
        )  # fmt: skip
    elif not about:
        safe = Details()
        known = (*known, Details(addresses=hidden))
    return Listed(key, about, known, safe)


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _sealed(case_id: UUID) -> dict[UUID, frozenset[str]]:
    """Confidential addresses of the case's people, on whichever case they were told."""
    people = [one.person_id for one in details.of_cases([case_id])[case_id]]
    row, found = AddressRow, dict[UUID, frozenset[str]]()
    rows = select(row.id, row.person_id, row.sealed).where(row.person_id.in_(people), row.sealed.is_not(None))
    for key, person_id, kept in db.session.execute(rows.where(stands(row))):
        if (text := sealed.opened(key, kept or b"")) is None:
            raise RuleBroken(NOT_READABLE)
        found[person_id] = found.get(person_id, frozenset()) | {text}
    return found


def _related(case_id: UUID) -> list[Listed]:
    """Those said to be something to somebody on the case (Rulebook D2)."""
    tie, row = RelationshipRow, PersonRow
    beside = or_(row.id == tie.person_id, row.id == tie.other_id)
    rows = select(row).join(tie, beside).where(tie.case_id == case_id).distinct()
    return [_one(one.id, one.forename, one.surname, one.dob) for one in db.session.scalars(rows)]


def _named(case_id: UUID) -> list[Listed]:
    """Adults whom agencies named in research (Rulebook M2)."""
    row = ResearchNamedRow
    rows = select(row.id, row.name, row.dob).join(ItemRow, ItemRow.id == row.item_id)
    rows = rows.where(ItemRow.case_id == case_id, row.kind != NamedKind.CHILD)
    named = db.session.execute(rows)
    return [_one(key, "", name, dob) for key, name, dob in named]


def _clarified(case_id: UUID, own: Collection[str]) -> list[Listed]:
    """Whom meetings clarified (Rulebook D2), but for what puts right the name of who it is about."""
    row = ClarificationRow
    rows = select(row.id, row.about, row.name, row.dob).where(row.case_id == case_id)
    said = db.session.execute(rows.where(row.about != About.CHILD))
    return [_one(key, "", name, dob) for key, about, name, dob in said if name.strip() and about not in own]


def _children(area_id: UUID, case_id: UUID) -> list[Listed]:
    """By whomever they were told."""
    children = disclosure_children.told(area_id, case_id)
    return [_one(disclosure_children.key(name, dob), "", name, dob) for name, dob in children]


def _applicants(area_id: UUID, case_id: UUID) -> list[Listed]:
    """Who asked under a disclosure scheme about somebody on the case (Rulebook Y1)."""
    numbers = [one.occurrence_number for one in incidents_under(area_id, case_id)]
    row = ApplicationRow
    rows = select(row.id, row.applicant).where(row.area_id == area_id, row.reference.in_(numbers))
    return [_one(key, "", name, None) for key, name in db.session.execute(rows) if name.strip()]


def _one(key: UUID, forename: str, surname: str, dob: date | None) -> Listed:
    return Listed(key, False, (Details(forename, surname, dob),))
