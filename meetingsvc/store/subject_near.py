"""Whom links put near a case of exploitation panels: they count as known associates (Rulebook F3, E2).

Read in the service's own capacity, for matching alone: none of it is for showing. A link that has ended
counts as well, since nobody knows who still is in touch with whom. What was told by mistake does not, once
two people have said so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from agenda.patterns import Trait
from agenda.subjects import SubjectKind, Tie
from meetingsvc.models import CaseRow, LinkRow, SubjectRow, SubjectTraitRow, db
from meetingsvc.store.scope_kept import ABUSE

_STEPS = 3  # by way of a group and of a place where it meets
_WAYS = frozenset({SubjectKind.GROUP, SubjectKind.PLACE})
#: Whom a place stands for: somebody who was only seen there is nobody's associate by it.
_HOLDS = frozenset({Tie.RUNS, Tie.LIVES_AT, Tie.MEETS_AT})
#: What is told of somebody by which people are kept from what is of them.
KEPT_BY = (Trait.PHONE, Trait.PLACE)


class _End(NamedTuple):
    """What a case is linked to, and who that is."""

    case_id: UUID
    other_id: UUID
    kind: str
    person_id: UUID | None
    tie: Tie
    exploits: bool  # the other is said to exploit whom the case is of


class _Near(NamedTuple):
    """Who counts as an associate of a case: somebody, or a group."""

    case_id: UUID
    of_case: UUID
    person_id: UUID | None


def associates(case_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The people whom nothing of each case may reach: persons of concern linked to it, to a group that is, or
    who run or live at a place that is; and whoever is said to exploit whom it is of."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one in _near(case_ids):
        if one.person_id:
            found[one.case_id].add(one.person_id)
    return found


def children_near(case_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The children who stand near somebody of these cases, or of those beside them: by the case of who counts
    as their associate, be it a group's."""
    row = CaseRow
    few = set(db.session.scalars(select(row.id).where(row.family != ABUSE))).intersection(case_ids)
    beside_them = select(row.id).where(row.id.in_(beside(few)), row.kind == SubjectKind.CHILD)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one in _near(db.session.scalars(beside_them).all() if few else ()):
        found[one.of_case].add(one.case_id)
    return found


def _near(case_ids: Collection[UUID]) -> Iterator[_Near]:
    whose: dict[UUID, set[UUID]] = {case_id: {case_id} for case_id in case_ids}
    places = set[UUID]()
    for _ in range(_STEPS):
        ways: dict[UUID, set[UUID]] = defaultdict(set)
        reached = set[UUID]()
        for end in _ends(whose):
            if end.case_id in places and end.tie not in _HOLDS:
                continue
            if end.kind in _WAYS:
                ways[end.other_id] |= whose[end.case_id]
            if end.kind == SubjectKind.PLACE:
                reached.add(end.other_id)
            if end.kind in (SubjectKind.PERSON, SubjectKind.GROUP) or end.exploits:
                for case_id in whose[end.case_id] - {end.other_id}:
                    yield _Near(case_id, end.other_id, end.person_id)
        whose, places = ways, reached


def beside(case_ids: Collection[UUID]) -> set[UUID]:
    """These cases and those for which somebody of them may be an associate: linked, or by way of groups and
    places."""
    found, edge = set(case_ids), set(case_ids)
    for _ in range(_STEPS):
        ends = list(_ends(edge))
        edge = {end.other_id for end in ends if end.kind in _WAYS} - found
        found |= {end.other_id for end in ends}
    return found


def _ends(case_ids: Collection[UUID]) -> Iterator[_End]:
    if not case_ids:
        return
    row = LinkRow
    for here, there, is_second in ((row.one_id, row.other_id, False), (row.other_id, row.one_id, True)):
        rows = (
            select(here, there, CaseRow.kind, CaseRow.victim_id, CaseRow.perpetrator_id, row.tie)
            .join(CaseRow, CaseRow.id == there)
            .where(here.in_(list(case_ids)), row.confirmed_by.is_(None))
        )
        for case_id, other_id, kind, child, person, tie in db.session.execute(rows):
            exploits = is_second and tie == Tie.EXPLOITS
            yield _End(case_id, other_id, kind, person or child, Tie(tie), exploits)


def told_of_people(people: Collection[UUID]) -> Iterator[tuple[UUID, Trait, str]]:
    """Telephone numbers and places that are told of these persons of concern, and where people live."""
    row, person = SubjectTraitRow, CaseRow.perpetrator_id
    rows = (
        select(person, row.trait, row.text)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(person.in_(list(people)), CaseRow.kind == SubjectKind.PERSON)
        .where(row.trait.in_(KEPT_BY), row.confirmed_by.is_(None))
    )
    for person_id, trait, text in db.session.execute(rows):
        if person_id:
            yield person_id, Trait(trait), text
    for person_id, place in _homes(people):
        yield person_id, Trait.PLACE, place


def _homes(people: Collection[UUID]) -> list[tuple[UUID, str]]:
    """The places at which these are said to live."""
    person = func.coalesce(CaseRow.perpetrator_id, CaseRow.victim_id)
    rows = (
        select(person, SubjectRow.name)
        .select_from(LinkRow)
        .join(CaseRow, CaseRow.id == LinkRow.one_id)
        .join(SubjectRow, SubjectRow.case_id == LinkRow.other_id)
        .where(LinkRow.tie == Tie.LIVES_AT, LinkRow.confirmed_by.is_(None), person.in_(list(people)))
    )
    return [(person_id, place) for person_id, place in db.session.execute(rows)]


def numbers_of(case_ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """Telephone numbers that are told of each case, of a group or a place that it is linked to, and of who is
    said to exploit whom it is of."""
    whose: dict[UUID, set[UUID]] = {case_id: {case_id} for case_id in case_ids}
    for end in _ends(case_ids):
        if end.kind in _WAYS or end.exploits:
            whose.setdefault(end.other_id, set()).add(end.case_id)
    row = SubjectTraitRow
    phone = (row.trait == Trait.PHONE, row.confirmed_by.is_(None))
    rows = select(row.case_id, row.text).where(row.case_id.in_(list(whose)), *phone)
    return [(case_id, text) for key, text in db.session.execute(rows) for case_id in whose[key]]
