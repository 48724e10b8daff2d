"""Of whom on a case of a meeting somebody's typed name reads like (Rulebook F3, M6).

Who has an account is kept out by walls (`usecases/walls.py`). Asked for a reader, of the cases that they may
open alone, and by the names that those tell.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from agenda.addresses import Part
from agenda.matching_typed import could_be
from agenda.meetings import case_reference
from meetingsvc.models import AttendeeApartRow, CaseRow, ItemRow, db
from meetingsvc.store import acting, details, half_seen
from meetingsvc.store.scope import Reader, items_of
from meetingsvc.store.scope_kept import MARKED, NOBODY, sees_all
from minutes.attendance import Attendee
from minutes.attendance_apart import Likeness

_ORDER = (Part.PERPETRATOR, Part.VICTIM, Part.ASSOCIATE)


def apart_of(reader: Reader) -> ColumnElement[bool]:
    """Who was said to be somebody else: for who runs the meetings, of the cases they may open (M6)."""
    if not sees_all(reader):
        return NOBODY
    there = exists().where(ItemRow.id == AttendeeApartRow.item_id, items_of(reader))
    return and_(MARKED, there.correlate(AttendeeApartRow))


def said_apart(reader: Reader, attendee_ids: Collection[UUID]) -> dict[tuple[UUID, str, UUID], str]:
    """Why each is somebody else, by who, the name that was typed, and the item of the case."""
    row = AttendeeApartRow
    rows = select(row.attendee_id, row.name, row.item_id, row.reason).where(
        apart_of(reader), row.attendee_id.in_(attendee_ids)
    )
    found = db.session.execute(rows.order_by(row.said_at, row.id)) if attendee_ids else ()
    return {(key, name, item_id): reason for key, name, item_id, reason in found}


def alike(reader: Reader, meeting_id: UUID, typed: Mapping[UUID, str]) -> list[Likeness]:
    """Which of these names, by their lines, could be that of somebody on a case of the meeting, of those that
    the reader may open, and of whom nobody has said that they are somebody else."""
    if not typed or not sees_all(reader):
        return []
    row = ItemRow
    rows = select(row.id, row.case_id, CaseRow.number).join(CaseRow, CaseRow.id == row.case_id)
    found = db.session.execute(rows.where(items_of(reader), row.meeting_id == meeting_id)).all()
    people = _names(reader, [case_id for _, case_id, _ in found])
    apart = said_apart(reader, typed.keys())
    return [
        Likeness(key, item_id, case_reference(number), part)
        for item_id, case_id, number in found
        for key, called in typed.items()
        if (key, called, item_id) not in apart and (part := _part(called, people[case_id])) is not None
    ]


Named = tuple[Part, str, str]


def _part(typed: str, people: Iterable[Named]) -> Part | None:
    """Who on the case it could be, the perpetrator before all."""
    found = {part for part, forename, surname in people if could_be(typed, forename, surname)}
    return next((part for part in _ORDER if part in found), None)


def _names(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, list[Named]]:
    half, named = half_seen.half_seen(reader), defaultdict[UUID, list[Named]](list)
    for case_id, told in details.of_cases(case_ids).items():
        for one in told:
            if one.person_id not in half:
                named[case_id].append((one.part, one.details.forename, one.details.surname))
        for person_id, part in {one.person_id: one.part for one in told if one.person_id in half}.items():
            words = half_seen.on_case(reader, person_id, case_id)[0].rsplit(" ", 1)
            named[case_id].append((part, " ".join(words[:-1]), words[-1]))
    return named


def must_be_apart(area_id: UUID, item_id: UUID, people: Iterable[Attendee]) -> set[UUID]:
    """Of these attendees, those with a typed name that reads like somebody's on that case: until a person
    says that they are somebody else, they do not hear it. The service's own look, of any case (M6)."""
    typed = {one.id: one.name for one in people if one.account_id is None}
    if not typed:
        return set()
    host = acting.Host(area_id)
    with acting.whole_area(area_id):
        case_id = db.session.scalars(select(ItemRow.case_id).where(ItemRow.id == item_id)).one()
        named, apart = _names(host, [case_id])[case_id], said_apart(host, typed.keys())
    return {
        key for key, name in typed.items()
        if (key, name, item_id) not in apart and _part(name, named) is not None
    }  # fmt: skip
