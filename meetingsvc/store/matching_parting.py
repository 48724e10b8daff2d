"""What came in while two people were one goes, when they are two again, to the one whose identity it bears.

The service's own work for an area.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda.people import same_person
from agenda.triage import identity
from meetingsvc.models import (
    Base,
    CaseRow,
    EntryRow,
    IdentityRow,
    IncidentRow,
    ItemRow,
    MergeRow,
    PersonDetailRow,
    db,
)
from meetingsvc.store import cases, matching_journal, matching_merges, matching_rows
from meetingsvc.store.acting import Host
from meetingsvc.store.pairs import Pair, cases_between
from meetingsvc.store.subject_people import OF_ABUSE

_SIDES = (("victim_nominal", "victim_name"), ("perpetrator_nominal", "perpetrator_name"))


def part(merge: MergeRow) -> int:
    """Gives the one who is back what is theirs of what came in since. Says how many rows it moved."""
    then, moved = merge.then, 0
    moved += sum(_identities(merge, then["identity"]))
    moved += sum(_cases(merge, then["case"]))
    moved += sum(_told(merge))
    moved += sum(_details(merge, set(then["details"])))
    db.session.flush()
    return moved + sum(_items(merge, set(then["items"])))


def _moved(row: type[Base], key: UUID | int, **to: UUID) -> bool:
    """Stays where it is if what it would join is there already."""
    plain = {"id": key.hex if isinstance(key, UUID) else key}
    return matching_journal.move(row.__table__, plain, to)  # type: ignore[arg-type]


def _identities(merge: MergeRow, last: int) -> Iterator[bool]:
    """An identity learnt since is whose incidents bear it with something that was known of them before."""
    row = IdentityRow
    rows = select(row.id, row.kind, row.value).where(row.person_id == merge.kept_id, row.id > last)
    for key, kind, value in db.session.execute(rows.order_by(row.id)).all():
        if kind != "record" and _is_theirs(merge, value, key):
            yield _moved(row, key, person_id=merge.gone_id)


def _is_theirs(merge: MergeRow, value: str, but: int) -> bool:
    """Whether incidents bear this value beside one of theirs, and none beside one of the other's."""
    theirs, others = _values(merge.gone_id), _values(merge.kept_id, but)
    beside = _beside(merge.area_id, value)
    return not beside.isdisjoint(theirs) and beside.isdisjoint(others)


def _values(person_id: UUID, but: int = 0) -> set[str]:
    row = IdentityRow
    rows = select(row.value).where(row.person_id == person_id, row.kind != "record", row.id != but)
    return set(db.session.scalars(rows))


def _beside(area_id: UUID, value: str) -> set[str]:
    row, found = IncidentRow, set[str]()
    for side in _SIDES:
        nominal, name = (getattr(row, column) for column in side)
        rows = select(nominal, name).where(row.area_id == area_id, or_(nominal == value, name == value))
        found.update(each for pair in db.session.execute(rows) for each in pair if each)
    return found


def _told(merge: MergeRow) -> Iterator[bool]:
    """What somebody told since on a case, as where its victim is safe, is theirs whose case it is (D2)."""
    theirs = _cases_of_theirs(merge)
    for table, columns in matching_journal.person_columns():
        if "case_id" not in table.c or "recorded_at" not in table.c:
            continue
        since = and_(table.c.case_id.in_(theirs), table.c.recorded_at > merge.merged_at)
        for column in columns:
            found = matching_rows.rows(table, and_(since, column == merge.kept_id))
            for _, key in found:
                yield matching_journal.move(table, dict(key), {column.name: merge.gone_id})


def _cases_of_theirs(merge: MergeRow) -> set[UUID]:
    """The cases that the one who is back is a party of, and the other is not."""
    return {*matching_merges.cases_naming([merge.gone_id])} - {*matching_merges.cases_naming([merge.kept_id])}


def _details(merge: MergeRow, there: set[str]) -> Iterator[bool]:
    """What a record or a case told of somebody since is theirs whom it names."""
    theirs = {f"case/{case_id}" for case_id in _cases_of_theirs(merge)}
    row = PersonDetailRow
    rows = select(row.id, row.source).where(row.person_id == merge.kept_id)
    for key, source in db.session.execute(rows).all():
        if key.hex not in there and (source in theirs or _names_gone(merge, source)):
            yield _moved(row, key, person_id=merge.gone_id)
    for person in (merge.gone_id, merge.kept_id):
        matching_merges.file_again(merge.area_id, person)


def _names_gone(merge: MergeRow, number: str) -> bool:
    numbers = (number, number.rpartition(" v")[0])  # see store.earlier
    rows = select(IncidentRow).where(
        IncidentRow.area_id == merge.area_id, IncidentRow.occurrence_number.in_(numbers)
    )
    return any(_bears(merge, row) for row in db.session.scalars(rows))


def _bears(merge: MergeRow, incident: IncidentRow) -> bool:
    """Whether one of its parties is the one who is back, and not the other."""
    people = cases.known([merge.gone_id, merge.kept_id])
    back, stays = (people.get(key) for key in (merge.gone_id, merge.kept_id))
    for nominal, name in _SIDES:
        told = identity(getattr(incident, nominal), getattr(incident, name))
        if back and same_person(told, back.identity) and not (stays and same_person(told, stays.identity)):
            return True
    return False


def _cases(merge: MergeRow, last: int) -> Iterator[bool]:
    """A case made since, all of whose incidents name the one who is back, is theirs."""
    row = CaseRow
    rows = select(row.id, row.victim_id, row.perpetrator_id).where(
        row.area_id == merge.area_id,
        row.kind == OF_ABUSE,
        row.number > last,
        or_(row.victim_id == merge.kept_id, row.perpetrator_id == merge.kept_id),
    )
    for case_id, victim, _ in db.session.execute(rows).all():
        under = list(_incidents(case_id))
        if under and all(_bears(merge, incident) for incident in under):
            part = {"victim_id" if victim == merge.kept_id else "perpetrator_id": merge.gone_id}
            yield _moved(row, case_id, **part)


def _incidents(case_id: UUID) -> Iterator[IncidentRow]:
    rows = (
        select(IncidentRow)
        .join(EntryRow, EntryRow.incident_id == IncidentRow.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(ItemRow.case_id == case_id)
    )
    yield from db.session.scalars(rows)


def _items(merge: MergeRow, there: set[str]) -> Iterator[bool]:
    """What a list put since under a case of the two stands under the case that its incidents belong to."""
    ours = matching_merges.cases_naming([merge.kept_id, merge.gone_id])
    rows = select(ItemRow.id, ItemRow.case_id).where(ItemRow.case_id.in_(ours))
    for item_id, case_id in db.session.execute(rows).all():
        if item_id.hex in there:
            continue
        belongs = _belongs(merge.area_id, item_id)
        if belongs is not None and belongs != case_id:
            yield _moved(ItemRow, item_id, case_id=belongs)


def _belongs(area_id: UUID, item_id: UUID) -> UUID | None:
    """The one case of all its incidents."""
    row = IncidentRow
    rows = select(
        row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name,
        row.perpetrator_known,
    ).where(row.id.in_(matching_merges.incidents_under(item_id)))  # fmt: skip
    pairs = [Pair(*found) for found in db.session.execute(rows)]
    found = set(cases_between(Host(area_id), pairs)) if pairs else set()
    return found.pop() if len(found) == 1 else None
