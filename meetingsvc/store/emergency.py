"""Queries on emergency MARACs that were asked for (Rulebook M4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from agenda.calendar import add_months, local_day
from agenda.emergency import Soon
from agenda.incidents import Risk
from agenda.meetings import MeetingKind, case_reference
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AuditRow,
    CaseRow,
    EmergencyAskRow,
    HearingRow,
    ItemRow,
    MeetingRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import is_walled, told_on

_Asker, _Chair = aliased(AccountRow), aliased(AccountRow)


@dataclass(frozen=True, slots=True)
class Ask:
    """One that was asked for, and what became of it."""

    id: UUID
    case_id: UUID
    case: str
    agency: str
    by: str
    asked_by: UUID
    asked_at: datetime
    reason: str
    soon: Soon
    chair: str | None
    decided_at: datetime | None
    accepted: bool | None
    why: str
    meeting_id: UUID | None

    @property
    def needed_on(self) -> date:
        """The day that was meant when it was asked for."""
        return needed_on(self.soon, self.asked_at)

    def is_late(self, today: date) -> bool:
        """Whether it waits, and the day it is needed is over."""
        return self.waits and today > self.needed_on

    @property
    def waits(self) -> bool:
        """Whether the chair has not decided it."""
        return self.decided_at is None


@dataclass(frozen=True, slots=True)
class Known:
    """What an agenda line says of a case: its risk at its latest meeting, and whether it is a repeat."""

    risk: Risk
    repeat: bool
    victim_known: bool


def needed_on(soon: str, asked_at: datetime) -> date:
    """The day that `today` or `tomorrow` meant when it was said."""
    return Soon(soon).day(local_day(asked_at))


def is_late(asked: EmergencyAskRow, today: date) -> bool:
    """Whether the day it was needed is over."""
    return today > needed_on(asked.soon, asked.asked_at)


def asks(who: Principal, since: datetime) -> list[Ask]:
    """What waits, and what was decided since: the area's for who runs meetings, else one's own agency's."""
    row = EmergencyAskRow
    rows = _asks(who).where((row.decided_at.is_(None)) | (row.decided_at >= since))
    return [_ask(found) for found in db.session.execute(rows.order_by(row.asked_at.desc(), row.id))]


def one(who: Principal, ask_id: UUID) -> Ask | None:
    """One of them; None where there is none for this person."""
    found = db.session.execute(_asks(who).where(EmergencyAskRow.id == ask_id)).one_or_none()
    return None if found is None else _ask(found)


def row(who: Principal, ask_id: UUID) -> EmergencyAskRow | None:
    """Its row, to be decided."""
    return db.session.scalar(select(EmergencyAskRow).where(_of(who), EmergencyAskRow.id == ask_id))


def waits(who: Principal, case_id: UUID) -> bool:
    """Whether one waits about this case, whichever agency asked. Asked as the service, of an open case."""
    row = EmergencyAskRow
    found = select(row.id).where(row.case_id == case_id, row.decided_at.is_(None), row.area_id == who.area_id)
    return db.session.scalar(found.limit(1)) is not None


def waiting(area_id: UUID) -> list[EmergencyAskRow]:
    """Those of an area that the chair has not decided, the first asked first. Asked as the service."""
    row = EmergencyAskRow
    rows = select(row).where(row.area_id == area_id, row.decided_at.is_(None))
    return list(db.session.scalars(rows.order_by(row.asked_at, row.id)))


def chased_since(asked: EmergencyAskRow, action: str, since: datetime) -> bool:
    """Whether the audit trail says that people were reminded of it. Asked as the service."""
    row = AuditRow
    found = select(row.id).where(row.area_id == asked.area_id, row.action == action, row.at > since)
    return db.session.scalar(found.where(row.case_id == asked.case_id).limit(1)) is not None


def references(asked: Iterable[EmergencyAskRow], reader_id: UUID) -> list[str]:
    """Of their cases, less those that a wall keeps from the reader. Asked as the service (Rulebook M6)."""
    case_ids = {one.case_id for one in asked}
    rows = select(CaseRow.number).where(CaseRow.id.in_(case_ids), ~is_walled(reader_id, CaseRow.id))
    return [case_reference(number) for number in db.session.scalars(rows.order_by(CaseRow.number))]


def _of(who: Principal) -> ColumnElement[bool]:
    """Of cases the reader may open; who does not run meetings reads their own agency's (security.md B)."""
    ask = EmergencyAskRow
    mine = and_(ask.area_id == who.area_id, told_on(who, ask.case_id))
    return mine if who.runs_meetings else and_(mine, ask.agency_id == who.agency_id)


def _asks(who: Principal) -> Select[*tuple[Any, ...]]:
    ask = EmergencyAskRow
    return (
        select(
            ask.id, ask.case_id, CaseRow.number, AgencyRow.name, _Asker.name, ask.asked_by, ask.asked_at,
            ask.reason, ask.soon, _Chair.name, ask.decided_at, ask.accepted, ask.why, ask.meeting_id,
        )
        .join(CaseRow, CaseRow.id == ask.case_id)
        .join(AgencyRow, AgencyRow.id == ask.agency_id)
        .join(_Asker, _Asker.id == ask.asked_by)
        .outerjoin(_Chair, _Chair.id == ask.decided_by)
        .where(_of(who))
    )  # fmt: skip


def _ask(found: Any) -> Ask:
    key, case_id, number, agency, by, asked_by, asked_at, reason, soon, *rest = found
    return Ask(
        key, case_id, case_reference(number), agency, by, asked_by, asked_at, reason, Soon(soon), *rest
    )


def last_number(area_id: UUID, day: date) -> int:
    """Of the emergency MARACs of that day, the last's. Asked as the service."""
    sits = MeetingRow
    rows = select(func.max(sits.emergency)).where(
        sits.area_id == area_id, sits.kind == MeetingKind.MARAC, sits.sits_on == day
    )
    return db.session.scalar(rows) or 0


def known(case_id: UUID, day: date, months: int) -> Known:
    """What is known of a case that no daily meeting sends; high risk where no meeting has heard it.

    A repeat was heard at MARAC in the months a repeat looks back on (Rulebook T6). Asked as the service.
    """
    item, heard = ItemRow, HearingRow
    latest = db.session.scalar(
        select(item)
        .join(MeetingRow, MeetingRow.id == item.meeting_id)
        .where(item.case_id == case_id)
        .order_by(MeetingRow.sits_on.desc(), MeetingRow.starts_at.desc())
        .limit(1)
    )
    sat = db.session.scalar(
        select(func.max(heard.heard_on)).where(heard.case_id == case_id, heard.heard_on <= day)
    )
    repeat = sat is not None and add_months(sat, months) >= day
    if latest is None:
        return Known(Risk.HIGH, repeat, False)
    return Known(Risk(latest.risk), repeat, latest.victim_known)
