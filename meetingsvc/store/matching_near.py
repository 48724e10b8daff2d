"""Who is near whom: candidates by shared keys, and the victims that the repeat radar looks out for (T6).

The service's own work for an area; what comes of it is shown by `store/matching_proposals.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from heapq import nlargest
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from agenda.calendar import add_months, local_day
from meetingsvc.models import (
    CaseRow,
    EntryRow,
    IdentityRow,
    ItemRow,
    MergeRow,
    PersonDetailRow,
    PersonKeyRow,
    PersonRow,
    db,
)
from meetingsvc.store import acting, cases, incidents, matching, matching_details, subject_people
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.list_page import named
from meetingsvc.store.matching_details import About, Told
from meetingsvc.store.matching_keys import rare
from meetingsvc.store.subject_people import OF_ABUSE

#: Whom somebody shares keys with, and how telling those are.
Near = dict[UUID, float]
#: People are filed so many at a time where an area has some that were never filed.
_BATCH = 500
_KEYS = 15_000  # asked for at once, twice in one statement: SQLite binds at most 32,766


def heard_victims(area_id: UUID, months: int, first: date, last: date) -> set[UUID]:
    """Victims of a case that was heard so many months before one of these days, or that waits (T6, T15)."""
    heard, waiting = cases.heard_and_waiting(area_id, months, first, last)
    recent = {victim for victim, _, on in heard if victim and first <= add_months(on, months)}
    return recent | {victim for victim, _, on in waiting if victim and (on is None or on > first)}


def victims_of(case_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID | None]]:
    """Victim and perpetrator of each of these cases of domestic abuse: of others nobody is matched."""
    found, wanted, row = {}, list(case_ids), CaseRow
    for at in range(0, len(wanted), CHUNK):
        rows = select(row.id, row.victim_id, row.perpetrator_id).where(row.id.in_(wanted[at : at + CHUNK]))
        of_abuse = db.session.execute(rows.where(row.kind == OF_ABUSE))
        found.update({key: (victim, other) for key, victim, other in of_abuse if victim})
    return found


def opposed(people: Collection[UUID]) -> set[frozenset[UUID]]:
    """Pairs that are victim and perpetrator of one case: never one person."""
    found, wanted, row = set[frozenset[UUID]](), list(people), CaseRow
    for at in range(0, len(wanted), CHUNK):
        rows = select(row.victim_id, row.perpetrator_id).where(
            row.perpetrator_id.is_not(None), row.victim_id.in_(wanted[at : at + CHUNK])
        )
        told = db.session.execute(rows)
        found.update(frozenset((victim, other)) for victim, other in told if victim and other)
    return found


def sharing(area_id: UUID, sought: Mapping[UUID, Iterable[str]]) -> dict[UUID, Near]:
    """Whom each of these shares a key with, themselves left out, and how telling what they share is: a key of
    many people says less. Keys of too many are left aside.
    """
    by_key: dict[str, set[UUID]] = defaultdict(set)
    for person_id, keys in sought.items():
        for key in keys:
            by_key[key].add(person_id)
    found: dict[UUID, Near] = {person_id: {} for person_id in sought}
    wanted, row = sorted(by_key), PersonKeyRow
    for at in range(0, len(wanted), _KEYS):
        rows = select(row.key, row.person_id).where(
            row.area_id == area_id, row.key.in_(rare(area_id, wanted[at : at + _KEYS]))
        )
        under: dict[str, list[UUID]] = defaultdict(list)
        for key, person_id in db.session.execute(rows):
            under[key].append(person_id)
        for key, people in under.items():
            worth = 1 / len(people)
            for who in by_key[key]:
                near = found[who]
                for person_id in people:
                    if person_id != who:
                        near[person_id] = near.get(person_id, 0.0) + worth
    return found


def nearest(near: Near, most: int) -> list[UUID]:
    """Those who share the most telling keys."""
    return nlargest(most, near, key=lambda one: (near[one], one))


def names(area_id: UUID, people: Collection[UUID]) -> dict[UUID, str]:
    """What these people are called: of somebody merged no case tells any more, but a match does."""
    rows = select(PersonRow.id, PersonRow.forename, PersonRow.surname).where(PersonRow.id.in_(people))
    with acting.whole_area(area_id):
        return {key: named(first, last) for key, first, last in db.session.execute(rows)}


def gone(area_id: UUID) -> set[UUID]:
    """Who has been merged into somebody else."""
    rows = select(MergeRow.gone_id).where(MergeRow.area_id == area_id, MergeRow.undone_at.is_(None))
    return set(db.session.scalars(rows))


def not_filed(area_id: UUID, most: int = _BATCH) -> list[UUID]:
    """People of whom nothing is kept to find them by, though they have a name: made by an earlier version."""
    row, detail = PersonRow, PersonDetailRow
    told = exists().where(detail.person_id == row.id)
    merged = exists().where(MergeRow.gone_id == row.id)
    of_abuse = row.id.not_in(subject_people.of(area_id))
    rows = select(row.id).where(row.area_id == area_id, row.surname != "", ~told, ~merged, of_abuse)
    return list(db.session.scalars(rows.order_by(row.id).limit(most)))


def count_not_filed(area_id: UUID) -> int:
    """How many of them there are."""
    told = exists().where(PersonDetailRow.person_id == PersonRow.id)
    rows = select(func.count(PersonRow.id)).where(
        PersonRow.area_id == area_id, PersonRow.surname != "", ~told,
        PersonRow.id.not_in(subject_people.of(area_id)),
    )  # fmt: skip
    return db.session.scalar(rows) or 0


def file(area_id: UUID, ids: Collection[UUID]) -> None:
    """Files people by what the service knows of them: their own row, their nominals, and listed incidents."""
    about = [About(key, told, "", None) for key, told in _own(ids)]
    listed = _listed(ids)
    contents = incidents.contents(incident_id for _, _, incident_id in listed)
    people = victims_of({case_id for case_id, _, _ in listed})
    for case_id, number, incident_id in listed:
        content, (victim, other) = contents[incident_id], people[case_id]
        on = local_day(content.recorded_at)
        if victim in ids:
            about.append(About(victim, matching_details.of_party(content.victim), number, on))
        if other and other in ids and content.perpetrator:
            about.append(About(other, matching_details.of_party(content.perpetrator), number, on))
    matching.remember_all(area_id, about)


def _own(ids: Collection[UUID]) -> list[tuple[UUID, tuple[tuple[Told, str], ...]]]:
    row, identity = PersonRow, IdentityRow
    nominals: dict[UUID, list[str]] = defaultdict(list)
    known = select(identity.person_id, identity.value).where(
        identity.person_id.in_(ids), identity.kind == "nominal"
    )
    for key, value in db.session.execute(known):
        nominals[key].append(value)
    people = select(row.id, row.forename, row.surname, row.dob).where(row.id.in_(ids))
    return [
        (key, matching_details.details([(first, last)], born, nominals=nominals[key]))
        for key, first, last, born in db.session.execute(people)
    ]


def _listed(ids: Collection[UUID]) -> list[tuple[UUID, str, int]]:
    """What lists put under the cases of these people."""
    case, entry = CaseRow, EntryRow
    rows = (
        select(case.id, entry.occurrence_number, entry.incident_id)
        .join(ItemRow, ItemRow.id == entry.item_id)
        .join(case, case.id == ItemRow.case_id)
        .where(case.kind == OF_ABUSE, or_(case.victim_id.in_(ids), case.perpetrator_id.in_(ids)))
        .order_by(entry.id)
    )
    return [(case_id, number, incident_id) for case_id, number, incident_id in db.session.execute(rows)]


def merged_since(area_id: UUID, people: Collection[UUID], since: datetime, but: UUID) -> bool:
    """Whether one of these was merged with somebody else since, and still is."""
    row = MergeRow
    with_them = or_(row.kept_id.in_(people), row.gone_id.in_(people))
    rows = select(row.id).where(
        row.area_id == area_id, with_them, row.undone_at.is_(None), row.merged_at >= since, row.id != but
    )
    return db.session.scalar(rows.limit(1)) is not None
