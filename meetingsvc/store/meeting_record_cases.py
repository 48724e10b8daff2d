"""The cases of a meeting in the order in which it hears them, with how long each has taken."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda import list_numbers
from agenda.meetings import case_reference
from agenda.panels import Family, Works
from meetingsvc.models import CaseRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store import marac
from meetingsvc.store import meeting_record as store
from meetingsvc.store.meeting_record_strip import DISCUSSED, planned
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, items_of
from meetingsvc.store.withdrawn import WITHDRAWN, off_list
from minutes.clock import Clock, of_case


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case, as the page of the record shows it."""

    item_id: UUID
    case: str
    number: str  # as everybody calls it (agenda.list_numbers)
    recorded: bool  # it has its outcome
    not_reached: str
    came_back: int  # how many MARACs before did not hear it
    clock: Clock


def cases(reader: Reader, meeting: MeetingRow, now: datetime) -> list[CaseLine]:
    """Those that the reader may see, and that agencies were told of."""
    row = ItemRow
    rows = (
        select(row.id, row.case_id, CaseRow.number, OutcomeRow.item_id, row.not_reached, row.came_back,
               DISCUSSED.label("discussed"), off_list().label("gone"))
        .join(CaseRow, CaseRow.id == row.case_id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == row.id)
        .where(items_of(reader), row.meeting_id == meeting.id, row.supplement <= meeting.supplements)
    )  # fmt: skip
    found = {one.id: one for one in db.session.execute(rows.order_by(row.position, row.id))}
    called = _called(reader, meeting, {key: one.case_id for key, one in found.items()})
    times = store.hearings(reader, meeting.id)
    discussed, confirmed = planned(meeting, 1, 1), planned(meeting, 1, 0)
    lines = []
    for key, number in called.items():
        one, heard = found[key], [time for time in times if time.item_id == key]
        recorded = one.item_id is not None
        clock = of_case(heard, discussed if one.discussed else confirmed, now)
        lines.append(
            CaseLine(key, case_reference(one.number), number, recorded,
                     "" if recorded else one.not_reached or (WITHDRAWN if one.gone else ""), one.came_back,
                     clock)
        )  # fmt: skip
    return lines


def _called(reader: Reader, meeting: MeetingRow, items: dict[UUID, UUID]) -> dict[UUID, str]:
    """In order, what everybody calls each."""
    if meeting.works == Works.AGENDA and meeting.family == Family.ABUSE:
        lines = marac.lines(meeting.id, items_of(reader))
        return {line.item_id: line.number for line in lines if line.item_id in items}
    kept = kept_at(meeting.id)
    ordered = sorted(items, key=lambda key: items[key] in kept)
    said = list_numbers.numbers(items[key] in kept for key in ordered)
    return dict(zip(ordered, said, strict=True))
