"""A child on the ladder: decided with a level and a reason, heard again in time, never lost (Rulebook E1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda import transition
from agenda.clocks import Length, Unit
from agenda.incidents import Risk
from agenda.panels import DRAMM, DREAM, ESP, EXPLOITATION, MACE, MARAC, Family, ladder
from agenda.review_dates import Waiting, chosen_problem, due, heard_at, overdue, review_by
from agenda.rhythm import EveryDays, day_after
from agenda.rules import RuleBroken
from agenda.transition import Stage, Transition, ceiling_on, plan_from, stage
from meetingsvc.holidays import england
from minutes.ladder import (
    Beside,
    Course,
    Decided,
    Decision,
    Ground,
    Made,
    Screened,
    Standing,
    goes_to,
    needs_second,
    problems,
    undecided,
)

OFF = england(range(2019, 2045))
STEPS = ladder(EXPLOITATION, Family.EXPLOITATION)
SITS = replace(MACE, rhythm=EveryDays(date(2026, 12, 1), 28))
ON = date(2026, 11, 25)
AT = datetime(2026, 11, 25, 11, tzinfo=UTC)
CHILD = UUID(int=1)
DAYS = st.dates(date(2022, 1, 1), date(2032, 1, 1))
PANELS = st.sampled_from([DREAM, ESP, SITS])


def decided(decision: Decision | None = Decision.STAY, **told) -> Decided:
    """A decision with everything it needs; the test tells only what it is about."""
    leaves = {"ground": Ground.RISK_REDUCED, "goes_on": "Youth service"} if decision is Decision.LEAVE else {}
    return Decided(**{"decision": decision, "level": Risk.MEDIUM, "reason": "As heard"} | leaves | told)


def what_is_wrong(told: Decided, at=ESP, panel=ESP, born=None, planned=None) -> set[str]:
    return set(problems(told, Standing(at.code), panel, STEPS, ON, Beside(born, (), OFF, planned)))


def screened(level: Risk, on: date = ON - timedelta(days=60)) -> Beside:
    """One who was screened that day, at that level."""
    return Beside(None, (Screened(datetime(on.year, on.month, on.day, 9, tzinfo=UTC), level),), OFF)


def test_E1_a_child_goes_up_the_ladder_and_down_again() -> None:
    assert [goes_to(STEPS, panel.code, Decision.UP) for panel in STEPS] == ["ESP", "MACE", None]
    assert [goes_to(STEPS, panel.code, Decision.DOWN) for panel in STEPS] == [None, "DREAM", "ESP"]
    assert {goes_to(STEPS, panel.code, Decision.LEAVE) for panel in STEPS} == {""}
    assert goes_to(STEPS, "", Decision.UP) is None


@pytest.mark.parametrize("decision", Decision)
def test_E1_every_decision_has_its_level_and_its_reason(decision: Decision) -> None:
    assert what_is_wrong(decided(decision)) == set()
    assert what_is_wrong(decided(decision, level=None)) == {"level"}
    assert what_is_wrong(decided(decision, reason=" ")) == {"reason"}
    assert what_is_wrong(decided(decision, reason="x" * 2_001)) == {"reason"}


def test_E1_what_was_not_decided_is_asked_for() -> None:
    assert what_is_wrong(decided(None)) == {"decision"}


def test_E1_nobody_goes_where_there_is_no_panel() -> None:
    assert what_is_wrong(decided(Decision.UP), MACE, MACE) == {"decision"}
    assert what_is_wrong(decided(Decision.DOWN), DREAM, DREAM) == {"decision"}


def test_E1_only_the_panel_that_has_the_child_decides() -> None:
    assert what_is_wrong(decided(), at=MACE, panel=ESP) == {"decision"}


def test_E1_a_review_is_sooner_than_the_interval_and_never_later() -> None:
    latest = ON + timedelta(days=7)
    assert what_is_wrong(decided(review_on=latest)) == set()
    assert what_is_wrong(decided(review_on=latest + timedelta(days=1))) == {"review_on"}
    assert what_is_wrong(decided(review_on=ON)) == {"review_on"}
    assert chosen_problem(latest, ON, None) is None


@pytest.mark.parametrize("told, field", [
    ({"ground": None}, "ground"), ({"level": Risk.HIGH}, "ground"), ({"goes_on": " "}, "goes_on"),
    ({"goes_on": "x" * 2_001}, "goes_on"),
])  # fmt: skip
def test_E1_nobody_leaves_at_the_highest_level_or_with_nobody_who_goes_on(told, field) -> None:
    assert what_is_wrong(decided(Decision.LEAVE, **told)) == {field}


def test_E1_who_moved_or_died_leaves_at_any_level() -> None:
    assert what_is_wrong(decided(Decision.LEAVE, level=Risk.HIGH, ground=Ground.MOVED)) == set()
    died = decided(Decision.LEAVE, level=Risk.HIGH, ground=Ground.DIED, goes_on="")
    assert what_is_wrong(died) == set() and needs_second(died, Risk.HIGH, ESP)


def test_E1_a_transition_is_planned_to_somebody_and_from_a_day_to_come() -> None:
    assert transition.problems(Transition(" ", ON - timedelta(days=1)), ON).keys() == {"to", "on"}
    assert transition.problems(Transition("The leaving care team", ON), ON) == {}


def test_E1_nobody_has_grown_out_before_the_transition_is_due() -> None:
    grown = decided(Decision.LEAVE, ground=Ground.TRANSITION)
    for born in (None, date(2013, 7, 1)):
        assert what_is_wrong(grown, born=born) == {"ground"}
    for born in (date(2009, 1, 1), date(2008, 1, 1)):
        assert what_is_wrong(grown, born=born) == {"ground"}, "due, or overdue: nobody planned it"
        planned = Transition("The leaving care team", ON)
        assert what_is_wrong(grown, born=born, planned=planned) == set()


def test_E1_who_was_at_the_highest_level_leaves_only_when_the_chair_confirms() -> None:
    leaves = Made(decided(Decision.LEAVE), "ESP", ON, AT, "Ada")
    high = Course("ESP").after(Made(decided(level=Risk.HIGH), "ESP", ON, AT, "Ada"), ESP, STEPS)
    for by in ("", "Ada"):
        with pytest.raises(RuleBroken, match="chair confirms"):
            high.after(replace(leaves, confirmed_by=by), ESP, STEPS)
    assert high.after(replace(leaves, confirmed_by="Bea"), ESP, STEPS).standing().at == ""
    known = Course("ESP").after(leaves, ESP, STEPS, screened(Risk.STANDARD))
    assert known.standing() == Standing("", Risk.MEDIUM)
    with pytest.raises(RuleBroken, match="chair confirms"):
        Course("ESP").after(leaves, ESP, STEPS)  # of whom no level is known, none is said to be low
    unasked = replace(ESP, chair_confirms_leaving=False)
    assert high.after(leaves, unasked, STEPS).standing().at == ""


def test_E1_one_meeting_does_not_lower_the_level_and_let_the_child_leave() -> None:
    leaves = Made(decided(Decision.LEAVE), "ESP", ON, AT + timedelta(minutes=2), "Ada")
    stays = Made(decided(), "ESP", ON, AT, "Ada")
    weeks = ON - timedelta(days=7), ON - timedelta(days=14)
    last, before = (Made(decided(level=Risk.HIGH), "ESP", day, AT - timedelta(days=15), "A") for day in weeks)
    for course, beside in (
        (Course("ESP"), screened(Risk.HIGH)),  # until it began nobody had said otherwise
        (Course("ESP"), Beside()),
        (Course("ESP", left_at=Risk.HIGH), screened(Risk.STANDARD)),  # came back as they had left
        (Course("ESP").after(last, ESP, STEPS, Beside(off=OFF)), Beside(off=OFF)),
        (Course("ESP").after(replace(last, told=decided()), ESP, STEPS), screened(Risk.HIGH, weeks[0])),
    ):
        with pytest.raises(RuleBroken, match="chair confirms"):
            course.after(stays, ESP, STEPS, beside).after(leaves, ESP, STEPS, beside)
    lowered = Course("ESP").after(before, ESP, STEPS).after(replace(last, told=decided()), ESP, STEPS)
    assert lowered.after(stays, ESP, STEPS).after(leaves, ESP, STEPS, Beside(off=OFF)).standing().at == ""


def test_E1_decisions_go_on_in_time() -> None:
    one = Course("ESP").after(Made(decided(), "ESP", ON, AT, "Ada"), ESP, STEPS)
    with pytest.raises(RuleBroken, match="earlier"):
        one.after(Made(decided(), "ESP", ON, AT - timedelta(hours=1), "Ada"), ESP, STEPS)


def test_E1_silence_takes_nobody_off() -> None:
    assert undecided(["C-1", "C-2", "C-3"], ["C-2"]) == ("C-1", "C-3")


def test_E1_a_ladder_that_changed_since_moves_nobody() -> None:
    went = Course("ESP").after(Made(decided(Decision.UP), "ESP", ON, AT, "Ada"), ESP, STEPS)
    assert went.standing().at == "MACE" and went.made[0].to == "MACE"
    again = went.after(
        Made(decided(Decision.DOWN), "MACE", ON, AT, "Ada"), MACE, (DREAM, replace(ESP, up="MACE"), MACE)
    )
    assert again.standing().at == "ESP" and went.standing().at == "MACE"


def test_E1_a_level_that_a_screening_raised_since_keeps_the_child_from_leaving_unseen() -> None:
    leaves = Made(decided(Decision.LEAVE), "ESP", ON, AT, "Ada")
    last = Made(decided(), "ESP", ON - timedelta(days=7), AT - timedelta(days=7), "Ada")
    for course in (Course("ESP"), Course("ESP").after(last, ESP, STEPS)):
        assert course.standing(Risk.HIGH).level is Risk.HIGH
        with pytest.raises(RuleBroken, match="chair confirms"):
            course.after(leaves, ESP, STEPS, screened(Risk.HIGH, ON - timedelta(days=1)))
        medium = screened(Risk.MEDIUM, ON - timedelta(days=1))
        assert course.after(leaves, ESP, STEPS, medium).standing().at == ""


TOLD = st.builds(
    Decided, st.one_of(st.none(), st.sampled_from(Decision)), st.one_of(st.none(), st.sampled_from(Risk)),
    st.sampled_from(["", "As heard"]), st.one_of(st.none(), st.sampled_from(Ground)),
    st.sampled_from(["", "Youth"]),
)  # fmt: skip


@given(st.lists(st.tuples(TOLD, st.sampled_from(["", "", "Ada", "Bea"])), max_size=12))
@settings(max_examples=300, deadline=None)
def test_E1_whatever_is_tried_a_child_is_at_one_panel_until_a_decision_lets_it_leave(tried) -> None:
    course, by_code = Course("DREAM"), {panel.code: panel for panel in STEPS}
    for n, (told, confirmed_by) in enumerate(tried):
        before = course.standing()
        panel = by_code.get(before.at, DREAM)
        made = Made(told, panel.code, ON, AT + timedelta(hours=n), "Ada", confirmed_by)
        try:
            course = course.after(made, panel, STEPS)
        except RuleBroken:
            assert course.standing() == before
            continue
        now = course.standing()
        assert before.at != "" and told.reason and now.level is told.level is not None
        assert (now.at == "") == (told.decision is Decision.LEAVE) and now.at in {"", *by_code}
        if now.at == "":
            assert told.ground is not None
            assert before.level is not Risk.HIGH or confirmed_by == "Bea"
        else:
            assert abs([*by_code].index(now.at) - [*by_code].index(before.at)) <= 1


def test_E1_who_stays_is_heard_again_within_the_interval() -> None:
    assert review_by(ON, DREAM, None, OFF) == date(2026, 11, 26)
    assert review_by(ON, ESP, None, OFF) == date(2026, 12, 2)
    assert review_by(ON, MACE, None, OFF) == date(2027, 2, 17)
    assert review_by(ON, MARAC, None, OFF) is None


def test_E1_the_transition_is_looked_at_in_time() -> None:
    turns_eighteen = date(2027, 7, 1)
    assert review_by(ON, MACE, date(2009, 7, 1), OFF) == plan_from(date(2009, 7, 1), MACE) == date(2027, 1, 1)
    assert ceiling_on(date(2009, 7, 1), MACE) == turns_eighteen
    assert review_by(turns_eighteen, MACE, date(2009, 7, 1), OFF) == turns_eighteen + timedelta(days=84)


@given(panel=PANELS, heard_on=DAYS, age=st.integers(0, 30 * 365))
@settings(max_examples=200, deadline=None)
def test_E1_who_stays_is_heard_in_time_or_at_the_first_sitting_there_is(panel, heard_on, age) -> None:
    by = review_by(heard_on, panel, heard_on - timedelta(days=age), OFF)
    assert by is not None and by > heard_on
    again = heard_at(Waiting(CHILD, by), panel, heard_on, OFF)
    first = day_after(panel.rhythm, heard_on, OFF)
    assert again is not None and first is not None
    assert again <= by or again == first


@given(panel=PANELS, sits_on=DAYS, late=st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_E1_who_was_not_decided_on_or_is_overdue_is_at_the_next_sitting(panel, sits_on, late) -> None:
    waiting = [Waiting(CHILD, None), Waiting(UUID(int=2), sits_on - timedelta(days=late))]
    assert due(waiting, panel, sits_on, OFF) == tuple(waiting)


def test_E1_a_review_that_is_over_is_shown() -> None:
    waiting = [Waiting(CHILD, ON), Waiting(UUID(int=2), None)]
    assert overdue(waiting, ON) == () and overdue(waiting, ON + timedelta(days=1)) == (waiting[0],)


def test_E1_a_panel_that_will_not_sit_again_hears_everybody_now() -> None:
    assert heard_at(Waiting(CHILD, None), MACE, ON, OFF) is None
    assert due([Waiting(CHILD, date(2030, 1, 1))], MACE, ON, OFF)


@pytest.mark.parametrize("today, planned, says", [
    (date(2026, 12, 31), None, Stage.NONE),
    (date(2027, 1, 1), None, Stage.DUE),
    (date(2027, 1, 1), Transition("Adult services", date(2027, 7, 1)), Stage.PLANNED),
    (date(2027, 6, 30), None, Stage.DUE),
    (date(2027, 7, 1), None, Stage.OVERDUE),
])  # fmt: skip
def test_E1_transition_is_planned_before_the_age_ceiling(today, planned, says) -> None:
    assert stage(date(2009, 7, 1), MACE, today, planned) is says


def test_E1_an_area_may_plan_the_transition_so_many_days_before() -> None:
    days = replace(MACE, transition=Length(30, Unit.DAYS))
    assert plan_from(date(2009, 7, 1), days) == date(2027, 6, 1)


def test_E1_a_date_of_birth_that_nobody_knows_is_asked_for() -> None:
    assert stage(None, MACE, ON, None) is Stage.NOT_KNOWN and Stage.NOT_KNOWN.waits
    assert stage(None, DRAMM, ON, None) is stage(date(1980, 1, 1), DRAMM, ON, None) is Stage.NONE


def test_E1_the_ceiling_of_a_leap_day_is_a_day_early_rather_than_late() -> None:
    assert transition.ceiling_on(date(2008, 2, 29), MACE) == date(2026, 2, 28)
