import pytest

from agenda.incidents import Risk
from agenda.referral_risk import DEFAULT, Filled, came_to, kept, problems, read, typed
from agenda.risk_tool_dash import DASH
from agenda.risk_tool_registry import DARA
from agenda.risk_tools import BANDS

YES = {one.id: "yes" for one in DASH.questions}


def test_field_C_what_is_kept_is_read_as_it_was():
    told = typed(DASH, {**YES, "other": "yes", "injury": "perhaps"}, "high", "Her fear\x00")
    assert "other" not in told.answers and "injury" not in told.answers and told.reason == "Her fear"
    assert read(kept(told)) == told
    assert read({}) == Filled() == read({"tool": "gone", "version": "0", "answers": YES})
    assert DEFAULT is DASH and not Filled().begun


def test_field_C_nothing_filled_is_no_result_and_no_problem():
    assert came_to(Filled(), BANDS) is None and problems(Filled(), BANDS) == {}


def test_field_C_the_count_is_the_result_and_judgement_only_raises_it():
    high = came_to(Filled(DASH, dict(list(YES.items())[:14])), BANDS)
    assert high and high.level is Risk.HIGH and high.visibly_high
    assert problems(Filled(DASH, YES, Risk.MEDIUM, "x"), BANDS).keys() == {"risk-judged"}
    assert problems(Filled(DASH, {"injury": "yes"}, Risk.HIGH), BANDS).keys() == {"risk-reason"}
    raised = came_to(Filled(DASH, {"injury": "yes"}, Risk.HIGH, "Strangled"), BANDS)
    assert raised and raised.raised and raised.level is Risk.HIGH


@pytest.mark.parametrize(
    "judged, reason, missing", [(None, "x", "risk-judged"), (Risk.HIGH, "", "risk-reason")]
)
def test_field_C_a_tool_without_a_total_is_its_level_with_a_reason(judged, reason, missing):
    assert problems(Filled(DARA, {}, judged, reason), BANDS).keys() == {missing}
    assert came_to(Filled(DARA, {}, judged, reason), BANDS) is None
