"""The daily list of children, and the ladder of panels: nobody falls off it in silence (Rulebook E1)."""

import json
from contextlib import nullcontext, suppress
from datetime import date, datetime, timedelta
from itertools import count as counted
from uuid import UUID

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.exploitation import SCREENING, ExploitationKind, Screening
from agenda.incidents import Party, Risk
from agenda.panels import DREAM
from agenda.rules import RuleBroken
from meetingsvc.cli import lists as list_command
from meetingsvc.models import (
    AreaRow,
    AuditRow,
    ExploitationEntryRow,
    ExploitationReferralRow,
    ExploitationTakenRow,
    ItemRow,
    LadderPlaceRow,
    LadderStepRow,
    MeetingRow,
    OutboxRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, exploitation_page, ladder, minutes_draft, panels
from meetingsvc.store.scope_exploitation import entries_of, places_of, steps_of, taken_of
from meetingsvc.usecases import areas, screenings, subjects
from meetingsvc.usecases import exploitation_agendas as agendas
from meetingsvc.usecases import exploitation_closing as closing
from meetingsvc.usecases import exploitation_lists as lists
from meetingsvc.usecases import ladder as usecase
from meetingsvc.usecases.transaction import saved
from minutes.ladder import Decision, Ground
from tests.a_ladder import (
    MONDAY,
    NEXT_WEDNESDAY,
    TUESDAY,
    WEDNESDAY,
    a_runner,
    an_office,
    at,
    built,
    came,
    decide,
    item_of,
    ladder_of,
    mark_of,
    meeting_of,
    place_of,
    referred,
    told,
)
from tests.a_marac import a_person

SUNDAY = date(2026, 11, 22)


@pytest.fixture
def office(area_id: UUID) -> UUID:
    return an_office(area_id)


@pytest.fixture
def wren(area_id: UUID, office: UUID) -> Principal:
    """A coordinator who runs the panels of exploitation, where they are set up."""
    who = a_runner(office)
    ladder_of(area_id, who)
    return who


@pytest.fixture
def chair(office: UUID) -> Principal:
    return a_runner(office, Role.CHAIR, "Bea Fell")


def reasons_of(item_id: UUID | None) -> set[str]:
    row = ExploitationEntryRow
    found = db.session.scalars(select(row.reasons).where(row.item_id == item_id))
    return {word for line in found for word in line.split()}


def afraid(judged: Risk = Risk.HIGH) -> Screening:
    """A screening whose judgement says that level."""
    asked = dict.fromkeys([one.id for one in SCREENING.questions], "no")
    return Screening(frozenset({ExploitationKind.COUNTY_LINES}), asked, judged, "He is afraid")


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_E1_the_minutes_say_what_was_decided_on_a_child_and_why(area: AreaRow, wren: Principal) -> None:
    child = referred(wren, at(SUNDAY, 12))
    meeting_id = built(area.id, MONDAY)
    item_id = item_of(meeting_id, child)
    assert item_id is not None
    decide(wren, item_id, at(MONDAY), told(Decision.UP, level=Risk.HIGH, reason="He names a car"))
    with acting.whole_area(area.id):
        meeting = db.session.get_one(MeetingRow, meeting_id)
        minuted = minutes_draft.cases(acting.Host(area.id), meeting)[item_id]
    assert (minuted.risk, minuted.not_reached) == ("high", "")
    assert minuted.decided == ("Goes up to ESP: He names a car",)


# -- the list of a day --


def test_E1_T12_each_referral_is_taken_by_exactly_one_list(area: AreaRow, wren: Principal) -> None:
    early = referred(wren, at(SUNDAY, 12))
    late = referred(wren, at(MONDAY, 12), "Oxley")
    monday, tuesday = built(area.id, MONDAY), built(area.id, TUESDAY)
    assert reasons_of(item_of(monday, early)) == {"referred"} and item_of(monday, late) is None
    assert reasons_of(item_of(tuesday, late)) == {"referred"}
    assert reasons_of(item_of(tuesday, early)) == {"review-due"}, "nobody has decided, so she is heard again"
    assert count(ExploitationTakenRow) == 2


def test_E1_a_list_built_twice_takes_nothing_new(area: AreaRow, wren: Principal) -> None:
    child = referred(wren, at(SUNDAY, 12))
    first = built(area.id, MONDAY)
    referred(wren, at(SUNDAY, 13), child=child)
    assert built(area.id, MONDAY, at(MONDAY, 15)) == first and count(ExploitationEntryRow) == 1
    again = item_of(built(area.id, TUESDAY), child)
    rows = db.session.scalars(select(ExploitationEntryRow).where(ExploitationEntryRow.item_id == again))
    assert {(row.source, row.reasons, row.late) for row in rows} == {
        ("exploitation_referral", "referred on-the-ladder", True), ("standing", "review-due", False)
    }  # fmt: skip


def test_E1_a_list_built_late_takes_what_waits_and_one_of_the_future_is_not_built(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    with pytest.raises(RuleBroken, match="window begins"):
        built(area.id, WEDNESDAY, at(MONDAY, 8, 30))
    with pytest.raises(RuleBroken, match="built on that day"):
        built(area.id, TUESDAY, at(MONDAY, 12))
    late = built(area.id, MONDAY, at(WEDNESDAY, 12))
    assert item_of(late, child) and reasons_of(item_of(built(area.id, WEDNESDAY), child)) == {"review-due"}


def test_E1_one_child_stands_once_with_every_reason(area: AreaRow, wren: Principal) -> None:
    child = referred(wren, at(SUNDAY, 12))
    referred(wren, at(SUNDAY, 13), child=child)
    meeting = built(area.id, MONDAY)
    assert count(ItemRow) == 1 and count(ExploitationTakenRow) == 2 and item_of(meeting, child)


def test_E1_only_a_panel_of_exploitation_has_such_a_list(area: AreaRow, wren: Principal) -> None:
    for code in ("DRAMM", "ESP", "NONE"):
        with pytest.raises(RuleBroken, match="no panel"):
            built(area.id, MONDAY, code=code)


def test_E1_a_child_of_whom_no_level_is_known_counts_as_high(area: AreaRow, wren: Principal) -> None:
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    assert db.session.get_one(ItemRow, item).risk == "standard", "as the referral's screening says"
    with saved():
        db.session.execute(text("DELETE FROM level_said"))
    item = item_of(built(area.id, TUESDAY), child)
    assert db.session.get_one(ItemRow, item).risk == "high"


def test_E1_a_command_builds_it_and_tells_who_runs_the_panels(
    area: AreaRow, wren: Principal, office: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person(office, Role.COORDINATOR, "Gil Stone")  # runs domestic abuse alone
    referred(wren, at(SUNDAY, 12))
    monkeypatch.setattr("meetingsvc.clock.now", lambda: at(MONDAY, 8, 30))
    monkeypatch.setattr(list_command, "opened", nullcontext)
    asked = ["build", "--area", "northmoor", "--date", MONDAY.isoformat(), "--panel", "DREAM"]
    for new in (True, False):
        answer = CliRunner().invoke(list_command.daily_list, asked, catch_exceptions=False)
        said = {"area": "northmoor", "date": "2026-11-23", "panel": "DREAM", "built": new, "items": 1}
        assert json.loads(answer.output) == said
    row = OutboxRow
    told = db.session.scalars(select(row.account_id).where(row.notice == "list_ready")).all()
    assert told == [wren.account_id]


# -- decisions --


def test_E1_up_puts_the_child_on_the_next_agenda_above_in_the_same_transaction(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    decide(wren, item, at(MONDAY), told(Decision.UP, level=Risk.HIGH))
    place = place_of(child)
    assert place and (place.panel, place.review_by, place.level) == ("ESP", None, "high")
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp and db.session.get_one(ItemRow, item_of(esp.id, child)).risk == "high"
    step = db.session.scalars(select(LadderStepRow)).one()
    assert (step.decision, step.leads_to, step.reason) == ("up", "ESP", "As the meeting heard")
    assert item_of(built(area.id, TUESDAY), child) is None, "the panel above has her now"


def test_E1_nothing_of_it_is_kept_where_the_panel_above_has_no_day(
    area: AreaRow, wren: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    monkeypatch.setattr(agendas.Panel, "day_after", lambda *_: None)
    with pytest.raises(RuleBroken, match="no day"):
        decide(wren, item, at(MONDAY), told(Decision.UP))
    place = place_of(child)
    assert place and place.panel == "DREAM" and count(LadderStepRow) == 0


def test_E1_stay_is_heard_by_the_panel_s_review_or_sooner_and_down_goes_back(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    decide(wren, item_of(built(area.id, MONDAY), child), at(MONDAY), told(Decision.STAY))
    assert place_of(child).review_by == TUESDAY  # type: ignore[union-attr]
    tuesday = item_of(built(area.id, TUESDAY), child)
    decide(wren, tuesday, at(TUESDAY), told(Decision.UP))
    closing.share(wren, "ESP", WEDNESDAY, at(TUESDAY, 15))
    esp = item_of(meeting_of("ESP", WEDNESDAY).id, child)  # type: ignore[union-attr]
    with pytest.raises(usecase.Unfit) as late:
        decide(wren, esp, at(WEDNESDAY, 10, 30), told(review_on=date(2026, 12, 24)))
    assert set(late.value.problems) == {"review_on"}
    decide(wren, esp, at(WEDNESDAY, 10, 30), told(Decision.DOWN))
    place = place_of(child)
    assert place and (place.panel, place.review_by) == ("DREAM", None)
    assert reasons_of(item_of(built(area.id, date(2026, 11, 26)), child)) == {"review-due"}


def test_E1_a_decision_sent_twice_changes_nothing_and_one_on_an_old_page_is_refused(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    assert item
    before = mark_of(item)
    usecase.decide(wren, item, told(), before, at(MONDAY))
    lines = count(AuditRow)
    usecase.decide(wren, item, told(), before, at(MONDAY, 9, 50))
    assert count(LadderStepRow) == 1 and count(AuditRow) == lines
    with pytest.raises(RuleBroken, match="since you opened"):
        usecase.decide(chair, item, told(Decision.UP), before, at(MONDAY, 9, 51))


def test_E1_what_sent_a_child_on_is_corrected_that_day_until_the_other_panel_hears_them(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    assert item
    decide(wren, item, at(MONDAY), told(Decision.UP, level=Risk.HIGH))
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp and usecase.may_correct(wren, item, at(MONDAY, 10))
    decide(wren, item, at(MONDAY, 10), told(Decision.STAY, level=Risk.MEDIUM))
    place = place_of(child)
    assert place and (place.panel, place.review_by) == ("DREAM", TUESDAY) and not item_of(esp.id, child)
    assert not usecase.may_correct(wren, item, at(MONDAY, 10)), "it stays: it is decided on as before"
    assert count(LadderStepRow) == 2, "what was decided first stays in the record"
    decide(wren, item, at(MONDAY, 11), told(Decision.LEAVE))
    with pytest.raises(RuleBroken, match="so a chair"):
        usecase.confirm(a_runner(wren.agency_id, name="Gil Stone"), item, mark_of(item), at(MONDAY, 12))
    usecase.refuse(wren, item, mark_of(item), at(MONDAY, 12))
    decide(wren, item, at(MONDAY, 12, 5), told(Decision.UP))
    assert item_of(esp.id, child)
    for late in (at(TUESDAY), at(WEDNESDAY, 10, 5)):
        with pytest.raises(usecase.Unfit) as moved:
            decide(wren, item, late, told(Decision.STAY))
        assert "Another meeting" in moved.value.problems["decision"]
    assert place_of(child).panel == "ESP"  # type: ignore[union-attr]


def test_E1_a_level_and_a_reason_go_with_each(area: AreaRow, wren: Principal) -> None:
    item = item_of(built(area.id, MONDAY), referred(wren, at(SUNDAY, 12)))  # type: ignore[arg-type]
    assert item is None, "the list was built before she was referred"
    tuesday = built(area.id, TUESDAY)
    child = db.session.scalars(select(LadderPlaceRow.case_id)).one()
    with pytest.raises(usecase.Unfit) as unfit:
        decide(wren, item_of(tuesday, child), at(TUESDAY), told(level=None, reason=" "))  # type: ignore[arg-type]
    assert set(unfit.value.problems) == {"level", "reason"}


def test_E1_nothing_is_decided_before_the_day_or_once_it_is_over(area: AreaRow, wren: Principal) -> None:
    child = referred(wren, at(SUNDAY, 12))
    monday = built(area.id, MONDAY)
    decide(wren, item_of(monday, child), at(MONDAY), told(Decision.UP))  # type: ignore[arg-type]
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp
    with pytest.raises(RuleBroken, match="has not begun"):
        decide(wren, item_of(esp.id, child), at(TUESDAY, 12))  # type: ignore[arg-type]
    came(wren, monday, at(MONDAY))
    closing.close(wren, "DREAM", MONDAY, 0, at(MONDAY, 12))
    with pytest.raises(RuleBroken, match="is over"):
        decide(wren, item_of(monday, child), at(MONDAY, 13))  # type: ignore[arg-type]


# -- leaving --


def leaving(area: AreaRow, wren: Principal, level: Risk = Risk.MEDIUM) -> tuple[UUID, UUID]:
    """A child whose leaving one person has asked for: the case, and the item."""
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    assert item
    decide(wren, item, at(MONDAY), told(level=level))
    decide(wren, item, at(MONDAY, 9, 40), told(Decision.LEAVE))
    return child, item


def test_E1_a_child_leaves_when_a_second_person_confirms_it_and_is_heard_until_then(
    area: AreaRow, wren: Principal, office: UUID
) -> None:
    child, item = leaving(area, wren)
    assert place_of(child).review_by is None  # type: ignore[union-attr]
    with pytest.raises(RuleBroken, match="Another person"):
        usecase.confirm(wren, item, mark_of(item), at(MONDAY, 10))
    assert reasons_of(item_of(built(area.id, TUESDAY), child)) == {"review-due"}
    second = a_runner(office, name="Gil Stone")
    usecase.confirm(second, item, mark_of(item), at(TUESDAY, 10))
    step = db.session.scalars(select(LadderStepRow).order_by(LadderStepRow.id.desc())).first()
    assert step and (step.leads_to, step.made_by, step.confirmed_by) == (
        "", wren.account_id, second.account_id
    )  # fmt: skip
    assert place_of(child) is None and item_of(built(area.id, WEDNESDAY), child) is None


def test_E1_at_the_highest_level_a_chair_is_one_of_the_two(
    area: AreaRow, wren: Principal, chair: Principal, office: UUID
) -> None:
    child, item = leaving(area, wren, Risk.HIGH)
    with pytest.raises(RuleBroken, match="so a chair"):
        usecase.confirm(a_runner(office, name="Gil Stone"), item, mark_of(item), at(MONDAY, 10))
    assert place_of(child)
    usecase.confirm(chair, item, mark_of(item), at(MONDAY, 10))
    assert place_of(child) is None


def test_E1_a_leaving_that_is_not_confirmed_or_overtaken_takes_nobody_off(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    child, item = leaving(area, wren)
    old = mark_of(item)
    usecase.refuse(chair, item, old, at(MONDAY, 10))
    with pytest.raises(RuleBroken, match="since you opened"):
        usecase.confirm(chair, item, old, at(MONDAY, 10))
    decide(wren, item, at(MONDAY, 10, 5), told(Decision.LEAVE))
    old = mark_of(item)
    decide(wren, item_of(built(area.id, TUESDAY), child), at(TUESDAY), told(Decision.UP))  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="since you opened"):
        usecase.confirm(chair, item, old, at(TUESDAY, 10))
    assert place_of(child).panel == "ESP"  # type: ignore[union-attr]


def test_E1_one_meeting_does_not_lower_a_high_screening_and_end_it_without_a_chair(
    area: AreaRow, wren: Principal, office: UUID, chair: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    screenings.record(wren, child, afraid(), at(SUNDAY, 13))
    item = item_of(built(area.id, MONDAY), child)
    assert item
    decide(wren, item, at(MONDAY), told(level=Risk.MEDIUM))
    decide(wren, item, at(MONDAY, 9, 40), told(Decision.LEAVE))
    with pytest.raises(RuleBroken, match="so a chair"):
        usecase.confirm(a_runner(office, name="Gil Stone"), item, mark_of(item), at(MONDAY, 10))
    assert place_of(child)
    usecase.confirm(chair, item, mark_of(item), at(MONDAY, 10))
    assert place_of(child) is None


def test_E1_nobody_leaves_by_an_earlier_decision_though_the_list_with_the_news_is_over(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    referred(wren, at(MONDAY, 12), child=child)
    tuesday = built(area.id, TUESDAY)
    came(wren, tuesday, at(TUESDAY))
    closing.close(wren, "DREAM", TUESDAY, 1, at(TUESDAY, 10))
    assert item
    with pytest.raises(RuleBroken, match="on a later list"):
        decide(wren, item, at(TUESDAY, 11), told(Decision.LEAVE))


def test_E1_nobody_leaves_by_an_earlier_decision_while_something_new_is_to_be_heard(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    child, item = leaving(area, wren)
    old = mark_of(item)
    referred(wren, at(MONDAY, 12), child=child)
    tuesday = item_of(built(area.id, TUESDAY), child)
    with pytest.raises(RuleBroken, match="since you opened"):
        usecase.confirm(chair, item, old, at(TUESDAY, 10))
    with pytest.raises(RuleBroken, match="on a later list"):
        decide(wren, item, at(TUESDAY, 10), told(Decision.LEAVE))
    assert tuesday and place_of(child)
    decide(wren, tuesday, at(TUESDAY, 10), told(Decision.LEAVE))
    usecase.confirm(chair, tuesday, mark_of(tuesday), at(TUESDAY, 11))
    assert place_of(child) is None


def test_E1_the_database_itself_asks_two_people_and_changes_no_step(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    _, item = leaving(area, wren)
    usecase.confirm(chair, item, mark_of(item), at(MONDAY, 10))
    columns = "area_id, case_id, item_id, panel, level, reason, goes_on, heard_on, made_by, made_at"
    alone = f"decision, leads_to, {columns}"
    copied = f"SELECT 'leave', '', {columns}"
    for statement in (
        "UPDATE ladder_step SET reason = 'y'",
        f"INSERT INTO ladder_step ({alone}) {copied} FROM ladder_step",
        f"INSERT INTO ladder_step ({alone}, confirmed_by) {copied}, made_by FROM ladder_step",
    ):
        with pytest.raises(DBAPIError), saved(), acting.service():
            db.session.execute(text(statement))


def test_E1_who_left_and_is_referred_again_begins_anew(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    child, item = leaving(area, wren)
    usecase.confirm(chair, item, mark_of(item), at(MONDAY, 10))
    referred(wren, at(MONDAY, 12), child=child)
    tuesday = item_of(built(area.id, TUESDAY), child)
    assert reasons_of(tuesday) == {"referred"} and place_of(child)
    decide(wren, tuesday, at(TUESDAY), told(Decision.UP))  # type: ignore[arg-type]
    assert count(LadderStepRow) == 3


# -- closing, and the agendas above --


def test_E1_closing_says_on_how_many_nothing_was_decided_and_they_are_heard_again(
    area: AreaRow, wren: Principal
) -> None:
    child, other = referred(wren, at(SUNDAY, 12)), referred(wren, at(SUNDAY, 13), "Oxley")
    monday = built(area.id, MONDAY)
    decide(wren, item_of(monday, child), at(MONDAY))  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="Nobody is recorded as present"):
        closing.close(wren, "DREAM", MONDAY, 1, at(MONDAY, 12))
    came(wren, monday, at(MONDAY))
    with pytest.raises(RuleBroken, match="on 1 child"):
        closing.close(wren, "DREAM", MONDAY, 0, at(MONDAY, 12))
    assert closing.close(wren, "DREAM", MONDAY, 1, at(MONDAY, 12)) == 1
    assert {item_of(built(area.id, TUESDAY), one) is not None for one in (child, other)} == {True}


def test_E1_whom_the_weekly_panel_left_undecided_is_on_its_next_agenda_at_once(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    decide(wren, item_of(built(area.id, MONDAY), child), at(MONDAY), told(Decision.UP))  # type: ignore[arg-type]
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp
    with pytest.raises(RuleBroken, match="Share it first"):
        closing.close(wren, "ESP", WEDNESDAY, 1, at(WEDNESDAY, 12))
    closing.share(wren, "ESP", WEDNESDAY, at(TUESDAY))
    came(wren, esp.id, at(WEDNESDAY, 10))
    assert closing.close(wren, "ESP", WEDNESDAY, 1, at(WEDNESDAY, 12)) == 1
    following = meeting_of("ESP", NEXT_WEDNESDAY)
    assert following and item_of(following.id, child)


def test_E1_a_review_that_cannot_wait_for_the_meeting_after_is_on_the_next_agenda(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    decide(wren, item_of(built(area.id, MONDAY), child), at(MONDAY), told(Decision.UP))  # type: ignore[arg-type]
    closing.share(wren, "ESP", WEDNESDAY, at(TUESDAY))
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp
    decide(wren, item_of(esp.id, child), at(WEDNESDAY, 11), told())  # type: ignore[arg-type]
    following = meeting_of("ESP", NEXT_WEDNESDAY)
    assert following and item_of(following.id, child), "within 7 days is the very next one"
    lines = count(ItemRow)
    agendas.compile_all(at(WEDNESDAY, 12))
    assert count(ItemRow) == lines, "safe to run twice"


def test_E1_whom_todays_meeting_is_to_decide_on_is_put_on_the_next_only_as_it_ends(
    area: AreaRow, wren: Principal
) -> None:
    child, other = referred(wren, at(SUNDAY, 12)), referred(wren, at(SUNDAY, 13), "Oxley")
    monday = built(area.id, MONDAY)
    for one in (child, other):
        decide(wren, item_of(monday, one), at(MONDAY), told(Decision.UP))  # type: ignore[arg-type]
    closing.share(wren, "ESP", WEDNESDAY, at(TUESDAY))
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp
    agendas.compile_all(at(WEDNESDAY, 10, 30))
    assert meeting_of("ESP", NEXT_WEDNESDAY) is None, "it decides on both still"
    decide(wren, item_of(esp.id, child), at(WEDNESDAY, 11), told(Decision.UP))  # type: ignore[arg-type]
    came(wren, esp.id, at(WEDNESDAY, 11))
    closing.close(wren, "ESP", WEDNESDAY, 1, at(WEDNESDAY, 12))
    following = meeting_of("ESP", NEXT_WEDNESDAY)
    assert following and item_of(following.id, other) and item_of(following.id, child) is None


def test_E1_who_goes_elsewhere_stands_on_no_coming_agenda_of_the_panel_they_left(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    decide(wren, item_of(built(area.id, MONDAY), child), at(MONDAY), told(Decision.UP))  # type: ignore[arg-type]
    closing.share(wren, "ESP", WEDNESDAY, at(TUESDAY))
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp
    decide(wren, item_of(esp.id, child), at(WEDNESDAY, 11), told())  # type: ignore[arg-type]
    following = meeting_of("ESP", NEXT_WEDNESDAY)
    assert following and item_of(following.id, child)
    decide(wren, item_of(esp.id, child), at(WEDNESDAY, 11, 40), told(Decision.UP))  # type: ignore[arg-type]
    assert item_of(following.id, child) is None and item_of(esp.id, child), "what was heard stays"
    assert "list.child_taken_off" in db.session.scalars(select(AuditRow.action)).all()


def test_E1_of_whom_something_new_comes_in_the_panel_that_has_them_hears_next(
    area: AreaRow, wren: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    decide(wren, item_of(built(area.id, MONDAY), child), at(MONDAY), told(Decision.UP))  # type: ignore[arg-type]
    with saved():
        db.session.get_one(LadderPlaceRow, child).review_by = date(2027, 3, 1)
    referred(wren, at(MONDAY, 12), child=child)
    tuesday = item_of(built(area.id, TUESDAY), child)
    assert reasons_of(tuesday) == {"referred", "on-the-ladder"}
    assert place_of(child).review_by is None  # type: ignore[union-attr]


def test_E1_a_child_whose_level_a_screening_raises_is_heard_by_the_next_meeting_of_their_panel(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    decide(wren, item_of(built(area.id, MONDAY), child), at(MONDAY), told(Decision.UP))  # type: ignore[arg-type]
    esp = meeting_of("ESP", WEDNESDAY)
    assert esp
    closing.share(wren, "ESP", WEDNESDAY, at(TUESDAY))
    esp_id, item = esp.id, item_of(esp.id, child)
    assert item
    decide(wren, item, at(WEDNESDAY, 10, 30), told(Decision.LEAVE))
    with saved():
        db.session.get_one(LadderPlaceRow, child).review_by = date(2027, 3, 1)
    screenings.record(wren, child, afraid(Risk.MEDIUM), at(WEDNESDAY, 11))
    place = place_of(child)
    assert place and place.review_by == date(2027, 3, 1) and place.leaving, "it raised nothing"
    screenings.record(wren, child, afraid(), at(WEDNESDAY, 12))
    place = place_of(child)
    assert place and place.review_by is None and place.leaving is None
    with acting.acting(wren):
        (line,) = exploitation_page.lines(wren, esp_id)
    assert line.level is Risk.HIGH, "as it stands now, while the meeting decides"


def test_E1_a_child_whom_no_panel_has_and_a_screening_raises_is_on_the_next_daily_list(
    area: AreaRow, wren: Principal
) -> None:
    names = ("Moorgrane", "Fellgrane", "Combegrane")
    with saved(), acting.acting(wren):
        kit, bo, al = (subjects.make_child(wren, Party(name, "Kit"), at(SUNDAY, 12)) for name in names)
    assert screenings.record(wren, kit, afraid(), at(SUNDAY, 13))
    assert screenings.record(wren, bo, afraid(Risk.MEDIUM), at(SUNDAY, 13))
    assert not screenings.record(wren, al, afraid(Risk.STANDARD), at(SUNDAY, 13)), "the page says so"
    monday = built(area.id, MONDAY)
    assert reasons_of(item_of(monday, kit)) == reasons_of(item_of(monday, bo)) == {"review-due"}
    assert item_of(monday, al) is None and place_of(kit)


def test_E1_who_left_at_the_highest_level_comes_back_at_it_whatever_a_screening_counts(
    area: AreaRow, wren: Principal, chair: Principal, office: UUID
) -> None:
    child = referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, MONDAY), child)
    assert item
    decide(wren, item, at(MONDAY), told(Decision.LEAVE, level=Risk.HIGH, ground=Ground.MOVED))
    usecase.confirm(chair, item, mark_of(item), at(MONDAY, 10))
    referred(wren, at(MONDAY, 12), child=child)
    screenings.record(wren, child, afraid(Risk.STANDARD), at(MONDAY, 13))
    tuesday = item_of(built(area.id, TUESDAY), child)
    assert tuesday and ladder.levels([child]) == {child: Risk.HIGH}
    decide(wren, tuesday, at(TUESDAY), told(Decision.LEAVE))
    with pytest.raises(RuleBroken, match="so a chair"):
        usecase.confirm(a_runner(office, name="Gil Stone"), tuesday, mark_of(tuesday), at(TUESDAY, 10))


def test_E1_a_panel_where_a_child_is_is_not_taken_off(area: AreaRow, wren: Principal) -> None:
    assert not panels.waits(area.id, "ESP")
    child = referred(wren, at(SUNDAY, 12))
    assert panels.waits(area.id, "DREAM"), "a referral waits for its list"
    monday = built(area.id, MONDAY)
    came(wren, monday, at(MONDAY))
    closing.close(wren, "DREAM", MONDAY, 1, at(MONDAY, 12))
    assert place_of(child) and panels.waits(area.id, "DREAM"), "no meeting waits, but she does"


# -- who reads it --


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE])
def test_E4_who_runs_domestic_abuse_alone_finds_none_of_it(
    area: AreaRow, wren: Principal, office: UUID, role: Role
) -> None:
    item = item_of(built(area.id, MONDAY, at(MONDAY)), referred(wren, at(SUNDAY, 12)))
    child = db.session.scalars(select(ItemRow.case_id)).first() or referred(wren, at(SUNDAY, 12))
    item = item_of(built(area.id, TUESDAY), child)
    assert item
    other = a_person(office, role, "Gil Stone")
    refused = Forbidden if role is Role.REPRESENTATIVE else NotFound
    for doing in (
        lambda: usecase.decide(other, item, told(), mark_of(item), at(TUESDAY)),
        lambda: usecase.confirm(other, item, mark_of(item), at(TUESDAY)),
        lambda: usecase.refuse(other, item, mark_of(item), at(TUESDAY)),
        lambda: closing.close(other, "DREAM", TUESDAY, 1, at(TUESDAY)),
        lambda: closing.share(other, "ESP", WEDNESDAY, at(TUESDAY)),
        lambda: lists.build_by(other, WEDNESDAY, at(WEDNESDAY)),
    ):
        with pytest.raises(refused):
            doing()
    with acting.acting(other):
        for table, scope in (
            (ExploitationEntryRow, entries_of), (ExploitationTakenRow, taken_of),
            (LadderPlaceRow, places_of), (LadderStepRow, steps_of),
        ):  # fmt: skip
            assert db.session.scalars(select(table).where(scope(other))).all() == []


def test_E4_M6_the_database_itself_keeps_them_from_others(
    area: AreaRow, wren: Principal, office: UUID
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no policies")
    child = referred(wren, at(SUNDAY, 12))
    decide(wren, item_of(built(area.id, MONDAY), child), at(MONDAY))  # type: ignore[arg-type]
    other = a_person(office, Role.COORDINATOR, "Gil Stone")
    tables = ("exploitation_entry", "exploitation_taken", "ladder_step", "ladder_place")
    for who, seen in ((wren, [1, 1, 1, 1]), (other, [0, 0, 0, 0])):
        with acting.acting(who):
            found = [db.session.execute(text(f"SELECT count(*) FROM {one} /*scope*/")) for one in tables]
            assert [int(one.scalar_one()) for one in found] == seen


def test_E4_M6_the_database_lets_nobody_take_off_what_is_kept_from_them(
    area: AreaRow, wren: Principal, office: UUID
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no policies")
    screenings.record(wren, referred(wren, at(SUNDAY, 12)), afraid(), at(SUNDAY, 13))
    built(area.id, MONDAY)
    other = a_person(office, Role.COORDINATOR, "Gil Stone")
    away = areas.create("awaytest", date(2026, 11, 2), at(MONDAY, 1))
    for who in (acting.acting(other), acting.whole_area(away)):
        with saved(), who:
            for table in ("item", "screening", "level_said"):
                assert db.session.execute(text(f"DELETE FROM {table}")).rowcount == 0


# -- nobody falls off the ladder in silence --


#: What is done, to whom, at which level, and after how many hours.
Doing = tuple[str, int, Risk, int]
DOINGS = st.lists(
    st.tuples(
        st.sampled_from(
            ["refer", "build", "up", "stay", "down", "leave", "confirm", "close", "share", "job"]
        ),
        st.integers(0, 3),
        st.sampled_from(list(Risk)),
        st.integers(1, 40),
    ),
    max_size=25,
)


made = counted()


@given(doings=DOINGS)
@settings(max_examples=30, deadline=None)
def test_E1_T12_nobody_falls_off_the_ladder_in_silence(area_id: UUID, doings: list[Doing]) -> None:
    """Whatever is referred, built, decided and closed, in any order and however late: each referral stands on
    exactly one list, and each child has a place on a coming one, a review ahead, or a confirmed leaving."""
    home = areas.create(f"p{next(made)}", date(2026, 11, 2), at(MONDAY, 1))
    office = an_office(home)
    wren, chair = a_runner(office), a_runner(office, Role.CHAIR, "Bea Fell")
    ladder_of(home, wren)
    children: list[UUID] = []
    now = at(MONDAY, 7)
    for what, which, level, hours in doings:
        now += timedelta(hours=hours)
        with suppress(RuleBroken, usecase.Unfit, NotFound):
            if what == "refer":
                children += [_refer(wren, children, which, now)]
            elif what == "build":
                built(home, now.date() - timedelta(days=which), now)
            elif what == "confirm":
                _confirm_all(chair, now)
            elif what == "job":
                _compile(home, now)
            elif what in ("close", "share"):
                _close_or_share(wren, what, which, now)
            else:
                _decide_some(wren, Decision(what), which, level, now)
        _nobody_is_lost(home, now)
    _taken_by_one(home, now)


def _refer(wren: Principal, children: list[UUID], which: int, now: datetime) -> UUID:
    """Another child, or one there is; sent some hours ago, and taken in now."""
    names = ("Valewright", "Oxley", "Moorhen", "Fellgate")
    known = children[which] if which < len(children) else None
    return referred(wren, now - timedelta(hours=which), names[len(children) % 4], known)


def _compile(home: UUID, now: datetime) -> None:
    with saved(), acting.whole_area(home):
        agendas.compile_due(db.session.get_one(AreaRow, home), "test", now)


def _confirm_all(chair: Principal, now: datetime) -> None:
    row = LadderPlaceRow
    waits = select(row.leaving_item).where(row.area_id == chair.area_id, row.leaving_item.is_not(None))
    for item in db.session.scalars(waits).all():
        assert item
        usecase.confirm(chair, item, mark_of(item), now)


def _decide_some(wren: Principal, what: Decision, which: int, level: Risk, now: datetime) -> None:
    """On any item, be it of a meeting that is over or of a child whom another panel has."""
    row = ItemRow
    rows = select(row.id).join(MeetingRow, MeetingRow.id == row.meeting_id)
    mine = rows.where(row.area_id == wren.area_id).order_by(MeetingRow.sits_on.desc(), row.position)
    items = db.session.scalars(mine).all()
    if items:
        decide(wren, items[which % len(items)], now, told(what, level=level))


def _close_or_share(wren: Principal, what: str, which: int, now: datetime) -> None:
    row = MeetingRow
    rows = select(row.id, row.kind, row.sits_on).where(row.area_id == wren.area_id)
    meetings = db.session.execute(rows.order_by(row.sits_on.desc())).all()
    if not meetings:
        return
    key, code, day = meetings[which % len(meetings)]
    if what == "share":
        closing.share(wren, code, day, now)
        return
    came(wren, key, now)
    with acting.acting(wren):
        left = len(closing.left_by(wren, key, code))
    closing.close(wren, code, day, left, now)


def _nobody_is_lost(home: UUID, now: datetime) -> None:
    """Each child of whom a list has ever taken anything has a place, or left by two people; and a place at a
    panel with agendas is an item on a coming one or a review ahead: the next daily list reads it itself."""
    db.session.rollback()
    _compile(home, now)
    place, step, item = LadderPlaceRow, LadderStepRow, ItemRow
    places = {row.case_id: row for row in db.session.scalars(select(place).where(place.area_id == home))}
    taken = select(ExploitationTakenRow.case_id).where(ExploitationTakenRow.area_id == home)
    for case_id in set(db.session.scalars(taken)):
        stands = places.get(case_id)
        if stands is None:
            rows = select(step).where(step.case_id == case_id).order_by(step.id.desc())
            last = db.session.scalars(rows).first()
            assert last and not last.leads_to and last.confirmed_by not in (None, last.made_by)
            assert not ladder.news_since(case_id, last.heard_on)
        elif stands.panel != DREAM.code:
            today = (MeetingRow.sits_on == now.date()) & MeetingRow.state.in_(("open", "published"))
            coming = (MeetingRow.kind == stands.panel, (MeetingRow.starts_at > now) | today)
            on = select(item.id).join(MeetingRow, MeetingRow.id == item.meeting_id)
            is_on = db.session.scalars(on.where(item.case_id == case_id, *coming)).first() is not None
            assert is_on or (stands.review_by and stands.review_by > now.date())


def _taken_by_one(home: UUID, now: datetime) -> None:
    """The lists of the days after take the rest: no referral is on two, and none on none; and the last hears
    every child whom the daily meeting has."""
    for ahead in range(1, 6):
        day = now.date() + timedelta(days=ahead)
        with suppress(RuleBroken):
            built(home, day, at(day, 8, 30))
    referral, entry, taken, place = (
        ExploitationReferralRow, ExploitationEntryRow, ExploitationTakenRow, LadderPlaceRow
    )  # fmt: skip
    sent = {str(key) for key in db.session.scalars(select(referral.id).where(referral.area_id == home))}
    of_referral = select(entry.source_id).where(entry.area_id == home, entry.source != lists.STANDING)
    entries = db.session.scalars(of_referral).all()
    assert sorted(entries) == sorted(sent)
    ledger = db.session.scalars(select(taken.source_id).where(taken.area_id == home)).all()
    assert sorted(ledger) == sorted(sent)
    waiting = set(
        db.session.scalars(select(place.case_id).where(place.area_id == home, place.panel == DREAM.code))
    )
    row = MeetingRow
    last = select(row.id).where(row.area_id == home, row.kind == DREAM.code)
    last_id = db.session.scalars(last.order_by(row.sits_on.desc()).limit(1)).one()
    assert waiting <= set(db.session.scalars(select(ItemRow.case_id).where(ItemRow.meeting_id == last_id)))
