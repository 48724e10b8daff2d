"""Rehearsals: a place apart with invented cases. Nothing of it is counted, nothing leaves it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update
from werkzeug.exceptions import Forbidden

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingKind, MeetingState
from agenda.rehearsal import MARKING, SIZES, Plan
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    CaseRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    PackRow,
    PersonRow,
    RehearsalRow,
    RehearserRow,
    db,
)
from meetingsvc.permissions import NOT_REHEARSED, Permission, Principal, Role
from meetingsvc.store import accounts, acting, areas, flags, health, outbox, transfers, unattended
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope import cases_of
from meetingsvc.usecases import list_changes, outcomes, public_referrers, rehearsals
from meetingsvc.usecases import outbox as sending
from meetingsvc.usecases.rehearsal_filling import days
from meetingsvc.usecases.transaction import saved
from minutes.outcome import Outcome, Safeguard, Tick
from minutes.recording import Recording
from notifications.messages import Notice
from notifications.outgoing import Stage, What
from notifications.recipients import Ground
from tests.a_marac import MONDAY, NOW, a_person, an_agency, referred
from tests.a_meeting_record import nothing_missing
from tests.servers.remembered import remembered

ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
BOTH = Plan(daily=True, marac=True, cases=5)
MARAC = Plan(daily=False, marac=True, cases=5)
DAILY = Plan(daily=True, marac=False, cases=5)


@dataclass
class Panel:
    """A real area with a MARAC of real cases, and the people who may rehearse."""

    coordinator: Principal
    chair: Principal
    rep: Principal

    def make(self, plan: Plan = DAILY) -> UUID:
        return rehearsals.make(self.coordinator, plan, NOW)

    def enter(self, who: Principal | None = None) -> Principal:
        who = who or self.coordinator
        twin = rehearsals.enter(who, NOW)
        assert twin is not None
        found = rehearsals.acting_for(who, twin, NOW)
        assert found is not None
        return found


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(
            replace(AreaSettings(), marac_anchor=date(2026, 12, 3), public_form=True)
        )
    council = an_agency(area_id, "Council", daily=True)
    coordinator = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
    chair = a_person(council, Role.CHAIR, "Ansel Rook")
    rep = a_person(an_agency(area_id, "Homes", daily=True), name="Joan Akande")
    referred(coordinator, [Group.REPEAT_NO_SAFEGUARDS] * 2)
    return Panel(coordinator, chair, rep)


def counts() -> dict[str, int]:
    """What is there, by area, of the tables that count."""
    db.session.rollback()
    return {
        f"{row.__tablename__} {area}": number
        for row in (CaseRow, ItemRow, MeetingRow, IncidentRow, PackRow)
        for area, number in db.session.execute(select(row.area_id, func.count()).group_by(row.area_id))
    }


def test_a_rehearsal_is_an_area_of_its_own_and_the_real_one_stays_as_it_was(panel: Panel) -> None:
    before = counts()
    area_id = panel.make(BOTH)
    after = counts()
    assert {key: value for key, value in after.items() if str(area_id) not in key} == before
    assert after[f"case {area_id}"] == 10 and after[f"meeting {area_id}"] == 3
    rows = db.session.scalars(select(MeetingRow).where(MeetingRow.area_id == area_id)).all()
    found = {(row.kind, row.sits_on): row.state for row in rows}
    assert found[MeetingKind.DRAMM, MONDAY] == MeetingState.OPEN
    assert found[MeetingKind.MARAC, MONDAY] == MeetingState.PUBLISHED  # it sits today


def test_a_meeting_is_run_to_its_end_there_and_the_real_one_of_that_day_goes_on(panel: Panel) -> None:
    area_id = panel.make(DAILY)
    twin = panel.enter()
    items = db.session.scalars(select(ItemRow).where(ItemRow.area_id == area_id)).all()
    ticks = tuple(Tick(one, False, "") for one in Safeguard)
    outcome = Outcome(Risk.MEDIUM, ticks, in_place=False, refer=False, notes="Agreed.",
                      not_referred="She is in refuge.")  # fmt: skip
    meeting_id = items[0].meeting_id
    for item_id in [one.id for one in items]:
        outcomes.record(twin, item_id, Recording(0, outcome), NOW)
    nothing_missing(twin, meeting_id)
    list_changes.close(twin, MONDAY, NOW)
    db.session.rollback()
    of_the_day = select(MeetingRow.area_id, MeetingRow.state).where(
        MeetingRow.kind == MeetingKind.DRAMM, MeetingRow.sits_on == MONDAY
    )
    assert {area: state for area, state in db.session.execute(of_the_day)} == {
        area_id: MeetingState.CLOSED, panel.coordinator.area_id: MeetingState.OPEN
    }  # fmt: skip
    assert flags.count_to_do(panel.rep) == 0


@ON_ONE
def test_each_meeting_has_as_many_cases_as_were_asked_for(panel: Panel) -> None:
    size = SIZES[1]
    area_id = panel.make(Plan(True, True, size))
    in_each = select(func.count(ItemRow.id)).where(ItemRow.area_id == area_id).group_by(ItemRow.meeting_id)
    assert list(db.session.scalars(in_each)) == [size] * 3


def test_in_a_rehearsal_nobody_reaches_anything_real_and_the_other_way_round(panel: Panel) -> None:
    """On PostgreSQL by its own policies, past the scope and the fence."""
    real = set(db.session.scalars(select(CaseRow.id).where(CaseRow.area_id == panel.coordinator.area_id)))
    area_id = panel.make(MARAC)
    invented = set(db.session.scalars(select(CaseRow.id).where(CaseRow.area_id == area_id)))
    assert real and invented
    for who in (panel.coordinator, panel.chair, panel.rep):
        twin = panel.enter(who)
        assert (twin.area_id, twin.role, twin.rehearsing) == (area_id, who.role, True)
        assert not who.rehearsing and twin.agency_id != who.agency_id
        assert seen(twin) and seen(twin) <= invented
        assert seen(who) <= real


def seen(who: Principal) -> set[UUID]:
    """What the scope answers somebody; on PostgreSQL, what its policies do."""
    with acting.acting(who):
        db.session.execute(text("SELECT 1"))  # the driver's own cursor does not tell it who acts
        if db.engine.dialect.name == "postgresql":
            cursor = db.session.connection().connection.cursor()
            cursor.execute('SELECT id FROM "case"')
            past = {row[0] for row in cursor.fetchall()}
        found = set(db.session.scalars(select(CaseRow.id).where(cases_of(who))))
        assert db.engine.dialect.name != "postgresql" or past == found
    db.session.rollback()
    return found


def test_nothing_is_queued_or_sent_from_a_rehearsal(panel: Panel) -> None:
    area_id = panel.make(MARAC)  # its agenda was shared, which tells everybody
    assert db.session.scalar(select(func.count(OutboxRow.id)).where(OutboxRow.area_id == area_id)) == 0
    twin = panel.enter(panel.rep)
    notice = Outgoing(area_id, twin.account_id, What.NOTICE, Notice.AGENDA_PUBLISHED, MeetingKind.MARAC)
    with saved():
        assert mail.dispatch(notice, Stage.SEND, NOW) is None
    with saved():  # as if somebody had put it there past the one that puts
        db.session.add(
            OutboxRow(id=uuid4(), area_id=area_id, account_id=twin.account_id, about=[], created_at=NOW,
                      notice=Notice.AGENDA_PUBLISHED, state=outbox.State.WAITING,
                      context={"panel": "MARAC", "sits_on": "2026-11-23", "path": "/marac"})
        )  # fmt: skip
    sent: list[UUID] = []
    ended = sending.send_waiting(lambda _, told, __: sent.append(told.area_id), lambda: NOW)
    assert ended[outbox.State.REFUSED] == 1
    assert area_id not in sent and Ground.REHEARSAL.words


@ON_ONE
def test_no_link_leaves_a_rehearsal(panel: Panel) -> None:
    area_id = panel.make()
    with saved():
        assert mail.dispatch_link(uuid4(), area_id, "x@agency.example", Stage.SEND, NOW) is None
        real = panel.coordinator.area_id
        assert mail.dispatch_link(uuid4(), real, "x@agency.example", Stage.SEND, NOW) is not None


@ON_ONE
def test_whatever_looks_for_areas_finds_no_rehearsal(panel: Panel) -> None:
    real = panel.coordinator.area_id
    area_id = panel.make()
    name = db.session.get_one(AreaRow, area_id).name
    assert unattended.area_ids() == [real]  # what the jobs do in turn
    assert areas.names() == ["northmoor"] and areas.by_name(name) is None  # commands, the public form
    assert public_referrers.area_of(name) is None
    assert transfers.other_areas(real) == []
    assert name not in health.areas_without(Role.INFORMATION_GOVERNANCE)
    assert name not in health.areas_without_marac()


@ON_ONE
def test_a_twin_signs_in_nowhere(panel: Panel) -> None:
    panel.make()
    twin = panel.enter()
    email, kept = db.session.execute(
        select(AccountRow.email, AccountRow.password_hash).where(AccountRow.id == twin.account_id)
    ).one()
    assert accounts.by_email(email) is None
    assert email.endswith(".invalid") and not kept.startswith("$")


def test_who_is_disabled_moved_or_withdrawn_is_out_of_the_rehearsal_at_once(panel: Panel) -> None:
    panel.make()
    twin = panel.enter(panel.rep)
    for change, back in (
        (update(AccountRow).values(disabled_at=NOW), update(AccountRow).values(disabled_at=None)),
        (update(AccountRow).values(role=Role.REFERRER), update(AccountRow).values(role=Role.REPRESENTATIVE)),
    ):
        with saved():
            db.session.execute(change.where(AccountRow.id == panel.rep.account_id))
        assert accounts.principal(twin.account_id, NOW) is None
        with saved():
            db.session.execute(back.where(AccountRow.id == panel.rep.account_id))
        assert accounts.principal(twin.account_id, NOW) is not None
    with saved():
        db.session.get_one(AgencyRow, panel.rep.agency_id).withdrawn_on = NOW.date()  # V1
    assert accounts.principal(twin.account_id, NOW) is None
    with pytest.raises(Forbidden):
        rehearsals.enter(panel.rep, NOW)


@ON_ONE
def test_nobody_acts_for_somebody_else(panel: Panel) -> None:
    panel.make()
    twin = panel.enter(panel.chair).account_id
    assert rehearsals.acting_for(panel.rep, twin, NOW) is None
    assert rehearsals.acting_for(panel.rep, panel.chair.account_id, NOW) is None


@ON_ONE
def test_a_new_rehearsal_ends_the_one_before_for_everybody_in_it(panel: Panel) -> None:
    first = panel.make()
    twin = panel.enter(panel.rep)
    second = rehearsals.make(panel.chair, DAILY, NOW)
    assert first != second and accounts.principal(twin.account_id, NOW) is None
    again = panel.enter(panel.rep)
    assert again.area_id == second
    assert panel.enter(panel.rep).account_id == again.account_id  # entering twice makes nobody twice
    rehearsals.end(panel.coordinator, NOW)
    assert accounts.principal(again.account_id, NOW) is None
    assert not rehearsals.enter(panel.rep, NOW)
    assert not rehearsals.end(panel.coordinator, NOW)


@ON_ONE
def test_one_whose_cases_are_not_there_yet_is_entered_by_nobody(panel: Panel) -> None:
    area_id = panel.make()
    with saved():
        db.session.get_one(RehearsalRow, area_id).ready_at = None
    assert not rehearsals.enter(panel.rep, NOW)


@ON_ONE
def test_somebody_new_since_it_was_made_takes_part_too(panel: Panel) -> None:
    panel.make()
    late = a_person(an_agency(panel.coordinator.area_id, "Lantern"), Role.IDVA, "Hester Vane")
    twin = panel.enter(late)
    assert (twin.name, twin.role, twin.agency_name) == ("Hester Vane", Role.IDVA, "Lantern")
    with saved():
        db.session.execute(
            update(AccountRow).where(AccountRow.id == late.account_id).values(role=Role.REPRESENTATIVE)
        )
    moved = accounts.principal(late.account_id, NOW)
    assert moved is not None
    twin_again = panel.enter(moved)
    assert (twin_again.account_id, twin_again.role) == (twin.account_id, Role.REPRESENTATIVE)


@ON_ONE
def test_what_works_on_the_real_is_refused_in_a_rehearsal(panel: Panel) -> None:
    panel.make()
    twin = panel.enter()
    assert panel.coordinator.may(Permission.FEED_IMPORT) and panel.coordinator.may(Permission.TRANSFER_MAKE)
    assert not any(twin.may(one) for one in NOT_REHEARSED)
    with pytest.raises(Forbidden):
        rehearsals.make(twin, DAILY, NOW)
    assert not rehearsals.enter(twin, NOW)


@ON_ONE
def test_who_may_not_run_meetings_makes_none(panel: Panel) -> None:
    with pytest.raises(Forbidden):
        rehearsals.make(panel.rep, DAILY, NOW)
    for plan in (Plan(False, False, 5), Plan(True, False, 6)):
        with pytest.raises(RuleBroken):
            rehearsals.make(panel.coordinator, plan, NOW)


@ON_ONE
def test_without_a_coordinator_there_is_none(area_id: UUID) -> None:
    chair = a_person(an_agency(area_id, "Council"), Role.CHAIR, "Ansel Rook")
    with pytest.raises(RuleBroken, match="needs a coordinator"):
        rehearsals.make(chair, DAILY, NOW)
    assert db.session.scalar(select(func.count(RehearsalRow.area_id))) == 0


@ON_ONE
def test_the_trail_of_the_real_area_says_who_entered_and_left_and_nothing_of_what_was_done_there(
    panel: Panel,
) -> None:
    area_id = panel.make()
    twin = panel.enter(panel.rep)
    rehearsals.leave(panel.rep, twin, NOW)
    row = AuditRow
    lines = db.session.execute(
        select(row.action, row.actor, row.subject, row.detail).where(row.area_id == panel.rep.area_id)
        .order_by(row.id.desc()).limit(3)
    ).all()  # fmt: skip
    assert [line.action for line in lines] == ["rehearsal.left", "rehearsal.entered", "rehearsal.made"]
    assert {line.actor for line in lines[:2]} == {str(panel.rep.account_id)}
    assert {line.subject for line in lines} == {f"rehearsal/{area_id}"}
    theirs = set(db.session.scalars(select(RehearserRow.account_id)))
    real = db.session.scalars(select(row.actor).where(row.area_id == panel.rep.area_id))
    assert not {str(one) for one in theirs} & set(real)


@ON_ONE
def test_no_invented_person_has_the_name_of_somebody_on_the_panel(area_id: UUID) -> None:
    council = an_agency(area_id, "Council", daily=True)
    coordinator = a_person(council, Role.COORDINATOR, "Morgan Abernale")
    for number, surname in enumerate("Birkwood Cawthry Dunmere Eskdon Farnby Garlow Hexley".split()):
        a_person(council, name=f"Person{number} {surname}")
    made = rehearsals.make(coordinator, Plan(True, False, 15), NOW)
    surnames = set(db.session.scalars(select(PersonRow.surname).where(PersonRow.area_id == made)))
    assert surnames and not {one.casefold() for one in surnames} & {
        "abernale", "birkwood", "cawthry", "dunmere", "eskdon", "farnby", "garlow", "hexley"
    }  # fmt: skip


@ON_ONE
def test_its_packs_say_on_every_page_that_they_are_a_rehearsal(panel: Panel) -> None:
    area_id = panel.make(MARAC)
    words = db.session.scalar(select(PackRow.words).where(PackRow.area_id == area_id))
    assert MARKING in str(words) and "OFFICIAL" not in str(words)


@pytest.mark.parametrize(
    ("now", "daily"),
    [
        (datetime(2026, 11, 23, 7, 0, tzinfo=UTC), date(2026, 11, 20)),  # Monday, before the cut-off
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), date(2026, 11, 20)),  # Sunday
        (datetime(2026, 12, 28, 12, 0, tzinfo=UTC), date(2026, 12, 24)),  # a bank holiday
    ],
)
def test_it_is_of_the_latest_list_whose_window_is_over_and_a_marac_that_sits_today(
    now: datetime, daily: date
) -> None:
    found = days(AreaSettings(), now)
    assert found.daily == daily and found.marac == now.date()
    assert found.windows[1].end <= now < found.windows[1].end + timedelta(days=5)
    assert found.before < found.daily and found.windows[0].end == found.windows[1].start
