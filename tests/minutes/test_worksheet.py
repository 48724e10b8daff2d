"""What the meeting has before it."""

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest

from agenda.daily_list import ListedEntry
from agenda.incidents import Risk
from minutes.worksheet import ListedIncident, Worksheet

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def assessed(*entries: tuple[str, Risk, int | None]) -> str:
    """As the form words it, of entries of these kinds, risks and scores."""
    listed = tuple(
        ListedIncident(ListedEntry("1", risk, AT, (), False, False, kind), Mock(dash_score=score))
        for kind, risk, score in entries
    )
    told: dict[str, Any] = {one.name: None for one in fields(Worksheet) if one.default is MISSING}
    del told["actions"]
    return Worksheet(**told | {"risk": Risk.HIGH, "incidents": listed}).assessed


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([("police_incident", Risk.HIGH, None)], "The police assessed it as high."),
        ([("referral", Risk.HIGH, None), ("police_incident", Risk.HIGH, 3)], "The police assessed"),
        ([("referral", Risk.HIGH, None), ("police_incident", Risk.MEDIUM, None)], "referred as high risk"),
        ([("referral", Risk.HIGH, 16)], "its DASH score is 16"),
        ([("transfer", Risk.HIGH, None)], "The area it came from"),
        ([("disclosure_application", Risk.HIGH, None)], "The application gives it"),
    ],
)
def test_T13_the_risk_is_said_to_be_whose_it_is(
    entries: list[tuple[str, Risk, int | None]], said: str
) -> None:
    assert said in assessed(*entries)
