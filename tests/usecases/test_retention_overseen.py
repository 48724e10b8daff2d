"""What information governance oversees of yearly reviews, and promises of the service itself (L1-L3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.need_to_know import OpeningKind
from agenda.rules import RuleBroken
from meetingsvc import doctor, jobs
from meetingsvc.config import Settings
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AuditRow,
    Base,
    HearingRow,
    ItemRow,
    JobSlotRow,
    NoteRow,
    OpeningRow,
    OutboxRow,
    RetentionAskRow,
    ReviewRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import (
    accounts,
    acting,
    case_page,
    ledger,
    residue,
    retention,
    retention_case,
    retention_overseen,
    wiped,
)
from meetingsvc.store.acting import Host
from meetingsvc.store.jobs import Outcome as Ended
from meetingsvc.store.retention_use import SOMETHING
from meetingsvc.usecases import backup_ends, backups, destroying, retention_asking
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases import retention_overseen as overseen
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.jobs import Trouble
from meetingsvc.usecases.transaction import saved
from minutes.holds import HoldRules
from minutes.retention import State
from minutes.retention_asks import Holds, OnBehalf
from notifications.messages import Notice
from tests.a_wall import a_wall
from tests.an_application import somebody
from tests.servers.databases import owners_url
from tests.usecases.test_retention import (
    DUE,
    NIGHT,
    ON_ONE,
    Panel,
    a_case,
    as_service,
    count,
    panel,
    review_of,
    state,
    to_destroy,
)
from tests.usecases.test_retention_stops import why_not

__all__ = ["panel"]
#: An agency that was asked when it fell due has had its time.
LATE = DUE + timedelta(days=40)


def asked_of(panel: Panel, agency_id: UUID) -> UUID:
    with as_service():
        rows = select(RetentionAskRow.id).where(RetentionAskRow.agency_id == agency_id)
        return db.session.scalars(rows).one()


def nobody_of_housing(panel: Panel) -> None:
    with saved(), acting.service():
        db.session.get_one(AccountRow, panel.housing.account_id).disabled_at = DUE


def answered_for(panel: Panel, case_id: UUID, agency_id: UUID, may_go: bool = True) -> None:
    overseen.answer_for(panel.governance, asked_of(panel, agency_id), case_id, OnBehalf.NOBODY, Holds.NOTHING,
                        may_go, LATE)  # fmt: skip


@ON_ONE
def test_R2_for_an_agency_that_has_left_information_governance_may_agree(panel: Panel) -> None:
    case_id = a_case(panel)
    review_of(panel, case_id)
    governance = somebody(panel.force, Role.INFORMATION_GOVERNANCE, "i@northmoor.example", "Eve Marsh")
    with saved(), acting.service():
        db.session.get_one(AgencyRow, panel.homes).withdrawn_on = DUE.date()
    asked = asked_of(panel, panel.homes)
    overseen.answer_for(governance, asked, case_id, OnBehalf.LEFT, Holds.NOTHING, True, LATE)
    assert who_agreed(panel, case_id) == {"Fellside Homes"}


def test_L3_an_agency_that_can_never_answer_is_answered_for_by_information_governance(panel: Panel) -> None:
    """With why, which is kept; so that its review does not wait for ever."""
    case_id = a_case(panel)
    review_of(panel, case_id)
    nobody_of_housing(panel)
    able = {one.agency: one.able for one in retention_overseen.waited_for(panel.governance, DUE.date())}
    assert able == {"Northmoor Police": True, "Fellside Homes": False}
    assert [one.agency for one in overseen.unable(panel.governance, case_id, DUE)] == ["Fellside Homes"]
    answered_for(panel, case_id, panel.homes, may_go=False)
    with as_service():
        told = {one.agency: one for one in retention.asked_about(Host(panel.area_id), case_id, DUE.date())}
        line = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    homes = told["Fellside Homes"]
    assert (homes.holds, homes.may_go, homes.by, homes.for_it) == (Holds.NOTHING, False, "Ida Fern", True)
    assert line.action == "retention.answered_for" and line.detail["why"] == "nobody"
    with pytest.raises(RuleBroken, match="has answered"):
        answered_for(panel, case_id, panel.homes)


@ON_ONE
def test_R2_who_takes_away_an_agencys_only_account_does_not_agree_in_its_name(panel: Panel) -> None:
    """What it supplied is its own while it is on the panel: that it is kept may be said for it."""
    case_id = a_case(panel)
    review_of(panel, case_id)
    nobody_of_housing(panel)
    with pytest.raises(RuleBroken, match="nobody agrees for it"):
        answered_for(panel, case_id, panel.homes)
    asked = asked_of(panel, panel.homes)
    with pytest.raises(RuleBroken, match="time to answer is not over"):
        overseen.answer_for(panel.governance, asked, case_id, OnBehalf.NOBODY, Holds.ALL, False, DUE)
    with pytest.raises(RuleBroken, match="has not left the panel"):
        overseen.answer_for(panel.governance, asked, case_id, OnBehalf.LEFT, Holds.ALL, False, LATE)
    answered_for(panel, case_id, panel.homes, may_go=False)
    with as_service():
        told = {one.agency: one for one in retention.asked_about(Host(panel.area_id), case_id, DUE.date())}
    assert told["Fellside Homes"].may_go is False


def test_R2_an_agency_that_agreed_and_supplied_something_since_is_asked_again(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """An old answer does not cover a new note: nothing goes until it has answered of that too (L3)."""
    review_id = to_destroy(panel, case_id := a_case(panel))
    with saved(), acting.service():
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.case_id == case_id)).one()
        db.session.add(NoteRow(
            id=uuid4(), area_id=panel.area_id, item_id=item, kind="fact", text="Said since",
            agency_id=panel.homes, author="Ann Frost", recorded_by=panel.housing.account_id,
            recorded_at=DUE + timedelta(hours=1), source="Her own file",
        ))  # fmt: skip
    assert who_agreed(panel, case_id) == {"Northmoor Police"}
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 0
    assert state(panel, review_id) is State.DUE
    usecase.fall_due(DUE + timedelta(days=7))
    with as_service():
        (again,) = retention.unanswered(Host(panel.area_id))
        told = list(
            db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == Notice.RECORDS))
        )
    assert (again.agency, again.asked_on) == ("Fellside Homes", DUE.date() + timedelta(days=7))
    assert told.count(panel.housing.account_id) == 2, "and is told of it anew"
    usecase.answer(panel.housing, again.id, Holds.DESTROYED, True, DUE + timedelta(days=8))
    assert who_agreed(panel, case_id) == {"Northmoor Police", "Fellside Homes"}


def who_agreed(panel: Panel, case_id: UUID) -> frozenset[str]:
    with as_service():
        whole = retention_case.read(panel.area_id, case_id, DUE.date(), HoldRules(), NIGHT)
    assert whole is not None
    return whole.now.agreed


def test_R2_whatever_an_agency_supplies_says_when() -> None:
    """Else an old answer would cover a new row of it."""
    tables = [table for table in Base.metadata.sorted_tables if retention_case._is_supplied(table)]
    assert (
        tables
        and [table.name for table in tables if not any(name in table.c for name in retention_case._WHEN)]
        == []
    )


def test_R2_an_agency_that_can_answer_is_answered_for_by_nobody_else(panel: Panel) -> None:
    case_id = a_case(panel)
    review_of(panel, case_id)
    with pytest.raises(RuleBroken, match="can answer itself"):
        answered_for(panel, case_id, panel.force)
    asked = asked_of(panel, panel.homes)
    with pytest.raises(Forbidden):
        overseen.answer_for(panel.chair, asked, case_id, OnBehalf.LEFT, Holds.ALL, True, DUE)
    a_wall(panel.area_id, case_id, panel.housing.account_id)
    assert [one.agency for one in overseen.unable(panel.governance, case_id, DUE)] == ["Fellside Homes"]
    a_wall(panel.area_id, case_id, panel.governance.account_id)
    with pytest.raises(NotFound):
        answered_for(panel, case_id, panel.homes)
    assert retention_overseen.waited_for(panel.governance, DUE.date()) == []


@ON_ONE
def test_L3_an_agency_that_sits_in_no_meeting_of_the_case_any_more_is_asked_and_answers(
    panel: Panel,
) -> None:
    """By its reference alone; else the case would be kept for ever (L1). Nothing of a walled one (M6)."""
    case_id = a_case(panel)
    review_of(panel, case_id)
    with saved(), acting.service():
        db.session.get_one(AgencyRow, panel.homes).attends -= {"DRAMM"}
    with as_service():
        who = accounts.principal(panel.housing.account_id, LATE)
    assert who is not None
    with acting.acting(who):
        assert case_page.case(who, case_id) is None
        (asked,) = retention.asked_of(who)
    assert (asked.case_id, asked.agency_id) == (case_id, panel.homes)
    assert overseen.unable(panel.governance, case_id, LATE) == []
    usecase.answer(who, asked.id, Holds.DESTROYED, True, LATE)
    assert who_agreed(panel, case_id) == {"Fellside Homes"}
    a_wall(panel.area_id, case_id, who.account_id)
    with acting.acting(who):
        assert retention.asked_of(who) == [] and retention.ask(who, asked.id) is None


@ON_ONE
def test_L3_of_a_case_of_the_old_register_it_is_told_when_that_was_heard(panel: Panel) -> None:
    """Of that time it has no reference of the service: by that alone it could not tell which case it is."""
    case_id = a_case(panel)
    review_of(panel, case_id)
    with saved(), acting.service():
        for source, days in (("history", 400), ("history", 500), ("marac", 60)):
            heard_on = DUE.date() - timedelta(days=days)
            db.session.add(HearingRow(area_id=panel.area_id, case_id=case_id, source=source,
                                      heard_on=heard_on))  # fmt: skip
    with acting.acting(panel.housing):
        (asked,) = retention.asked_of(panel.housing)
        found = retention.heard_before(panel.housing, asked)
    assert found == [DUE.date() - timedelta(days=days) for days in (500, 400)]


def test_L3_an_agency_that_supplied_something_since_is_asked_too(panel: Panel) -> None:
    """Once: else its review would wait for ever for an answer that nobody asks for."""
    a_case(panel)
    usecase.fall_due(DUE)
    with saved(), acting.service():
        db.session.delete(db.session.get_one(RetentionAskRow, asked_of(panel, panel.homes)))
    usecase.fall_due(DUE + timedelta(days=6))
    assert count(RetentionAskRow) == 1
    for day in (7, 8, 14):
        usecase.fall_due(DUE + timedelta(days=day))
    assert count(RetentionAskRow) == 2 and asked_of(panel, panel.homes)
    with as_service():
        lines = db.session.scalars(select(AuditRow.id).where(AuditRow.action == "retention.asked")).all()
    assert len(lines) == 2


def test_L1_information_governance_stops_a_destruction_while_there_is_time(
    panel: Panel, settings_for_tests: Settings
) -> None:
    case_id = a_case(panel)
    review_id = to_destroy(panel, case_id)
    assert [key for key, _ in retention_overseen.to_destroy(panel.governance)] == [case_id]
    with pytest.raises(RuleBroken, match="Say why"):
        overseen.stop(panel.governance, case_id, " ", DUE)
    with pytest.raises(Forbidden):
        overseen.stop(panel.chair, case_id, "I say so", DUE)
    overseen.stop(panel.governance, case_id, "A request for it came in", DUE)
    assert state(panel, review_id) is State.DUE
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 0
    assert retention_overseen.to_destroy(panel.governance) == []
    with pytest.raises(RuleBroken, match="Nothing of it is to be destroyed"):
        overseen.stop(panel.governance, case_id, "Once more", DUE)


def test_L1_a_broken_glass_that_nobody_has_looked_at_keeps_the_case(panel: Panel) -> None:
    """Though it is closed again: what was opened and why would go with the case (M6)."""
    case_id = a_case(panel)
    with saved(), acting.service():
        db.session.add(OpeningRow(
            id=uuid4(), area_id=panel.area_id, case_id=case_id, account_id=panel.police.account_id,
            kind=OpeningKind.BREAK_GLASS, reason="invented", asked_at=DUE - timedelta(days=9),
            until=DUE - timedelta(days=8), review_due=DUE,
        ))  # fmt: skip
    assert SOMETHING in why_not(panel, review_of(panel, case_id))


@ON_ONE
def test_L3_an_area_that_fails_keeps_nobody_else_from_being_asked_or_told(panel: Panel) -> None:
    a_case(panel)
    with patch.object(retention_asking, "ask_all"), patch.object(retention_asking, "tell", return_value=0):
        usecase.fall_due(DUE)
    assert count(ReviewRow) == 1 and count(RetentionAskRow) == 0
    with patch.object(usecase, "_fall_due", side_effect=ValueError), pytest.raises(Unfinished):
        usecase.fall_due(DUE)
    with as_service():
        told = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.RECORDS)).all()
    assert count(RetentionAskRow) == 2 and len(told) == 2


def test_L2_a_destruction_of_which_traces_are_left_is_not_called_complete(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """It is said until it is, and tried again each night."""
    to_destroy(panel, a_case(panel))
    with patch.object(residue, "wipe", return_value=False):
        assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
        destroying.destroy_decided(settings_for_tests, NIGHT + timedelta(days=1))
    assert wiped.waiting() == 1
    assert "Destructions that are not complete: 1." in [
        one.what for one in doctor.examine(settings_for_tests)
    ]
    with patch.object(residue, "wipe", return_value=True):
        assert destroying.destroy_decided(settings_for_tests, NIGHT + timedelta(days=2)) == 0
    assert wiped.waiting() == 0
    assert not [one for one in doctor.examine(settings_for_tests) if "not complete" in one.what]


@ON_ONE
def test_L2_the_night_that_leaves_traces_has_failed(panel: Panel, settings_for_tests: Settings) -> None:
    """Nothing goes on silently: it is on the page of timed work, and tried again (D1)."""
    to_destroy(panel, a_case(panel))
    with at(NIGHT), patch.object(residue, "wipe", return_value=False):
        with pytest.raises(Trouble, match="Not complete: 1"), acting.service():
            jobs.destroy_records(settings_for_tests)
    with at(NIGHT), acting.service():
        assert jobs.destroy_records(settings_for_tests) == 0


@contextmanager
def at(now: object) -> Iterator[None]:
    with patch("meetingsvc.clock.now", return_value=now):
        yield


@pytest.mark.parametrize("copies", ["postgresql"], indirect=True)
def test_L2_only_the_tables_owner_takes_traces_away_and_not_while_somebody_may_see_them(
    core_app: Flask, settings_for_tests: Settings
) -> None:
    url = settings_for_tests.database_url
    db.session.rollback()
    assert not residue.wipe("")
    assert not residue.wipe(owners_url(url).replace("meetingsvc_owner", "nobody_of_that_name"))
    assert residue.wipe(owners_url(url))
    with db.engine.connect() as reader, patch.object(residue, "_TRIES", 1):
        reader.exec_driver_sql("SELECT 1 FROM area")
        assert not residue.wipe(owners_url(url))


def tried_each_night(until: datetime) -> None:
    """The night's backup came to its turn, and could not be made."""
    with saved():
        for day in range((until - NIGHT).days + 1):
            at = NIGHT + timedelta(days=day)
            told = {"planned_at": at, "started_at": at, "lease_until": at, "ended_at": at}
            db.session.add(
                JobSlotRow(job="back-up", slot=f"{at:%Y-%m-%d}", token=1, outcome=Ended.FAILED, **told)
            )


@ON_ONE
def test_L2_backups_go_by_the_stated_date_though_no_new_one_can_be_made(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """The last one too, and that none is left is said."""
    settings = settings_for_tests
    to_destroy(panel, a_case(panel))
    made = [backups.back_up(settings, NIGHT - timedelta(days=day)) for day in (2, 1)]
    destroying.destroy_decided(settings, NIGHT)
    broken = replace(settings, secret_key="")
    gone_on = NIGHT + timedelta(days=settings.backup_days + 2)
    tried_each_night(gone_on)
    with pytest.raises(Trouble, match=f"^There is no key.* The last backup goes on .*{gone_on.day} November"):
        backups.back_up(broken, gone_on - timedelta(days=7))
    with pytest.raises(Trouble, match="^There is no key"):
        backups.back_up(broken, gone_on - timedelta(days=1))
    assert all(file.exists() for file in made)
    with pytest.raises(Trouble, match="^No backup is left that could be restored. There is no key"):
        backups.back_up(broken, gone_on)
    assert backup_ends.kept(ledger.folder(settings)) == [] and backup_ends.none_left(settings)


@ON_ONE
def test_L2_backups_go_a_day_later_though_the_nights_backup_never_came_to_it(
    panel: Panel, settings_for_tests: Settings
) -> None:
    settings = settings_for_tests
    to_destroy(panel, a_case(panel))
    backups.back_up(settings, NIGHT - timedelta(days=1))
    destroying.destroy_decided(settings, NIGHT)
    gone_on = NIGHT + timedelta(days=settings.backup_days + 2)
    tried_each_night(gone_on)
    with at(gone_on), acting.service():
        jobs.destroy_records(settings)
    assert not backup_ends.none_left(settings)
    for day in (1, 2):  # and it is said each night
        later = gone_on + timedelta(days=day)
        with at(later), acting.service(), pytest.raises(Trouble, match="No backup is left"):
            jobs.destroy_records(settings)


@ON_ONE
def test_D8_a_clock_that_leaps_forwards_does_not_take_the_last_backups_away(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """Where none was even tried for days somebody looks first; once one is made the others go (L2)."""
    settings = settings_for_tests
    to_destroy(panel, a_case(panel))
    made = backups.back_up(settings, NIGHT - timedelta(days=1))
    destroying.destroy_decided(settings, NIGHT)
    tried_each_night(NIGHT + timedelta(days=5))
    leapt = NIGHT + timedelta(days=settings.backup_days + 9)
    with pytest.raises(Trouble, match="^There is no key.* the clock may be wrong"):
        backups.back_up(replace(settings, secret_key=""), leapt)
    with at(leapt), acting.service(), pytest.raises(Trouble, match="the clock may be wrong"):
        jobs.destroy_records(settings)
    assert made.exists()
    backups.back_up(settings, leapt)
    assert not made.exists() and not backup_ends.none_left(settings)


@ON_ONE
def test_D8_what_kept_a_backup_from_being_made_is_told_though_old_ones_cannot_be_looked_after(
    panel: Panel, settings_for_tests: Settings
) -> None:
    broken = replace(settings_for_tests, secret_key="")
    down = OperationalError("SELECT", {}, Exception("down"))
    with (
        patch.object(backup_ends, "expire", side_effect=down),
        pytest.raises(Trouble, match="There is no key"),
    ):
        backups.back_up(broken, NIGHT)


@ON_ONE
def test_L2_that_the_last_backup_goes_is_said_a_week_before(
    panel: Panel, settings_for_tests: Settings
) -> None:
    settings = settings_for_tests
    to_destroy(panel, a_case(panel))
    backups.back_up(settings, NIGHT - timedelta(days=1))
    assert backup_ends.last_goes_on(settings, NIGHT.date()) is None
    destroying.destroy_decided(settings, NIGHT)
    goes = (NIGHT + timedelta(days=settings.backup_days + 2)).date()
    for days, said in ((8, False), (7, True), (0, True)):
        assert (backup_ends.last_goes_on(settings, goes - timedelta(days=days)) == goes) is said
        with patch("meetingsvc.clock.today", return_value=goes - timedelta(days=days)):
            found = [one.what for one in doctor.examine(settings) if "last backup goes" in one.what]
        assert bool(found) is said
    backups.back_up(settings, NIGHT + timedelta(hours=1))
    assert backup_ends.last_goes_on(settings, goes) is None, "it holds nothing that was destroyed"
