"""Whether somebody whom exploitation panels hear is also in a domestic abuse case (Rulebook E2).

Shown to who may open both sides, and to nobody else (`agenda.subjects.both_sides`). The two are filed apart,
so who it is follows from the force's identifier, or from a whole name with its birth date.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from agenda.agencies import AgencyKind
from agenda.exploitation_form import CHILD
from agenda.incidents import Child
from agenda.meetings import case_reference
from agenda.panels import Family
from agenda.people import name_key
from agenda.referral_fields import NOTHING
from agenda.subjects import Subject, SubjectKind, both_sides
from meetingsvc.models import (
    AgencyRow,
    CaseRow,
    ChildKeyRow,
    EntryRow,
    ExploitationReferralRow,
    IdentityRow,
    IncidentRow,
    ItemRow,
    PersonRow,
    SubjectRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, children_keys, incidents, subjects
from meetingsvc.store import exploitation_referrals as referrals
from meetingsvc.store.scope import cases_of, incidents_of
from meetingsvc.store.scope_exploitation import sent_to
from meetingsvc.store.subject_people import OF_ABUSE

_BOTH = frozenset(Family)
_FEW = 50


class AbuseCase(NamedTuple):
    """A domestic abuse case, as it is called."""

    id: UUID
    reference: str


def abuse_cases(reader: Principal, subject: Subject) -> list[AbuseCase]:
    """The domestic abuse cases that a child, or a person of concern, is in: a party, or a child on one."""
    if not reader.families >= _BOTH or subject.kind not in (SubjectKind.CHILD, SubjectKind.PERSON):
        return []
    found = _as_party(reader, subject.id)
    if subject.kind is SubjectKind.CHILD:
        found |= _as_child(reader, subject.id)
    here = bool(subjects.of(reader, [subject.id]))
    rows = select(CaseRow.id, CaseRow.number).where(CaseRow.id.in_(found), CaseRow.kind == OF_ABUSE)
    there = {key: number for key, number in db.session.execute(rows.where(cases_of(reader)))}
    shown = [AbuseCase(key, case_reference(there[key])) for key in found if both_sides(here, key in there)]
    return sorted(shown, key=lambda one: one.reference)


def _as_party(reader: Principal, subject_id: UUID) -> set[UUID]:
    """By the service's own look: what is shown of it is narrowed after."""
    row, known = CaseRow, IdentityRow
    with acting.whole_area(reader.area_id):
        filed = db.session.get(SubjectRow, subject_id)
        names = [("name", filed.key), ("nominal", filed.nominal)] if filed else []
        alike = [and_(known.kind == kind, known.value == value) for kind, value in names if value]
        if not alike:
            return set()
        people = select(known.person_id).where(known.area_id == reader.area_id, or_(*alike))
        party = or_(row.victim_id.in_(people), row.perpetrator_id.in_(people))
        return set(db.session.scalars(select(row.id).where(row.area_id == reader.area_id, party)))


def _as_child(reader: Principal, subject_id: UUID) -> set[UUID]:
    """Those under which an incident that the reader sees names the child, with its birth date."""
    with acting.whole_area(reader.area_id):
        person = db.session.scalar(
            select(PersonRow).join(CaseRow, CaseRow.victim_id == PersonRow.id).where(CaseRow.id == subject_id)
        )
        if person is None or person.dob is None:
            return set()
        name = f"{person.forename} {person.surname}".strip()
        key, ids = name_key(person.surname, person.forename, person.dob), _naming(reader.area_id, name)
    told = incidents.contents(ids, reader).items()
    seen = [one for one, entry in told if key and key in map(_key, entry.children)]
    row = IncidentRow
    rows = (
        select(ItemRow.case_id)
        .join(EntryRow, EntryRow.item_id == ItemRow.id)
        .join(row, and_(row.area_id == ItemRow.area_id, row.occurrence_number == EntryRow.occurrence_number))
        .where(row.id.in_(seen), ItemRow.area_id == reader.area_id)
    )
    with acting.whole_area(reader.area_id):
        return set(db.session.scalars(rows))


def _naming(area_id: UUID, name: str) -> list[int]:
    row, wanted = ChildKeyRow, children_keys.as_written(name)
    if not wanted:
        return []
    rows = select(row.incident_id).where(row.area_id == area_id, row.key.in_(wanted))
    every = rows.group_by(row.incident_id).having(func.count() == len(wanted))
    return list(db.session.scalars(every.order_by(row.incident_id.desc()).limit(_FEW)))


def _key(child: Child) -> str:
    words = child.name.split()
    return name_key(words[-1], " ".join(words[:-1]), child.dob) if words else ""


def heard_as(reader: Principal, case_id: UUID) -> list[Subject]:
    """The same from the other side: the children and persons of concern who are in this case."""
    if not reader.families >= _BOTH:
        return []
    keys, nominals = _known_on(reader, case_id)
    row = SubjectRow
    alike = [column.in_(values) for column, values in ((row.key, keys), (row.nominal, nominals)) if values]
    if not alike:
        return []
    with acting.whole_area(reader.area_id):
        rows = select(row.case_id).where(row.area_id == reader.area_id, or_(*alike))
        found = set(db.session.scalars(rows))
    there = subjects.of(reader, found)
    here = select(CaseRow.id).where(cases_of(reader), CaseRow.id == case_id)
    opened = db.session.scalar(here) is not None if found else False
    shown = [there[key] for key in found if both_sides(opened, key in there)]
    return sorted(shown, key=lambda one: (one.name, one.id))


def _known_on(reader: Principal, case_id: UUID) -> tuple[set[str], set[str]]:
    """Names and identifiers of who is in a case, and of the children whom the reader finds in it."""
    row, known = IncidentRow, IdentityRow
    with acting.whole_area(reader.area_id):
        case = db.session.get_one(CaseRow, case_id)
        people = [key for key in (case.victim_id, case.perpetrator_id) if key]
        told = select(known.kind, known.value).where(known.person_id.in_(people))
        identities = [(kind, value) for kind, value in db.session.execute(told)]
    rows = (
        select(row.id)
        .join(EntryRow, EntryRow.incident_id == row.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(incidents_of(reader), ItemRow.case_id == case_id, row.children)
    )
    children = incidents.contents(db.session.scalars(rows.limit(_FEW)).all(), reader).values()
    return (
        _some(value for kind, value in identities if kind == "name")
        | _some(_key(child) for entry in children for child in entry.children),
        _some(value for kind, value in identities if kind == "nominal"),
    )


def _some(values: Iterable[str]) -> set[str]:
    return {value for value in values if value}


def plan_said(reader: Principal, case_id: UUID) -> tuple[str, str]:
    """Whether the child is on a child protection plan, and the reference of the referral that says so: for
    who may open both. ("", "") where none says it.

    The latest "yes" stands. A later "no" ends it where children's social care says it; anybody else may just
    not know of it, and what nobody answered ends nothing.
    """
    row = ExploitationReferralRow
    rows = (
        select(row, AgencyRow.kind)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(sent_to(reader), row.case_id == case_id)
        .order_by(row.first_sent_at.desc())
    )
    for one, kind in db.session.execute(rows):
        said = referrals.read(one).draft.get(CHILD.id, NOTHING).fields.get("plan", "")
        if said == "yes" or (said == "no" and kind == AgencyKind.CHILDRENS_SOCIAL_CARE):
            return said, one.reference or ""
    return "", ""
