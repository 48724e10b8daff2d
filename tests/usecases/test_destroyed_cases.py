"""What was destroyed does not come back in silence, and nobody it was kept from learns of it (L2, M6)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import current_app
from sqlalchemy import select

from agenda.feed_file import Refused
from agenda.need_to_know import Hides, RestrictionState
from agenda.panels import Family
from meetingsvc.app import create_core
from meetingsvc.config import Settings, Unsafe
from meetingsvc.models import (
    CaseRow,
    DestroyedMarkRow,
    DestructionRow,
    HearingRow,
    IncidentRow,
    NoteRow,
    OutboxRow,
    RejectedRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.seal import Seal
from meetingsvc.store import acting, certificates, kept_rejects, ledger, uploads
from meetingsvc.store.acting import Host
from meetingsvc.usecases import alarms, areas, backups, destroying
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases.imports import Tally
from meetingsvc.usecases.jobs import Trouble
from meetingsvc.usecases.transaction import saved
from minutes.retention_case import Outcome
from notifications.messages import Notice
from tests.a_wall import a_wall
from tests.an_application import NOW, somebody
from tests.builders import a_hearing, a_row, everything, take_in, take_in_history
from tests.proofs.machine_destroy import destroy
from tests.usecases.test_backups import elsewhere, ready
from tests.usecases.test_retention import (
    CANARY,
    DUE,
    NIGHT,
    ON_ONE,
    Panel,
    agreed,
    as_service,
    cases,
    count,
    panel,
    propose,
    review_of,
    to_destroy,
)

__all__ = ["elsewhere", "panel", "ready"]

PAIR = {"victim_nominal": "V9", "perpetrator_nominal": "P9", "victim_surname": CANARY}
HEARING = a_hearing(case_reference="NM/7", heard_on="2026-06-04", **PAIR)
INCIDENT = a_row(recorded_at="2026-11-02T20:00:00+00:00", **PAIR)
CERTIFICATE = "destroyed on Thursday 4 November 2027, certificate D-000001"
AFTER = NIGHT + timedelta(days=3)


def a_case(panel: Panel) -> UUID:
    """One that the old register tells of, and a police incident."""
    take_in_history(panel.area_id, HEARING)
    (case_id,) = cases(panel, INCIDENT)
    assert count(CaseRow) == count(HearingRow) == count(IncidentRow) == 1
    return case_id


def gone(panel: Panel, settings: Settings) -> UUID:
    case_id = a_case(panel)
    to_destroy(panel, case_id)
    assert destroying.destroy_decided(settings, NIGHT) == 1
    assert count(CaseRow) == count(HearingRow) == count(IncidentRow) == 0
    return case_id


def aside() -> list[tuple[str, str]]:
    """Which column of each row that waits for a person, and why."""
    with as_service():
        rows = db.session.execute(select(RejectedRow.column, RejectedRow.error).order_by(RejectedRow.id))
        return [(column, error) for column, error in rows]


def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> list[bytes]:
        raise Unsafe("There is no key to seal with.")

    monkeypatch.setitem(current_app.config, "SEAL", Seal(none))


def test_L2_the_old_register_sent_again_brings_back_nothing_and_says_so(
    panel: Panel, settings_for_tests: Settings
) -> None:
    gone(panel, settings_for_tests)
    db.session.rollback()
    tally = take_in_history(panel.area_id, HEARING, HEARING | {"risk": "high"}, a_hearing())
    assert (tally.created, tally.updated, tally.unchanged, tally.rejected) == (1, 0, 0, 2)
    assert count(CaseRow) == count(HearingRow) == 1
    assert [column for column, _ in aside()] == ["case_reference"] * 2
    assert all(error.startswith(CERTIFICATE) for _, error in aside())
    assert "send it under another case reference" in aside()[0][1]
    with as_service():
        for cells in db.session.scalars(select(RejectedRow.cells)):
            assert list(filter(None, cells)) == ["NM/7"], "by what it is found, and nothing else of it"


@ON_ONE
@pytest.mark.parametrize(
    ("change", "comes_back"),
    [
        ({"case_reference": "nm / 7"}, False),
        ({"victim_surname": "Otherwood", "victim_nominal": "V10"}, False),
        ({"heard_on": "2026-07-02"}, True),
        ({"case_reference": "NM/7 again"}, True),
    ],
)
def test_L2_a_hearing_is_known_by_its_reference_and_its_day(
    panel: Panel, settings_for_tests: Settings, change: dict[str, str], comes_back: bool
) -> None:
    gone(panel, settings_for_tests)
    db.session.rollback()
    tally = take_in_history(panel.area_id, HEARING | change)
    assert (tally.created, tally.rejected) == ((1, 0) if comes_back else (0, 1))


@ON_ONE
def test_L2_a_hearing_written_in_two_ways_in_one_file_does_not_come_back_by_either(
    panel: Panel, settings_for_tests: Settings
) -> None:
    gone(panel, settings_for_tests)
    db.session.rollback()
    tally = take_in_history(panel.area_id, HEARING, HEARING | {"case_reference": "nm / 7"})
    assert (tally.created, tally.rejected) == (0, 2)


@ON_ONE
def test_L2_what_was_destroyed_in_one_area_another_may_hear_of(
    panel: Panel, settings_for_tests: Settings, other_area: UUID
) -> None:
    gone(panel, settings_for_tests)
    db.session.rollback()
    assert take_in_history(other_area, HEARING).created == 1
    assert take_in(other_area, INCIDENT, at=AFTER).created == 1


@pytest.fixture
def other_area(area_id: UUID) -> UUID:
    return areas.create("westhaven", date(2026, 11, 2), NOW)


def test_L2_a_police_incident_sent_again_as_it_was_is_put_aside_and_what_is_new_is_taken_in(
    panel: Panel, settings_for_tests: Settings
) -> None:
    gone(panel, settings_for_tests)
    db.session.rollback()
    tally = take_in(panel.area_id, INCIDENT, at=AFTER)
    assert (tally.created, tally.rejected) == (0, 1) and count(IncidentRow) == 0
    ((column, error),) = aside()
    assert column == "occurrence_number" and error.startswith(CERTIFICATE)
    with as_service():
        (cells,) = db.session.scalars(select(RejectedRow.cells))
    assert list(filter(None, cells)) == [INCIDENT["occurrence_number"]], "nothing else of it is kept"
    assert CANARY not in str(everything())
    tally = take_in(panel.area_id, INCIDENT | {"risk": "medium"}, a_row(), at=AFTER)
    assert (tally.created, tally.rejected) == (2, 0), "another version tells something new"


def test_L2_a_destroyed_version_sent_after_a_newer_one_overtakes_nothing(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """The next full extract carries every version that the force has."""
    gone(panel, settings_for_tests)
    db.session.rollback()
    newer = INCIDENT | {"risk": "medium"}
    assert take_in(panel.area_id, newer, at=AFTER).created == 1
    tally = take_in(panel.area_id, INCIDENT, newer, at=AFTER + timedelta(days=1))
    assert (tally.updated, tally.unchanged, tally.rejected) == (0, 1, 1)
    with as_service():
        ((risk, current),) = db.session.execute(select(IncidentRow.risk, IncidentRow.current)).all()
    assert (risk, current) == ("medium", True)


@ON_ONE
def test_L2_a_newer_and_a_destroyed_version_in_one_file_are_told_apart(
    panel: Panel, settings_for_tests: Settings
) -> None:
    gone(panel, settings_for_tests)
    db.session.rollback()
    tally = take_in(panel.area_id, INCIDENT | {"risk": "medium"}, INCIDENT, at=AFTER)
    assert (tally.created, tally.updated, tally.rejected) == (1, 0, 1)


def test_T2_T12_high_risk_put_aside_as_destroyed_is_said_to_who_reads_alarms(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """By how many rows and which certificate, for a week; its coordinator was walled off, and sees no row."""
    case_id = a_case(panel)
    to_destroy(panel, case_id)
    a_wall(panel.area_id, case_id, panel.coordinator.account_id)
    destroying.destroy_decided(settings_for_tests, NIGHT)
    db.session.rollback()
    for day in (AFTER, AFTER + timedelta(days=1)):
        assert take_in(panel.area_id, INCIDENT, at=day).rejected == 1
    with as_service():
        told = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.ALARM)).all()
        assert {one.account_id for one in told} >= {panel.chair.account_id, panel.governance.account_id}
        assert len(told) == len({one.account_id for one in told}), "once while it goes on"
        assert all(CANARY not in str(one.context) for one in told)
    for who in (panel.chair, panel.governance):
        with acting.acting(who):
            assert alarms.sent_again(who, AFTER + timedelta(days=2)) == [("D-000001", 2)]
            assert alarms.sent_again(who, AFTER + timedelta(days=9)) == []
    with acting.acting(panel.coordinator):
        assert alarms.sent_again(panel.coordinator, AFTER) == []


@ON_ONE
@pytest.mark.parametrize("change", [{"risk": "medium"}, {"domestic": "N"}])
def test_T2_what_is_not_high_risk_and_domestic_raises_nothing(panel: Panel, change: dict[str, str]) -> None:
    """An earlier version of the incident that went."""
    take_in(panel.area_id, INCIDENT | change)
    db.session.rollback()
    (case_id,) = cases(panel, INCIDENT)
    with as_service():
        destroy(panel.area_id, case_id, panel.coordinator.account_id, NIGHT)
    assert take_in(panel.area_id, INCIDENT | change, at=AFTER).rejected == 1
    with acting.acting(panel.chair):
        assert alarms.sent_again(panel.chair, AFTER) == []


def test_L2_a_restore_knows_again_what_came_and_went_since_the_backup(
    panel: Panel, ready: Settings, elsewhere: Settings
) -> None:
    """Neither the hearing nor who was walled off is in the backup: the ledger tells both."""
    (case_id,) = cases(panel, INCIDENT)
    made = backups.back_up(ready, NIGHT - timedelta(hours=2))
    db.session.rollback()
    take_in_history(panel.area_id, HEARING)
    to_destroy(panel, case_id)
    a_wall(panel.area_id, case_id, panel.chair.account_id)
    destroying.destroy_decided(ready, NIGHT)
    with as_service():
        issued = what_is_kept()
    assert len(issued[0][1]) == 2, "of the hearing and of the incident"
    db.session.remove()
    with create_core(elsewhere).app_context(), acting.service():
        backups.restore(elsewhere, made, AFTER)
        assert what_is_kept() == issued
        db.session.rollback()
        assert take_in_history(panel.area_id, HEARING).rejected == 1
        assert take_in(panel.area_id, INCIDENT, at=AFTER).rejected == 1
        db.session.remove()
        db.engine.dispose()


def what_is_kept() -> list[tuple[int | None, list[str], str, str]]:
    of = DestroyedMarkRow
    rows = db.session.scalars(select(DestructionRow).order_by(DestructionRow.number))
    return [
        (row.case_number,
         list(db.session.scalars(select(of.mark).where(of.certificate == row.number).order_by(of.mark))),
         row.told_to, row.walled)
        for row in rows
    ]  # fmt: skip


@ON_ONE
def test_L2_without_a_key_nothing_is_destroyed_nor_a_register_taken_in_and_a_feed_is_with_a_warning(
    panel: Panel, settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_destroy(panel, a_case(panel))
    with monkeypatch.context() as keyless:
        no_key(keyless)
        with pytest.raises(Trouble, match="There is no key to know again"):
            destroying.destroy_decided(settings_for_tests, NIGHT)
    assert count(CaseRow) == 1
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
    no_key(monkeypatch)
    db.session.rollback()
    assert not taken_in_without_it(panel)


def taken_in_without_it(panel: Panel) -> int:
    """How many hearings; no incident is lost for want of a key, and it is said."""
    with pytest.raises(Refused, match="A key is missing that tells whether a hearing had been destroyed"):
        take_in_history(panel.area_id, a_hearing())
    db.session.rollback()
    tally: Tally = take_in(panel.area_id, INCIDENT, at=AFTER)
    assert tally.created == 1
    assert any("whether it had been destroyed: 1 row, first on line 2" in one for one in tally.warnings)
    return count(HearingRow)


@ON_ONE
def test_L2_without_a_key_a_register_is_taken_in_where_nothing_was_destroyed(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_key(monkeypatch)
    assert take_in_history(panel.area_id, a_hearing()).created == 1


@ON_ONE
def test_L2_a_key_that_was_changed_still_tells_until_it_is_taken_away(
    panel: Panel, settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(panel, settings_for_tests)
    keys = [b"a new key, put before the old one", settings_for_tests.secret_key.encode()]
    monkeypatch.setitem(current_app.config, "SEAL", Seal(lambda: keys))
    db.session.rollback()
    assert take_in_history(panel.area_id, HEARING).rejected == 1
    monkeypatch.setitem(current_app.config, "SEAL", Seal(lambda: keys[:1]))
    db.session.rollback()
    assert not taken_in_without_it(panel)


@ON_ONE
def test_L2_rows_of_the_register_that_were_not_taken_in_go_with_their_case(
    panel: Panel, settings_for_tests: Settings
) -> None:
    bad = {"victim_dob": "31/02/1990"}
    spelled = {"case_reference": "nm / 7"}
    take_in_history(
        panel.area_id, HEARING | bad | spelled, HEARING | bad, a_hearing(case_reference="7") | bad
    )
    gone(panel, settings_for_tests)
    with as_service():
        (left,) = db.session.scalars(select(RejectedRow.cells))
    assert left[0] == "7" and CANARY not in "".join(left)


def found(who: Principal, number: int = 1) -> list[str]:
    """What became of that case, as somebody is told."""
    db.session.rollback()
    with acting.acting(who):
        return [one.reference for one in certificates.of_case(who, number)]


def shown(who: Principal) -> int | None:
    """The number that the only certificate shows to somebody."""
    db.session.rollback()
    with acting.acting(who):
        (listed,) = certificates.all_of(who)
        one = certificates.one(who, listed.decision)
    assert one is not None and listed.case_number is None
    return one.case_number


def test_L2_a_certificate_is_found_by_the_number_people_know_the_case_by(
    panel: Panel, settings_for_tests: Settings
) -> None:
    gone(panel, settings_for_tests)
    for who in (panel.coordinator, panel.chair, panel.governance):
        assert found(who) == ["D-000001"] and shown(who) == 1
        assert found(who, 2) == []
    assert found(panel.housing) == []
    (line,) = ledger.entries(settings_for_tests)
    assert line.certificate is not None and line.certificate.case_number == 1


def test_M6_L2_whoever_a_wall_kept_from_a_case_is_not_told_what_became_of_it(
    panel: Panel, settings_for_tests: Settings
) -> None:
    case_id = a_case(panel)
    to_destroy(panel, case_id)
    second = somebody(panel.homes, Role.INFORMATION_GOVERNANCE, "s@northmoor.example", "Lou Bray")
    for who in (panel.coordinator, second):
        a_wall(panel.area_id, case_id, who.account_id)
    destroying.destroy_decided(settings_for_tests, NIGHT)
    for who in (panel.coordinator, second):
        assert found(who) == [] and shown(who) is None
    assert found(panel.governance) == found(panel.chair) == ["D-000001"]
    db.session.rollback()
    tally = take_in_history(panel.area_id, HEARING)
    assert tally.import_id is not None
    with acting.acting(panel.coordinator):
        kept = uploads.found(panel.coordinator, tally.import_id)
        assert kept is not None and kept.rejected == kept.rows == 0
        assert list(kept_rejects.shown(panel.coordinator, tally.import_id)) == []
    other = somebody(panel.force, Role.COORDINATOR, "o@northmoor.example", "Kit Lane")
    with acting.acting(other):
        assert len(list(kept_rejects.shown(other, tally.import_id))) == 1


def test_M6_L2_on_no_other_certificate_a_number_stands_that_would_tell_them_of_it(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """The one without would stand out; and tried one by one, those found would tell which is theirs."""
    one, other = cases(panel, {}, {"victim_surname": "Otherwood"})
    for case_id in (one, other):
        to_destroy(panel, case_id)
    a_wall(panel.area_id, other, panel.coordinator.account_id)
    destroying.destroy_decided(settings_for_tests, NIGHT)
    with as_service():
        numbers = dict(db.session.execute(select(DestructionRow.case_id, DestructionRow.case_number)).all())
    assert len(found(panel.chair, numbers[one])) == 1 and found(panel.coordinator, numbers[one]) == []
    assert found(panel.coordinator, numbers[other]) == []
    with acting.acting(panel.coordinator):
        for told in certificates.all_of(panel.coordinator):
            seen = certificates.one(panel.coordinator, told.decision)
            assert seen is not None and seen.case_number is None


@ON_ONE
def test_M6_L2_of_a_restricted_case_information_governance_alone_is_told(
    panel: Panel, settings_for_tests: Settings
) -> None:
    case_id = a_case(panel)
    to_destroy(panel, case_id)
    with saved(), acting.service():
        db.session.add(RestrictionRow(case_id=case_id, area_id=panel.area_id, hides=Hides.UNNAMED, reason="-",
                                      state=RestrictionState.RESTRICTED, put_at=NOW))  # fmt: skip
    destroying.destroy_decided(settings_for_tests, NIGHT)
    assert found(panel.coordinator) == found(panel.chair) == [] and shown(panel.chair) is None
    assert found(panel.governance) == ["D-000001"] and shown(panel.governance) == 1
    db.session.rollback()
    tally = take_in(panel.area_id, INCIDENT, at=AFTER)
    assert tally.rejected == 1 and tally.import_id is not None
    with acting.acting(panel.coordinator):
        assert list(kept_rejects.shown(panel.coordinator, tally.import_id)) == []
        kept = uploads.found(panel.coordinator, tally.import_id)
        assert kept is not None and kept.rejected == 0


@ON_ONE
def test_M6_L2_who_was_walled_from_what_stands_in_no_copy_and_is_kept_from_all_without_the_key(
    panel: Panel, settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = a_case(panel)
    to_destroy(panel, case_id)
    a_wall(panel.area_id, case_id, panel.coordinator.account_id)
    destroying.destroy_decided(settings_for_tests, NIGHT)
    name = str(panel.coordinator.account_id)
    (line,) = ledger.entries(settings_for_tests)
    with as_service():
        assert line.kept is not None and db.session.scalars(select(DestructionRow.walled)).one()
    assert len(line.kept.walled) == 1 and name not in str(line.kept)
    keys = [b"a new key, put before the old one", settings_for_tests.secret_key.encode()]
    monkeypatch.setitem(current_app.config, "SEAL", Seal(lambda: keys))
    assert found(panel.coordinator) == [] and found(panel.chair) == ["D-000001"]
    monkeypatch.setitem(current_app.config, "SEAL", Seal(lambda: keys[:1]))
    assert found(panel.coordinator) == found(panel.chair) == found(panel.governance) == []
    no_key(monkeypatch)
    assert found(panel.coordinator) == found(panel.chair) == []


@ON_ONE
def test_D1_L2_of_a_case_of_another_family_who_runs_this_ones_meetings_is_told_nothing(
    panel: Panel, settings_for_tests: Settings
) -> None:
    case_id = a_case(panel)
    to_destroy(panel, case_id)
    with saved(), acting.service():
        db.session.get_one(CaseRow, case_id).family = Family.EXPLOITATION
    destroying.destroy_decided(settings_for_tests, NIGHT)
    assert found(panel.chair) == [] and shown(panel.chair) is None
    both = replace(panel.chair, families=frozenset(Family))
    assert found(both) == found(panel.governance) == ["D-000001"] and shown(both) == 1


@ON_ONE
def test_M6_L2_a_certificate_of_some_of_it_is_kept_from_whoever_is_walled_off_since(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """While the case is there by its wall; once it is gone by what that certificate and this one keep."""
    case_id = a_case(panel)
    review_id = review_of(panel, case_id)
    agreed(panel, case_id)
    with as_service():
        note = db.session.scalars(select(NoteRow.id)).one()
    propose(panel, review_id, Outcome.KEEP_SOME, f"note:{note}")
    usecase.decide(panel.chair, review_id, 1, DUE)
    destroying.destroy_decided(settings_for_tests, NIGHT)
    assert found(panel.coordinator) == ["D-000001"]
    a_wall(panel.area_id, case_id, panel.coordinator.account_id)
    assert found(panel.coordinator) == [] and shown(panel.coordinator) is None
    with as_service():
        destroy(panel.area_id, case_id, panel.chair.account_id, NIGHT + timedelta(days=1))
    assert count(CaseRow) == 0
    assert found(panel.coordinator) == [] and found(panel.chair) == ["D-000002", "D-000001"]


@ON_ONE
def test_L2_the_digests_tell_nothing_without_the_key(panel: Panel, settings_for_tests: Settings) -> None:
    gone(panel, settings_for_tests)
    with as_service():
        told = certificates.of_case(Host(panel.area_id), 1)
        assert len(told) == 1 and count(DestroyedMarkRow) == 2
    left = str(everything())
    assert "NM/7" not in left and CANARY not in left and INCIDENT["occurrence_number"] not in left
