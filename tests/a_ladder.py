"""Children on the ladder of exploitation panels: the panels set up, referrals taken in, decisions (E1)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.incidents import Party, Risk
from agenda.panel_kept import kept
from agenda.panels import DREAM, ESP, MACE, Panel
from agenda.rhythm import EveryDays
from meetingsvc.models import (
    AreaRow,
    AttendeeRow,
    ItemRow,
    LadderPlaceRow,
    MeetingRow,
    PanelRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, ladder
from meetingsvc.usecases import exploitation_lists, subjects
from meetingsvc.usecases import ladder as usecase
from meetingsvc.usecases.transaction import saved
from minutes.ladder import Decided, Decision, Ground
from tests.a_marac import a_person, an_agency
from tests.an_exploitation_referral import put_taken, runs_exploitation

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
NEXT_WEDNESDAY = date(2026, 12, 2)
SITS = replace(MACE, rhythm=EveryDays(date(2026, 12, 1), 28))


def at(day: date, hour: int = 9, minute: int = 35) -> datetime:
    """A moment of a winter's day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def ladder_of(area_id: UUID, by: Principal, *there: Panel) -> None:
    """The area has these panels, as if two people had set them up."""
    with saved():
        for panel in there or (DREAM, ESP, SITS):
            db.session.merge(
                PanelRow(area_id=area_id, code=panel.code, settings=kept(panel), set_by=by.account_id,
                         set_at=at(MONDAY, 1))
            )  # fmt: skip


def a_runner(office: UUID, role: Role = Role.COORDINATOR, name: str = "Wren Teal") -> Principal:
    """Who runs the panels of exploitation as well."""
    return runs_exploitation(a_person(office, role, name).account_id, at(MONDAY, 1))


def an_office(area_id: UUID) -> UUID:
    """The agency of those who run meetings."""
    return an_agency(area_id, "Northmoor Office")


def referred(by: Principal, when: datetime, surname: str = "Valewright", child: UUID | None = None) -> UUID:
    """A child of that name, referred then and taken in: their case."""
    with saved(), acting.acting(by):
        told = Party(surname=surname, forename="Kit", dob=date(2012, 7, 1))
        case_id = child or subjects.make_child(by, told, when)
        with acting.whole_area(by.area_id):
            put_taken(by.area_id, case_id, by.account_id, by.agency_id, when, surname)
    return case_id


def built(area_id: UUID, day: date, now: datetime | None = None, code: str = "DREAM") -> UUID:
    """That day's list: its meeting."""
    with saved():
        area = db.session.get_one(AreaRow, area_id)
        found = exploitation_lists.build(area, day, "test", now or at(day, 8, 30), code)
    return found.meeting_id


def item_of(meeting_id: UUID, case_id: UUID) -> UUID | None:
    """The child's item on a meeting."""
    row = ItemRow
    found = select(row.id).where(row.meeting_id == meeting_id, row.case_id == case_id)
    return db.session.scalar(found)


def meeting_of(code: str, day: date) -> MeetingRow | None:
    """A panel's meeting of a day."""
    row = MeetingRow
    return db.session.scalar(select(row).where(row.kind == code, row.sits_on == day))


def place_of(case_id: UUID) -> LadderPlaceRow | None:
    """Where a child stands now."""
    db.session.rollback()
    return db.session.get(LadderPlaceRow, case_id, populate_existing=True)


def told(decision: Decision = Decision.STAY, **more: object) -> Decided:
    """A decision with everything it needs; the test tells only what it is about."""
    leaves = {"ground": Ground.RISK_REDUCED, "goes_on": "Youth service"} if decision is Decision.LEAVE else {}
    values = {"decision": decision, "level": Risk.MEDIUM, "reason": "As the meeting heard"} | leaves | more
    return Decided(**values)  # type: ignore[arg-type]


def mark_of(item_id: UUID) -> str:
    """How far the decisions on an item's child have come."""
    case_id = db.session.scalars(select(ItemRow.case_id).where(ItemRow.id == item_id)).one()
    return ladder.mark(case_id)


def decide(who: Principal, item_id: UUID, now: datetime, what: Decided | None = None) -> None:
    """As a page that was just read sends it."""
    usecase.decide(who, item_id, what or told(), mark_of(item_id), now)


def came(who: Principal, meeting_id: UUID, when: datetime) -> None:
    """Somebody was there, and was reminded of confidentiality (Rulebook R3)."""
    with saved():
        db.session.add(
            AttendeeRow(id=uuid4(), meeting_id=meeting_id, area_id=who.area_id, name="Jo Moor", title="",
                        organisation="", observer=False, here=True, confidential_at=when, version=1,
                        agency_id=who.agency_id, recorded_by=who.account_id, recorded_at=when)
        )  # fmt: skip
