"""By when the agendas of MARACs to come close and go out, for who sends them out (Rulebook M4)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from agenda.dates import worked_back
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc import holidays
from meetingsvc.models import ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import areas
from meetingsvc.store.scope import items_of, meetings_of


@dataclass(frozen=True, slots=True)
class Owed:
    """An agenda with cases that is not out yet: what is to be done next, and by when."""

    meeting_id: UUID
    sits_on: date
    step: str
    by: date
    late: bool

    @property
    def words(self) -> str:
        """`closes`, or `should have closed` once the day is past."""
        past = {"closes": "should have closed", "goes out": "should have gone out"}
        return past[self.step] if self.late else self.step


def owed(reader: Principal, today: date) -> dict[UUID, Owed]:
    """By MARAC, the soonest first. One without a case has nothing to send; an extra sitting is for what its
    round had no time for, so it has no such days, and an emergency one is out at once."""
    row = MeetingRow
    rows = (
        select(row.id, row.sits_on, row.state)
        .join(ItemRow, ItemRow.meeting_id == row.id)
        .where(meetings_of(reader), items_of(reader), row.kind == MeetingKind.MARAC, row.sits_on >= today)
        .where(row.state.in_((MeetingState.OPEN, MeetingState.CLOSED)), row.extra_of.is_(None))
        .distinct()
        .order_by(row.sits_on)
    )
    settings, off = areas.settings_of(areas.by_id(reader.area_id)), holidays.known()
    found: dict[UUID, Owed] = {}
    for key, sits_on, state in db.session.execute(rows):
        if step := worked_back(sits_on, settings, off).owed(MeetingState(state)):
            found[key] = Owed(key, sits_on, *step, late=step[1] < today)
    return found
