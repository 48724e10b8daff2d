"""What information governance oversees of yearly reviews, and promises of the service itself (L1-L3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.need_to_know import OpeningKind
from agenda.rules import RuleBroken
from meetingsvc import doctor, jobs
from meetingsvc.config import Settings
from meetingsvc.models import AccountRow, AuditRow, OpeningRow, OutboxRow, RetentionAskRow, ReviewRow, db
from meetingsvc.store import acting, ledger, residue, retention, retention_overseen, wiped
from meetingsvc.store.acting import Host
from meetingsvc.store.retention_use import SOMETHING
from meetingsvc.usecases import backups, destroying, retention_asking
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases import retention_overseen as overseen
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.jobs import Trouble
from meetingsvc.usecases.transaction import saved
from minutes.retention import State
from minutes.retention_asks import Holds, OnBehalf
from notifications.messages import Notice
from tests.a_wall import a_wall
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


def asked_of(panel: Panel, agency_id: UUID) -> UUID:
    with as_service():
        rows = select(RetentionAskRow.id).where(RetentionAskRow.agency_id == agency_id)
        return db.session.scalars(rows).one()


def nobody_of_housing(panel: Panel) -> None:
    with saved(), acting.service():
        db.session.get_one(AccountRow, panel.housing.account_id).disabled_at = DUE


def answered_for(panel: Panel, case_id: UUID, agency_id: UUID) -> None:
    overseen.answer_for(panel.governance, asked_of(panel, agency_id), case_id, OnBehalf.NOBODY, Holds.NOTHING,
                        True, DUE)  # fmt: skip


def test_L3_an_agency_that_can_never_answer_is_answered_for_by_information_governance(panel: Panel) -> None:
    """With why, which is kept; so that its review does not wait for ever."""
    case_id = a_case(panel)
    review_of(panel, case_id)
    nobody_of_housing(panel)
    able = {one.agency: one.able for one in retention_overseen.waited_for(panel.governance, DUE.date())}
    assert able == {"Northmoor Police": True, "Fellside Homes": False}
    assert [one.agency for one in overseen.unable(panel.governance, case_id, DUE)] == ["Fellside Homes"]
    answered_for(panel, case_id, panel.homes)
    with as_service():
        told = {one.agency: one for one in retention.asked_about(Host(panel.area_id), case_id, DUE.date())}
        line = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    homes = told["Fellside Homes"]
    assert (homes.holds, homes.may_go, homes.by, homes.for_it) == (Holds.NOTHING, True, "Ida Fern", True)
    assert line.action == "retention.answered_for" and line.detail["why"] == "nobody"
    with pytest.raises(RuleBroken, match="has answered"):
        answered_for(panel, case_id, panel.homes)


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
    with pytest.raises(Trouble, match="^There is no key"):
        backups.back_up(broken, gone_on - timedelta(days=1))
    assert all(file.exists() for file in made)
    with pytest.raises(Trouble, match="^No backup is left that could be restored. There is no key"):
        backups.back_up(broken, gone_on)
    assert backups.kept(ledger.folder(settings)) == [] and backups.none_left(settings)


@ON_ONE
def test_L2_backups_go_a_day_later_though_the_nights_backup_never_came_to_it(
    panel: Panel, settings_for_tests: Settings
) -> None:
    settings = settings_for_tests
    to_destroy(panel, a_case(panel))
    backups.back_up(settings, NIGHT - timedelta(days=1))
    destroying.destroy_decided(settings, NIGHT)
    gone_on = NIGHT + timedelta(days=settings.backup_days + 2)
    with at(gone_on), acting.service():
        jobs.destroy_records(settings)
    assert not backups.none_left(settings)
    with at(gone_on + timedelta(days=1)), acting.service(), pytest.raises(Trouble, match="No backup is left"):
        jobs.destroy_records(settings)
