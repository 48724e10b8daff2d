"""Asking every signatory agency that attends for what it holds, once for each meeting (Rulebook D1, M2)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda import research as rules
from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.meetings import MeetingState
from agenda.panels import Works
from meetingsvc import holidays
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, ResearchItemRow, ResearchRequestRow, db
from meetingsvc.store import acting, areas, audit
from meetingsvc.store.withdrawn import off_list


def ask(area_id: UUID, meeting_id: UUID, actor: UUID | str, now: datetime) -> int:
    """Asks whom nobody has asked yet, about the cases that agencies see by now; says how many are new.

    To be called inside a transaction that holds the area, whenever a list is circulated or added to, and an
    agenda or a supplementary list is shared. Called again, it changes nothing.
    """
    db.session.flush()
    with acting.whole_area(area_id):
        meeting = db.session.scalars(select(MeetingRow).where(MeetingRow.id == meeting_id)).one()
        works = Works(meeting.works)
        if not rules.takes_research(works, MeetingState(meeting.state), meeting.held):
            return 0
        area = areas.by_id(area_id)
        agencies = _not_asked(area_id, meeting, now)
        due = rules.due_at(works, meeting.starts_at, areas.settings_of(area), holidays.known())
        due = rules.case_due_at(due, meeting.starts_at, now)
        for agency in agencies:
            db.session.add(
                ResearchRequestRow(id=uuid4(), area_id=area_id, meeting_id=meeting_id, agency_id=agency.id,
                                   asked_at=now, due_at=due)
            )  # fmt: skip
        items = _new_items(area, meeting)
        for item_id in items:
            db.session.add(ResearchItemRow(item_id=item_id, area_id=area_id, asked_at=now))
        db.session.flush()
    if agencies or items:
        audit.record(actor, area_id, "research.asked", f"meeting/{meeting_id}", now, agencies=len(agencies))
    return len(agencies) + len(items)


def _not_asked(area_id: UUID, meeting: MeetingRow, now: datetime) -> list[Agency]:
    """Signatories that attend such meetings since they signed (S3, V1), and have not been asked."""
    row = ResearchRequestRow
    there = set(db.session.scalars(select(row.agency_id).where(row.meeting_id == meeting.id)))
    return [
        agency
        for agency in areas.agencies(area_id)
        if meeting.kind in agency.attends
        and agency.is_signatory(local_day(now))
        and agency.signed_on is not None
        and agency.signed_on <= meeting.sits_on
        and agency.id not in there
    ]


def _new_items(area: AreaRow, meeting: MeetingRow) -> Sequence[UUID]:
    """Cases that agencies see, of which they have not been asked, but for those withdrawn since (Y1)."""
    asked = select(ResearchItemRow.item_id)
    here = (ItemRow.meeting_id == meeting.id, ItemRow.area_id == area.id, ~off_list())
    rows = select(ItemRow.id).where(*here)
    shown = rows.where(ItemRow.supplement <= meeting.supplements, ItemRow.id.not_in(asked))
    return db.session.scalars(shown.order_by(ItemRow.position, ItemRow.id)).all()
