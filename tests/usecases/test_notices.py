"""Who is told of lists, moved meetings, packs nobody fetched, tasks and disclosures: once, nobody else."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from agenda.area import AreaSettings
from agenda.disclosure_scheme import Step
from meetingsvc.models import AreaRow, FeedbackRow, MeetingRow, OutboxRow, RefusalRow, WallRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, audit
from meetingsvc.usecases import (
    disclosure_notices,
    feedback_chasing,
    list_changes,
    marac_publishing,
    matching_decisions,
    meeting_notices,
    notices,
    packs,
    packs_chasing,
)
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import MONDAY, NOW, a_person, an_agency
from tests.servers.remembered import remembered
from tests.usecases import test_disclosure_schemes, test_feedback
from tests.usecases.test_pack_restricted import Panel

on_one = pytest.mark.one_database
#: Two working days before the MARAC of Thursday 3 December.
NEAR = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
feedback_panel = pytest.fixture(test_feedback.panel.__wrapped__, name="telling")  # type: ignore[attr-defined]
disclosure_panel = pytest.fixture(
    test_disclosure_schemes.panel.__wrapped__,  # type: ignore[attr-defined]
    name="scheme",
)


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    """Its MARAC's agenda is shared, and what that told is forgotten."""
    found = Panel(area_id)
    marac_publishing.publish(found.coordinator, found.meeting_id, NOW)
    forget()
    return found


def forget() -> None:
    with saved():
        db.session.execute(delete(OutboxRow))


def told(notice: Notice) -> list[UUID]:
    """Whom it is queued for, each time it is."""
    db.session.rollback()
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == notice)
    return list(db.session.scalars(rows.order_by(OutboxRow.created_at, OutboxRow.id)))


def wall(who: Principal, case_id: UUID) -> None:
    with saved():
        db.session.add(WallRow(area_id=who.area_id, case_id=case_id, account_id=who.account_id,
                               ground="declared", shared="", state="stands", put_at=NOW))  # fmt: skip


def a_list(area_id: UUID) -> tuple[Principal, list[Principal]]:
    """A coordinator, and who attends: one of the daily meeting, one of the MARAC alone."""
    police = an_agency(area_id, "Northmoor Police", daily=True)
    daily = a_person(police, name="Robin Ash")
    marac = a_person(an_agency(area_id, "Fellside Homes"), name="Joan Akande")
    return a_person(police, Role.COORDINATOR, "Morgan Ashdown"), [daily, marac]


def test_D1_a_list_is_told_once_to_who_attends_the_daily_meeting(area_id: UUID) -> None:
    coordinator, (daily, marac) = a_list(area_id)
    list_changes.build(coordinator, MONDAY, NOW)
    assert set(told(Notice.LIST_READY)) == {coordinator.account_id, daily.account_id}
    assert marac.account_id not in told(Notice.LIST_READY)
    list_changes.build(coordinator, MONDAY, NOW)
    assert len(told(Notice.LIST_READY)) == 2, "built before: nothing new"
    row = db.session.scalars(select(OutboxRow)).first()
    assert row is not None and row.urgent and row.not_before is None and row.about == []


@on_one
def test_D1_a_list_that_waits_for_near_matches_is_told_when_it_is_circulated(
    area_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator, _ = a_list(area_id)
    monkeypatch.setattr(matching_decisions, "waiting", lambda *_: 1)
    list_changes.build(coordinator, MONDAY, NOW)
    assert told(Notice.LIST_READY) == []
    matching_decisions.circulate(coordinator, MONDAY, "I have looked at each of them.", NOW)
    assert len(told(Notice.LIST_READY)) == 2


def changed(panel: Panel, but: UUID | None = None) -> None:
    with saved(), acting.whole_area(panel.coordinator.area_id):
        meeting = db.session.get_one(MeetingRow, panel.meeting_id)
        meeting_notices.changed(meeting, date(2026, 12, 3), NOW, but)


def test_M4_everyone_who_attends_is_told_of_a_change_but_who_made_it(panel: Panel) -> None:
    changed(panel, panel.coordinator.account_id)
    expected = {one.account_id for one in (panel.second, panel.chair, panel.named, panel.unnamed)}
    assert set(told(Notice.MEETING_CHANGED)) == expected and len(told(Notice.MEETING_CHANGED)) == 4
    row = db.session.scalars(select(OutboxRow)).first()
    assert row is not None
    assert row.context == {
        "panel": "MARAC", "sits_on": "2026-12-03", "path": f"/marac/{panel.meeting_id}",
    }  # fmt: skip


@on_one
@pytest.mark.parametrize("emergency", [0, 1])
@pytest.mark.parametrize("notice", [Notice.PACK_READY, Notice.MINUTES, Notice.CONFIRMATIONS, Notice.RESEARCH])
def test_M4_what_is_of_an_emergency_meeting_waits_neither_for_the_morning_nor_for_a_day(
    panel: Panel, notice: Notice, emergency: int
) -> None:
    evening = datetime(2026, 11, 26, 19, 30, tzinfo=UTC)
    waiting = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
    with saved():
        meeting = update(MeetingRow).where(MeetingRow.id == panel.meeting_id)
        db.session.execute(meeting.values(emergency=emergency))
        key = notices.put(panel.named.area_id, panel.named.account_id, notice, waiting, evening,
                          meeting_id=panel.meeting_id)  # fmt: skip
    row = db.session.get_one(OutboxRow, key)
    assert (row.urgent, row.not_before is None) == ((True, True) if emergency else (False, False))


@on_one
def test_M4_M6_of_an_emergency_meeting_only_they_are_told_who_may_open_its_case(panel: Panel) -> None:
    with saved():
        values = {"emergency": 1, "case_id": panel.cases[0]}
        db.session.execute(update(MeetingRow).where(MeetingRow.id == panel.meeting_id).values(values))
    changed(panel)
    assert panel.unnamed.account_id not in told(Notice.MEETING_CHANGED)
    assert panel.named.account_id in told(Notice.MEETING_CHANGED)


def test_S3_agencies_that_fetched_no_pack_are_reminded_once(panel: Panel) -> None:
    assert packs_chasing.chase(NEAR - timedelta(days=1)) == 0, "too early"
    copy = packs.make_copy(panel.unnamed, panel.pack_id, 0, NOW)
    assert copy and packs_chasing.chase(NEAR) == 5, "made, and not fetched by anybody"
    forget()
    assert packs_chasing.chase(NEAR) == packs_chasing.chase(NEAR + timedelta(hours=1)) == 0
    late = a_person(panel.named.agency_id, name="Wren Late")
    assert packs_chasing.chase(NEAR + timedelta(hours=1)) == 1
    assert told(Notice.PACK_NOT_FETCHED) == [late.account_id]
    with saved():
        assert audit.verify()[1] is None


@on_one
def test_S3_nobody_is_reminded_of_an_agenda_that_is_just_out(panel: Panel) -> None:
    with saved():
        of_marac = update(MeetingRow).where(MeetingRow.kind == "MARAC")
        db.session.execute(of_marac.values(published_at=NEAR))
    assert packs_chasing.chase(NEAR + timedelta(minutes=29)) == 0
    assert packs_chasing.chase(NEAR + timedelta(minutes=30)) > 0


@on_one
def test_S3_a_reminder_of_a_meeting_today_waits_for_no_quiet_hours(panel: Panel) -> None:
    assert packs_chasing.chase(datetime(2026, 12, 3, 5, 30, tzinfo=UTC)) > 0
    assert {(row.not_before, row.urgent) for row in db.session.scalars(select(OutboxRow))} == {(None, True)}


def test_S3_nobody_is_reminded_whose_agency_has_fetched_or_for_whom_there_is_none(panel: Panel) -> None:
    copy = packs.make_copy(panel.unnamed, panel.pack_id, 0, NOW)
    assert copy and packs.fetch(panel.unnamed, copy.copy_id, NOW)
    wall(panel.second, panel.cases[0])
    wall(panel.second, panel.cases[1])
    assert packs_chasing.chase(NEAR) == 2
    people = {panel.coordinator.account_id, panel.chair.account_id}
    assert set(told(Notice.PACK_NOT_FETCHED)) == people
    assert db.session.scalars(select(RefusalRow.id)).all() == [], "nor is there a trace of who was left out"


@on_one
@pytest.mark.parametrize(
    "at", [datetime(2026, 12, 4, 9, 0, tzinfo=UTC), datetime(2026, 12, 3, 9, 0, tzinfo=UTC)]
)
def test_S3_nobody_is_reminded_of_a_meeting_that_is_over(panel: Panel, at: datetime) -> None:
    with saved():
        if at.day == 3:
            db.session.execute(update(MeetingRow).where(MeetingRow.kind == "MARAC").values(ended_at=NOW))
    assert packs_chasing.chase(at) == 0


def named_for(telling: test_feedback.Panel) -> None:
    """The representative is named for the first case, due on Tuesday."""
    telling.record(0, test_feedback.by_rep(telling))
    telling.close()
    forget()


def test_F1_the_named_professional_is_reminded_once_before_and_once_after_and_nobody_else(
    telling: test_feedback.Panel,
) -> None:
    named_for(telling)
    a_person(telling.rep.agency_id, name="Wren Late")
    assert [feedback_chasing.remind(NOW) for _ in range(2)] == [1, 0]
    assert feedback_chasing.remind(NOW + timedelta(days=1)) == 0
    assert feedback_chasing.remind(NOW + timedelta(days=2)) == 1, "overdue"
    assert feedback_chasing.remind(NOW + timedelta(days=9)) == 0
    assert told(Notice.FEEDBACK) == [telling.rep.account_id] * 2
    with saved():
        assert audit.verify()[1] is None


@on_one
def test_F1_of_who_has_no_account_those_are_reminded_whose_it_is_then(telling: test_feedback.Panel) -> None:
    telling.record(0)  # by default, whoever is on duty at the IDVA service
    another = a_person(telling.rep.agency_id, name="Wren Late")
    telling.close()
    forget()
    assert feedback_chasing.remind(NOW) == 1
    assert told(Notice.FEEDBACK) == [telling.idva.account_id] != [another.account_id]


@on_one
def test_F1_not_before_the_meeting_is_over(telling: test_feedback.Panel) -> None:
    telling.record(0, test_feedback.by_rep(telling))
    assert feedback_chasing.remind(NOW) == 0
    telling.close()
    assert feedback_chasing.remind(NOW) == 1


@on_one
def test_F1_another_day_is_told_of_anew_and_what_is_closed_is_not(telling: test_feedback.Panel) -> None:
    named_for(telling)
    assert feedback_chasing.remind(NOW) == 1
    with saved():
        db.session.execute(update(FeedbackRow).values(next_on=date(2026, 11, 27)))
    assert feedback_chasing.remind(NOW + timedelta(days=1)) == 0
    assert feedback_chasing.remind(NOW + timedelta(days=3)) == 1, "the working day before the new one"
    with saved():
        db.session.execute(update(FeedbackRow).values(next_on=None))
    assert feedback_chasing.remind(NOW + timedelta(days=9)) == 0


@on_one
def test_M6_who_is_kept_from_the_case_is_told_nothing_and_leaves_no_trace(
    telling: test_feedback.Panel,
) -> None:
    named_for(telling)
    wall(telling.rep, telling.case_id())
    assert feedback_chasing.remind(NOW) == 0 and told(Notice.FEEDBACK) == []
    assert db.session.scalars(select(RefusalRow.id)).all() == []


def test_C4_the_chair_is_told_once_of_a_disclosure_that_the_days_meeting_decides(
    scheme: test_disclosure_schemes.Panel,
) -> None:
    key = test_disclosure_schemes.applied(scheme)
    assert disclosure_notices.tell(test_disclosure_schemes.MORNING) == 0, "no list has taken it"
    item_id = test_disclosure_schemes.listed(scheme, key)
    at = test_disclosure_schemes.MORNING
    assert [disclosure_notices.tell(at) for _ in range(2)] == [1, 0]
    assert told(Notice.DISCLOSURE) == [scheme.chair.account_id]
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.DISCLOSURE)).one()
    assert row.context == {"panel": "DRAMM", "sits_on": "2026-11-03", "path": "/lists"}
    assert item_id


@on_one
def test_C4_M6_not_once_it_is_decided_nor_a_chair_who_is_kept_from_it(
    scheme: test_disclosure_schemes.Panel,
) -> None:
    key = test_disclosure_schemes.applied(scheme)
    item_id = test_disclosure_schemes.listed(scheme, key)
    found = test_disclosure_schemes.kept(scheme.coordinator, key).listed
    assert found is not None
    wall(scheme.chair, found.case_id)
    assert disclosure_notices.tell(test_disclosure_schemes.MORNING) == 0
    with saved():
        db.session.execute(delete(WallRow))
    test_disclosure_schemes.decide(scheme, item_id, True)
    assert disclosure_notices.tell(test_disclosure_schemes.MORNING) == 0
    assert told(Notice.DISCLOSURE) == []


def test_C4_chairs_are_told_once_that_one_of_them_has_to_confirm_what_was_decided(
    scheme: test_disclosure_schemes.Panel,
) -> None:
    """And once more when it is overdue; the same of a later meeting's decision."""
    schemes, at = test_disclosure_schemes, test_disclosure_schemes.MORNING
    key = schemes.applied(scheme)
    schemes.decide(scheme, schemes.listed(scheme, key), True)
    assert disclosure_notices.tell(at) == 0, "the meeting may still change it"
    schemes.close(scheme)
    assert disclosure_notices.tell(at) == 0, "the minimum checks are not done"
    schemes.usecase.take_step(scheme.police, key, Step.CHECK, "", at)
    assert [disclosure_notices.tell(at) for _ in range(2)] == [1, 0]
    assert told(Notice.DISCLOSURE) == [scheme.chair.account_id]
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.DISCLOSURE)).one()
    assert row.context == {"panel": "DRAMM", "sits_on": "2026-11-03", "path": "/applications"}
    late = at + timedelta(days=40)
    assert [disclosure_notices.tell(late + timedelta(days=day)) for day in range(3)] == [1, 0, 0]
    schemes.confirm(scheme, key, late)
    assert disclosure_notices.tell(late + timedelta(days=9)) == 0


def test_C4_M6_no_chair_is_told_who_is_kept_from_it_or_has_nothing_to_confirm(
    scheme: test_disclosure_schemes.Panel,
) -> None:
    schemes, at = test_disclosure_schemes, test_disclosure_schemes.MORNING
    key = schemes.applied(scheme)
    schemes.usecase.take_step(scheme.police, key, Step.CHECK, "", schemes.NOW)
    schemes.decide(scheme, schemes.listed(scheme, key), False, "Nothing is held.")
    schemes.close(scheme)
    found = schemes.kept(scheme.coordinator, key).listed
    assert found is not None
    wall(scheme.chair, found.case_id)
    assert disclosure_notices.tell(at) == 0 and told(Notice.DISCLOSURE) == []
    with saved():
        db.session.execute(delete(WallRow))
    schemes.confirm(scheme, key)
    assert disclosure_notices.tell(at) == 0 and told(Notice.DISCLOSURE) == []


@on_one
def test_quiet_hours_are_the_areas_own(panel: Panel) -> None:
    with saved():
        row = db.session.get_one(AreaRow, panel.coordinator.area_id)
        settings = areas.settings_of(row)
        quiet = AreaSettings(
            marac_anchor=settings.marac_anchor, quiet_from=time(22, 0), quiet_until=time(9, 0)
        )
        row.settings = areas.settings_json(quiet)
    early = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert packs_chasing.chase(early) == 5
    until = set(db.session.scalars(select(OutboxRow.not_before)))
    assert until == {datetime(2026, 12, 1, 9, 0, tzinfo=UTC)}
