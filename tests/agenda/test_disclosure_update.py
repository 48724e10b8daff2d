"""The MARAC's update before a disclosure, and the scheme's clocks (Rulebook C3, C4, Y1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda import disclosure_scheme as scheme
from agenda.calendar import local_day
from agenda.clocks import Length, Unit, end_of, ends
from agenda.confirmations import Said
from agenda.disclosure_update import (
    MOVES,
    State,
    Step,
    all_answered,
    not_yet,
    sits_too_late,
    stands,
    state_words,
)
from agenda.moves import Who, made, open_to
from agenda.rules import RuleBroken

TELLS = (scheme.Step.DISCLOSE, scheme.Step.REFUSE_UNDERTAKING, scheme.Step.DISCLOSE_ALL_THE_SAME)
MAY_TELL = {State.UPDATED, State.URGENT, State.URGENT_ASKED}
#: Good Friday, Easter Monday, Christmas, Boxing Day (kept on the Monday), New Year.
OFF = frozenset({
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1),
})  # fmt: skip


def after(*steps: tuple[Step, Who]) -> State:
    state = State.NOT_TOLD
    for step, who in steps:
        state = made(MOVES[step], state, who, "why")
    return state


ASK = (Step.ASK, Who.COORDINATOR)
ADD = (Step.ADD, Who.AGENCY)


@pytest.mark.parametrize("step", TELLS)
def test_C4_nobody_is_told_before_the_MARAC_has_had_its_say(step: scheme.Step) -> None:
    assert {state for state in State if not_yet(state, step) is None} == MAY_TELL
    assert not_yet(State.NOT_TOLD, step, tells_marac=False) is None


@pytest.mark.parametrize("step", TELLS)
def test_C3_C4_what_the_MARAC_discusses_waits_for_it_and_for_no_agencys_answer(step: scheme.Step) -> None:
    assert {state for state in State if not_yet(state, step, discussed=True) is None} == MAY_TELL
    assert "discusses this case" in (not_yet(State.ASKED, step, discussed=True) or "")
    assert "discusses the case" in state_words(State.ASKED, discussed=True)
    apart = set(State) - {State.ASKED}
    assert all(state_words(state, discussed=True) == state.value for state in apart)
    assert state_words(State.ASKED, discussed=False) == State.ASKED.value


def test_C4_what_tells_nobody_does_not_wait() -> None:
    for step in set(scheme.Step) - set(TELLS):
        assert all(not_yet(state, step) is None for state in State)


def test_C4_the_MARAC_is_told_and_every_agency_answers() -> None:
    assert after(ASK, (Step.CONFIRM, Who.SERVICE)) is State.UPDATED
    assert after(ASK, (Step.HEAR, Who.SERVICE)) is State.UPDATED, "it sat"


def test_C3_what_an_agency_holds_is_weighed_first() -> None:
    held = after(ASK, ADD)
    assert held is State.AFFECTED
    assert open_to(MOVES, held, Who.POLICE) == (Step.WEIGH,), "nobody goes ahead past it"
    assert after(ASK, ADD, (Step.WEIGH, Who.POLICE)) is State.ASKED, "others may hold something too"
    assert after(ASK, (Step.CONFIRM, Who.SERVICE), ADD) is State.AFFECTED, "never too late to say it"
    with pytest.raises(RuleBroken, match="Say what it changes"):
        made(MOVES[Step.WEIGH], held, Who.POLICE)


def test_C4_a_risk_that_does_not_wait_is_not_made_to_and_the_MARAC_is_told_all_the_same() -> None:
    urgent = after((Step.GO_AHEAD, Who.POLICE))
    assert urgent is State.URGENT and open_to(MOVES, urgent, Who.COORDINATOR) == (Step.ASK_SINCE,)
    since = made(MOVES[Step.ASK_SINCE], urgent, Who.COORDINATOR)
    assert since is State.URGENT_ASKED and made(MOVES[Step.ADD], since, Who.AGENCY, "held") is State.AFFECTED
    assert after(ASK, (Step.GO_AHEAD_ASKED, Who.POLICE)) is State.URGENT_ASKED
    for step in (Step.GO_AHEAD, Step.GO_AHEAD_ASKED):
        with pytest.raises(RuleBroken):
            made(MOVES[step], min(MOVES[step].before), Who.POLICE, " ")


def test_C3_silence_is_no_answer_and_nobody_asked_is_nobody_heard() -> None:
    assert all_answered([Said.CONFIRMED, Said.NOT_CONFIRMED])
    assert not all_answered([Said.CONFIRMED, Said.LATER])
    assert not all_answered([])


T = [datetime(2026, 11, 5, hour, tzinfo=UTC) for hour in range(9, 17)]
HELD, CONFIRMED, SILENT = Said.NOT_CONFIRMED, Said.CONFIRMED, Said.LATER


def test_C3_C4_how_far_it_is_follows_from_what_was_said_and_done() -> None:
    assert stands(False, False, [], [], []) is State.NOT_TOLD
    assert stands(False, False, [], [], [(Step.GO_AHEAD, T[0])]) is State.URGENT
    assert stands(True, False, [CONFIRMED, SILENT], [], []) is State.ASKED
    assert stands(True, False, [CONFIRMED, SILENT], [], [(Step.GO_AHEAD, T[0])]) is State.URGENT_ASKED
    assert stands(True, False, [CONFIRMED], [], []) is State.UPDATED
    assert stands(True, True, [SILENT], [], []) is State.UPDATED, "it sat"
    gone = [(Step.GO_AHEAD, T[0])]
    assert stands(True, True, [HELD], [T[2]], gone) is State.AFFECTED, "past nothing that is held"


def test_C3_what_is_held_is_weighed_whatever_became_of_the_MARAC_it_was_said_for() -> None:
    assert stands(False, False, [], [T[2]], [(Step.GO_AHEAD, T[0])]) is State.AFFECTED
    assert stands(True, True, [CONFIRMED], [T[2]], []) is State.AFFECTED
    assert stands(False, False, [], [T[2]], [(Step.WEIGH, T[3])]) is State.NOT_TOLD


def test_C3_what_was_weighed_is_weighed_again_where_more_is_said() -> None:
    weighed = (Step.WEIGH, T[3])
    some = [HELD, SILENT]
    assert stands(True, False, some, [T[2]], [weighed]) is State.ASKED, "others are waited for"
    assert stands(True, False, some, [T[2]], [(Step.GO_AHEAD, T[0]), weighed]) is State.ASKED
    assert stands(True, False, [HELD, CONFIRMED], [T[2]], [weighed]) is State.UPDATED
    assert stands(True, False, some, [T[2], T[4]], [weighed]) is State.AFFECTED
    again = (Step.GO_AHEAD_ASKED, T[5])
    assert stands(True, False, some, [T[2]], [weighed, again]) is State.URGENT_ASKED


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who)), max_size=12))
def test_C4_nobody_is_told_past_what_is_held_nor_without_word_of_the_MARAC(
    steps: list[tuple[Step, Who]],
) -> None:
    state, taken = State.NOT_TOLD, list[Step]()
    for step, who in steps:
        try:
            state = made(MOVES[step], state, who, "why")
        except RuleBroken:
            continue
        taken.append(step)
    if not_yet(state, scheme.Step.DISCLOSE):
        return
    asked, urgent = {Step.ASK, Step.ASK_SINCE}, {Step.GO_AHEAD, Step.GO_AHEAD_ASKED}
    assert (asked | urgent) & set(taken), "the MARAC was told, or it is said why not yet"
    assert taken.count(Step.ADD) == taken.count(Step.WEIGH), "all that is held was weighed"


@pytest.mark.parametrize(
    ("sits_on", "late"),
    [(date(2026, 11, 30), False), (date(2026, 12, 1), True), (None, True)],
)
def test_Y1_the_MARAC_is_not_waited_for_past_the_28_days(sits_on: date | None, late: bool) -> None:
    assert bool(sits_too_late(sits_on, date(2026, 11, 30))) is late


@pytest.mark.parametrize(
    ("applied", "checks", "meet", "overall"),
    [
        ("2026-11-27T16:00", "2026-11-28T16:00", "2026-12-11", "2026-12-25"),  # weekends, Christmas
        ("2026-10-24T12:00", "2026-10-25T12:00", "2026-11-06", "2026-11-21"),  # the clocks go back
        ("2026-03-28T12:00", "2026-03-29T12:00", "2026-04-14", "2026-04-25"),  # forward, and Easter
        ("2026-12-18T09:00", "2026-12-19T09:00", "2027-01-06", "2027-01-15"),
        ("2028-02-01T09:00", "2028-02-02T09:00", "2028-02-15", "2028-02-29"),
        ("2028-02-29T09:00", "2028-03-01T09:00", "2028-03-14", "2028-03-28"),
    ],
)
def test_Y1_the_clocks_run_over_weekends_holidays_and_clock_changes(
    applied: str, checks: str, meet: str, overall: str
) -> None:
    told = scheme.Application(
        scheme.Scheme.CHILD_SEX_OFFENDER,
        scheme.Right.ASK,
        datetime.fromisoformat(applied).replace(tzinfo=UTC),
    )
    found = [due.by for due in scheme.dues(told, scheme.Clocks(), OFF)]
    assert found == [
        datetime.fromisoformat(checks).replace(tzinfo=UTC),
        date.fromisoformat(meet),
        date.fromisoformat(overall),
    ]


MOMENTS = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    MOMENTS,
    st.builds(scheme.Clocks, st.integers(1, 90), st.integers(1, 100), st.integers(1, 40)),
    st.integers(0, 100 * 24),
)
def test_Y1_the_schemes_clocks_count_as_all_clocks_do(
    applied: datetime, rule: scheme.Clocks, hours: int
) -> None:
    told = scheme.Application(scheme.Scheme.DOMESTIC, scheme.Right.ASK, applied)
    now = applied + timedelta(hours=hours)
    lengths = (
        Length(rule.checks_hours, Unit.HOURS),
        Length(rule.meet_working_days, Unit.WORKING_DAYS),
        Length(rule.overall_days, Unit.DAYS),
    )
    for due, length in zip(scheme.dues(told, rule, OFF), lengths, strict=True):
        last = ends(applied, length, OFF)
        assert (due.by if isinstance(due.by, datetime) else end_of(due.by)) == last
        assert due.late(now) == (now > last)
        assert not due.late(last) and due.late(last + timedelta(microseconds=1))
        assert local_day(last) >= local_day(applied)
