"""The MARAC's update before the police disclose: asked, held, weighed, not waited for (C3, C4, Y1)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.confirmations import Said, Told
from agenda.disclosure_scheme import Recipient, Right, Scheme, Stage, Step
from agenda.disclosure_update import State
from agenda.incidents import Party
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AgencyRow,
    AreaRow,
    AuditRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    UpdateStepRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting, areas
from meetingsvc.store import disclosure_schemes as schemes_store
from meetingsvc.store import disclosure_updates as store
from meetingsvc.usecases import confirmations, list_changes, marac, marac_publishing, outcome_meeting
from meetingsvc.usecases import disclosure_schemes as schemes
from meetingsvc.usecases import disclosure_updates as usecase
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import home_schemes
from tests.a_meeting_record import nothing_missing
from tests.an_application import NOW, a_telling, an_application
from tests.usecases.test_disclosure_schemes import (
    AFTER,
    MORNING,
    ON_ONE,
    TUESDAY,
    Panel,
    applied,
    close,
    confirm,
    decide,
    kept,
    listed,
    panel,
    stage,
)

__all__ = ["panel"]
WHY = "He moves in on Friday"


@pytest.fixture
def attending(panel: Panel, area_id: UUID) -> Panel:
    """Both forces and the housing association sit in the MARAC, whose dates are set."""
    with acting.service(), saved():
        area = db.session.get_one(AreaRow, area_id)
        told = AreaSettings(marac_anchor=datetime(2026, 11, 12, tzinfo=UTC).date())
        area.settings = areas.settings_json(told)
        for one in (panel.force, panel.other, panel.housing.agency_id):
            db.session.get_one(AgencyRow, one).attends |= {"MARAC"}
    return panel


def decided(panel: Panel, **told: object) -> UUID:
    """To be disclosed, and referred to the MARAC: in group 5, where nothing else is said of the outcome."""
    key = applied(panel)
    schemes.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True, **told)
    close(panel, key)
    return key


def published(panel: Panel) -> UUID:
    """The MARAC's agenda with it, shared."""
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    marac.close(panel.coordinator, meeting_id, MORNING)
    marac_publishing.publish(panel.coordinator, meeting_id, MORNING)
    return meeting_id


def update(panel: Panel, key: UUID, who: Principal | None = None, today: date = TUESDAY) -> store.Update:
    reader = who or panel.police
    one = kept(reader, key)
    with acting.acting(reader):
        found = store.of(reader, one, today)
    assert found is not None
    return found


def fresh(who: Principal) -> Principal:
    """As they are since their agency attends the MARAC."""
    found = accounts.principal(who.account_id, MORNING)
    assert found is not None
    return found


def answered(
    panel: Panel, who: Principal, meeting_id: UUID, said: Said, why: str = "", hours: int = 1
) -> None:
    line = db.session.scalars(select(OutcomeRow.marac_item_id)).one()
    assert line is not None
    told = {line: Told(said, why)}
    confirmations.answer(fresh(who), meeting_id, told, MORNING + timedelta(hours=hours))


def test_C4_nobody_is_told_before_the_MARAC_knows_or_it_is_said_why_not(panel: Panel) -> None:
    key = applied(panel)
    schemes.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True)
    close(panel, key)
    assert update(panel, key).state is State.NOT_TOLD
    for signed in (True, False):
        with pytest.raises(RuleBroken, match="MARAC has not been told"):
            schemes.tell(panel.police, key, a_telling(signed=signed), "Isla", "", AFTER)
    assert stage(panel, key) is Stage.DISCLOSE
    with acting.acting(panel.police):
        assert Step.DISCLOSE not in schemes.open_steps(panel.police, kept(panel.police, key), TUESDAY)
    with pytest.raises(RuleBroken, match="Say why the risk does not wait"):
        usecase.go_ahead(panel.police, key, "  ", MORNING)
    usecase.go_ahead(panel.police, key, WHY, MORNING)
    assert update(panel, key).state is State.URGENT
    schemes.tell(panel.police, key, a_telling(), "Isla", "", AFTER)
    assert stage(panel, key) is Stage.DISCLOSED


def test_C3_C4_every_agency_has_answered_then_somebody_is_told(attending: Panel) -> None:
    key = decided(attending)
    meeting_id = published(attending)
    found = update(attending, key)
    assert found.state is State.ASKED and found.unanswered
    assert not found.waiting, "which agencies are silent is for who runs the meetings"
    assert len(update(attending, key, attending.coordinator).waiting) == 3
    with pytest.raises(RuleBroken, match="have not all answered"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)
    for who in (attending.police, attending.westmoor, attending.housing):
        answered(attending, who, meeting_id, Said.CONFIRMED)
    assert update(attending, key).state is State.UPDATED
    with pytest.raises(RuleBroken):
        usecase.go_ahead(attending.police, key, WHY, AFTER)
    schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)
    assert stage(attending, key) is Stage.DISCLOSED


def test_C3_what_an_agency_holds_is_weighed_before_anybody_is_told(attending: Panel) -> None:
    key = decided(attending)
    meeting_id = published(attending)
    usecase.go_ahead(attending.police, key, WHY, MORNING)
    answered(attending, attending.housing, meeting_id, Said.NOT_CONFIRMED, "He has a key to her flat")
    found = update(attending, key)
    assert found.state is State.AFFECTED and [one.reason for one in found.holds] == [
        "He has a key to her flat"
    ]
    with pytest.raises(RuleBroken, match="Weigh it first"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)
    with pytest.raises(RuleBroken):
        usecase.go_ahead(attending.police, key, WHY, AFTER)
    with pytest.raises(RuleBroken, match="since you looked"):
        usecase.weigh(attending.police, key, "", "At her sister's", AFTER)
    usecase.weigh(attending.police, key, found.seen, "It is made at her sister's", AFTER)
    assert update(attending, key).state is State.ASKED, "the others are waited for, or not again"
    usecase.go_ahead(attending.police, key, WHY, AFTER + timedelta(minutes=1))
    schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER + timedelta(minutes=2))


@ON_ONE
def test_C3_what_is_answered_while_another_answer_is_weighed_is_weighed_too(attending: Panel) -> None:
    """Its request began before the weighing was kept, and it is kept after: nobody has weighed it."""
    key = decided(attending)
    meeting_id = published(attending)
    answered(attending, attending.housing, meeting_id, Said.NOT_CONFIRMED, "He has a key to her flat")
    usecase.weigh(attending.police, key, update(attending, key).seen, "At her sister's", AFTER)
    assert update(attending, key).state is State.ASKED
    answered(attending, attending.westmoor, meeting_id, Said.NOT_CONFIRMED, "He knows her sister", hours=2)
    assert update(attending, key).state is State.AFFECTED
    with pytest.raises(RuleBroken, match="Weigh it first"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER + timedelta(hours=1))


@ON_ONE
def test_C3_C4_the_MARACs_day_proves_nothing_until_it_recorded_something_of_this_case(
    attending: Panel,
) -> None:
    key = decided(attending)
    meeting = db.session.get_one(MeetingRow, published(attending))
    day, morrow = meeting.sits_on, meeting.sits_on + timedelta(days=1)
    assert meeting.ended_at is None, "nobody ended its record: the chair may be ill"
    assert update(attending, key, today=morrow).state is State.ASKED
    late = datetime(morrow.year, morrow.month, morrow.day, 12, tzinfo=UTC)
    with pytest.raises(RuleBroken, match="have not all answered"):
        schemes.tell(attending.police, key, a_telling(on=morrow), "Isla", "", late)
    db.session.rollback()
    line = db.session.scalars(select(OutcomeRow.marac_item_id)).one()
    with acting.service(), saved():
        row = db.session.get_one(ItemRow, line)
        db.session.add(
            OutcomeRow(item_id=row.id, area_id=row.area_id, version=1, risk="standard", refer=False,
                       proposed_why="", group_reason="", notes="", recorded_at=late,
                       recorded_by=attending.coordinator.account_id)
        )  # fmt: skip
    assert update(attending, key, today=day).state is State.ASKED
    assert update(attending, key, today=morrow).state is State.UPDATED


@ON_ONE
def test_C4_a_MARAC_that_is_said_not_to_have_sat_the_day_after_was_told_nothing(attending: Panel) -> None:
    key = decided(attending)
    meeting_id = published(attending)
    morrow = db.session.get_one(MeetingRow, meeting_id).sits_on + timedelta(days=1)
    assert update(attending, key, today=morrow).state is State.ASKED, "so nothing was disclosed meanwhile"
    late = datetime(morrow.year, morrow.month, morrow.day, 12, tzinfo=UTC)
    marac_publishing.did_not_sit(attending.coordinator, meeting_id, "Snow", late)
    assert update(attending, key, today=morrow).state is State.NOT_TOLD


@ON_ONE
def test_C4_what_was_decided_before_and_never_sent_reaches_the_MARAC_by_another_daily_meeting(
    attending: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(outcome_meeting, "untold", lambda *told: {})  # as outcomes were saved then
        key = decided(attending, refer=False)
    found = update(attending, key, attending.coordinator)
    assert found.state is State.NOT_TOLD and found.never_sent
    reference = kept(attending.coordinator, key).reference
    wednesday, morning = TUESDAY + timedelta(days=1), MORNING + timedelta(days=1)
    list_changes.build(attending.coordinator, wednesday, morning)
    again = list_changes.add(attending.coordinator, wednesday, reference, "The MARAC was not told", morning)
    assert update(attending, key).never_sent, "it is on no agenda yet"
    decide(attending, again, True)
    found = update(attending, key)
    assert found.state is State.NOT_TOLD and not found.never_sent, "it waits for the agenda to be shared"
    published(attending)
    assert update(attending, key).state is State.ASKED


def test_C4_Y1_a_second_meeting_that_decides_otherwise_counts_and_is_seen(attending: Panel) -> None:
    key = decided(attending)
    assert stage(attending, key) is Stage.DISCLOSE
    reference = kept(attending.coordinator, key).reference
    wednesday, morning = TUESDAY + timedelta(days=1), MORNING + timedelta(days=1)
    list_changes.build(attending.coordinator, wednesday, morning)
    again = list_changes.add(attending.coordinator, wednesday, reference, "New facts", morning)
    assert stage(attending, key) is Stage.DISCLOSE, "on a list again, and not decided there"
    decide(attending, again, False, "It would warn him.", at=morning)
    assert stage(attending, key) is Stage.DISCLOSE
    with pytest.raises(RuleBroken, match="not closed yet"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)
    nothing_missing(attending.coordinator, at=morning)
    list_changes.close(attending.coordinator, wednesday, morning)
    usecase.go_ahead(attending.police, key, WHY, morning)
    with pytest.raises(RuleBroken, match="A chair has not confirmed"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)
    confirm(attending, key, morning)
    assert stage(attending, key) is Stage.NOT_DISCLOSED
    for reader in (attending.police, attending.coordinator):
        with acting.acting(reader):
            assert home_schemes.of(reader, morning).turned == ((key, reference, False),)
            assert home_schemes.of(reader, morning + timedelta(days=30)).turned == ()
            assert schemes_store.waiting(reader) == []
            assert [one.id for one in schemes_store.ended(reader, 5)] == [key]
    with pytest.raises(RuleBroken, match="not to be disclosed"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)
    on = kept(attending.police, key).listed
    assert on and (on.sits_on, on.since) == (wednesday, TUESDAY), "what was said since then is weighed (C3)"


def test_C4_Y1_a_meeting_that_decides_to_disclose_after_one_that_did_not_falls_off_no_list(
    attending: Panel,
) -> None:
    key = applied(attending)
    schemes.take_step(attending.police, key, Step.CHECK, "", NOW)
    decide(attending, listed(attending, key), False, "Nothing is held.")
    close(attending, key)
    reference = kept(attending.coordinator, key).reference
    wednesday, morning = TUESDAY + timedelta(days=1), MORNING + timedelta(days=1)
    list_changes.build(attending.coordinator, wednesday, morning)
    again = list_changes.add(attending.coordinator, wednesday, reference, "New facts", morning)
    decide(attending, again, True, at=morning)
    nothing_missing(attending.coordinator, at=morning)
    list_changes.close(attending.coordinator, wednesday, morning)
    for _ in range(2):
        with acting.acting(attending.police):
            assert [one.id for one in schemes_store.waiting(attending.police)] == [key]
            assert schemes_store.ended(attending.police, 5) == []
        if stage(attending, key) is Stage.NOT_DISCLOSED:
            confirm(attending, key, morning)
    assert stage(attending, key) is Stage.DISCLOSE


@ON_ONE
def test_C3_of_a_case_that_the_MARAC_discusses_no_agency_is_waited_for(attending: Panel) -> None:
    key = decided(attending, group=Group.NEW_NO_SAFEGUARDS, group_reason="The risk is high")
    published(attending)
    found = update(attending, key, attending.coordinator)
    assert found.state is State.ASKED and "which discusses the case" in found.words
    assert not found.waiting and not found.unanswered, "they are asked nothing before it"
    with pytest.raises(RuleBroken, match="discusses this case, and has recorded nothing of it yet"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)


@ON_ONE
def test_C3_what_is_held_outlives_the_MARAC_it_was_said_for_and_the_agencys_seat(attending: Panel) -> None:
    key = decided(attending)
    meeting_id = published(attending)
    answered(attending, attending.housing, meeting_id, Said.NOT_CONFIRMED, "He has a key to her flat")
    with acting.service(), saved():
        db.session.get_one(AgencyRow, attending.housing.agency_id).attends -= {"MARAC"}
    assert update(attending, key).state is State.AFFECTED
    marac_publishing.did_not_sit(attending.coordinator, meeting_id, "Snow", MORNING + timedelta(hours=2))
    found = update(attending, key)
    assert found.state is State.AFFECTED and len(found.holds) == 1
    with pytest.raises(RuleBroken, match="Weigh it first"):
        schemes.tell(attending.police, key, a_telling(), "Isla", "", AFTER)


@ON_ONE
def test_C4_an_area_whose_applications_do_not_reach_the_MARAC_waits_for_none(
    panel: Panel, area_id: UUID
) -> None:
    with acting.service(), saved():
        told = AreaSettings(disclosure_tells_marac=False)
        db.session.get_one(AreaRow, area_id).settings = areas.settings_json(told)
    key = applied(panel)
    schemes.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True, refer=False)
    close(panel, key)
    with pytest.raises(RuleBroken, match="Nothing waits for the MARAC"):
        usecase.go_ahead(panel.police, key, WHY, MORNING)
    schemes.tell(panel.police, key, a_telling(), "Isla", "", AFTER)


@ON_ONE
def test_Y2_under_the_child_sex_offender_scheme_the_child_is_not_told(panel: Panel) -> None:
    child = Party("Sorrel", "Isla", dob=date(2016, 5, 6))
    told = an_application(scheme=Scheme.CHILD_SEX_OFFENDER, at_risk=child)
    with pytest.raises(RuleBroken, match="with the child unsupervised"):
        schemes.apply(panel.police, told, panel.force, NOW)
    key, _ = schemes.apply(panel.police, told, panel.force, NOW, "He collects her from school")
    assert kept(panel.police, key).access == "He collects her from school"
    schemes.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True)
    close(panel, key)
    usecase.go_ahead(panel.police, key, WHY, MORNING)
    with pytest.raises(RuleBroken, match="a child is not told"):
        schemes.tell(panel.police, key, a_telling(), "Isla", "", AFTER)
    guardian = a_telling(to=Recipient.ABLE_TO_SAFEGUARD)
    schemes.tell(panel.police, key, guardian, "Bryony Sorrel", "", AFTER)
    assert stage(panel, key) is Stage.DISCLOSED


@ON_ONE
def test_M6_only_the_force_that_deals_with_it_goes_ahead(panel: Panel) -> None:
    key = applied(panel)
    for who, refusal in (
        (panel.westmoor, NotFound),
        (panel.coordinator, Forbidden),
        (panel.housing, NotFound),
    ):
        with pytest.raises(refusal):
            usecase.go_ahead(who, key, WHY, MORNING)
    with pytest.raises(RuleBroken, match="Nothing waits"):
        usecase.go_ahead(panel.police, key, WHY, MORNING)


@ON_ONE
def test_V5_going_ahead_leaves_a_line_without_its_reason(panel: Panel) -> None:
    key = applied(panel, right=Right.KNOW)
    schemes.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True)
    close(panel, key)
    usecase.go_ahead(panel.police, key, WHY, MORNING)
    assert db.session.scalars(select(UpdateStepRow.reason)).all() == [WHY]
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "application.marac_step")).one()
    assert WHY not in str(line.detail) and line.case_id is not None
