"""The register of agreements."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.agreements import leaves_on, review_due
from agenda.rules import RuleBroken

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    "signed, reviewed, due",
    [
        (date(2026, 1, 5), None, date(2027, 1, 5)),
        (date(2026, 1, 5), date(2026, 6, 1), date(2027, 6, 1)),
        (date(2026, 6, 1), date(2025, 1, 5), date(2027, 6, 1)),  # signed again since
        (date(2024, 2, 29), None, date(2025, 2, 28)),
    ],
)
def test_V1_an_agreement_is_reviewed_every_year(signed: date, reviewed: date | None, due: date) -> None:
    assert review_due(signed, reviewed) == due


@given(DAYS)
def test_V1_the_review_is_a_year_away_and_never_more(day: date) -> None:
    assert timedelta(days=365) <= review_due(day, None) - day <= timedelta(days=366)


def test_V1_who_withdraws_leaves_at_once_or_after_four_weeks_notice() -> None:
    today = date(2026, 11, 23)
    assert leaves_on(date(2026, 11, 20), True, today) == today
    assert leaves_on(date(2026, 11, 20), False, today) == date(2026, 12, 18)
    assert leaves_on(date(2026, 9, 1), False, today) == today, "the notice is over"
    with pytest.raises(RuleBroken, match="future"):
        leaves_on(date(2026, 11, 24), True, today)
