"""What a kind of panel is, and that another is settings and one rule (Rulebook E1, P3)."""

from dataclasses import replace
from datetime import date, time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.clocks import Length, Unit
from agenda.incidents import RISKS, Risk
from agenda.meetings import MeetingKind
from agenda.panel_kept import kept, read
from agenda.panel_rules import RULES, Facts, listed_by, taken_by
from agenda.panels import (
    BUILT_IN,
    DRAMM,
    DREAM,
    ESP,
    EXPLOITATION,
    MACE,
    MARAC,
    OFFERED,
    TRIAGE,
    Family,
    Levels,
    Panel,
    Part,
    Works,
    below,
    ladder,
    page_of,
    problems,
    removal_problem,
)
from agenda.rhythm import EveryDays, OnWeekdays
from agenda.triage import reasons

SITS = replace(MACE, rhythm=EveryDays(date(2026, 12, 1), 28))
ALL = (*BUILT_IN, *OFFERED)
T_RULES = ["T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T15"]


def test_E1_daily_weekly_and_mace_are_one_ladder() -> None:
    assert ladder(ALL, Family.EXPLOITATION) == (DREAM, ESP, MACE)
    assert below(MACE, ALL) is ESP and below(DREAM, ALL) is None


def test_P3_the_triage_stands_beside_the_daily_list_under_the_marac() -> None:
    assert [one.code for one in ladder(ALL, Family.ABUSE)] == ["DRAMM", "TRIAGE", "MARAC"]


def test_E1_what_there_is_can_be_set_up() -> None:
    dated = (*BUILT_IN, DREAM, ESP, SITS, TRIAGE)
    assert problems(dated, RULES.keys()) == problems(BUILT_IN, RULES.keys()) == {}


def test_E1_nobody_is_sent_to_a_panel_that_has_no_day() -> None:
    assert "wait for ever" in problems(ALL, RULES.keys())["MACE"]


def test_E1_a_panel_with_somebody_at_it_is_not_taken_off() -> None:
    assert removal_problem(False) is None
    assert "Decide on each case" in (removal_problem(True) or "")
    assert not any(map(str.isdigit, removal_problem(True) or "")), (
        "who proposes it may not open all of them (M6)"
    )


def test_E1_the_panels_of_today_keep_their_codes() -> None:
    assert {one.code for one in BUILT_IN} == set(MeetingKind)


def test_E1_an_area_changes_names_and_nothing_else_follows_from_them() -> None:
    named = (replace(DREAM, name="Morning call"), ESP, SITS)
    assert problems((*BUILT_IN, *named), RULES.keys()) == {} and ladder(named, Family.EXPLOITATION) == named


def test_E1_a_level_renamed_is_the_same_level() -> None:
    assert [MACE.levels.label(risk) for risk in RISKS] == ["Emerging", "Moderate", "Significant"]
    assert replace(MACE, levels=Levels("1", "2", "3")).levels.label(Risk.HIGH) == "3"


@pytest.mark.parametrize(
    ("panel", "why"),
    [
        (replace(ESP, code="esp"), "capital letters"),
        (replace(ESP, code="ELEVENCHARS"), "capital letters"),
        (replace(ESP, code="MACE"), "has this code"),
        (replace(ESP, name=" "), "what the panel is called"),
        (replace(ESP, hears=()), "what the panel hears"),
        (replace(ESP, takes="E1"), "no rule of its own"),
        (replace(ESP, works=Works.LIST), "Choose the rule"),
        (replace(ESP, works=Works.LIST, takes="E1"), "same rule"),
        (replace(ESP, up="GONE"), "none of the area’s"),
        (replace(ESP, up="MARAC"), "another kind of work"),
        (replace(ESP, up="DREAM"), "circle"),
        (replace(ESP, up="ESP"), "circle"),
        (replace(ESP, rhythm=OnWeekdays(())), "Monday to Friday"),
        (replace(ESP, rhythm=OnWeekdays((5,))), "Monday to Friday"),
        (replace(ESP, rhythm=EveryDays(None, 0)), "1 to 90 days"),
        (replace(ESP, age_ceiling=26), "25 at most"),
        (replace(ESP, transition=Length(0, Unit.MONTHS)), "Transition"),
        (replace(ESP, review=Length(0, Unit.DAYS)), "heard again"),
    ],
)
def test_E1_a_panel_that_cannot_work_is_not_set_up(panel: Panel, why: str) -> None:
    assert why in problems((*BUILT_IN, DREAM, panel, MACE), RULES.keys())[panel.code]


def test_E1_a_panel_is_read_as_it_was_kept() -> None:
    sat = replace(MACE, rhythm=EveryDays(date(2026, 12, 1), 28), review=None)
    assert all(read(kept(one)) == one for one in (*ALL, sat))


def test_E1_a_panel_kept_before_a_setting_was_there_has_its_default() -> None:
    old = {
        name: kept(MARAC)[name] for name in ("code", "name", "family", "works", "rhythm", "starts", "hears")
    }
    assert read(old) == MARAC


def test_P3_medium_risk_goes_to_the_triage_only_where_there_is_one() -> None:
    medium = Facts(Risk.MEDIUM, frozenset({"T3"}))
    assert taken_by(medium, BUILT_IN) == "DRAMM"
    assert taken_by(medium, (*BUILT_IN, TRIAGE)) == "TRIAGE"
    assert taken_by(Facts(Risk.MEDIUM, frozenset({"T5"})), BUILT_IN) is None
    assert taken_by(Facts(Risk.MEDIUM, frozenset({"T5"})), (*BUILT_IN, TRIAGE)) == "TRIAGE"


@pytest.mark.parametrize("facts", [
    Facts(Risk.HIGH, frozenset({"T2"})),
    Facts(Risk.MEDIUM, frozenset({"T3", "T6"})),
    Facts(Risk.MEDIUM, frozenset({"T15"})),
    Facts(Risk.MEDIUM, frozenset({"T7"})),
])  # fmt: skip
def test_P3_nothing_that_cannot_wait_is_put_off_to_the_triage(facts: Facts) -> None:
    assert taken_by(facts, (*BUILT_IN, TRIAGE)) == "DRAMM"


def test_P3_a_case_is_not_torn_apart_between_two_lists() -> None:
    """Rulebook T11: with all its items under it."""
    there = (*BUILT_IN, TRIAGE)
    assert taken_by(Facts(Risk.MEDIUM, frozenset({"T4"}), case_listed=True), there) == "DRAMM"
    assert taken_by(Facts(Risk.MEDIUM, frozenset({"T5"}), case_listed=True), there) == "TRIAGE"


def test_P3_an_entry_carries_the_rule_of_its_list_before_the_daily_lists() -> None:
    assert listed_by("T2", "T3 T4") == "T3 T4" and listed_by("T2", "T5") == "T5"
    assert listed_by("P3", "T3 T4") == "P3 T3 T4" and listed_by("P3", "T5") == "P3"
    assert listed_by("P3", "P3 T3") == "P3 T3", "said twice, it is one"


def test_P3_what_is_not_domestic_is_no_lists() -> None:
    assert taken_by(Facts(Risk.MEDIUM, domestic=False), ALL) is None


def test_E1_what_is_about_a_child_goes_to_the_daily_exploitation_list() -> None:
    came = Facts(Risk.HIGH, domestic=False, about_child=True)
    assert taken_by(came, ALL) == "DREAM" and taken_by(came, BUILT_IN) is None


@given(
    risk=st.sampled_from(Risk), children=st.booleans(), consents=st.booleans(), repeat=st.booleans(),
    waiting=st.booleans(), listed=st.booleans(), panels=st.sets(st.sampled_from(OFFERED)),
)  # fmt: skip
def test_T12_what_qualifies_is_taken_by_exactly_one_list_whichever_there_are(
    risk: Risk, children: bool, consents: bool, repeat: bool, waiting: bool, listed: bool, panels: set[Panel]
) -> None:
    why = frozenset(reasons(risk, children, consents, repeat, waiting))
    facts = Facts(risk, why, case_listed=listed)
    there = (*BUILT_IN, *panels)
    code = taken_by(facts, there)
    assert (code is not None) >= facts.qualifies
    assert code in (None, "DRAMM", "TRIAGE") and (code != "TRIAGE" or TRIAGE in panels)
    if risk is Risk.HIGH or repeat or waiting:
        assert code == "DRAMM"


def test_P3_another_kind_of_panel_is_settings_and_one_rule() -> None:
    """Derby's triage built anew by who knows nothing of the rest: a `Panel`, and a function."""

    def medium_with_children(facts: Facts) -> bool:
        return facts.risk is Risk.MEDIUM and facts.reasons == {"T3"}

    rules = {"P3C": medium_with_children, **RULES}
    panel = Panel(
        "KIDS", "Medium risk with children", Family.ABUSE, Works.LIST, OnWeekdays((1, 3)), time(10),
        (Part.CASE,), takes="P3C", up="MARAC",
    )  # fmt: skip
    there = (*BUILT_IN, panel)
    assert problems(there, rules.keys()) == {} and read(kept(panel)) == panel
    assert taken_by(Facts(Risk.MEDIUM, frozenset({"T3"})), there, rules) == "KIDS"
    assert taken_by(Facts(Risk.MEDIUM, frozenset({"T3", "T4"})), there, rules) == "DRAMM"
    assert panel.day_after(date(2026, 11, 23), frozenset()) == date(2026, 11, 24)


def test_E1_exploitation_panels_have_ceiling_review_and_their_own_readers() -> None:
    assert all(one.age_ceiling == 18 and one.review and one.notes_for_contributors for one in EXPLOITATION)
    assert not any(one.age_ceiling or one.notes_for_contributors for one in (DRAMM, MARAC, TRIAGE))


def test_E1_a_meeting_on_children_has_its_page_where_its_decisions_are() -> None:
    key = UUID(int=7)
    day = date(2026, 11, 25)
    assert page_of("ESP", Works.AGENDA, day, key) == page_of("ESP", Works.LIST, day, key)
    assert page_of("ESP", Works.AGENDA, day, key) == "/panels/ESP/2026-11-25"
    assert page_of("MARAC", Works.AGENDA, day, key) == f"/marac/{key}"
    assert page_of("DRAMM", Works.LIST, day, key) == "/lists/2026-11-25"
    assert page_of("TRIAGE", Works.LIST, day, key) == "/lists/2026-11-25?panel=TRIAGE"
