"""Builds what a MARAC hears: daily lists with outcomes that refer, and people who may read the pack."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.calendar import to_utc
from agenda.circulation import Group
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    AreaRow,
    ItemRow,
    NoteRow,
    OutcomeRow,
    SafeguardRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.usecases import agencies, lists, marac_referrals, meeting_moves
from meetingsvc.usecases.meeting_moves import Moved
from meetingsvc.usecases.transaction import saved
from tests.builders import a_row, take_in

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # a Monday, after the list's cut-off
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
RECORDED = {MONDAY: "2026-11-20T12:00:00+00:00", TUESDAY: "2026-11-23T12:00:00+00:00"}
SECRET = "12 Hiding Place, XY9 9ZZ, 07700 900123"


def an_agency(area_id: UUID, name: str = "Fellside Homes", marac: bool = True, daily: bool = False) -> UUID:
    """A signatory of the protocol."""
    with saved():
        return agencies.create(
            area_id, name, AgencyKind.HOUSING, date(2026, 1, 5), "test", NOW,
            attends_daily=daily, attends_marac=marac,
        )  # fmt: skip


def a_person(agency_id: UUID, role: Role = Role.REPRESENTATIVE, name: str = "Joan Akande") -> Principal:
    """Somebody who works there."""
    account_id = uuid4()
    with saved():
        db.session.add(
            AccountRow(id=account_id, agency_id=agency_id, role=role, name=name, password_hash="-",
                       email=f"{account_id}@northmoor.example", created_at=NOW)
        )  # fmt: skip
    found = account_store.principal(account_id, NOW)
    assert found is not None
    return found


def people_rows(count: int, day: date) -> list[dict[str, str]]:
    """High-risk incidents between as many couples, on the list of `day`."""
    where = {
        "victim_address": SECRET,
        "victim_phone": "07700 900123",
        "summary": "He held her by the throat.",
    }
    return [a_row(recorded_at=RECORDED[day], incident_at="2026-11-19T22:00:00+00:00", **where)
            for _ in range(count)]  # fmt: skip


def listed(area_id: UUID, rows: Sequence[dict[str, str]], day: date = MONDAY) -> list[UUID]:
    """The daily list of `day` with these incidents: its items in order."""
    take_in(area_id, *rows)
    with saved():
        area = db.session.get_one(AreaRow, area_id)
        meeting_id = lists.build(area, day, "test", NOW).meeting_id
    rows_ = select(ItemRow.id).where(ItemRow.meeting_id == meeting_id).order_by(ItemRow.position)
    return list(db.session.scalars(rows_))


def decided(who: Principal, item_id: UUID, group: Group, risk: str = "high", at: datetime = NOW) -> None:
    """Records the outcome of a daily item: it goes to the MARAC in that group."""
    with saved():
        outcome = db.session.get(OutcomeRow, item_id)
        if outcome is None:
            outcome = OutcomeRow(
                item_id=item_id, area_id=who.area_id, version=0, proposed_why="", notes="", group_reason="",
                in_place=not group.for_discussion, recorded_by=who.account_id, recorded_at=at,
                proposed_group=group,
            )  # fmt: skip
            db.session.add(outcome)
        outcome.version, outcome.risk, outcome.refer, outcome.group = outcome.version + 1, risk, True, group
        db.session.flush()
        marac_referrals.refer(who.area_id, item_id, who.account_id, at)


def not_referred(who: Principal, item_id: UUID) -> None:
    """Takes the referral back."""
    with saved():
        outcome = db.session.get_one(OutcomeRow, item_id)
        outcome.refer, outcome.group = False, None
        db.session.flush()
        marac_referrals.withdraw(who.area_id, item_id, who.account_id, NOW)


def shared(who: Principal, item_id: UUID, text: str = "Rent arrears since June.") -> None:
    """What an agency told the daily meeting, a safeguard it ticked, an action it recommended."""
    with saved():
        agency = db.session.scalars(select(AgencyRow.id).where(AgencyRow.area_id == who.area_id)).first()
        assert agency is not None
        db.session.add_all(
            [
                NoteRow(area_id=who.area_id, item_id=item_id, agency_id=agency, author="Priya Raman",
                        recorded_by=who.account_id, recorded_at=NOW, kind="professional opinion",
                        source="tenancy file", text=text),
                SafeguardRow(item_id=item_id, safeguard="support", in_place=True, note="Weekly calls."),
                ActionRow(area_id=who.area_id, item_id=item_id, category="victim", agency_id=agency,
                          what="Fit a new lock", due=date(2026, 12, 1), status="open",
                          set_by=who.account_id, set_at=NOW),
            ]
        )  # fmt: skip


def referred(who: Principal, groups: Sequence[Group], day: date = MONDAY) -> list[UUID]:
    """A daily list whose cases all go to the MARAC, in these groups; gives back the daily items."""
    items = listed(who.area_id, people_rows(len(groups), day), day)
    for item_id, group in zip(items, groups, strict=True):
        decided(who, item_id, group)
        shared(who, item_id)
    return items


def to_day(who: Principal, meeting_id: UUID, day: date, at: time = time(9, 30), now: datetime = NOW) -> Moved:
    """Moves a MARAC to that day, because snow is forecast."""
    return meeting_moves.move(who, meeting_id, to_utc(datetime.combine(day, at)), "Snow is forecast.", now)


def line_of(item_id: UUID) -> ItemRow:
    """The agenda line of a daily item."""
    db.session.rollback()
    outcome = db.session.get_one(OutcomeRow, item_id)
    assert outcome.marac_item_id is not None
    return db.session.get_one(ItemRow, outcome.marac_item_id)
