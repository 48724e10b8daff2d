from datetime import date

import pytest

from agenda.incidents import Risk
from agenda.referral_reasons import Escalation, Facts, Reason, escalates, propose
from agenda.risk_tool_dash import DASH
from agenda.risk_tools import Bands, result

ON = date(2026, 11, 23)
RULE = Escalation()


def dash(yes, **judged):
    return result(DASH, {one.id: "yes" for one in DASH.questions[:yes]}, Bands(), **judged)


def reasons(facts):
    return [found.reason for found in propose(facts, RULE)]


@pytest.mark.parametrize("yes, proposed", [(13, []), (14, [Reason.VISIBLE_HIGH_RISK])])
def test_T7_visible_high_risk_is_proposed_from_the_threshold_on(yes, proposed):
    assert reasons(Facts(dash(yes))) == proposed


def test_T7_a_result_raised_by_judgement_proposes_judgement():
    assert reasons(Facts(dash(3, judged=Risk.HIGH, reason="She fears for her life"))) == [Reason.JUDGEMENT]


def test_T6_a_repeat_is_proposed_as_one():
    (found,) = propose(Facts(repeat=True), RULE)
    assert found.reason is Reason.REPEAT and "T6" in found.why


@pytest.mark.parametrize("days, escalated", [
    ((date(2026, 11, 23), date(2026, 6, 1), date(2025, 11, 24)), True),
    ((date(2026, 11, 23), date(2026, 6, 1), date(2025, 11, 23)), False),  # that day is out
    ((date(2026, 11, 23), date(2026, 6, 1)), False),
    ((date(2026, 11, 23), date(2026, 6, 1), date(2026, 11, 24)), False),  # still to come
])  # fmt: skip
def test_T7_so_many_events_in_so_many_months_escalate(days, escalated):
    assert escalates(days, ON, RULE) is escalated
    assert (reasons(Facts(events=days, on=ON)) == [Reason.ESCALATION]) is escalated


def test_T7_the_areas_rule_is_named_and_an_area_may_have_none():
    (found,) = propose(Facts(events=(ON, ON), on=ON), Escalation(2, 6))
    assert found.why == "The area's rule: 2 incidents or more within 6 months."
    assert not escalates((ON,) * 9, ON, Escalation(events=0))
