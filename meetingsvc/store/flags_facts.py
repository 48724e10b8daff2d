"""What flags follow from: hearings, incidents and disclosures, and whom to contact (Rulebook G1, G2).

The service's own work for one area: call it inside `acting.whole_area`.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from agenda.agencies import Agency, AgencyKind
from agenda.area import AreaSettings
from agenda.calendar import add_months
from agenda.meetings import MeetingState
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    EntryRow,
    FeedbackRow,
    FlagRow,
    HearingRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    db,
)
from meetingsvc.store.incidents import CHUNK
from minutes.flags import COORDINATOR, MOST_MONTHS, State

_OVER = (State.REMOVED, State.LAPSED)


def on(meeting_id: UUID) -> list[UUID]:
    """The cases that a meeting hears."""
    return list(db.session.scalars(select(ItemRow.case_id).where(ItemRow.meeting_id == meeting_id)))


def heard(area_id: UUID, today: date, only: Collection[UUID] | None) -> dict[UUID, date]:
    """When each case was last heard at a MARAC of the service that has sat, as far back as flags reach."""
    row, meeting = HearingRow, MeetingRow
    rows = (
        select(row.case_id, row.heard_on)
        .join(meeting, meeting.id == row.meeting_id)
        .where(row.area_id == area_id, _in_reach(today))
        .where(_among(row.case_id, only))
        .where(or_(meeting.state == MeetingState.HEARD, row.heard_on < today))
        .order_by(row.heard_on)
    )
    return {case_id: heard_on for case_id, heard_on in db.session.execute(rows)}


def happened(case_ids: Collection[UUID]) -> dict[UUID, list[date]]:
    """The days on which each case's incidents and disclosures were recorded, as T6 measures them."""
    found: dict[UUID, list[date]] = defaultdict(list)
    wanted = list(case_ids)
    for at in range(0, len(wanted), CHUNK):
        rows = (
            select(ItemRow.case_id, IncidentRow.recorded_day)
            .join(EntryRow, EntryRow.item_id == ItemRow.id)
            .join(IncidentRow, IncidentRow.id == EntryRow.incident_id)
            .where(ItemRow.case_id.in_(wanted[at : at + CHUNK]))
            .distinct()
        )
        for case_id, day in db.session.execute(rows):
            found[case_id].append(day)
    return found


def kept(area_id: UUID, today: date, only: Collection[UUID] | None) -> list[FlagRow]:
    """Every flag that could still move: those that are not over, and all of cases heard within reach."""
    row = FlagRow
    within = select(HearingRow.case_id).where(HearingRow.area_id == area_id, _in_reach(today))
    rows = select(row).where(row.area_id == area_id, or_(row.state.not_in(_OVER), row.case_id.in_(within)))
    return list(db.session.scalars(rows.where(_among(row.case_id, only)).order_by(row.id)))


def _among(case_id: InstrumentedAttribute[UUID], only: Collection[UUID] | None) -> ColumnElement[bool]:
    """All cases, or only those of one meeting."""
    return true() if only is None else case_id.in_(only)


def _in_reach(today: date) -> ColumnElement[bool]:
    """No incident counts more than twelve months after the hearing, and no flag lasts longer after it."""
    return HearingRow.heard_on > add_months(today, -2 * MOST_MONTHS - 1)


def contacts(
    case_ids: Collection[UUID], agencies: Collection[Agency], settings: AreaSettings
) -> dict[UUID, str]:
    """Whom the flags of each case name: as the area set it; else the IDVA who tells the victim, by the name
    of their account; else the IDVA service (Rulebook G2)."""
    service = next((one.name for one in agencies if one.kind is AgencyKind.IDVA_SERVICE), "")
    usual = settings.flag_contact or service or COORDINATOR
    found = dict.fromkeys(case_ids, usual)
    if settings.flag_contact:
        return found
    row, wanted = FeedbackRow, list(case_ids)
    for at in range(0, len(wanted), CHUNK):
        rows = (
            select(ItemRow.case_id, AccountRow.name, AgencyRow.name)
            .join(row, row.item_id == ItemRow.id)
            .join(AccountRow, AccountRow.id == row.account_id)
            .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
            .where(ItemRow.case_id.in_(wanted[at : at + CHUNK]), AgencyRow.kind == AgencyKind.IDVA_SERVICE)
            .where(AccountRow.disabled_at.is_(None))
            .order_by(row.decided_at, row.version)
        )
        found |= {case_id: f"{name}, {agency}" for case_id, name, agency in db.session.execute(rows)}
    return found
