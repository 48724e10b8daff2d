"""Which incidents a daily list takes: rule by rule, and the quick way against a plain one."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import add_months
from agenda.incidents import RISKS, Risk
from agenda.people import Identity
from agenda.triage import Decision, Heard, LookBack, Narrow, identity, reasons, triage
from tests.builders import a_narrow

HEARD_ON = date(2026, 6, 4)
NOBODY = LookBack()


def decide(heard: Heard | list[Heard] | None = None, **told: Any) -> tuple[str, bool]:
    """The rules an incident qualifies by, and whether its victim is known to MARAC."""
    hearings = heard if isinstance(heard, list) else [heard] if heard else []
    ((_, rules, known),) = triage([a_narrow(**told)], LookBack(hearings))
    return rules, known


def heard(victim: str = "V1", perpetrator: str | None = "P1", on: date = HEARD_ON, months: int = 12) -> Heard:
    return Heard.at(
        identity(victim, ""), None if perpetrator is None else identity(perpetrator, ""), on, months
    )


def test_T2_every_high_risk_domestic_incident_is_listed() -> None:
    assert decide(risk="high") == ("T2", False)


@pytest.mark.parametrize("risk", RISKS)
def test_T2_only_what_is_flagged_domestic_is_triaged(risk: str) -> None:
    told = {"risk": risk, "children": True, "consents": True, "domestic": False}
    assert decide(heard(), **told, victim_nominal="V1", perpetrator_nominal="P1") == ("", False)


def test_T3_medium_risk_with_linked_children_is_listed() -> None:
    assert decide(risk="medium", children=True) == ("T3", False)


def test_T4_medium_risk_with_the_victims_consent_is_listed() -> None:
    assert decide(risk="medium", consents=True) == ("T4", False)


def test_T5_any_other_is_not_listed() -> None:
    assert decide(risk="medium") == ("T5", False)
    for children, consents in product((False, True), repeat=2):
        assert decide(risk="standard", children=children, consents=consents) == ("T5", False)


@pytest.mark.parametrize("risk", RISKS)
def test_T6_a_repeat_is_listed_at_any_risk(risk: str) -> None:
    rules, known = decide(heard(), risk=risk, victim_nominal="V1", perpetrator_nominal="P1")
    assert rules.split()[-1] == "T6" and not known


@pytest.mark.parametrize(
    ("day", "repeat"),
    [
        (HEARD_ON - timedelta(days=1), False),
        (HEARD_ON, True),  # the day of the hearing itself
        (date(2027, 6, 4), True),  # the last day of twelve months
        (date(2027, 6, 5), False),
    ],
)
def test_T6_looks_back_twelve_calendar_months_both_days_counted(day: date, repeat: bool) -> None:
    rules, known = decide(heard(), day=day, victim_nominal="V1", perpetrator_nominal="P1")
    assert (rules == "T6", known) == (repeat, False)


@pytest.mark.parametrize(("day", "rules"), [(date(2029, 2, 28), "T6"), (date(2029, 3, 1), "T5")])
def test_T6_a_hearing_on_29_february_counts_until_28_february(day: date, rules: str) -> None:
    on = heard(on=date(2028, 2, 29))
    assert decide(on, day=day, victim_nominal="V1", perpetrator_nominal="P1")[0] == rules


def test_T6_a_hearing_on_28_february_counts_until_28_february_of_a_leap_year() -> None:
    on = heard(on=date(2027, 2, 28))
    told = {"victim_nominal": "V1", "perpetrator_nominal": "P1"}
    assert decide(on, day=date(2028, 2, 28), **told)[0] == "T6"
    assert decide(on, day=date(2028, 2, 29), **told)[0] == "T5"


def test_T6_how_far_it_looks_back_is_a_setting_of_the_area() -> None:
    told = {"day": date(2026, 12, 5), "victim_nominal": "V1", "perpetrator_nominal": "P1"}
    assert decide(heard(months=6), **told)[0] == "T5"
    assert decide(heard(months=18), **told)[0] == "T6"


@pytest.mark.parametrize("perpetrator", ["P2", ""])
@pytest.mark.parametrize("risk", RISKS)
def test_T6_another_or_unknown_perpetrator_is_victim_known_and_no_repeat(perpetrator: str, risk: str) -> None:
    rules, known = decide(heard(), risk=risk, victim_nominal="V1", perpetrator_nominal=perpetrator)
    assert "T6" not in rules.split() and known


def test_T6_two_unknown_perpetrators_are_not_the_same() -> None:
    assert decide(heard(perpetrator=None), victim_nominal="V1") == ("T5", True)


def test_T6_the_perpetrator_as_victim_of_somebody_else_is_another_case() -> None:
    assert decide(heard(), victim_nominal="P1", perpetrator_nominal="V1") == ("T5", False)


def test_T6_repeat_and_known_can_both_hold() -> None:
    both = [heard(), heard(perpetrator="P2")]
    assert decide(both, victim_nominal="V1", perpetrator_nominal="P1") == ("T6", True)


def test_T6_a_hearing_too_long_ago_makes_nobody_known() -> None:
    told = {"day": date(2027, 6, 5), "victim_nominal": "V1", "perpetrator_nominal": "P2"}
    assert decide(heard(), **told) == ("T5", False)


NAME = "smith|ann|1990-01-01"


@pytest.mark.parametrize(
    ("known_by", "nominal", "name", "same"),
    [
        (Identity(frozenset({"V1"}), frozenset({NAME})), "V1", "other|x|1990-01-01", True),
        (Identity(frozenset({"V1"}), frozenset({NAME})), "V2", NAME, False),  # two nominals are two people
        (Identity(frozenset({"V1"}), frozenset({NAME})), "", NAME, True),
        (Identity(frozenset(), frozenset({NAME})), "V1", NAME, True),
        (Identity(frozenset(), frozenset({NAME})), "V1", "", False),
        (Identity(frozenset(), frozenset()), "", "", False),
    ],
)
def test_T6_who_is_the_same_person(known_by: Identity, nominal: str, name: str, same: bool) -> None:
    hearing = Heard.at(known_by, identity("P1", ""), HEARD_ON, 12)
    rules, _ = decide(hearing, victim_nominal=nominal, victim_name=name, perpetrator_nominal="P1")
    assert (rules == "T6") is same
    other_way = Heard.at(identity("V9", ""), known_by, HEARD_ON, 12)
    rules, known = decide(other_way, victim_nominal="V9", perpetrator_nominal=nominal, perpetrator_name=name)
    assert (rules == "T6", known) == (same, not same)


def test_T11_every_rule_that_applies_is_told_in_ascending_order() -> None:
    told = {"victim_nominal": "V1", "perpetrator_nominal": "P1"}
    assert decide(heard(), risk="medium", children=True, consents=True, **told)[0] == "T3 T4 T6"
    assert decide(heard(), risk="high", children=True, consents=True, **told)[0] == "T2 T6"
    assert reasons(Risk.MEDIUM, True, True, repeat=True, waiting=True) == ("T3", "T4", "T6", "T15")


def test_T15_a_further_incident_on_a_waiting_case_is_listed_at_any_risk() -> None:
    waiting = Heard.waiting(identity("V1", ""), identity("P1", ""), None)
    for risk in RISKS:
        assert decide(waiting, risk=risk, victim_nominal="V1", perpetrator_nominal="P1")[0].endswith("T15")


def test_T15_a_case_waits_until_the_day_before_its_marac_sits() -> None:
    waiting = Heard.waiting(identity("V1", ""), identity("P1", ""), date(2026, 11, 12))
    told = {"victim_nominal": "V1", "perpetrator_nominal": "P1"}
    assert decide(waiting, day=date(2026, 11, 11), **told) == ("T15", False)
    assert decide(waiting, day=date(2026, 11, 12), **told) == ("T5", False)


def test_T15_with_another_perpetrator_is_neither_waiting_nor_known() -> None:
    waiting = Heard.waiting(identity("V1", ""), identity("P1", ""), None)
    assert decide(waiting, victim_nominal="V1", perpetrator_nominal="P2") == ("T5", False)


few = st.sampled_from(["", "1", "2", "3"])
names = st.sampled_from(["", "a|a|1990-01-01", "b|b|1990-01-01"])
days = st.dates(date(2027, 2, 20), date(2028, 3, 5))
people = st.builds(lambda nominals, keys: Identity(frozenset(nominals) - {""}, frozenset(keys) - {""}),
                   st.lists(few, max_size=2), st.lists(names, max_size=2))  # fmt: skip
hearings = st.one_of(
    st.builds(Heard.at, people, st.none() | people, days, st.sampled_from([1, 6, 12])),
    st.builds(Heard.waiting, people, st.none() | people, st.none() | days),
)
incidents = st.builds(
    a_narrow, domestic=st.booleans(), risk=st.sampled_from([risk.value for risk in RISKS]),
    children=st.booleans(), consents=st.booleans(), day=days, victim_nominal=few, victim_name=names,
    perpetrator_nominal=few, perpetrator_name=names,
)  # fmt: skip


def plainly(incident: Narrow, hearings: list[Heard]) -> Decision:
    """The same decision without index or shortcut: each incident against each hearing, by the contract."""
    key, domestic, risk, children, consents, day, *who = incident
    if not domestic:
        return key, "", False
    rules, known = set(), False
    if risk == "high":
        rules.add("T2")
    if risk == "medium" and children:
        rules.add("T3")
    if risk == "medium" and consents:
        rules.add("T4")
    for one in hearings:
        if not is_one(who[0], who[1], one.victim):
            continue
        same_case = one.perpetrator is not None and is_one(who[2], who[3], one.perpetrator)
        if one.heard_on is None:
            rules |= {"T15"} if same_case and day <= one.until else set()
        elif one.heard_on <= day <= one.until:
            rules |= {"T6"} if same_case else set()
            known = known or not same_case
    ordered = sorted(rules, key=lambda rule: int(rule[1:])) or ["T5"]
    return key, " ".join(ordered), known


def is_one(nominal: str, name: str, known_by: Identity) -> bool:
    if nominal and known_by.nominals:
        return nominal in known_by.nominals
    return bool(name) and name in known_by.names


@given(st.lists(incidents, max_size=6), st.lists(hearings, max_size=6))
def test_T6_the_index_decides_as_comparing_with_every_hearing_does(
    found: list[Narrow], heard: list[Heard]
) -> None:
    assert list(triage(found, LookBack(heard))) == [plainly(incident, heard) for incident in found]


@given(incidents, st.lists(hearings, max_size=4))
def test_T13_a_higher_risk_never_takes_an_incident_off_the_list(found: Narrow, heard: list[Heard]) -> None:
    if not found[1]:
        return
    look_back = LookBack(heard)
    at = [next(triage([(*found[:2], risk, *found[3:])], look_back))[1] for risk in ("medium", "high")]
    assert at[0] == "T5" or at[1] != "T5"


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 24))
def test_T6_the_last_day_that_counts_is_in_the_month_reckoned(on: date, months: int) -> None:
    until = heard(on=on, months=months).until
    assert until == add_months(on, months) and until.day <= on.day
    assert (until.year * 12 + until.month) - (on.year * 12 + on.month) == months
