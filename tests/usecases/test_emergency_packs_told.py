"""Who is told that an offline pack is there, or could not be made: once, without content (A19, S2, S3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from agenda.area import AreaSettings
from agenda.emergency import Soon
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    ItemRow,
    MeetingRow,
    OfflineAlarmRow,
    OutboxRow,
    RefusalRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas
from meetingsvc.usecases import emergency, notice_times
from meetingsvc.usecases import emergency_pack_making as making
from meetingsvc.usecases import emergency_pack_told as told
from meetingsvc.usecases import emergency_packs as usecase
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall
from tests.usecases.test_emergency_packs import AT, panel
from tests.usecases.test_pack_restricted import Panel

__all__ = ["panel"]

on_one = pytest.mark.one_database
SOON = timedelta(minutes=5)


def messages(notice: Notice) -> list[OutboxRow]:
    db.session.rollback()
    rows = select(OutboxRow).where(OutboxRow.notice == notice).order_by(OutboxRow.created_at, OutboxRow.id)
    return list(db.session.scalars(rows))


def whom(notice: Notice) -> list[UUID]:
    return [row.account_id for row in messages(notice)]


def set_area(panel: Panel, settings: Callable[[AreaSettings], AreaSettings]) -> None:
    with saved():
        row = db.session.get_one(AreaRow, panel.coordinator.area_id)
        row.settings = areas.settings_json(settings(areas.settings_of(row)))


def changed(panel: Panel, why: str) -> None:
    """What the pack says of a case that nothing keeps from its holder."""
    with saved():
        line = update(ItemRow).where(ItemRow.case_id == panel.cases[1], ItemRow.group.is_not(None))
        db.session.execute(line.values(put_off=why))


def fails(*_: object) -> None:
    raise ValueError("Thistlewood")


def broken_once(monkeypatch: pytest.MonkeyPatch, now: datetime = AT) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(making.content, "of", fails)
        with pytest.raises(Unfinished):
            making.make_due(now)


def test_A19_whoever_has_one_made_is_told_once_and_nobody_else(panel: Panel) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)
    assert [making.make_due(AT), making.make_due(AT + SOON)] == [1, 0]
    (row,) = messages(Notice.OFFLINE_PACK_READY)
    assert row.account_id == panel.coordinator.account_id
    assert row.context == {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs/offline"}
    assert set(row.about) == set(map(str, panel.cases)), (
        "it does not leave where all of them are kept from them"
    )


def test_A19_where_nobody_has_a_passphrase_each_coordinator_is_told_once_for_a_meeting(panel: Panel) -> None:
    assert [making.make_due(AT), making.make_due(AT + SOON)] == [0, 0]
    assert set(whom(Notice.OFFLINE_PACK_FAILED)) == {panel.coordinator.account_id, panel.second.account_id}
    new = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Wren Late")
    making.make_due(AT + 2 * SOON)
    rows = messages(Notice.OFFLINE_PACK_FAILED)
    assert [row.account_id for row in rows[2:]] == [new.account_id]
    assert {(row.urgent, row.context["path"]) for row in rows} == {(True, "/packs/offline")}
    usecase.set_passphrase(panel.coordinator, AT)
    assert making.make_due(AT + 3 * SOON) == 1


@on_one
def test_A19_a_passphrase_of_who_may_not_have_one_any_more_is_none(panel: Panel) -> None:
    usecase.set_passphrase(panel.second, NOW)
    with saved():
        db.session.get_one(AccountRow, panel.second.account_id).disabled_at = NOW
    assert making.make_due(AT) == 0
    assert whom(Notice.OFFLINE_PACK_FAILED) == [panel.coordinator.account_id]


@on_one
def test_A19_made_again_it_is_told_again_only_to_who_downloaded_the_last(panel: Panel) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    changed(panel, "No time for it before.")
    assert making.make_due(AT + SOON) == 1
    assert len(whom(Notice.OFFLINE_PACK_READY)) == 1, "one that they have not had yet"
    assert usecase.fetch(panel.coordinator, panel.meeting_id, AT + SOON)
    changed(panel, "No time for it at all.")
    assert making.make_due(AT + 2 * SOON) == 1
    assert len(whom(Notice.OFFLINE_PACK_READY)) == 2, "the file they have is out of date"


@on_one
def test_A19_one_that_a_new_passphrase_deleted_is_told_when_it_is_there_again(panel: Panel) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    usecase.set_passphrase(panel.coordinator, AT)
    making.make_due(AT + SOON)
    assert len(whom(Notice.OFFLINE_PACK_READY)) == 2


@on_one
def test_M6_who_is_kept_from_every_case_is_told_of_no_pack(panel: Panel) -> None:
    usecase.set_passphrase(panel.second, NOW)
    for case_id in panel.cases:
        a_wall(panel.second.area_id, case_id, panel.second.account_id)
    making.make_due(AT)
    assert whom(Notice.OFFLINE_PACK_READY) == []


@on_one
@pytest.mark.parametrize(("digest_at", "state"), [(time(15, 0), "gathered"), (time(8, 30), "waiting")])
def test_S2_one_message_a_day_takes_it_where_that_comes_before_the_day_of_the_meeting(
    panel: Panel, digest_at: time, state: str
) -> None:
    """A pack that is made a day before: at 15:00 the daily message is in time, at 08:30 it is not."""
    set_area(panel, lambda was: replace(was, offline_pack_minutes=1440, digest_at=digest_at))
    usecase.set_passphrase(panel.coordinator, NOW)
    notice_times.choose(panel.coordinator, [Notice.OFFLINE_PACK_READY], NOW)
    assert making.make_due(AT - timedelta(hours=22)) == 1
    assert [row.state for row in messages(Notice.OFFLINE_PACK_READY)] == [state]


def test_A19_that_none_could_be_made_is_told_at_once_and_once_until_it_is(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_area(panel, lambda was: replace(was, quiet_from=time(19), quiet_until=time(9)))
    for who in (panel.coordinator, panel.chair):
        usecase.set_passphrase(who, NOW)
    for _ in range(2):
        broken_once(monkeypatch)
    rows = messages(Notice.OFFLINE_PACK_FAILED)
    assert {row.account_id for row in rows} == {panel.coordinator.account_id, panel.chair.account_id}
    assert len(rows) == 2 and all(row.urgent and row.not_before is None for row in rows)
    assert {(row.context["path"], tuple(row.about)) for row in rows} == {("/packs/offline", ())}
    assert "Thistlewood" not in str([row.context for row in rows])
    assert making.make_due(AT + SOON) == 2
    assert len(whom(Notice.OFFLINE_PACK_READY)) == 2, "and that there is one after all"
    changed(panel, "No time for it before.")
    broken_once(monkeypatch, AT + 2 * SOON)
    assert len(whom(Notice.OFFLINE_PACK_FAILED)) == 4, "a further failure is told anew"


def test_M6_that_none_could_be_made_of_a_hidden_emergency_marac_reaches_nobody_it_is_hidden_from(
    area_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator, chair = a_hidden_call(area_id)
    for who in (coordinator, chair):
        usecase.set_passphrase(who, NOW)
    with saved():
        db.session.execute(delete(OutboxRow))
        meeting_at = db.session.scalars(select(MeetingRow.starts_at).where(MeetingRow.emergency > 0)).one()
    broken_once(monkeypatch, meeting_at - timedelta(minutes=30))
    assert whom(Notice.OFFLINE_PACK_FAILED) == [chair.account_id]


def a_hidden_call(area_id: UUID) -> tuple[Principal, Principal]:
    """An emergency MARAC with a chair, and a coordinator from whom its case is kept since it was called."""
    (item,) = listed(area_id, people_rows(1, NOW.date()))
    case_id = db.session.get_one(ItemRow, item).case_id
    coordinator = a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan")
    chair = a_person(an_agency(area_id, "Court"), Role.CHAIR, "Ansel")
    ask = emergency.ask(coordinator, case_id, "He is released tonight.", Soon.TODAY, NOW)
    emergency.accept(chair, ask, NOW + timedelta(hours=5), NOW)
    a_wall(area_id, case_id, coordinator.account_id)
    return coordinator, chair


@on_one
def test_A19_where_nobody_can_be_told_the_page_says_it_all_the_same(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)
    monkeypatch.setattr(told, "failed", fails)
    broken_once(monkeypatch)
    assert db.session.scalars(select(OfflineAlarmRow.failure)).all() == ["ValueError"]
    said = capsys.readouterr().out
    assert "telling of it failed" in said and "Thistlewood" not in said
    assert db.session.scalars(select(RefusalRow.id)).all() == []
