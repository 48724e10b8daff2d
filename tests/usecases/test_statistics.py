"""What statistics count: what is kept from nobody, of months that are over (Rulebook W4, M6)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given, settings
from sqlalchemy import select

from agenda.calendar import local_day
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingKind, MeetingState
from agenda.need_to_know import Hides, RestrictionState, WallState
from agenda.panels import Family
from agenda.periods import Period
from meetingsvc.models import (
    ActionRow,
    AreaRow,
    AuditRow,
    CaseRow,
    EntryRow,
    ImportRow,
    IncidentRow,
    IncidentWallRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PersonRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, scope, scope_statistics
from meetingsvc.store import statistics as store
from meetingsvc.usecases import statistics
from meetingsvc.usecases.transaction import saved
from minutes.actions import Status
from minutes.statistics import Counts
from tests.a_marac import NOW, a_person, an_agency
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.test_scope import OF_NAMESAKE, OF_VICTIM, World, as_read, family_of, worlds, written
from tests.test_scope import reader as reader

OCTOBER = Period(date(2026, 10, 1))
DAY = date(2026, 10, 14)
EMPTY = Counts({}, {}, {})


def is_kept(world: World, number: int) -> bool:
    """From anybody at all."""
    return world.walls[number] is WallState.STANDS or world.hides[number] is not Hides.NOBODY


def tells_of_kept(world: World, key: int) -> bool:
    if key >= OF_NAMESAKE:
        return False
    if key >= OF_VICTIM:
        return is_kept(world, key - OF_VICTIM)
    number = key - 1
    listed = any((one.case, one.kind) == (number, MeetingKind.DRAMM) for one in world.listed)
    names_the_other = world.shares and number == 1 and not listed
    return world.incident_walls[number] or is_kept(world, number) or (names_the_other and is_kept(world, 0))


@settings(max_examples=30)
@given(world=worlds)
def test_M6_what_is_counted_is_open_to_everybody_who_runs_meetings(
    core_app: Flask, reader: Principal, world: World
) -> None:
    """So nobody misses one that is counted: each finds them all among what they may see."""
    granted = world.granted | {Family.ABUSE}
    world = replace(world, role=Role.COORDINATOR, signatory=True, granted=granted)
    cases, who = written(world, reader), as_read(world, reader)
    with acting.whole_area(who.area_id):
        open_ = set(db.session.scalars(select(CaseRow.id).where(scope_statistics.open_to_all(CaseRow.id))))
        every = set(db.session.scalars(select(IncidentRow.id)))
        of_all = scope_statistics.told_to_all(IncidentRow.id)
        counted = set(db.session.scalars(select(IncidentRow.id).where(of_all)))
    with acting.acting(who):
        seen = set(db.session.scalars(select(CaseRow.id).where(scope.cases_of(who))))
        read = set(db.session.scalars(select(IncidentRow.id).where(scope.incidents_of(who))))
        db.session.rollback()
    told = {case for number, case in enumerate(cases)
            if not is_kept(world, number) and family_of(number) is Family.ABUSE}  # fmt: skip
    assert open_ == told and open_ <= seen
    assert counted == {key for key in every if not tells_of_kept(world, key)} and counted <= read


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    with saved():
        db.session.get_one(AreaRow, area_id).lists_from = date(2026, 7, 1)
    return a_person(an_agency(area_id), Role.COORDINATOR)


def an_incident(who: Principal, day: date = DAY, risk: str = "high", **told: object) -> int:
    with saved():
        imported = ImportRow(area_id=who.area_id, kind="feed", filename="f", received_at=NOW, state="done")
        db.session.add(imported)
        db.session.flush()
        nobody = dict.fromkeys(
            ("victim_nominal", "victim_name", "perpetrator_nominal", "perpetrator_name"), ""
        )
        row = IncidentRow(
            area_id=who.area_id, occurrence_number=str(uuid4()), version=1, current=True, considered=True,
            import_id=imported.id, received_at=NOW, digest=b"", domestic=True, recorded_at=NOW,
            recorded_day=day, due_at=NOW, risk=risk, children=False, consents=False, perpetrator_known=False,
            has_order=False, **nobody,
        )  # fmt: skip
        for name, value in told.items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()
        return row.id


def heard(
    who: Principal, day: date = DAY, group: Group = Group.NEW_NO_SAFEGUARDS, risk: str = "high",
    kind: MeetingKind = MeetingKind.MARAC, state: MeetingState = MeetingState.HEARD, **told: object,
) -> ItemRow:  # fmt: skip
    """A case on a meeting of that day; without a `risk`, without outcome."""
    here = {"area_id": who.area_id}
    with saved():
        rows = select(MeetingRow).where(MeetingRow.sits_on == day, MeetingRow.kind == kind)
        meeting = db.session.scalar(rows) or MeetingRow(
            id=uuid4(), kind=kind, sits_on=day, starts_at=NOW, state=state, built_at=NOW, **here
        )
        victim = PersonRow(id=uuid4(), forename="", surname="Alder", **here)
        db.session.add_all([meeting, victim])
        db.session.flush()
        number = len(db.session.scalars(select(CaseRow.id)).all()) + 1
        case = CaseRow(id=uuid4(), number=number, victim_id=victim.id, **here)
        db.session.add(case)
        db.session.flush()
        item = ItemRow(id=uuid4(), meeting_id=meeting.id, case_id=case.id, position=number, repeat=False,
                       victim_known=False, risk="high", group=group, **here, **told)  # fmt: skip
        db.session.add(item)
        db.session.flush()
        if risk:
            db.session.add(
                OutcomeRow(item_id=item.id, version=1, risk=risk, refer=False, proposed_why="",
                           group_reason="", notes="", recorded_by=who.account_id, recorded_at=NOW, **here)
            )  # fmt: skip
    return item


def an_action(who: Principal, item: ItemRow, status: Status = Status.DONE, due: date = DAY) -> None:
    with saved():
        db.session.add(
            ActionRow(area_id=who.area_id, item_id=item.id, category="victim", agency_id=who.agency_id,
                      what="-", due=due, status=status, set_by=who.account_id, set_at=NOW)
        )  # fmt: skip


def counted(who: Principal, period: Period = OCTOBER) -> Counts:
    with acting.whole_area(who.area_id):
        return store.counts(who.area_id, period)


def test_W4_incidents_are_counted_once_by_the_local_day_and_as_they_stand(who: Principal) -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # the clocks went back on the 25th
    assert local_day(late) == OCTOBER.last
    for day in (OCTOBER.first, local_day(late), local_day(late + timedelta(hours=1))):
        an_incident(who, day)
    an_incident(who, risk="standard")
    an_incident(who, domestic=False)
    an_incident(who, current=False)
    an_incident(who, kind="referral")
    assert counted(who).incidents == {(OCTOBER.first, Risk.HIGH): 2, (OCTOBER.first, Risk.STANDARD): 1}


def test_W4_cases_are_counted_that_a_marac_reached(who: Principal) -> None:
    heard(who)
    heard(who, OCTOBER.last, Group.DISCLOSURE, risk="")
    heard(who, OCTOBER.last, Group.DISCLOSURE, not_reached="No time")
    heard(who, OCTOBER.last, Group.DISCLOSURE, supplement=1)
    heard(who, OCTOBER.last + timedelta(days=1))
    heard(who, date(2026, 10, 20), state=MeetingState.CANCELLED)
    heard(who, kind=MeetingKind.DRAMM)
    first = OCTOBER.first
    assert counted(who).heard == {
        (first, Group.NEW_NO_SAFEGUARDS, Risk.HIGH): 1, (first, Group.DISCLOSURE, None): 1,
    }  # fmt: skip


def test_W4_actions_are_counted_by_the_day_they_were_due(who: Principal) -> None:
    item = heard(who, date(2026, 9, 30))
    an_action(who, item)
    an_action(who, item, Status.NOT_DONE, OCTOBER.last)
    an_action(who, item, Status.OPEN, OCTOBER.last + timedelta(days=1))
    assert counted(who).actions == {
        (OCTOBER.first, Status.DONE): 1, (OCTOBER.first, Status.NOT_DONE): 1,
    }  # fmt: skip


Keep = Callable[[Principal, UUID], None]


def wall(who: Principal, case_id: UUID) -> None:
    a_wall(who.area_id, case_id, who.account_id)


def restriction(hides: Hides) -> Keep:
    def put(who: Principal, case_id: UUID) -> None:
        with saved():
            db.session.add(
                RestrictionRow(case_id=case_id, area_id=who.area_id, state=RestrictionState.RESTRICTED,
                               hides=hides, reason="", put_at=NOW)
            )  # fmt: skip

    return put


@pytest.mark.parametrize("keep", [wall, restriction(Hides.UNNAMED), restriction(Hides.AGENCIES)])
def test_M6_a_case_that_is_kept_from_anybody_changes_no_number(who: Principal, keep: Keep) -> None:
    case_id, key = (item := heard(who)).case_id, an_incident(who)
    an_action(who, item)
    daily = heard(who, kind=MeetingKind.DRAMM)
    with saved():
        db.session.get_one(ItemRow, daily.id).case_id = case_id
        row = db.session.get_one(IncidentRow, key)
        db.session.add(EntryRow(item_id=daily.id, incident_id=key, occurrence_number=row.occurrence_number,
                                reasons="T2", late=False, changed=False))  # fmt: skip
    assert [sum(told.values()) for told in (counted(who).incidents, counted(who).heard)] == [1, 1]
    keep(who, case_id)
    assert counted(who) == EMPTY
    with saved():
        for stood in db.session.scalars(select(WallRow)):
            stood.state = WallState.LIFTED
        for row_ in db.session.scalars(select(RestrictionRow)):
            row_.hides = Hides.NOBODY
    assert sum(counted(who).actions.values()) == 1


def test_M6_an_incident_that_names_somebody_like_a_member_of_staff_changes_no_number(who: Principal) -> None:
    key = an_incident(who)
    with saved():
        db.session.add(IncidentWallRow(incident_id=key, account_id=who.account_id, area_id=who.area_id,
                                       ground="party", shared="name"))  # fmt: skip
    assert counted(who) == EMPTY


def test_another_area_changes_no_number(who: Principal, core_app: Flask) -> None:
    from_elsewhere = replace(who, area_id=areas_of_two(who))
    an_incident(from_elsewhere)
    heard(from_elsewhere)
    assert counted(who) == EMPTY


def areas_of_two(who: Principal) -> UUID:
    from_ = db.session.get_one(AreaRow, who.area_id)
    with saved():
        row = AreaRow(id=uuid4(), name="elsewhere", title="Elsewhere", lists_from=from_.lists_from,
                      first_window_start=from_.first_window_start, settings={})  # fmt: skip
        db.session.add(row)
        return row.id


def test_W4_everybody_who_may_read_them_is_told_the_same_and_leaves_a_trace(who: Principal) -> None:
    for _ in range(7):
        an_incident(who)
    governs = a_person(an_agency(who.area_id, "Council"), Role.INFORMATION_GOVERNANCE, "Ash Fen")
    told = [statistics.told(one, OCTOBER, "statistics.read", NOW) for one in (who, governs)]
    assert told[0] == told[1]
    assert told[0][0].lines == (("October 2026", (0, 0, 5)),)
    left = db.session.scalars(select(AuditRow).where(AuditRow.action == "statistics.read")).all()
    assert [(row.actor, row.detail) for row in left] == [
        (str(one.account_id), {"period": "2026-10"}) for one in (who, governs)
    ]


def test_W4_the_area_sets_to_what_they_are_rounded(who: Principal) -> None:
    for _ in range(7):
        an_incident(who)
    with saved():
        row = db.session.get_one(AreaRow, who.area_id)
        row.settings = areas.settings_json(replace(areas.settings_of(row), small_number=10))
    assert statistics.smallest(who) == 10
    assert statistics.told(who, OCTOBER, "statistics.read", NOW)[0].lines == (("October 2026", (0, 0, 10)),)


def test_W4_only_periods_that_are_over_since_the_first_list_are_offered(who: Principal) -> None:
    keys = [period.key for period in statistics.periods(who, NOW)]
    assert keys == ["2026-10", "2026-09", "2026-08", "2026-07", "2026-Q3"]
