"""Flags that nobody has dealt with in time, and what a flag was before the last word on it (Rulebook G1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from agenda.area import AreaSettings
from agenda.calendar import days_off
from meetingsvc import holidays
from meetingsvc.models import FlagRow, FlagStepRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store.flags import flags_of
from minutes import flags as rules
from minutes.flags import Flag, State


@dataclass(frozen=True, slots=True)
class Deadlines:
    """By when an area's agencies add and take off their flags, as it stands today."""

    today: date
    settings: AreaSettings

    def add_by(self, flag: Flag) -> date | None:
        """The last day to add it, or to change what it says; None where nothing is to be written."""
        return rules.add_by(flag, self.settings.flag_days, days_off(self.settings, holidays.known()))

    def is_late(self, flag: Flag) -> bool:
        """Whether that day is over, or the day by which it is off."""
        by = self.add_by(flag) or (flag.until if flag.state is State.TO_REMOVE else None)
        return by is not None and by < self.today

    @property
    def late(self) -> ColumnElement[bool]:
        """The same, for a query."""
        off = days_off(self.settings, holidays.known())
        row, heard_by = FlagRow, rules.late_if_heard_by(self.today, self.settings.flag_days, off)
        return or_(
            and_(row.state == State.TO_ADD, row.heard_on <= heard_by),
            and_(row.state == State.TO_CHANGE, row.noted_heard_on != row.heard_on, row.heard_on <= heard_by),
            and_(row.state == State.TO_REMOVE, row.until < self.today),
        )


def count_late(reader: Principal, deadlines: Deadlines) -> int:
    """How many the reader's own agency has let pass."""
    if not reader.may(Permission.FLAG_DONE):
        return 0
    mine = flags_of(reader), FlagRow.agency_id == reader.agency_id, deadlines.late
    return db.session.scalar(select(func.count(FlagRow.id)).where(*mine)) or 0


def before(reader: Principal, flag_id: UUID) -> State | None:
    """What a flag of the reader's agency was before a person said the last word on it; off the records where
    that was the first. None where the service had the last word."""
    row = FlagStepRow
    mine = select(FlagRow.id).where(
        flags_of(reader), FlagRow.agency_id == reader.agency_id, FlagRow.id == flag_id
    )
    rows = select(row.state, row.account_id).where(row.flag_id.in_(mine)).order_by(row.id.desc()).limit(2)
    steps = db.session.execute(rows).all()
    if not steps or steps[0].account_id is None:
        return None
    return State(steps[1].state) if len(steps) > 1 else State.REMOVED
