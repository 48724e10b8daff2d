"""Whose typed name reads like that of somebody on a case of the meeting is taken with a reason (F3, M6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete

from meetingsvc.models import AttendeeApartRow, ItemAbsenceRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.meeting_record_alike import alike
from meetingsvc.store.scope_meeting_record import absences_of
from minutes.attendance import PersonTold
from minutes.attendance_apart import Likeness


def likenesses(
    who: Principal, meeting_id: UUID, people: Iterable[PersonTold]
) -> Mapping[UUID, Sequence[Likeness]]:
    """Of whom each typed name reads like, by its line, as far as who types may open the cases: of a hidden
    case nothing is told here, and whoever may open it is told as it is heard (Rulebook F3, M6)."""
    typed = {one.key: one.name for one in people if one.here and not one.by_account and one.name}
    found = defaultdict[UUID, list[Likeness]](list)
    for one in alike(who, meeting_id, typed):
        found[one.key].append(one)
    return found


def take(
    who: Principal, people: Iterable[PersonTold], found: Mapping[UUID, Sequence[Likeness]], now: datetime
) -> list[UUID]:
    """They are not the people on those cases, for the reason that was typed: the rows that say so, for the
    audit lines. Part of the save of the record, after its lines are written."""
    made = []
    for one in people:
        for like in found[one.key]:
            row = AttendeeApartRow(id=uuid4(), area_id=who.area_id, attendee_id=one.key, item_id=like.item_id,
                                   name=one.name, part=like.part, reason=one.apart.strip(),
                                   said_by=who.account_id, said_at=now)  # fmt: skip
            db.session.add(row)
            db.session.flush()
            _let_in(who, one.key, like.item_id)
            made.append(row.id)
    return made


def _let_in(who: Principal, attendee_id: UUID, item_id: UUID) -> None:
    """Whom their name alone kept out of the room for the case hears it."""
    row = ItemAbsenceRow
    kept = absences_of(who), row.item_id == item_id, row.attendee_id == attendee_id, row.kept
    db.session.execute(delete(row).where(*kept))
