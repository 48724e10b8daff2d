"""Cases that a MARAC left unheard: never published, late on a list never published, or it did not sit."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from structlog.testing import capture_logs
from werkzeug.exceptions import Forbidden

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc import jobs
from meetingsvc.config import Settings
from meetingsvc.models import (
    AreaRow,
    AuditRow,
    EntryRow,
    HearingRow,
    ItemRow,
    MeetingRow,
    NamedRow,
    OutcomeRow,
    PackRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, feedback_undecided, marac_waiting, minutes_due, packs, trail
from meetingsvc.store import marac as store
from meetingsvc.usecases import areas, lists, marac, marac_publishing, outcome_meeting
from meetingsvc.usecases import carry_over as usecase
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.carry_over import carry_over
from meetingsvc.usecases.transaction import saved
from tests.a_marac import (
    MONDAY,
    NOW,
    TUESDAY,
    a_person,
    an_agency,
    decided,
    line_of,
    listed,
    people_rows,
    referred,
)
from tests.builders import take_in
from tests.servers.remembered import remembered
from tests.usecases.test_marac import THURSDAY, set_marac_day

A_FORTNIGHT = timedelta(days=14)
NEXT = THURSDAY + A_FORTNIGHT
FRIDAY = NOW.replace(month=12, day=4)  # the day after it sat


def on_agendas() -> dict[date, int]:
    """How many cases the agenda of each MARAC holds."""
    rows = select(MeetingRow.sits_on, ItemRow.id).join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
    days = [day for day, _ in db.session.execute(rows.where(MeetingRow.kind == "MARAC"))]
    return {day: days.count(day) for day in days}


def test_M1_cases_of_an_agenda_never_published_go_on_the_next(area_id: UUID) -> None:
    set_marac_day(area_id, THURSDAY)
    referred(a_person(an_agency(area_id), Role.COORDINATOR), [Group.NEW_NO_SAFEGUARDS] * 3)
    assert on_agendas() == {THURSDAY: 3}
    assert carry_over(NOW.replace(month=12, day=3, hour=20)) == 0, "its own day is not over"
    assert carry_over(NOW.replace(month=12, day=4)) == 3
    assert on_agendas() == {THURSDAY + A_FORTNIGHT: 3}
    assert carry_over(NOW.replace(month=12, day=4)) == 0, "a second time moves nothing"
    assert all(db.session.scalars(select(OutcomeRow.marac_item_id))), "no referral is left without an agenda"


def test_M1_what_a_published_agenda_holds_stays(area_id: UUID) -> None:
    set_marac_day(area_id, THURSDAY)
    coordinator = a_person(an_agency(area_id), Role.COORDINATOR)
    referred(coordinator, [Group.NEW_NO_SAFEGUARDS] * 2)
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    marac.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(coordinator, meeting_id, NOW)
    assert carry_over(NOW.replace(month=12, day=4)) == 0
    assert on_agendas() == {THURSDAY: 2}


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator of an area whose MARAC sits on Thursday 3 December."""
    set_marac_day(area_id, THURSDAY)
    return a_person(an_agency(area_id), Role.COORDINATOR)


def the_marac(day: date = THURSDAY) -> UUID:
    rows = select(MeetingRow.id).where(MeetingRow.kind == "MARAC", MeetingRow.sits_on == day)
    return db.session.scalars(rows).one()


def published(who: Principal, groups: tuple[Group, ...] = (Group.NEW_SAFEGUARDS,) * 2) -> list[UUID]:
    items = referred(who, groups)
    marac.close(who, the_marac(), NOW)
    marac_publishing.publish(who, the_marac(), NOW)
    return items


def late_and_unpublished(who: Principal) -> UUID:
    (late,) = referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    marac.add_late(who, the_marac(), {late}, "She is in danger now", NOW)
    return late


def meeting_of(item_id: UUID) -> date:
    """The day of the MARAC on which a daily item's case stands."""
    return db.session.get_one(MeetingRow, line_of(item_id).meeting_id).sits_on


def test_M1_a_late_case_on_a_list_never_published_goes_on_the_next(who: Principal) -> None:
    published(who)
    late = late_and_unpublished(who)
    assert carry_over(FRIDAY - timedelta(days=1)) == 0, "the list can still be published"
    assert carry_over(FRIDAY) == 1
    assert on_agendas() == {THURSDAY: 2, NEXT: 1} and meeting_of(late) == NEXT
    line = line_of(late)
    assert (line.supplement, line.added_reason) == (0, "She is in danger now")
    assert line.added_by == who.account_id
    assert carry_over(FRIDAY) == 0


def test_M1_a_late_case_on_a_published_list_stays(who: Principal) -> None:
    published(who)
    late_and_unpublished(who)
    marac_publishing.publish_supplement(who, the_marac(), 1, NOW)
    assert carry_over(FRIDAY) == 0
    assert on_agendas() == {THURSDAY: 3}


def discussed(who: Principal) -> UUID:
    """A case moved to discussion on a closed agenda."""
    (item,) = referred(who, (Group.NEW_SAFEGUARDS,))
    marac.close(who, the_marac(), NOW)
    marac.discuss(who, the_marac(), line_of(item).id, "Homes: she has left the refuge", NOW)
    return item


def test_C3_a_case_moved_to_discussion_stays_for_discussion_on_the_next(who: Principal) -> None:
    item = discussed(who)
    assert carry_over(FRIDAY) == 1
    line = line_of(item)
    assert meeting_of(item) == NEXT
    assert (line.group, line.moved_reason) == (Group.NEW_NO_SAFEGUARDS, "Homes: she has left the refuge")


def test_C3_it_stays_so_where_the_next_marac_had_no_date_yet(who: Principal) -> None:
    item = discussed(who)
    set_marac_day(who.area_id, None)
    assert carry_over(FRIDAY) == 0
    waiting = marac_waiting.waiting_referrals(who, FRIDAY.date())
    assert [one.outcome_id for one in waiting] == [item], "it waits visibly"
    marac.plan(who, date(2026, 12, 9), FRIDAY)
    assert meeting_of(item) == date(2026, 12, 9)
    assert line_of(item).group == Group.NEW_NO_SAFEGUARDS
    assert marac_waiting.waiting_referrals(who, FRIDAY.date()) == []


def test_M1_one_area_that_fails_does_not_stop_the_others(
    who: Principal, core_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    referred(who, [Group.NEW_NO_SAFEGUARDS] * 2)
    areas.create("elsewhere", MONDAY, NOW, "Elsewhere", AreaSettings())
    real: Callable[..., int] = usecase.carry_unheard
    every = list(db.session.scalars(select(AreaRow.id)))

    def breaks(area: AreaRow, *told: object) -> int:
        if area.id != who.area_id:
            raise ValueError("Thistlewood")
        return real(area, *told)

    monkeypatch.setattr(usecase, "carry_unheard", breaks)
    for order in (every, every[::-1]):  # whichever comes first
        monkeypatch.setattr(usecase.unattended, "area_ids", lambda order=order: order)
        with capture_logs() as logs, pytest.raises(Unfinished):
            carry_over(FRIDAY)
        assert [line["kind"] for line in logs] == ["ValueError"] and "Thistlewood" not in str(logs)
        assert on_agendas() == {NEXT: 2}
    monkeypatch.setattr("meetingsvc.clock.now", lambda: FRIDAY)
    job = next(job for job in jobs.JOBS if job.name == "carry-over")
    settings = Settings(database_url="sqlite://", data_dir=tmp_path, secret_key="x" * 32)
    assert jobs.run(core_app, settings, job) is False


@pytest.mark.parametrize("days", [-2, 0, 5])
def test_M1_the_cases_of_a_published_marac_that_did_not_sit_go_on_the_next(who: Principal, days: int) -> None:
    rep = a_person(an_agency(who.area_id, "Hill Homes"))
    items = published(who)
    marac.discuss(who, the_marac(), line_of(items[0]).id, "Homes: she has left the refuge", NOW)
    late = late_and_unpublished(who)
    at = NOW.replace(month=12, day=3) + timedelta(days=days)
    meeting_id = the_marac()
    assert marac_publishing.did_not_sit(who, meeting_id, "Snow", at) == 3
    assert {meeting_of(item) for item in (*items, late)} == {NEXT}
    assert line_of(items[0]).moved_reason and line_of(items[0]).group == Group.NEW_NO_SAFEGUARDS
    assert on_agendas() == {THURSDAY: 2, NEXT: 3}, "what agencies were told stays on record"
    assert db.session.scalar(select(func.count()).select_from(HearingRow)) == 0
    shown = store.agenda(rep, meeting_id)
    assert shown and (shown.sitting.state, shown.sitting.not_sat_reason) == ("cancelled", "Snow")
    assert [pack.expired for pack in packs.mine(rep, NOW)] == [False], "packs stay until they expire"
    assert db.session.scalars(select(PackRow.content.is_not(None))).all() == [True]
    with pytest.raises(RuleBroken, match="already"):
        marac_publishing.did_not_sit(who, meeting_id, "Snow", at)
    assert carry_over(FRIDAY + timedelta(days=5)) == 0, "nothing is moved twice"
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "marac.did_not_sit")).one()
    assert line.detail == {"items": 3, "carried": 3, "notices": 1}


def test_M1_its_cases_are_heard_at_the_next_one(who: Principal) -> None:
    published(who)
    marac_publishing.did_not_sit(who, the_marac(), "Snow", FRIDAY)
    marac.close(who, the_marac(NEXT), FRIDAY)
    marac_publishing.publish(who, the_marac(NEXT), FRIDAY)
    assert set(db.session.scalars(select(HearingRow.heard_on))) == {NEXT}


def test_M1_without_a_next_date_its_cases_wait_visibly_until_one_is_planned(who: Principal) -> None:
    items = published(who)
    set_marac_day(who.area_id, None)
    assert marac_publishing.did_not_sit(who, the_marac(), "Snow", FRIDAY) == 0
    waiting = marac_waiting.waiting_referrals(who, FRIDAY.date())
    assert {one.outcome_id for one in waiting} == set(items)
    marac.plan(who, date(2026, 12, 9), FRIDAY)
    assert {meeting_of(item) for item in items} == {date(2026, 12, 9)}


def test_M1_only_a_published_marac_with_a_reason_and_by_who_may(who: Principal) -> None:
    referred(who, (Group.NEW_SAFEGUARDS,))
    with pytest.raises(RuleBroken, match="has not been published"):
        marac_publishing.did_not_sit(who, the_marac(), "Snow", NOW)
    marac.close(who, the_marac(), NOW)
    marac_publishing.publish(who, the_marac(), NOW)
    with pytest.raises(RuleBroken, match="Say why"):
        marac_publishing.did_not_sit(who, the_marac(), "  ", FRIDAY)
    with pytest.raises(Forbidden):
        marac_publishing.did_not_sit(a_person(an_agency(who.area_id, "Hill")), the_marac(), "Snow", FRIDAY)
    assert on_agendas() == {THURSDAY: 1}


def reasons_of_a_further_incident(who: Principal, rows: list[dict[str, str]]) -> str:
    """The rules by which one recorded on the Thursday the MARAC sits is on Friday's list; "" if it is not."""
    again = {**rows[0], "risk": "standard", "occurrence_number": "LATER",
             "recorded_at": "2026-12-03T13:00:00+00:00"}  # fmt: skip
    take_in(who.area_id, again)
    with saved():
        area = db.session.get_one(AreaRow, who.area_id)
        lists.build(area, FRIDAY.date(), "test", FRIDAY)
    return reasons_on(FRIDAY.date())


def reasons_on(day: date) -> str:
    rows = select(EntryRow.reasons).join(ItemRow, ItemRow.id == EntryRow.item_id)
    rows = rows.join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    return " ".join(db.session.scalars(rows.where(MeetingRow.sits_on == day, MeetingRow.kind == "DRAMM")))


@pytest.mark.parametrize("days", [0, 1])
def test_T6_a_marac_that_heard_a_case_or_decided_one_sat(who: Principal, days: int) -> None:
    items, at = published(who), NOW.replace(month=12, day=3, hour=11)
    heard, meeting_id = line_of(items[0]).id, the_marac()
    recorded = OutcomeRow(
        item_id=heard, area_id=who.area_id, version=1, risk="high", refer=False, proposed_why="",
        group_reason="", notes="", recorded_by=who.account_id, recorded_at=at,
    )  # fmt: skip
    for began_at, outcome in ((None, recorded), (at, None)):
        with saved():
            db.session.execute(delete(OutcomeRow).where(OutcomeRow.item_id == heard))
            db.session.get_one(MeetingRow, meeting_id).began_at = began_at
            db.session.add_all([outcome] if outcome else [])
        with pytest.raises(RuleBroken, match="has begun"):
            marac_publishing.did_not_sit(who, meeting_id, "Snow", at + timedelta(days=days))
        db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(HearingRow)) == len(items)


@pytest.mark.parametrize("days", [0, 1])
def test_M6_a_hidden_outcome_is_told_by_no_refusal_and_its_case_stays_heard(
    who: Principal, days: int
) -> None:
    items, at = published(who), NOW.replace(month=12, day=3, hour=11) + timedelta(days=days)
    keeper, meeting_id = a_person(who.agency_id, Role.COORDINATOR, "Keeper"), the_marac()
    hidden, open_ = (line_of(item) for item in items)
    hidden_id, case_id = hidden.id, hidden.case_id
    about = {"area_id": who.area_id, "case_id": case_id}
    outcome = OutcomeRow(
        item_id=hidden_id, area_id=who.area_id, version=1, risk="high", refer=False, proposed_why="",
        group_reason="", notes="", recorded_by=keeper.account_id, recorded_at=at,
    )  # fmt: skip
    with saved():
        db.session.add(
            RestrictionRow(state="restricted", hides="unnamed", reason="staff", put_at=NOW, **about)
        )
        db.session.add(
            NamedRow(account_id=keeper.account_id, named_by=keeper.account_id, named_at=NOW, **about)
        )
        db.session.add(outcome)
    with pytest.raises(RuleBroken, match="has begun"):
        marac_publishing.did_not_sit(keeper, meeting_id, "Snow", at)
    db.session.rollback()
    assert marac_publishing.did_not_sit(who, meeting_id, "Snow", at) == 1
    assert db.session.scalars(select(HearingRow.case_id)).all() == [case_id]
    assert (line_of(items[0]).id, meeting_of(items[1])) == (hidden_id, NEXT), (
        "what was decided is not carried"
    )
    assert carry_over(FRIDAY + timedelta(days=5)) == 0
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "marac.stays_heard")).one()
    assert line.case_id == case_id
    for reader, told in ((keeper, True), (who, False)):
        with acting.acting(reader):
            lines = [one.what for one in trail.lines(reader, trail.Filter(), 1, 50)]
            waits = {one.case_id for one in marac_waiting.waiting_referrals(reader, FRIDAY.date())}
        assert any("it stays heard" in one for one in lines) is told
        assert case_id not in waits


def test_F1_M4_what_a_MARAC_decided_is_told_and_minuted_though_it_is_said_not_to_have_sat(
    who: Principal,
) -> None:
    items, at = published(who), NOW.replace(month=12, day=3, hour=11)
    keeper, meeting_id = a_person(who.agency_id, Role.COORDINATOR, "Keeper"), the_marac()
    line = line_of(items[0])
    hidden_id, about = line.id, {"area_id": who.area_id, "case_id": line.case_id}
    with saved():
        db.session.add(
            RestrictionRow(state="restricted", hides="unnamed", reason="staff", put_at=NOW, **about)
        )
        db.session.add(
            NamedRow(account_id=keeper.account_id, named_by=keeper.account_id, named_at=NOW, **about)
        )
        db.session.add(OutcomeRow(
            item_id=hidden_id, area_id=who.area_id, version=1, risk="high", refer=False, proposed_why="",
            group_reason="", notes="", recorded_by=keeper.account_id, recorded_at=at,
        ))  # fmt: skip
    marac_publishing.did_not_sit(who, meeting_id, "Snow", at)
    noted = db.session.scalars(select(AuditRow).where(AuditRow.action == "feedback.undecided")).all()
    assert [one.case_id for one in noted] == [about["case_id"]]
    for reader, told in ((keeper, True), (who, False)):
        with acting.acting(reader):
            assert [one.item_id for one in feedback_undecided.undecided(reader)] == [hidden_id] * told
            assert [one.meeting_id for one in minutes_due.waiting(reader, at.date())] == [meeting_id] * told
            assert (minutes_due.meeting(reader, meeting_id) is not None) is told, "by its address too"
    with acting.acting(keeper):
        item = outcome_meeting.item_of(keeper, hidden_id)
        row = outcome_meeting.outcome_of(keeper, hidden_id)
        assert outcome_meeting.opened(keeper, item, row).id == meeting_id, "its outcome is still amended"
        with pytest.raises(RuleBroken, match="did not sit"):
            outcome_meeting.opened(keeper, item, None)


def test_T15_a_case_of_a_marac_that_did_not_sit_waits_and_is_no_repeat(who: Principal) -> None:
    rows = people_rows(1, MONDAY)
    (item,) = listed(who.area_id, rows)
    decided(who, item, Group.NEW_NO_SAFEGUARDS)
    marac.close(who, the_marac(), NOW)
    marac_publishing.publish(who, the_marac(), NOW)
    marac_publishing.did_not_sit(who, the_marac(), "Snow", FRIDAY)
    assert reasons_of_a_further_incident(who, rows) == "T15"


@pytest.mark.parametrize(("shared", "rule"), [(False, "T15"), (True, "T6")])
def test_T15_a_case_on_a_supplementary_list_waits_until_the_list_is_published(
    who: Principal, shared: bool, rule: str
) -> None:
    published(who)
    rows = people_rows(1, TUESDAY)
    (late,) = listed(who.area_id, rows, TUESDAY)
    decided(who, late, Group.NEW_NO_SAFEGUARDS)
    marac.add_late(who, the_marac(), {late}, "Danger", NOW)
    if shared:
        marac_publishing.publish_supplement(who, the_marac(), 1, NOW)
    assert reasons_of_a_further_incident(who, rows) == rule
