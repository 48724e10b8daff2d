"""Cases referred to a MARAC that sits too late for them: they are on an agenda, and easily forgotten (M1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from agenda.dates import waits_too_long, worked_back
from agenda.meetings import MeetingState, case_reference
from meetingsvc import holidays
from meetingsvc.models import CaseRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import areas, transfers_moved
from meetingsvc.store.scope import open_to

_line, _marac = aliased(ItemRow), aliased(MeetingRow)
_TO_SIT = (MeetingState.OPEN, MeetingState.CLOSED, MeetingState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class LongWait:
    """A case, since when it waits, and the MARAC on whose agenda it is."""

    case_id: UUID
    case: str
    referred_on: date
    meeting_id: UUID
    sits_on: date


def long_waits(reader: Principal, today: date) -> list[LongWait]:
    """Cases on the agenda of a MARAC still to sit that wait for it longer than from one MARAC to the next,
    wherever it was moved or planned; the longest wait first (Rulebook M1)."""
    settings, since = areas.settings_of(areas.by_id(reader.area_id)), func.min(MeetingRow.sits_on)
    rows = (
        select(CaseRow.id, CaseRow.number, since, _marac.id, _marac.sits_on)
        .select_from(OutcomeRow)
        .join(ItemRow, ItemRow.id == OutcomeRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .join(_line, _line.id == OutcomeRow.marac_item_id)
        .join(_marac, _marac.id == _line.meeting_id)
        .join(CaseRow, CaseRow.id == _line.case_id)
        .where(open_to(reader, CaseRow.id), OutcomeRow.area_id == reader.area_id, OutcomeRow.refer)
        .where(transfers_moved.is_ours(ItemRow.case_id, OutcomeRow.recorded_at))
        .where(_marac.state.in_(_TO_SIT), _marac.sits_on >= today, _marac.emergency == 0)
        .group_by(CaseRow.id, CaseRow.number, _marac.id, _marac.sits_on)
        .order_by(since, CaseRow.number)
    )
    return [
        LongWait(case_id, case_reference(number), referred_on, meeting_id, sits_on)
        for case_id, number, referred_on, meeting_id, sits_on in db.session.execute(rows)
        if waits_too_long(referred_on, worked_back(sits_on, settings, holidays.known()).closes, settings)
    ]
