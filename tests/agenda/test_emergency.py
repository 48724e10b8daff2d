"""An emergency MARAC: how soon, when, and who decides (Rulebook M4)."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from agenda.emergency import Soon, decide_problem, reason_problem, start_problem, starts_at

NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)  # a Friday afternoon
FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)


def test_M4_it_is_asked_for_and_refused_with_a_reason() -> None:
    assert reason_problem("He is released tonight.") is None
    assert reason_problem(" ") == "Say why this case cannot wait for the next MARAC"
    assert reason_problem("", "Say why it is refused") == "Say why it is refused"
    assert "2,000" in (reason_problem("x" * 2_001) or "")


def test_M4_it_sits_later_today_or_tomorrow_whatever_day_that_is() -> None:
    assert (Soon.TODAY.day(FRIDAY), Soon.TOMORROW.day(FRIDAY)) == (FRIDAY, SATURDAY)
    assert start_problem(starts_at(FRIDAY, "16.30"), NOW) is None
    assert start_problem(starts_at(SATURDAY, "0900"), NOW) is None
    assert "passed" in (start_problem(NOW, NOW) or "")
    assert "Plan a MARAC" in (start_problem(starts_at(date(2026, 11, 29), "9:00"), NOW) or "")


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "12:60", "١٢:٣٠"])
def test_M4_a_time_that_is_none_is_said_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="such as 14:30"):
        starts_at(FRIDAY, typed)


def test_M4_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(ValueError, match="clocks"):
        starts_at(date(2027, 3, 28), "01:30")


def test_M4_nobody_decides_their_own_or_twice() -> None:
    asker, chair = uuid4(), uuid4()
    assert decide_problem(asker, False, chair) is None
    assert "yourself" in (decide_problem(asker, False, asker) or "")
    assert "already" in (decide_problem(asker, True, chair) or "")
