import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.incidents import Risk
from agenda.risk_tool_dash import DASH, YOUNG_PERSON
from agenda.risk_tool_registry import DARA, TOOLS, current, fits_age, tool
from agenda.risk_tools import (
    Bands,
    Counting,
    Option,
    Question,
    Tool,
    count,
    judgement_problems,
    problems,
    result,
)
from agenda.rules import RuleBroken

AREA = Bands()
IDS = [question.id for question in DASH.questions]


def yes(number, others=""):
    return {name: "yes" if place < number else others for place, name in enumerate(IDS)}


def test_T7_the_dash_asks_twenty_four_questions():
    assert len(DASH.questions) == len(set(IDS)) == 24 and DASH.highest == 24
    assert [option.id for option in DASH.options] == ["yes", "no", "dont know"]


@pytest.mark.parametrize("number, risk", [
    (0, Risk.STANDARD), (9, Risk.STANDARD), (10, Risk.MEDIUM), (13, Risk.MEDIUM), (14, Risk.HIGH),
    (24, Risk.HIGH),
])  # fmt: skip
def test_T7_fourteen_is_high_until_the_area_says_otherwise(number, risk):
    assert result(DASH, yes(number, "no"), AREA).level is risk


def test_T7_the_threshold_is_the_areas():
    assert result(DASH, yes(10), Bands(high=10, medium=5)).words == "10 of 24; high risk from 10."
    assert result(DASH, yes(10), Bands(high=10, medium=5)).level is Risk.HIGH


def test_T7_it_is_counted_as_it_is_filled():
    answers = {**yes(9), IDS[10]: "dont know", IDS[11]: "no"}
    assert count(DASH, answers).words == "9 of 24, 13 left to answer, 1 not known"
    assert count(DASH, yes(24)).words == "24 of 24"


def test_T7_judgement_raises_with_a_reason_and_never_lowers():
    assert judgement_problems(Risk.MEDIUM, Risk.HIGH, " ") == {
        "reason": "Say why you judge the risk to be high"
    }
    assert "not lower it" in judgement_problems(Risk.HIGH, Risk.MEDIUM, "She says so")["judged"]
    found = result(DASH, yes(11), AREA, Risk.HIGH, " A gun ")
    assert (found.counted, found.level, found.reason, found.raised) == (Risk.MEDIUM, Risk.HIGH, "A gun", True)
    with pytest.raises(RuleBroken, match="not lower it"):
        result(DASH, yes(14), AREA, Risk.STANDARD, "She says so")


def test_T7_judgement_that_agrees_needs_no_reason():
    found = result(DASH, yes(14), AREA, Risk.HIGH, "She says so")
    assert (found.level, found.reason, found.raised) == (Risk.HIGH, "", False)
    assert judgement_problems(Risk.MEDIUM, Risk.HIGH, "x" * 2_000) == {}
    assert list(judgement_problems(Risk.MEDIUM, Risk.HIGH, "x" * 2_001)) == ["reason"]


@pytest.mark.parametrize("answers", [{"injury": "maybe"}, {"colour": "yes"}])
def test_T7_only_the_tools_own_answers_count(answers):
    assert problems(DASH, answers)
    with pytest.raises(RuleBroken):
        result(DASH, answers, AREA)


def test_T7_a_tool_without_a_total_takes_the_professionals_level_with_its_reason():
    with pytest.raises(RuleBroken, match="Choose the level of risk"):
        result(DARA, {}, AREA)
    found = result(DARA, {}, AREA, Risk.HIGH, "Coercion")
    assert (found.counted, found.level, found.reason) == (None, Risk.HIGH, "Coercion")
    assert found.words == "This tool has no total." and not found.raised


def test_T7_another_tool_is_data_with_points_and_bands_of_its_own():
    scale = (Option("never", "Never"), Option("often", "Often", 2), Option("always", "Always", 3))
    own = Tool("own", "Own", "2", (Question("a", "A"), Question("b", "B")), scale, bands=Bands(5, 3))
    assert result(own, {"a": "always", "b": "often"}, AREA).level is Risk.HIGH
    assert result(own, {"a": "often"}, AREA).level is Risk.STANDARD and own.highest == 6


def test_T7_the_registry_knows_every_tool_by_its_version():
    assert len({(one.id, one.version) for one in TOOLS}) == len(TOOLS)
    assert {one.id for one in current()} == {"dash", "dash_young", "dara", "merit"}
    assert tool("dash", DASH.version) is DASH and tool("dash", "0") is None
    assert [one.highest for one in TOOLS] == [24, 24, 0, 0]
    assert all(one.filled_here or one.counting is Counting.JUDGEMENT for one in TOOLS)


@pytest.mark.parametrize("age, fits", [(12, False), (13, True), (17, True), (18, False), (None, True)])
def test_T7_the_young_persons_version_is_for_thirteen_to_seventeen(age, fits):
    assert fits_age(YOUNG_PERSON, age) is fits and fits_age(DASH, age)


@given(
    st.dictionaries(st.sampled_from(IDS), st.sampled_from(["yes", "no", "dont know"])), st.sampled_from(Risk)
)
@settings(max_examples=100)
def test_T7_no_judgement_ends_below_the_count(answers, judged):
    counted = result(DASH, answers, AREA).level
    if judged.rank < counted.rank:
        with pytest.raises(RuleBroken):
            result(DASH, answers, AREA, judged, "why")
    else:
        assert result(DASH, answers, AREA, judged, "why").level is judged
