"""Whom links put near a case of exploitation panels: they count as known associates (Rulebook F3, E2).

Read in the service's own capacity, for matching alone: none of it is for showing. A link that has ended
counts as well, since nobody knows who still is in touch with whom.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from agenda.patterns import Trait
from agenda.subjects import SubjectKind, Tie
from meetingsvc.models import CaseRow, LinkRow, SubjectTraitRow, db


class _End(NamedTuple):
    """What a case is linked to, and who that is."""

    case_id: UUID
    other_id: UUID
    kind: str
    person_id: UUID | None
    exploits: bool  # the other is said to exploit whom the case is of


def associates(case_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The people whom nothing of each case may reach: persons of concern linked to it, or to a group that is,
    and whoever is said to exploit whom it is of."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    groups: dict[UUID, set[UUID]] = defaultdict(set)
    for end in _ends(case_ids):
        if end.kind == SubjectKind.GROUP:
            groups[end.other_id].add(end.case_id)
        elif end.person_id and (end.kind == SubjectKind.PERSON or end.exploits):
            found[end.case_id].add(end.person_id)
    for end in _ends(groups):
        if end.kind == SubjectKind.PERSON and end.person_id:
            for case_id in groups[end.case_id] - {end.other_id}:
                found[case_id].add(end.person_id)
    return found


def beside(case_ids: Collection[UUID]) -> set[UUID]:
    """These cases and those for which somebody of them may be an associate: linked, or by way of a group."""
    linked = list(_ends(case_ids))
    groups = {end.other_id for end in linked if end.kind == SubjectKind.GROUP}
    return {*case_ids, *(end.other_id for end in linked), *(end.other_id for end in _ends(groups))}


def _ends(case_ids: Collection[UUID]) -> Iterator[_End]:
    if not case_ids:
        return
    row = LinkRow
    for here, there, is_second in ((row.one_id, row.other_id, False), (row.other_id, row.one_id, True)):
        rows = (
            select(here, there, CaseRow.kind, CaseRow.victim_id, CaseRow.perpetrator_id, row.tie)
            .join(CaseRow, CaseRow.id == there)
            .where(here.in_(list(case_ids)))
        )
        for case_id, other_id, kind, child, person, tie in db.session.execute(rows):
            yield _End(case_id, other_id, kind, person or child, is_second and tie == Tie.EXPLOITS)


def told_of_people(people: Collection[UUID]) -> Iterator[tuple[UUID, Trait, str]]:
    """Telephone numbers and places that are told of these persons of concern."""
    row, person = SubjectTraitRow, CaseRow.perpetrator_id
    rows = (
        select(person, row.trait, row.text)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(person.in_(list(people)), CaseRow.kind == SubjectKind.PERSON)
        .where(row.trait.in_((Trait.PHONE, Trait.PLACE)))
    )
    for person_id, trait, text in db.session.execute(rows):
        if person_id:
            yield person_id, Trait(trait), text


def numbers_of(case_ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """Telephone numbers that are told of each case."""
    row = SubjectTraitRow
    rows = select(row.case_id, row.text).where(row.case_id.in_(list(case_ids)), row.trait == Trait.PHONE)
    return [(case_id, text) for case_id, text in db.session.execute(rows)]
