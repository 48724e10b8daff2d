"""Agencies are asked at twelve months (Rulebook L3)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import is_working_day
from agenda.rules import RuleBroken
from minutes.retention_asks import (
    Ask,
    AskRules,
    Holds,
    OnBehalf,
    Outstanding,
    agreed,
    answered_for,
    outstanding,
    to_ask,
    to_ask_again,
)

DUE = date(2027, 3, 1)
OFF = frozenset({date(2027, 3, 26), date(2027, 3, 29)})  # Good Friday, Easter Monday
ASK = Ask("housing", DUE, DUE)


def test_L3_who_supplied_or_received_is_asked_from_the_due_day_once() -> None:
    supplied, received = {"police", "housing"}, {"housing", "health"}
    assert to_ask(DUE, supplied, received, [], DUE - timedelta(days=1)) == ()
    assert to_ask(DUE, supplied, received, [], DUE) == ("health", "housing", "police")
    assert to_ask(DUE, supplied, received, [ASK], DUE) == ("health", "police")
    last_year = replace(ASK, due_on=date(2026, 3, 1))
    assert to_ask(DUE, supplied, received, [last_year], DUE) == ("health", "housing", "police")


def test_L3_outstanding_over_easter() -> None:
    by = date(2027, 3, 31)  # twenty working days, over the change of the clocks too
    assert outstanding([ASK], AskRules(), OFF, by) == (Outstanding("housing", by, False),)
    assert outstanding([ASK], AskRules(), OFF, by + timedelta(days=1))[0].late
    half = replace(ASK, holds=Holds.ALL)
    assert outstanding([half], AskRules(), OFF, by), "both questions are answered"
    assert outstanding([replace(half, may_go=False)], AskRules(), OFF, by) == ()
    assert all(holds.label for holds in Holds)


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        (date(2026, 10, 12), date(2026, 11, 9)),  # over the clocks going back
        (date(2026, 10, 24), date(2026, 11, 20)),  # asked on a Saturday
        (date(2026, 12, 11), date(2027, 1, 13)),  # Christmas, Boxing Day on the Monday, New Year
        (date(2026, 3, 17), date(2026, 4, 16)),  # over the clocks going forward, and Easter
    ],
)
def test_L3_twenty_working_days_over_weekends_holidays_and_clock_changes(asked: date, by: date) -> None:
    off = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}
    (one,) = outstanding([replace(ASK, asked_on=asked)], AskRules(), off, by)
    assert (one.by, one.late) == (by, False)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_L3_the_last_day_is_a_working_day_that_still_counts(asked: date, count: int) -> None:
    (one,) = outstanding([replace(ASK, asked_on=asked)], AskRules(count), OFF, asked)
    assert is_working_day(one.by, OFF) and one.by > asked and not one.late


@given(st.lists(st.tuples(st.sampled_from(["police", "housing"]), st.sampled_from([None, True, False]),
                          st.sampled_from([DUE, date(2026, 3, 1)])), max_size=5))  # fmt: skip
def test_R2_silence_keeps_what_an_agency_supplied(told: list[tuple[str, bool | None, date]]) -> None:
    asks = [Ask(agency, due, due, Holds.ALL, may_go) for agency, may_go, due in told]
    found = agreed(DUE, asks, {})
    for agency in ("police", "housing"):
        assert (agency in found) is ((agency, True, DUE) in told)


def test_L3_who_is_late_is_chased_again_and_again() -> None:
    """Each time as long goes by as there was to answer."""
    rules = AskRules(answer_working_days=5)
    (waited,) = outstanding([ASK], rules, OFF, ASK.asked_on)
    assert not waited.late and waited.chased == 0

    def chased(days: int) -> int:
        (found,) = outstanding([ASK], rules, OFF, waited.by + timedelta(days=days))
        return found.chased

    assert [chased(days) for days in (0, 1, 7, 8, 14, 15)] == [0, 1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("asked", "chased"),
    [
        (date(2026, 12, 11), [date(2026, 12, 19), date(2026, 12, 30), date(2027, 1, 7)]),  # Christmas
        (date(2026, 3, 20), [date(2026, 3, 28), date(2026, 4, 8), date(2026, 4, 15)]),  # forward, Easter
        (date(2026, 10, 16), [date(2026, 10, 24), date(2026, 10, 31), date(2026, 11, 7)]),  # and back
    ],
)
def test_L3_chasing_counts_working_days_too(asked: date, chased: list[date]) -> None:
    off = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}
    for count, day in enumerate(chased):
        for today, expected in ((day - timedelta(days=1), count), (day, count + 1)):
            (one,) = outstanding([replace(ASK, asked_on=asked)], AskRules(5), off, today)
            assert one.chased == expected


def test_R2_who_agreed_has_agreed_to_nothing_that_they_supplied_later() -> None:
    at = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
    yes = replace(ASK, holds=Holds.ALL, may_go=True, answered_at=at)
    for newest in ({}, {"housing": at}, {"police": at + timedelta(days=1)}):
        assert agreed(DUE, [yes], newest) == {"housing"} and not to_ask_again(DUE, [yes], newest)
    later = {"housing": at + timedelta(seconds=1)}
    assert agreed(DUE, [yes], later) == frozenset() and to_ask_again(DUE, [yes], later) == {"housing"}
    for other in (ASK, replace(yes, may_go=False), replace(yes, due_on=DUE + timedelta(days=1))):
        assert not to_ask_again(DUE, [other], later), "who has not agreed is not asked again"


def test_R2_an_agency_that_can_answer_is_not_answered_for() -> None:
    nobody = OnBehalf.NOBODY
    answered_for(able=False, signatory=False, late=True, why=nobody, may_go=True)
    assert all(why.label for why in OnBehalf)
    with pytest.raises(RuleBroken, match="can answer itself"):
        answered_for(able=True, signatory=False, late=True, why=nobody, may_go=False)
    with pytest.raises(RuleBroken, match="time to answer is not over"):
        answered_for(able=False, signatory=False, late=False, why=nobody, may_go=False)


def test_R2_while_an_agency_is_on_the_panel_nobody_agrees_for_it() -> None:
    """Whoever disables its accounts, or keeps the case from them, would else destroy what it supplied."""
    for why in (OnBehalf.NOBODY, OnBehalf.OUT_OF_REACH):
        answered_for(able=False, signatory=True, late=True, why=why, may_go=False)
        with pytest.raises(RuleBroken, match="nobody agrees for it"):
            answered_for(able=False, signatory=True, late=True, why=why, may_go=True)
    for may_go in (True, False):
        with pytest.raises(RuleBroken, match="has not left the panel"):
            answered_for(able=False, signatory=True, late=True, why=OnBehalf.LEFT, may_go=may_go)
        answered_for(able=False, signatory=False, late=True, why=OnBehalf.LEFT, may_go=may_go)
