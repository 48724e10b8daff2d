"""Merges: whom they join, and which incidents they touch."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, delete, func, insert, or_, select, true

from agenda.meetings import case_reference
from agenda.need_to_know import Hides, WallState
from meetingsvc.models import (
    AreaRow,
    CaseRow,
    EntryRow,
    IdentityRow,
    IncidentRow,
    ItemRow,
    MergeRow,
    NamedRow,
    PersonDetailRow,
    PersonKeyRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.store import matching, matching_near
from meetingsvc.store.incidents import Due
from meetingsvc.store.scope import Reader, cases_of
from meetingsvc.store.scope_matches import merges_of
from meetingsvc.store.subject_people import OF_ABUSE


@dataclass(frozen=True, slots=True)
class Merge:
    """Two people who are one since then."""

    id: UUID
    kept_id: UUID
    gone_id: UUID
    kept: str
    gone: str
    at: datetime
    undone_at: datetime | None


def subject(merge_id: UUID) -> str:
    """As what waits for a second person, and the audit trail, name a merge."""
    return f"merge/{merge_id}"


def one(reader: Reader, merge_id: UUID) -> Merge | None:
    """One merge, where the reader may read both sides."""
    return next(iter(_told(reader, MergeRow.id == merge_id)), None)


def standing(reader: Reader, people: Collection[UUID] | None = None) -> list[Merge]:
    """Merges that stand, the newest first: of these people where they are told."""
    row = MergeRow
    whose = true() if people is None else or_(row.kept_id.in_(people), row.gone_id.in_(people))
    return _told(reader, and_(row.undone_at.is_(None), whose))


def _told(reader: Reader, condition: Any) -> list[Merge]:
    row = MergeRow
    rows = select(row.id, row.kept_id, row.gone_id, row.merged_at, row.undone_at)
    found = db.session.execute(rows.where(merges_of(reader), condition).order_by(row.merged_at.desc())).all()
    people = {key for merge in found for key in merge[1:3]}
    names = matching_near.names(reader.area_id, people) if people else {}
    return [
        Merge(key, kept, gone, names.get(kept, ""), names.get(gone, ""), at, undone)
        for key, kept, gone, at, undone in found
    ]


def twins(reader: Reader, case_id: UUID) -> list[tuple[UUID, str]]:
    """Other cases of the same two people, as after a merge, that the reader may open too."""
    own, other = CaseRow.__table__.alias("own"), CaseRow
    rows = (
        select(other.id, other.number)
        .join(own, (own.c.victim_id == other.victim_id) & (own.c.perpetrator_id == other.perpetrator_id))
        .where(cases_of(reader), own.c.id == case_id, other.id != case_id, other.kind == OF_ABUSE)
        .order_by(other.number)
    )
    return [(key, case_reference(number)) for key, number in db.session.execute(rows)]


def cases_naming(people: Collection[UUID]) -> list[UUID]:
    """The cases that one of these people is a party of, the oldest first."""
    row = CaseRow
    a_party = or_(row.victim_id.in_(people), row.perpetrator_id.in_(people))
    rows = select(row.id).where(row.kind == OF_ABUSE, a_party)
    return list(db.session.scalars(rows.order_by(row.number)))


def who_stays(one_id: UUID, other_id: UUID) -> tuple[UUID, UUID]:
    """Whose name and birth date stand for both comes first: the one whose first case is older.

    But not one who is on a case kept from somebody, where the other is on none: what they are called there
    would be told on cases that are open to whom it is kept from (M6).
    """
    hidden = [one for one in (one_id, other_id) if _is_on_a_kept_case(one)]
    if len(hidden) == 1:
        return (one_id, other_id) if hidden[0] == other_id else (other_id, one_id)
    row = CaseRow
    for victim, perpetrator in db.session.execute(
        select(row.victim_id, row.perpetrator_id)
        .where(row.kind == OF_ABUSE)
        .where(or_(row.victim_id.in_((one_id, other_id)), row.perpetrator_id.in_((one_id, other_id))))
        .order_by(row.number)
    ):
        if one_id in (victim, perpetrator):
            return one_id, other_id
        if other_id in (victim, perpetrator):
            return other_id, one_id
    return one_id, other_id


def share_restrictions(cases: Collection[UUID]) -> None:
    """A case of two people that another case of the same two is restricted with is restricted like it: what
    comes in later may stand under either (M6). Never the other way: nobody sees more by a merge."""
    couples: dict[tuple[UUID | None, UUID | None], list[UUID]] = defaultdict(list)
    row = CaseRow
    rows = select(row.victim_id, row.perpetrator_id, row.id).where(row.id.in_(cases)).order_by(row.number)
    for victim, perpetrator, case_id in db.session.execute(rows):
        couples[victim, perpetrator].append(case_id)
    for same in couples.values():
        kept = [key for key in same if _hides(key)]
        for case_id in set(same) - set(kept) if kept else ():
            _restrict_like(kept[0], case_id)


def _hides(case_id: UUID) -> bool:
    found = db.session.get(RestrictionRow, case_id)
    return found is not None and found.hides != Hides.NOBODY


def _restrict_like(kept: UUID, case_id: UUID) -> None:
    db.session.execute(delete(RestrictionRow).where(RestrictionRow.case_id == case_id))
    db.session.execute(delete(NamedRow).where(NamedRow.case_id == case_id))
    table: Table
    for table in (RestrictionRow.__table__, NamedRow.__table__):  # type: ignore[assignment]
        for found in db.session.execute(select(table).where(table.c.case_id == kept)).mappings().all():
            db.session.execute(insert(table).values({**found, "case_id": case_id}))


def most_kept(cases: Sequence[UUID]) -> UUID | None:
    """Of these cases the first that a wall or a restriction keeps from anybody, else the first."""
    kept = _kept_from_anybody(cases)
    return next((key for key in cases if key in kept), cases[0] if cases else None)


def _is_on_a_kept_case(person_id: UUID) -> bool:
    return bool(_kept_from_anybody(cases_naming([person_id])))


def _kept_from_anybody(cases: Sequence[UUID]) -> set[UUID]:
    wall = select(WallRow.case_id).where(WallRow.case_id.in_(cases), WallRow.state == WallState.STANDS)
    hidden = select(RestrictionRow.case_id).where(
        RestrictionRow.case_id.in_(cases), RestrictionRow.hides != Hides.NOBODY
    )
    return {*db.session.scalars(wall), *db.session.scalars(hidden)}


def are_opposed(one_id: UUID, other_id: UUID) -> bool:
    """Whether some case has one as its victim and the other as its perpetrator."""
    row, both = CaseRow, (one_id, other_id)
    opposed = row.kind == OF_ABUSE, row.victim_id.in_(both), row.perpetrator_id.in_(both)
    rows = select(row.id).where(*opposed)
    return db.session.scalar(rows.limit(1)) is not None


def incidents_of_people(area_id: UUID, people: Collection[UUID]) -> list[int]:
    """The newest versions of the domestic incidents that name one of these people."""
    values = select(IdentityRow.value).where(
        IdentityRow.person_id.in_(people), IdentityRow.kind.in_(("nominal", "name"))
    )
    row, wanted = IncidentRow, list(db.session.scalars(values))
    names = (row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name)
    rows = select(row.id).where(
        row.area_id == area_id, row.current, row.domestic, or_(*(name.in_(wanted) for name in names))
    )
    return list(db.session.scalars(rows.order_by(row.recorded_at, row.id)))


def triaged(ids: Collection[int]) -> list[Due]:
    """These incidents as triage reads them, as recorded."""
    row = IncidentRow
    rows = select(
        row.id, row.domestic, row.risk, row.children, row.consents, row.recorded_day, row.victim_nominal,
        row.victim_name, row.perpetrator_nominal, row.perpetrator_name, row.occurrence_number, row.version,
        row.recorded_at, row.perpetrator_known, row.has_order, row.kind,
    ).where(row.id.in_(ids)).order_by(row.recorded_at, row.occurrence_number)  # fmt: skip
    return [Due(tuple(found[:10]), *found[10:]) for found in db.session.execute(rows)]  # type: ignore[arg-type, call-arg]


def then(area_id: UUID, kept_id: UUID, cases: Collection[UUID]) -> dict[str, Any]:
    """What there is of them now: what is not in it later came in since."""
    identity, item, detail = IdentityRow, ItemRow, PersonDetailRow
    last = select(func.max(identity.id)).where(identity.area_id == area_id)
    items = select(item.id).where(item.case_id.in_(cases))
    details = select(detail.id).where(detail.person_id == kept_id)
    number = select(AreaRow.last_case_number).where(AreaRow.id == area_id)
    return {
        "identity": db.session.scalar(last) or 0,
        "items": [key.hex for key in db.session.scalars(items)],
        "details": [key.hex for key in db.session.scalars(details)],
        "case": db.session.scalar(number) or 0,
    }


def incidents_under(item_id: UUID) -> list[int]:
    """The incidents that a list put under a case."""
    return list(db.session.scalars(select(EntryRow.incident_id).where(EntryRow.item_id == item_id)))


def file_again(area_id: UUID, person_id: UUID) -> None:
    """Files somebody under what is known of them now, and nothing else."""
    db.session.execute(delete(PersonKeyRow).where(PersonKeyRow.person_id == person_id))
    matching.file(area_id, [person_id])
