"""Professional disagreement, step by step (Rulebook V4, W2)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import LONDON, is_working_day, local_day
from agenda.clocks import Met, Unit
from agenda.disagreement import Answer, Disagreement, Ladder, Made, Step, raise_problems, timed
from agenda.disagreement_ladders import (
    CHILD_DEATH,
    CHILD_DEATH_OUTSIDE,
    CONFERENCE,
    PROFESSIONAL,
    ChildDeath,
    ChildDeathOutside,
    Conference,
    Professional,
)
from agenda.moves import Who
from agenda.rules import RuleBroken

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
OFF = frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28)})
LADDERS = [PROFESSIONAL, CONFERENCE, CHILD_DEATH, CHILD_DEATH_OUTSIDE]
STEPS = (
    (Step.TO_2, Who.RAISER), (Step.TO_3, Who.RAISER), (Step.TO_4, Who.MANAGER), (Step.TO_5, Who.MANAGER),
    (Step.TO_6, Who.MANAGER), (Step.DETERMINE, Who.CHAIR), (Step.CLOSE, Who.CHAIR),
)  # fmt: skip


def raised(ladder: Ladder[Any] = PROFESSIONAL) -> Disagreement[Any]:
    return Disagreement(ladder, AT, "school", frozenset({"social care"}))


def made(step: Step, who: Who = Who.RAISER, agency: str = "school", at: datetime = AT) -> Made:
    return Made(step, at, who, "account", agency, "why")


def after(count: int) -> Disagreement[Any]:
    told = raised()
    for days, (step, who) in enumerate(STEPS[:count]):
        agency = "police" if step is Step.DETERMINE else "school"
        told = told.after(made(step, who, agency, AT + timedelta(days=days)))
    return told


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def test_V4_seven_steps_of_five_working_days() -> None:
    rungs = (*PROFESSIONAL.rungs, PROFESSIONAL.debrief)
    assert len(rungs) == 7
    for rung in rungs:
        assert rung is not None and rung.within is not None
        assert (rung.within.count, rung.within.unit) == (5, Unit.WORKING_DAYS)
    assert after(7).reached == tuple(Professional)


def test_V4_no_step_is_skipped() -> None:
    for count, (step, _) in enumerate(STEPS[:5]):
        for later, who in STEPS[:5]:
            if later is not step:
                with pytest.raises(RuleBroken, match="so this cannot be done now"):
                    after(count).after(made(later, who, at=AT + timedelta(days=9)))


@pytest.mark.parametrize("count", range(8))
def test_V4_what_is_offered_is_what_is_taken(count: int) -> None:
    told = replace(after(count), missing=frozenset({Who.MANAGER}))
    for who in Who:
        for agency in ("school", "social care", "homes"):
            taken = set()
            for step in Step:
                try:
                    told.after(made(step, who, agency, AT + timedelta(days=30)))
                except RuleBroken:
                    continue
                taken.add(step)
            assert set(told.open_to({who}, agency)) == taken, (who, agency)


def test_V4_it_can_be_settled_at_any_step_and_is_debriefed() -> None:
    for count in range(6):
        told = after(count).after(made(Step.SETTLE, at=AT + timedelta(days=9)))
        assert told.stage is Professional.DEBRIEF
        with pytest.raises(RuleBroken, match="It is 7. restorative debrief"):
            told.after(made(Step.TO_2, at=AT + timedelta(days=9)))
        assert told.after(made(Step.CLOSE, at=AT + timedelta(days=9))).stage is Professional.CLOSED
        with pytest.raises(RuleBroken, match="so this cannot be done now"):
            after(count).after(made(Step.CLOSE, at=AT + timedelta(days=9)))


def test_V4_the_partnership_determines_at_the_last_step_alone() -> None:
    for count in range(5):
        for step in (Step.DETERMINE, Step.SETTLE):
            with pytest.raises(RuleBroken):
                after(count).after(made(step, Who.CHAIR, "police", AT + timedelta(days=9)))
    told = after(5).after(made(Step.DETERMINE, Who.CHAIR, "police", AT + timedelta(days=9)))
    assert told.stage is Professional.DEBRIEF
    with pytest.raises(RuleBroken, match="the other side of this"):
        after(5).after(made(Step.DETERMINE, Who.CHAIR, "social care", AT + timedelta(days=9)))
    with pytest.raises(RuleBroken, match="Your agency raised this"):
        after(5).after(made(Step.DETERMINE, Who.CHAIR, "school", AT + timedelta(days=9)))


@pytest.mark.parametrize("ladder", LADDERS)
def test_V4_the_last_step_waits_for_a_chair_where_the_partnership_determines(ladder: Ladder[Any]) -> None:
    told = raised(ladder)
    for step, rung in zip(Step, ladder.rungs[:-1], strict=False):
        assert not told.waits_for_chair
        told = told.after(made(step, sorted(rung.up)[0]))
    assert told.waits_for_chair is bool(ladder.determines)
    assert not told.after(made(Step.SETTLE, sorted(ladder.settles)[0])).waits_for_chair


def test_V4_everything_is_put_in_writing() -> None:
    for ladder in LADDERS:
        assert all(move.ask for move in ladder.moves.values())
    with pytest.raises(RuleBroken, match="Say what was tried"):
        raised().after(replace(made(Step.TO_2), said=" "))


def test_V4_the_other_side_answers_and_does_not_settle() -> None:
    for who in (Who.RAISER, Who.MANAGER):
        with pytest.raises(RuleBroken, match="the other side of this"):
            raised().after(made(Step.SETTLE, who, "social care"))
    with pytest.raises(RuleBroken, match="for the agency that raised it"):
        raised().after(made(Step.TO_2, agency="housing"))
    answer = Answer(AT, "account", "social care", "We have looked again")
    assert raised().answered(answer).answers == (answer,)
    assert raised().answered(answer).stage is Professional.DISCUSSION
    for wrong, said in ((replace(answer, agency="housing"), "not raised against"),
                        (replace(answer, said=" "), "Enter your answer")):  # fmt: skip
        with pytest.raises(RuleBroken, match=said):
            raised().answered(wrong)
    with pytest.raises(RuleBroken, match="It is closed"):
        after(7).answered(replace(answer, at=AT + timedelta(days=9)))


def test_V4_nothing_goes_back_in_time() -> None:
    early = AT - timedelta(seconds=1)
    with pytest.raises(RuleBroken, match="earlier"):
        raised().after(made(Step.TO_2, at=early))
    answered = raised().answered(Answer(AT + timedelta(hours=1), "a", "social care", "No"))
    with pytest.raises(RuleBroken, match="earlier"):
        answered.after(made(Step.TO_2))


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        ("2026-11-23T09:00", "2026-11-30"),
        ("2026-03-27T09:00", "2026-04-07"),  # over the change of the clocks and Easter
        ("2026-10-23T09:00", "2026-10-30"),  # and back
        ("2026-12-23T23:30", "2027-01-01"),  # Christmas
        ("2028-02-28T09:00", "2028-03-06"),  # 29 February is one of them
    ],
)
def test_V4_each_step_has_five_working_days_from_when_it_began(begun: str, due: str) -> None:
    (clock,) = replace(raised(), raised_at=wall(begun)).clocks(OFF)
    assert clock.due == wall(f"{due}T23:59:59.999999")
    assert clock.stands(clock.due) is Met.RUNNING
    assert clock.stands(clock.due + timedelta(microseconds=1)) is Met.LATE


def test_V4_late_ones_show_and_nothing_is_over_by_itself() -> None:
    told = raised().after(made(Step.TO_2, at=wall("2026-12-01T00:00")))
    first, second = told.clocks(OFF)
    now = wall("2027-03-01T09:00")
    assert first.stands(now) is Met.DONE_LATE and second.stands(now) is Met.LATE
    assert (first.what, second.what) == (Professional.DISCUSSION, Professional.WRITTEN)
    assert len(after(7).clocks(OFF)) == 7


def test_W2_child_death_overview_counts_in_days_and_ends_with_what_there_is() -> None:
    counts = [rung.within and (rung.within.count, rung.within.unit) for rung in CHILD_DEATH.rungs]
    assert counts == [(21, Unit.DAYS), (7, Unit.DAYS), (7, Unit.DAYS), (14, Unit.DAYS), None]
    told: Disagreement[Any] = raised(CHILD_DEATH)
    for step, who in ((Step.TO_2, Who.COORDINATOR), (Step.TO_3, Who.COORDINATOR), (Step.TO_4, Who.CHAIR),
                      (Step.TO_5, Who.CHAIR)):  # fmt: skip
        told = told.after(made(step, who, "partnership"))
    assert told.stage is ChildDeath.CONSIDERED and len(told.clocks(OFF)) == 4
    assert told.after(made(Step.SETTLE, Who.CHAIR, "partnership")).stage is ChildDeath.RECEIVED
    with pytest.raises(RuleBroken, match="no such step"):
        told.after(made(Step.CLOSE, Who.CHAIR, "partnership"))


def test_W2_each_letter_of_child_death_overview_is_the_chairs_and_it_ends_received_at_any_step() -> None:
    told: Disagreement[Any] = raised(CHILD_DEATH)
    for count, (step, who, no) in enumerate((
        (Step.TO_2, Who.COORDINATOR, Who.CHAIR), (Step.TO_3, Who.COORDINATOR, Who.CHAIR),
        (Step.TO_4, Who.CHAIR, Who.COORDINATOR), (Step.TO_5, Who.CHAIR, Who.COORDINATOR),
    )):  # fmt: skip
        ended = told.after(made(Step.SETTLE, Who.COORDINATOR, "panel"))
        assert ended.stage is ChildDeath.RECEIVED and len(ended.clocks(OFF)) == count + 1
        assert all(clock.done_at for clock in ended.clocks(OFF)), "nothing runs on"
        for wrong in (Who.RAISER, Who.MANAGER):
            with pytest.raises(RuleBroken, match="This is for"):
                told.after(made(Step.SETTLE, wrong, "panel"))
        with pytest.raises(RuleBroken, match="This is for"):
            told.after(made(step, no, "panel"))
        told = told.after(made(step, who, "panel"))
    assert told.stage is ChildDeath.CONSIDERED
    for step in (Step.TO_2, Step.TO_5, Step.TO_6, Step.DETERMINE, Step.CLOSE):
        with pytest.raises(RuleBroken):
            told.after(made(step, Who.CHAIR, "panel"))


@pytest.mark.parametrize(
    ("step", "begun", "due"),
    [
        (0, "2026-03-20T09:00", "2026-04-10"),  # 21 days, over Easter and the change of the clocks
        (1, "2026-12-24T23:30", "2026-12-31"),  # a week
        (2, "2026-10-23T09:00", "2026-10-30"),
        (3, "2028-02-20T09:00", "2028-03-05"),  # a fortnight, 29 February one of them; a Sunday still counts
    ],
)
def test_W2_child_death_overview_counts_days_of_the_calendar(step: int, begun: str, due: str) -> None:
    told: Disagreement[Any] = replace(raised(CHILD_DEATH), raised_at=wall(begun))
    movers = (Who.COORDINATOR, Who.COORDINATOR, Who.CHAIR)
    for up, who in zip((Step.TO_2, Step.TO_3, Step.TO_4)[:step], movers, strict=False):
        told = told.after(made(up, who, "panel", wall(begun)))
    assert told.clocks(OFF)[-1].due == wall(f"{due}T23:59:59.999999")


def test_W2_a_service_outside_is_written_to_twice_and_it_is_considered_with_what_there_is() -> None:
    counts = [rung.within and (rung.within.count, rung.within.unit) for rung in CHILD_DEATH_OUTSIDE.rungs]
    assert counts == [(14, Unit.DAYS), (14, Unit.DAYS), None]
    told: Disagreement[Any] = raised(CHILD_DEATH_OUTSIDE)
    for step in (Step.TO_2, Step.TO_3):
        ended = told.after(made(Step.SETTLE, Who.CHAIR, "panel"))
        assert ended.stage is ChildDeathOutside.RECEIVED
        with pytest.raises(RuleBroken, match="so this cannot be done now"):
            ended.after(made(step, Who.CHAIR, "panel"))
        with pytest.raises(RuleBroken, match="This is for"):
            told.after(made(step, Who.COORDINATOR, "panel"))
        told = told.after(made(step, Who.CHAIR, "panel"))
    assert told.stage is ChildDeathOutside.CONSIDERED and len(told.clocks(OFF)) == 2
    for step in (Step.TO_4, Step.DETERMINE, Step.CLOSE):
        with pytest.raises(RuleBroken, match="no such step"):
            told.after(made(step, Who.CHAIR, "panel"))
    assert told.after(made(Step.SETTLE, Who.COORDINATOR, "panel")).stage is ChildDeathOutside.RECEIVED


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        ("2026-10-16T09:00", "2026-10-30"),  # over the clocks going back
        ("2026-03-27T23:30", "2026-04-10"),  # over their going forward, and Easter
        ("2026-12-11T09:00", "2026-12-25"),  # Christmas still counts
        ("2028-02-20T09:00", "2028-03-05"),  # 29 February is one of them; a Sunday still counts
    ],
)
def test_W2_a_service_outside_has_a_fortnight_of_the_calendar(begun: str, due: str) -> None:
    told: Disagreement[Any] = replace(raised(CHILD_DEATH_OUTSIDE), raised_at=wall(begun))
    last = wall(f"{due}T23:59:59.999999")
    assert told.clocks(OFF)[-1].due == last
    again = told.after(made(Step.TO_2, Who.CHAIR, "panel", wall(begun)))
    assert again.clocks(OFF)[-1].due == last, "and as long again for the second letter"


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        ("2026-11-28T09:00", "2026-12-04"),  # on a Saturday
        ("2026-10-23T09:00", "2026-10-30"),  # over the clocks going back
        ("2026-03-27T09:00", "2026-04-07"),  # over their going forward, and Easter
        ("2026-12-23T23:30", "2027-01-01"),  # Christmas
    ],
)
def test_W2_each_step_of_a_conference_has_five_working_days(begun: str, due: str) -> None:
    told: Disagreement[Any] = replace(raised(CONFERENCE), raised_at=wall(begun))
    last = wall(f"{due}T23:59:59.999999")
    for step, who in CONFERENCE_STEPS:
        clock = told.clocks(OFF)[-1]
        assert clock.due == last and clock.stands(last) is Met.RUNNING
        told = told.after(made(step, who, at=wall(begun)))
    assert told.clocks(OFF)[-1].due == last


CONFERENCE_STEPS = (
    (Step.TO_2, Who.RAISER), (Step.TO_3, Who.MANAGER), (Step.TO_4, Who.MANAGER),
)  # fmt: skip


def test_W2_a_conference_goes_from_the_safeguarding_lead_to_the_partnership_in_five_working_days_each() -> (
    None
):
    assert CONFERENCE.debrief is not None
    for rung in (*CONFERENCE.rungs, CONFERENCE.debrief):
        assert rung.within and (rung.within.count, rung.within.unit) == (5, Unit.WORKING_DAYS)
    told: Disagreement[Any] = replace(raised(CONFERENCE), raised_at=wall("2026-12-23T23:30"))
    (clock,) = told.clocks(OFF)
    assert clock.due == wall("2027-01-01T23:59:59.999999"), "over Christmas"
    at = wall("2026-12-24T09:00")
    for step, who in CONFERENCE_STEPS:
        wrong = Who.MANAGER if who is Who.RAISER else Who.RAISER
        with pytest.raises(RuleBroken, match="This is for"):
            told.after(made(step, wrong, at=at))
        with pytest.raises(RuleBroken):
            told.after(made(Step.DETERMINE, Who.CHAIR, "police", at))
        settled = told.after(made(Step.SETTLE, at=at))
        assert settled.stage is Conference.DEBRIEF
        assert settled.after(made(Step.CLOSE, at=at)).stage is Conference.CLOSED
        told = told.after(made(step, who, at=at))
    assert told.stage is Conference.PARTNERSHIP
    with pytest.raises(RuleBroken, match="no such step"):
        told.after(made(Step.TO_5, Who.MANAGER, at=at))
    ended = told.after(made(Step.DETERMINE, Who.CHAIR, "police", at)).after(
        made(Step.CLOSE, Who.CHAIR, "police", at)
    )
    assert ended.reached == tuple(Conference)
    assert len(ended.clocks(OFF)) == 5 and all(clock.done_at for clock in ended.clocks(OFF))


def test_V4_what_waits_for_a_manager_an_agency_has_not_is_recorded_by_who_runs_the_meetings() -> None:
    at = AT + timedelta(days=9)
    alone = replace(after(2), missing=frozenset({Who.MANAGER}))
    assert alone.waits_for_nobody and not after(2).waits_for_nobody
    assert not replace(after(1), missing=frozenset({Who.MANAGER})).waits_for_nobody, "still the raiser's"
    for who in (Who.CHAIR, Who.COORDINATOR):
        with pytest.raises(RuleBroken, match="their manager"):
            after(2).after(made(Step.TO_4, who, "police", at))
        told = alone.after(made(Step.TO_4, who, "police", at))
        assert told.stage is Professional.COUNTERPARTS and told.steps[-1].who is who
        for step in (Step.SETTLE, Step.TO_6):
            with pytest.raises(RuleBroken):
                alone.after(made(step, who, "police", at))
        with pytest.raises(RuleBroken, match="other side"):
            alone.after(made(Step.TO_4, who, "social care", at))
    with pytest.raises(RuleBroken, match="This is for"):
        alone.after(made(Step.TO_4, Who.RAISER, at=at))
    left = replace(after(0), missing=frozenset({Who.RAISER, Who.MANAGER}), gone=True)
    assert left.waits_for_nobody
    assert left.after(made(Step.SETTLE, Who.CHAIR, "police", at)).stage is Professional.DEBRIEF
    assert left.after(made(Step.TO_2, Who.COORDINATOR, "police", at)).stage is Professional.WRITTEN


def test_V4_for_an_agency_that_has_not_left_it_only_goes_up_whoever_is_missing() -> None:
    at, nobody = AT + timedelta(days=9), frozenset({Who.RAISER, Who.MANAGER})
    for count in range(6):
        alone = replace(after(count), missing=nobody)
        for who in (Who.CHAIR, Who.COORDINATOR):
            with pytest.raises(RuleBroken, match="This is for"):
                alone.after(made(Step.SETTLE, who, "police", at))
            left = replace(alone, gone=True)
            assert left.after(made(Step.SETTLE, who, "police", at)).stage is Professional.DEBRIEF
            with pytest.raises(RuleBroken, match="This is for"):
                replace(after(count), gone=True).after(made(Step.SETTLE, who, "police", at))
        if count < 5:
            assert alone.after(made(STEPS[count][0], Who.COORDINATOR, "police", at)).reached[-1]
    assert replace(after(5), missing=nobody).after(made(Step.DETERMINE, Who.CHAIR, "police", at))


def test_W2_an_area_has_its_own_counts() -> None:
    ladder = timed(CHILD_DEATH, [14, 3, 1, 7])
    assert [rung.within and rung.within.count for rung in ladder.rungs] == [14, 3, 1, 7, None]
    assert timed(PROFESSIONAL, [5] * 7) == PROFESSIONAL
    for wrong in ([14, 3, 3], [14, 3, 3, 7, 1], [14, 3, 0, 7]):
        with pytest.raises(RuleBroken, match="number"):
            timed(CHILD_DEATH, wrong)


def test_V4_who_is_at_immediate_risk_does_not_wait_for_it() -> None:
    assert raise_problems("No assessment", "school", {"social care"}, False, "") == {}
    assert raise_problems(" ", "school", set(), None, "").keys() == {"about", "against", "unsafe_now"}
    assert raise_problems("x", "school", {"school"}, True, " ").keys() == {"against", "done"}


MOVERS = [Who.RAISER, Who.MANAGER, Who.CHAIR, Who.COORDINATOR, Who.AGENCY]


@given(
    st.sampled_from(LADDERS),
    st.lists(
        st.tuples(
            st.sampled_from(Step),
            st.sampled_from(MOVERS),
            st.sampled_from(["school", "school", "social care", "police"]),
        ),
        max_size=30,
    ),
)
def test_V4_whatever_is_tried_it_goes_up_one_step_at_a_time(
    ladder: Ladder[Any], tried: list[tuple[Step, Who, str]]
) -> None:
    told = raised(ladder)
    order = [rung.stage for rung in ladder.rungs]
    for step, who, agency in tried:
        before = told.stage
        try:
            told = told.after(made(step, who, agency))
        except RuleBroken:
            assert told.stage is before
            continue
        assert agency != "social care" and before is not ladder.ended
        if told.stage in order:
            assert order.index(told.stage) == order.index(before) + 1
    if told.stage is ladder.ended:
        assert {Step.SETTLE, Step.DETERMINE} & {one.step for one in told.steps}


@given(st.integers(0, 10 * 365 * 24 * 60))
def test_V4_five_working_days_are_five(minutes: int) -> None:
    begun = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    (clock,) = replace(raised(), raised_at=begun).clocks(OFF)
    day = local_day(begun)
    between = [day + timedelta(days=n) for n in range(1, (local_day(clock.due) - day).days + 1)]
    assert sum(is_working_day(one, OFF) for one in between) == 5
