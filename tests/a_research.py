"""Builds what research is about: a daily list asked of agencies that attend, and people who answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import ItemRow, MeetingRow, ResearchRequestRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, research, research_boxes
from meetingsvc.store.research_boxes import Box
from meetingsvc.usecases import research_asking
from meetingsvc.usecases.research_drafts import Told
from meetingsvc.usecases.transaction import saved
from minutes.research import Entry, Typed
from tests.a_marac import NOW, a_person, an_agency, listed, people_rows

SOON = NOW + timedelta(minutes=30)  # before the daily meeting starts
TOO_LATE = NOW + timedelta(hours=4)


@dataclass
class Asked:
    """A daily list asked of three agencies."""

    coordinator: Principal
    housing: Principal
    colleague: Principal  # of the same agency
    health: Principal
    meeting_id: UUID
    items: list[UUID]

    def boxes(self, who: Principal, meeting_id: UUID | None = None) -> tuple[Box, ...]:
        """As that person sees them."""
        return boxes_of(who, meeting_id or self.meeting_id)


def boxes_of(who: Principal, meeting_id: UUID) -> tuple[Box, ...]:
    """The page of one meeting as one person sees it."""
    with acting.acting(who):
        asked = research.request(who, meeting_id)
        return () if asked is None else research_boxes.boxes(who, asked)


def asked_list(area_id: UUID, cases: int = 2) -> Asked:
    """A circulated list."""
    coordinator = a_person(an_agency(area_id, "Northmoor Council", daily=True), Role.COORDINATOR, "Morgan")
    homes = an_agency(area_id, "Harbour Homes", daily=True)
    housing, colleague = a_person(homes, name="Joan Akande"), a_person(homes, name="Perry Lund")
    health = a_person(an_agency(area_id, "Fell Health", daily=True), Role.IDVA, "Ines Marr")
    items = listed(area_id, people_rows(cases, NOW.date()))
    meeting_id = db.session.get_one(ItemRow, items[0]).meeting_id
    ask(area_id, meeting_id)
    return Asked(coordinator, housing, colleague, health, meeting_id, items)


def ask(area_id: UUID, meeting_id: UUID, at: datetime = NOW) -> int:
    """As when the list is circulated."""
    with saved():
        return research_asking.ask(area_id, meeting_id, "test", at)


def an_entry(**told: Any) -> Entry:
    """A piece of information that can be sent."""
    from uuid import uuid4

    usual = {"text": "Rent arrears since June.", "kind": "fact", "source": "Tenancy file", "confirmed": True}
    return Entry(uuid4(), **(usual | told))


def typed(box: Box, *entries: Entry) -> dict[UUID, Told]:
    """What somebody who opened the page now has typed in one box."""
    return {box.id: Told(Typed(entries), box.draft.mark)}


def due_of(meeting_id: UUID) -> set[datetime]:
    """By when the agencies asked are to answer."""
    row = ResearchRequestRow
    return set(db.session.scalars(select(row.due_at).where(row.meeting_id == meeting_id)))


def meeting(meeting_id: UUID) -> MeetingRow:
    """Its row, read afresh."""
    db.session.rollback()
    return db.session.get_one(MeetingRow, meeting_id)


__all__ = ["NOW", "Group"]
