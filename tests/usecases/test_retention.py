"""Yearly reviews, holds, and destruction that leaves a certificate and nothing else (Rulebook L1-L3)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from werkzeug.exceptions import Forbidden, NotFound

from agenda import breaches as breach_steps
from agenda.agencies import AgencyKind
from agenda.incidents import Risk
from agenda.rules import RuleBroken
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import (
    AuditRow,
    Base,
    CaseRow,
    DestructionRow,
    DisclosureReleaseRow,
    DisclosureRow,
    ItemRow,
    NoteRow,
    OutboxRow,
    PersonRow,
    ResearchNamedRow,
    RetentionAskRow,
    ReviewRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, audit, certificates, ledger, register_kept, retention, retention_case
from meetingsvc.store.acting import Host
from meetingsvc.usecases import accounts as making
from meetingsvc.usecases import agencies, backup_ends, backups, breaches, destroying, holds, list_changes
from meetingsvc.usecases import outcomes as recording
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases.jobs import Trouble
from meetingsvc.usecases.transaction import saved
from minutes import disclosure_kinds
from minutes.destruction import Kind
from minutes.holds import CHILD_HOLD, Why
from minutes.outcome import Outcome as Decided
from minutes.recording import Recording
from minutes.retention import State
from minutes.retention_asks import Holds
from minutes.retention_case import Outcome
from notifications.messages import Notice
from tests.a_breach import a_breach
from tests.a_meeting_record import nothing_missing
from tests.a_wall import a_wall
from tests.an_application import NOW, a_police_force, somebody
from tests.builders import a_row, take_in
from tests.usecases.test_backups import elsewhere, ready

__all__ = ["elsewhere", "ready"]

TUESDAY = date(2026, 11, 3)
MORNING = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
#: The incident is of Monday 2 November 2026, so its review falls due on that day of the year after.
EARLY = datetime(2027, 11, 1, 2, 20, tzinfo=UTC)
DUE = datetime(2027, 11, 2, 2, 20, tzinfo=UTC)
NIGHT = datetime(2027, 11, 4, 2, 40, tzinfo=UTC)
CANARY, NOTE = "Canarywood", "Canaryfield said so"

#: What is not about the database is asked on one of the two.
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


class Panel:
    """Who takes part, by what they are."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id
        self.force = a_police_force(area_id)
        self.police = somebody(self.force, Role.REPRESENTATIVE, "p@northmoor.example", "Pat Moor")
        self.coordinator = somebody(self.force, Role.COORDINATOR, "c@northmoor.example", "Jo Reed")
        self.chair = somebody(self.force, Role.CHAIR, "h@northmoor.example", "Max Vale")
        with saved():
            self.homes = agencies.create(area_id, "Fellside Homes", AgencyKind.HOUSING, date(2026, 1, 5),
                                         "test", NOW, attends_daily=True)  # fmt: skip
        self.housing = somebody(self.homes, Role.REPRESENTATIVE, "f@northmoor.example", "Ann Frost")
        self.governance = somebody(self.homes, Role.INFORMATION_GOVERNANCE, "g@northmoor.example", "Ida Fern")


@pytest.fixture
def panel(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> Panel:
    monkeypatch.setattr(making, "hashed", lambda password: "x")
    return Panel(area_id)


@contextmanager
def as_service() -> Iterator[None]:
    db.session.rollback()
    with acting.service():
        yield
    db.session.rollback()


def a_case(panel: Panel, **told: str) -> UUID:
    """Of Tuesday's list, heard and closed, with a note of the housing agency."""
    (case_id,) = cases(panel, told)
    return case_id


def cases(panel: Panel, *rows: dict[str, str]) -> list[UUID]:
    usual = {"recorded_at": "2026-11-02T20:00:00+00:00", "victim_surname": CANARY}
    told = [a_row(**(usual | row)) for row in rows]
    for row in told:
        take_in(panel.area_id, row)
    list_changes.build(panel.coordinator, TUESDAY, MORNING)
    with as_service():
        items = list(db.session.scalars(select(ItemRow.id).order_by(ItemRow.position)))
    told = Decided(Risk.STANDARD, not_referred="She lives with her sister now")
    for item_id in items:
        recording.record(panel.coordinator, item_id, Recording(0, told), MORNING)
    nothing_missing(panel.coordinator, at=MORNING)
    list_changes.close(panel.coordinator, TUESDAY, MORNING)
    with saved(), acting.service():
        for item_id in items:
            db.session.add(NoteRow(
                id=uuid4(), area_id=panel.area_id, item_id=item_id, kind="fact", text=NOTE,
                agency_id=panel.homes, author="Ann Frost", recorded_by=panel.housing.account_id,
                recorded_at=MORNING, source="Her own file",
            ))  # fmt: skip
    with as_service():
        return [db.session.get_one(ItemRow, item_id).case_id for item_id in items]


def review_of(panel: Panel, case_id: UUID, now: datetime = DUE) -> UUID:
    """Its review, once the night has made it."""
    db.session.rollback()
    usecase.fall_due(now)
    with as_service():
        (found,) = [one for one in retention.of_case(Host(panel.area_id), case_id) if one.state is State.DUE]
    return found.id


def state(panel: Panel, review_id: UUID) -> State:
    with as_service():
        found = retention.one(Host(panel.area_id), review_id)
    assert found is not None
    return found.state


def agreed(panel: Panel, case_id: UUID, may_go: bool = True) -> None:
    """Every agency that was asked says the same."""
    for who in (panel.police, panel.housing):
        db.session.rollback()
        with acting.acting(who):
            (asked,) = [one for one in retention.asked_of(who) if one.case_id == case_id]
        db.session.rollback()
        usecase.answer(who, asked.id, Holds.DESTROYED, may_go, DUE)


def propose(panel: Panel, review_id: UUID, outcome: Outcome = Outcome.DESTROY, *chosen: str) -> None:
    usecase.propose(panel.coordinator, review_id, outcome, False, chosen, "No risk is known", DUE)


def to_destroy(panel: Panel, case_id: UUID) -> UUID:
    """Decided by two, with everybody's leave."""
    review_id = review_of(panel, case_id)
    agreed(panel, case_id)
    propose(panel, review_id)
    assert usecase.decide(panel.chair, review_id, 1, DUE) is State.TO_DESTROY
    return review_id


def count(row: type[Base]) -> int:
    with as_service():
        return db.session.scalar(select(func.count()).select_from(row)) or 0


def everything() -> str:
    """Every value of every row of every table."""
    with as_service():
        rows = [tuple(row) for table in Base.metadata.sorted_tables for row in db.session.execute(
            select(table))]  # fmt: skip
    return "\n".join(
        value.decode("latin1") if isinstance(value, bytes) else json.dumps(value, default=str)
        for row in rows for value in row
    )  # fmt: skip


def test_L1_a_review_falls_due_by_itself_twelve_months_after_the_last_incident(panel: Panel) -> None:
    case_id = a_case(panel)
    assert usecase.fall_due(EARLY) == 0 and count(ReviewRow) == 0
    assert usecase.fall_due(DUE) == 1
    assert usecase.fall_due(DUE) == 0, "once"
    with acting.acting(panel.coordinator):
        (found,) = retention.to_do(panel.coordinator, DUE.date())
    assert (found.case_id, found.review.due_on, found.state) == (case_id, date(2027, 11, 2), State.DUE)


def test_L3_each_agency_that_supplied_or_received_is_asked_at_twelve_months(panel: Panel) -> None:
    case_id = a_case(panel)
    usecase.fall_due(DUE)
    usecase.fall_due(NIGHT)
    with as_service():
        asked = set(db.session.scalars(select(RetentionAskRow.agency_id)).all())
    assert asked == {panel.force, panel.homes} and count(RetentionAskRow) == 2, "once"
    agreed(panel, case_id)
    with acting.acting(panel.coordinator):
        told = retention.asked_about(panel.coordinator, case_id, date(2027, 11, 2))
    assert {(one.agency, one.holds, one.may_go) for one in told} == {
        ("Northmoor Police", Holds.DESTROYED, True), ("Fellside Homes", Holds.DESTROYED, True),
    }  # fmt: skip


def test_L3_who_answers_is_told_once_that_they_are_asked_and_once_that_it_is_late(panel: Panel) -> None:
    """By a notice that names no case; nobody is told of a case that is kept from them (S2, M6)."""
    case_id = a_case(panel)
    a_wall(panel.area_id, case_id, panel.police.account_id)

    def told() -> list[tuple[UUID, dict[str, str]]]:
        with as_service():
            rows = select(OutboxRow).where(OutboxRow.notice == Notice.RECORDS)
            return [(row.account_id, row.context) for row in db.session.scalars(rows)]

    for _ in range(2):
        usecase.fall_due(DUE)
    ((account_id, context),) = told()
    assert account_id == panel.housing.account_id and context["path"] == "/retention/asked"
    usecase.fall_due(DUE + timedelta(days=40))
    usecase.fall_due(DUE + timedelta(days=41))
    assert len(told()) == 2


def test_L3_an_agency_answers_for_itself_alone(panel: Panel) -> None:
    a_case(panel)
    usecase.fall_due(DUE)
    with acting.acting(panel.housing):
        (asked,) = retention.asked_of(panel.housing)
    with pytest.raises(NotFound):
        usecase.answer(panel.police, asked.id, Holds.ALL, True, DUE)


def test_L1_what_was_decided_by_two_is_destroyed_and_leaves_a_certificate_and_nothing_else(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """No table keeps anything of it, nor does the database's file (L2; security.md E)."""
    before = {row: count(row) for row in (CaseRow, PersonRow, NoteRow)}
    case_id = a_case(panel)
    told = everything()
    assert CANARY in told and NOTE in told
    to_destroy(panel, case_id)
    assert CANARY in everything(), "not before the night"
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
    left = everything()
    assert "anary" not in left.replace("meetingsvc", "") and "No risk is known" not in left
    assert {row: count(row) for row in before} == before
    with acting.acting(panel.governance):
        (certificate,) = certificates.all_of(panel.governance)
    assert (certificate.case, certificate.outcome) == (case_id, Outcome.DESTROY)
    assert (certificate.proposed_by, certificate.decided_by) == (
        panel.coordinator.account_id, panel.chair.account_id,
    )  # fmt: skip
    told_counts = dict(certificate.counts)
    assert told_counts[Kind.CASE] == told_counts[Kind.NOTE] == told_counts[Kind.INCIDENT] == 1
    assert certificate.backups_gone_on == NIGHT.date() + timedelta(days=settings_for_tests.backup_days + 2)
    with acting.acting(panel.governance):
        printed = certificates.one(panel.governance, certificate.decision)
    (line,) = ledger.entries(settings_for_tests)
    assert line.certificate == printed and CANARY not in line.line
    with as_service():
        assert audit.verify()[1] is None
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 0, "safe to run twice"


def test_X6_L2_the_register_of_releases_keeps_a_line_without_content(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """Who it went to and for what are named in it, so they go: the kind of request says what sort (X6)."""
    case_id, by, second = a_case(panel), panel.coordinator.account_id, panel.chair.account_id
    request, here = uuid4(), {"area_id": panel.area_id}
    with as_service(), saved():
        db.session.add(
            DisclosureRow(id=request, case_id=case_id, reference="REQ-000001", kind="subject access",
                          to_chair=False, name=CANARY, organisation=CANARY, reached={"email": CANARY},
                          purpose=CANARY, about=[], received_at=NOW, court=CANARY, accepts_protocol=False,
                          logged_by=by, logged_at=NOW, ended_at=NOW, **here)
        )  # fmt: skip
        db.session.flush()
        for number, at in enumerate((NOW, None), 1):
            db.session.add(
                DisclosureReleaseRow(number=number, request_id=request, recipient=CANARY, purpose=CANARY,
                                     prepared_by=by, prepared_at=NOW, digest="ab" * 32,
                                     redactions={"x": [[CANARY, ""]]}, released_at=at,
                                     released_by=second if at else None, decided_by=second,
                                     pieces=[["1", "2"], ["3", "4"]], departs=[], order=CANARY, **here)
            )  # fmt: skip
            db.session.flush()
    to_destroy(panel, case_id)
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
    assert "anary" not in everything().replace("meetingsvc", "")
    with acting.acting(panel.governance):
        (certificate,) = certificates.all_of(panel.governance)
        (line,) = register_kept.of_certificate(panel.governance, certificate.number)
    assert (line.kind, line.items, line.decided_by, line.released_by) == (
        disclosure_kinds.Kind.SUBJECT_ACCESS, 2, second, second,
    )  # fmt: skip
    with acting.acting(panel.housing):
        assert register_kept.of_certificate(panel.housing, certificate.number) == []


@ON_ONE
def test_V5_a_breach_that_goes_with_its_case_leaves_a_line_with_whom_a_wall_kept_it_from(
    panel: Panel, settings_for_tests: Settings
) -> None:
    case_id = a_case(panel)
    key = a_breach(panel.area_id, panel.housing.account_id, case_id)
    second, third = (
        somebody(panel.homes, Role.INFORMATION_GOVERNANCE, f"{name}@northmoor.example", name)
        for name in ("second", "third")
    )
    a_wall(panel.area_id, case_id, third.account_id)
    for who in (panel.governance, second):
        breaches.take_step(who, key, breach_steps.Step.DISMISS, "Nothing went astray", DUE)
    to_destroy(panel, case_id)
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
    with as_service():
        rows = select(AuditRow).where(AuditRow.action == "breach.destroyed")
        (line,) = db.session.scalars(rows)
        assert line.subject == f"breach/{key}" and line.detail == {"walled": str(third.account_id)}
        assert audit.verify()[1] is None


@ON_ONE
def test_L2_the_file_and_its_log_hold_nothing_of_it(panel: Panel, settings_for_tests: Settings) -> None:
    case_id = a_case(panel)
    path = Path(str(db.engine.url.database))
    files = (path, path.with_name(f"{path.name}-wal"))

    def held() -> int:
        return sum(file.read_bytes().count(b"Canary") for file in files if file.exists())

    assert held() > 0
    to_destroy(panel, case_id)
    db.session.remove()
    destroying.destroy_decided(settings_for_tests, NIGHT)
    assert held() == 0
    made = backups.back_up(settings_for_tests, NIGHT)
    with made.open("rb") as sealed:
        _, content = backups.opened(sealed, backups._keys(settings_for_tests))
        assert b"Canary" not in b"".join(content)


def test_L1_two_different_people_decide(panel: Panel) -> None:
    review_id = review_of(panel, case_id := a_case(panel))
    agreed(panel, case_id)
    with pytest.raises(Forbidden):
        usecase.propose(panel.chair, review_id, Outcome.KEEP_ALL, True, (), "Kept", DUE)
    propose(panel, review_id)
    with pytest.raises(Forbidden):
        usecase.decide(panel.coordinator, review_id, 1, DUE)
    with pytest.raises(RuleBroken, match="has changed since you opened it"):
        usecase.decide(panel.chair, review_id, 0, DUE)


def test_L1_while_a_risk_remains_all_is_kept_and_the_next_review_is_a_year_on(panel: Panel) -> None:
    review_id = review_of(panel, case_id := a_case(panel))
    with pytest.raises(RuleBroken, match="While a risk"):
        usecase.propose(panel.coordinator, review_id, Outcome.DESTROY, True, (), "Gone", DUE)
    usecase.propose(panel.coordinator, review_id, Outcome.KEEP_ALL, True, (), "He is about", DUE)
    assert usecase.decide(panel.chair, review_id, 1, DUE) is State.KEPT
    assert usecase.fall_due(DUE + timedelta(days=300)) == 0
    assert usecase.fall_due(datetime(2028, 11, 2, 3, 0, tzinfo=UTC)) == 1
    with as_service():
        found = retention.of_case(Host(panel.area_id), case_id)
    assert [one.review.due_on.year for one in found] == [2027, 2028]


def test_L1_without_the_suppliers_leave_it_is_kept(panel: Panel, settings_for_tests: Settings) -> None:
    """Silence keeps it, and so does a no; a yes that is taken back before the night stops it (R2)."""
    case_id = a_case(panel)
    review_id = review_of(panel, case_id)
    propose(panel, review_id)
    with pytest.raises(RuleBroken, match="Not agreed to by .*Fellside Homes, Northmoor Police"):
        usecase.decide(panel.chair, review_id, 1, DUE)
    agreed(panel, case_id)
    assert usecase.decide(panel.chair, review_id, 1, DUE) is State.TO_DESTROY
    agreed(panel, case_id, may_go=False)
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 0
    assert state(panel, review_id) is State.DUE and count(CaseRow) == 1


def a_child(panel: Panel, case_id: UUID, at: datetime = MORNING) -> None:
    with saved(), acting.service():
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.case_id == case_id)).first()
        db.session.add(ResearchNamedRow(
            id=uuid4(), area_id=panel.area_id, item_id=item, agency_id=panel.homes, author="Ann Frost",
            recorded_by=panel.housing.account_id, recorded_at=at, kind="child", name="A child", dob=None,
            relation="hers", why="lives there",
        ))  # fmt: skip


def test_L1_a_case_with_a_child_is_held_until_information_governance_lifts_it(
    panel: Panel, settings_for_tests: Settings
) -> None:
    case_id = a_case(panel)
    a_child(panel, case_id)
    review_id = review_of(panel, case_id)
    agreed(panel, case_id)
    propose(panel, review_id)
    with pytest.raises(RuleBroken, match="Held because a child is on the case"):
        usecase.decide(panel.chair, review_id, 1, DUE)
    with pytest.raises(Forbidden):
        holds.lift(panel.chair, case_id, CHILD_HOLD, "I say so", DUE)
    holds.lift(panel.governance, case_id, CHILD_HOLD, "The inquiry has ended", DUE)
    assert usecase.decide(panel.chair, review_id, 1, DUE) is State.TO_DESTROY
    a_child(panel, case_id, NIGHT - timedelta(hours=3))
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 0, "nobody has decided about that one"


def test_L1_a_hold_stops_what_was_decided(panel: Panel, settings_for_tests: Settings) -> None:
    case_id = a_case(panel)
    review_id = to_destroy(panel, case_id)
    holds.set_hold(panel.governance, case_id, Why.INQUIRY, "An inquiry asks for it", DUE)
    assert state(panel, review_id) is State.DUE
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 0 and count(CaseRow) == 1
    with pytest.raises(RuleBroken, match="no such hold"):
        holds.lift(panel.governance, case_id, CHILD_HOLD, "There is none", DUE)


def test_L1_a_further_incident_starts_the_months_again(panel: Panel, settings_for_tests: Settings) -> None:
    case_id = a_case(panel, victim_nominal="V9", perpetrator_nominal="P9")
    review_id = to_destroy(panel, case_id)
    again = a_row(victim_nominal="V9", perpetrator_nominal="P9", recorded_at="2027-11-03T07:00:00+00:00",
                  victim_surname=CANARY, risk="standard")  # fmt: skip
    take_in(panel.area_id, again, at=DUE + timedelta(days=1))
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 0, "it waits for a list"
    assert state(panel, review_id) is State.DUE and count(CaseRow) == 1


def test_L1_what_another_case_has_too_stays_for_that_one(panel: Panel, settings_for_tests: Settings) -> None:
    his = {"perpetrator_nominal": "P1"}
    one, other = cases(panel, {"victim_nominal": "V1"} | his,
                       {"victim_nominal": "V2", "victim_surname": "Otherwood"} | his)  # fmt: skip
    with as_service():
        shared = db.session.get_one(CaseRow, one).perpetrator_id
        assert shared is not None and db.session.get_one(CaseRow, other).perpetrator_id == shared
    to_destroy(panel, one)
    destroying.destroy_decided(settings_for_tests, NIGHT)
    with as_service():
        assert db.session.get(CaseRow, one) is None and db.session.get(CaseRow, other) is not None
        assert db.session.get(PersonRow, shared) is not None
    left = everything()
    assert CANARY not in left and "Otherwood" in left and NOTE in left


def test_L1_some_is_kept_and_what_is_named_goes(panel: Panel, settings_for_tests: Settings) -> None:
    case_id = a_case(panel)
    review_id = review_of(panel, case_id)
    agreed(panel, case_id)
    with as_service():
        note = db.session.scalars(select(NoteRow.id)).one()
    with pytest.raises(RuleBroken, match="cannot go alone"):
        propose(panel, review_id, Outcome.KEEP_SOME, f"case:{case_id}")
    propose(panel, review_id, Outcome.KEEP_SOME, f"note:{note}")
    usecase.decide(panel.chair, review_id, 1, DUE)
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
    assert count(NoteRow) == 0 and count(CaseRow) == 1
    left = everything()
    assert "Canaryfield" not in left and CANARY in left
    assert state(panel, review_id) is State.DESTROYED


def test_M6_who_may_not_open_the_case_finds_no_review(panel: Panel) -> None:
    case_id = a_case(panel)
    review_id = review_of(panel, case_id)
    for who in (panel.coordinator, panel.housing):
        a_wall(panel.area_id, case_id, who.account_id)
    for who in (panel.coordinator, panel.housing):
        with acting.acting(who):
            assert retention.to_do(who, DUE.date()) == [] == retention.asked_of(who)
        db.session.rollback()
    with pytest.raises(NotFound):
        propose(panel, review_id)
    with acting.acting(panel.chair):
        assert len(retention.to_do(panel.chair, DUE.date())) == 1


def test_L2_a_note_is_deleted_only_while_its_case_is_destroyed(panel: Panel) -> None:
    a_case(panel)
    with pytest.raises(Exception, match="kept as it is"), saved(), acting.service():
        db.session.execute(text("DELETE FROM note"))


def test_L2_a_restore_destroys_again_before_it_opens(
    panel: Panel, ready: Settings, elsewhere: Settings
) -> None:
    case_id = a_case(panel)
    to_destroy(panel, case_id)
    made = backups.back_up(ready, NIGHT - timedelta(hours=1))
    destroying.destroy_decided(ready, NIGHT)
    with as_service():
        (certificate,) = certificates.all_of(Host(panel.area_id))
    db.session.remove()
    with create_core(elsewhere).app_context(), acting.service():
        backups.restore(elsewhere, made, NIGHT + timedelta(hours=9))
        assert db.session.scalar(select(func.count()).select_from(CaseRow)) == 0
        assert certificates.all_of(Host(panel.area_id)) == [certificate]
        assert CANARY not in everything()
        lines = select(AuditRow.action).order_by(AuditRow.id.desc()).limit(1)
        assert db.session.scalar(lines) == "records.destroyed_again"
        assert destroying.replay(elsewhere, NIGHT) == 0, "safe to run twice"
        db.session.remove()
        db.engine.dispose()


@ON_ONE
def test_L2_a_service_does_not_open_on_a_ledger_that_is_cut_off(
    panel: Panel, settings_for_tests: Settings
) -> None:
    to_destroy(panel, a_case(panel))
    destroying.destroy_decided(settings_for_tests, NIGHT)
    file = ledger.folder(settings_for_tests) / "destructions.ledger"
    whole = file.read_text()
    file.write_text("")
    with acting.service(), pytest.raises(RuleBroken, match="ends at 0, and certificate 1 was issued"):
        destroying.replay(settings_for_tests, NIGHT)
    with pytest.raises(Trouble, match="ends at 0"):
        destroying.destroy_decided(settings_for_tests, NIGHT)
    file.write_text(whole.replace('"number": 1', '"number": 2', 1))
    with pytest.raises(Trouble, match="altered at line 1"):
        destroying.destroy_decided(settings_for_tests, NIGHT)


@ON_ONE
@pytest.mark.parametrize("committed", [True, False])
def test_L2_a_crash_leaves_the_ledger_and_the_certificates_as_one(
    panel: Panel, settings_for_tests: Settings, committed: bool
) -> None:
    """Between the staged line and the commit nothing was destroyed; after the commit the line is put in."""
    to_destroy(panel, a_case(panel))
    if committed:
        with patch.object(ledger, "settle", side_effect=[None, OSError]), pytest.raises(Exception, match="1"):
            destroying.destroy_decided(settings_for_tests, NIGHT)
    else:
        staged = ledger.stage

        def dies(*told: object) -> None:
            staged(*told)  # type: ignore[arg-type]
            raise OSError

        with patch.object(ledger, "stage", dies), pytest.raises(Exception, match="1 decisions"):
            destroying.destroy_decided(settings_for_tests, NIGHT)
    assert count(DestructionRow) == int(committed) == 1 - count(CaseRow)
    assert len(ledger.entries(settings_for_tests)) == 1, "it may have been"
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == int(not committed)
    assert len(ledger.entries(settings_for_tests)) == count(DestructionRow) == 1 - count(CaseRow) == 1
    assert not list(ledger.folder(settings_for_tests).glob("*.next"))


@ON_ONE
def test_L2_no_backup_outlives_what_a_certificate_promises(
    panel: Panel, settings_for_tests: Settings
) -> None:
    """Though the service was down for weeks, and fewer are left than stay otherwise."""
    to_destroy(panel, a_case(panel))
    before = [backups.back_up(settings_for_tests, NIGHT - timedelta(days=day)) for day in (3, 2, 1)]
    destroying.destroy_decided(settings_for_tests, NIGHT)
    backups.back_up(settings_for_tests, NIGHT + timedelta(hours=1))
    gone_on = NIGHT + timedelta(days=settings_for_tests.backup_days + 2)
    backups.back_up(settings_for_tests, gone_on - timedelta(days=1))
    assert all(file.exists() for file in before)
    backups.back_up(settings_for_tests, gone_on)
    assert not any(file.exists() for file in before)
    assert len(backup_ends.kept(ledger.folder(settings_for_tests))) == 3


def test_L1_who_lifted_a_hold_does_not_decide_to_destroy(panel: Panel) -> None:
    case_id = a_case(panel)
    a_child(panel, case_id)
    holds.lift(panel.governance, case_id, CHILD_HOLD, "The inquiry has ended", DUE)
    with as_service():
        (event,) = retention_case.events(case_id)
    assert event.by == str(panel.governance.account_id) and event.why is Why.CHILD
