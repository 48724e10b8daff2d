"""Who tells the victim, and what became of it (Rulebook F1, F2, F5)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.feedback import (
    MayTell,
    Professional,
    Result,
    Standing,
    Telling,
    Try,
    by_default,
    due_by,
    due_on,
    is_overdue,
    problems,
    standing,
    try_problems,
)

TODAY = date(2026, 11, 24)  # a Tuesday
IDVA_SERVICE, HOUSING, AN_IDVA = uuid4(), uuid4(), uuid4()
MAY = MayTell({IDVA_SERVICE: "Harbour", HOUSING: "Fellside"}, frozenset({IDVA_SERVICE}), frozenset({AN_IDVA}))
BY_IDVA = Telling(IDVA_SERVICE, "Niamh Carrow", due=TODAY)
BY_HOUSING = Telling(HOUSING, "Joan Akande", due=TODAY, instead_of_idva="Her support worker for two years")
TOLD = Try(Result.TOLD, TODAY, "Niamh Carrow", "By telephone")
AGAIN = Try(Result.NOT_REACHED, TODAY, "Niamh Carrow", "Rang twice", TODAY + timedelta(days=2))


def test_F1_a_named_professional_with_a_day_or_a_reason_and_no_third() -> None:
    assert BY_IDVA.is_decided and not problems(BY_IDVA, MAY, TODAY)
    unsafe = Telling(unsafe="He listens in on every call")
    assert unsafe.is_decided and not problems(unsafe, MAY, TODAY)
    for third in (Telling(), replace(BY_IDVA, due=None), replace(BY_IDVA, name=" "),
                  replace(BY_IDVA, agency_id=None), Telling(unsafe=" ")):  # fmt: skip
        assert not third.is_decided and problems(third, MAY, TODAY)


def test_F1_unsafe_needs_its_reason() -> None:
    assert problems(Telling(unsafe=" "), MAY, TODAY).keys() == {"unsafe"}
    assert "2,000" in problems(Telling(unsafe="x" * 2_001), MAY, TODAY)["unsafe"]


def test_F1_the_day_has_not_passed() -> None:
    late = replace(BY_IDVA, due=TODAY - timedelta(days=1))
    assert "Monday 23 November 2026 has passed" in problems(late, MAY, TODAY)["due"]


def test_F1_the_day_is_not_put_off_for_good() -> None:
    assert problems(replace(BY_IDVA, due=date(2027, 11, 24)), MAY, TODAY) == {}
    for due in (date(2027, 11, 25), date(2999, 1, 1), date.max):
        assert "more than 12 months ahead" in problems(replace(BY_IDVA, due=due), MAY, TODAY)["due"]


def test_F1_who_is_named_belongs_to_a_signatory() -> None:
    assert problems(replace(BY_IDVA, agency_id=uuid4()), MAY, TODAY).keys() == {"agency_id"}
    assert problems(replace(BY_IDVA, name="x" * 201), MAY, TODAY).keys() == {"name"}


def test_F2_another_professional_needs_the_reason() -> None:
    assert problems(BY_HOUSING, MAY, TODAY) == {}
    assert problems(replace(BY_HOUSING, instead_of_idva=" "), MAY, TODAY).keys() == {"instead_of_idva"}
    elsewhere = Telling(HOUSING, "Ada Finch", AN_IDVA, TODAY)
    assert problems(elsewhere, MAY, TODAY) == {}  # an IDVA, in whatever agency


def test_F2_the_first_idva_stands_by_default() -> None:
    given, duty = Professional(HOUSING, "Ada Finch", AN_IDVA), Professional(IDVA_SERVICE, "Duty IDVA")
    assert by_default([given, duty], TODAY) == Telling(HOUSING, "Ada Finch", AN_IDVA, TODAY)
    assert by_default([duty], TODAY) == Telling(IDVA_SERVICE, "Duty IDVA", None, TODAY)
    assert by_default([], TODAY) is None


def test_F1_the_day_is_counted_in_working_days_from_the_meeting() -> None:
    friday, christmas = date(2026, 11, 27), date(2026, 12, 24)
    assert due_by(friday, 1, frozenset(), friday) == date(2026, 11, 30)
    assert due_by(christmas, 1, {date(2026, 12, 25), date(2026, 12, 28)}, christmas) == date(2026, 12, 29)
    assert due_by(friday, 1, frozenset(), date(2026, 12, 4)) == date(2026, 12, 4)  # recorded late


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (TOLD, set()),
        (AGAIN, set()),
        (Try(Result.UNSAFE, TODAY, "N", "He was there"), set()),
        (Try(Result.UNSAFE, TODAY, "N", "He was there", TODAY), set()),
        (replace(TOLD, result=None), {"result"}),
        (replace(TOLD, on=None), {"on"}),
        (replace(TOLD, on=TODAY + timedelta(days=1)), {"on"}),
        (replace(TOLD, by=" "), {"by"}),
        (replace(TOLD, how=" "), {"how"}),
        (replace(TOLD, again_on=TODAY), {"again_on"}),
        (replace(AGAIN, again_on=None), {"again_on"}),
        (replace(AGAIN, again_on=TODAY - timedelta(days=1)), {"again_on"}),
        (replace(AGAIN, again_on=TODAY + timedelta(days=28)), set()),
        (replace(AGAIN, again_on=TODAY + timedelta(days=29)), {"again_on"}),
        (replace(AGAIN, again_on=date.max), {"again_on"}),
        (Try(Result.UNSAFE, TODAY, "N", "He was there", date(2999, 1, 1)), {"again_on"}),
        (replace(TOLD, by="x" * 201), {"by"}),
        (replace(TOLD, how="x" * 2_001), {"how"}),
    ],
)
def test_F5_an_attempt_has_date_by_whom_and_how_and_the_next_day(told: Try, wrong: set[str]) -> None:
    assert try_problems(told, TODAY).keys() == wrong


def test_F5_told_and_unsafe_after_all_close_it() -> None:
    unsafe = Try(Result.UNSAFE, TODAY, "N", "He was there")
    assert standing(BY_IDVA, []) is Standing.TO_TELL
    assert standing(BY_IDVA, [AGAIN]) is Standing.TO_TELL
    assert standing(BY_IDVA, [AGAIN, TOLD]) is Standing.TOLD
    assert standing(BY_IDVA, [unsafe]) is Standing.UNSAFE
    assert standing(BY_IDVA, [replace(unsafe, again_on=TODAY)]) is Standing.TO_TELL
    assert standing(Telling(unsafe="He is there"), []) is Standing.UNSAFE


results = st.sampled_from(Result)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(st.lists(st.tuples(results, st.none() | days), max_size=6))
def test_F5_it_is_open_exactly_while_a_next_day_stands(made: list[tuple[Result, date | None]]) -> None:
    tries = [Try(result, TODAY, "N", "x", again) for result, again in made]
    is_open = standing(BY_IDVA, tries) is Standing.TO_TELL
    assert is_open == (due_on(BY_IDVA, tries) is not None)


def test_F5_on_its_day_it_is_not_late_yet() -> None:
    assert not is_overdue(TODAY, TODAY) and is_overdue(TODAY - timedelta(days=1), TODAY)
    assert not is_overdue(None, TODAY)
