"""Agencies are asked at twelve months (Rulebook L3)."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import is_working_day
from minutes.retention_asks import Ask, AskRules, Holds, Outstanding, agreed, outstanding, to_ask

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


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_L3_the_last_day_is_a_working_day_that_still_counts(asked: date, count: int) -> None:
    (one,) = outstanding([replace(ASK, asked_on=asked)], AskRules(count), OFF, asked)
    assert is_working_day(one.by, OFF) and one.by > asked and not one.late


@given(st.lists(st.tuples(st.sampled_from(["police", "housing"]), st.sampled_from([None, True, False]),
                          st.sampled_from([DUE, date(2026, 3, 1)])), max_size=5))  # fmt: skip
def test_R2_silence_keeps_what_an_agency_supplied(told: list[tuple[str, bool | None, date]]) -> None:
    asks = [Ask(agency, due, due, Holds.ALL, may_go) for agency, may_go, due in told]
    found = agreed(DUE, asks)
    for agency in ("police", "housing"):
        assert (agency in found) is ((agency, True, DUE) in told)
