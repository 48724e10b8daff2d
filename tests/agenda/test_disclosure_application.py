"""What an application tells, and what the daily meeting's decision does to it (Rulebook Y1, C4, T9)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.disclosure_application import entry, problems
from agenda.disclosure_meetings import Decision, decided, to_confirm
from agenda.disclosure_scheme import (
    MOVES,
    Application,
    Clocks,
    Made,
    Right,
    Scheme,
    Stage,
    Step,
    dues,
)
from agenda.incidents import Party
from agenda.moves import Who
from agenda.rules import RuleBroken
from tests.an_application import CONTACT, NOW, an_application

CHECK = Made(Step.CHECK, NOW + timedelta(hours=20), Who.POLICE)
ASKED = Application(Scheme.DOMESTIC, Right.ASK, NOW)
HOLIDAY = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"applied_at": NOW + timedelta(seconds=1)}, "applied_on"),
        ({"at_risk": Party("")}, "at_risk_surname"),
        ({"at_risk": Party("Sorrel", "Isla", dob=date(2026, 11, 3))}, "at_risk_dob"),
        ({"subject": Party("SORREL", "isla")}, "subject_surname"),
        ({"why": " "}, "why"),
        ({"applicant": ""}, "applicant"),
        ({"identity": ""}, "identity"),
        ({"contact": ""}, "contact"),
        ({"applicant": "dorian flint"}, "applicant"),
        ({"applicant": "Mr Dorian Flint"}, "applicant"),
        ({"applicant": "Flint, Dorian"}, "applicant"),
        ({"applicant": "D. Flint"}, "applicant"),
        ({"contact": "07700 900456", "subject": Party("Flint", "D", phone="07700 900 456")}, "contact"),
    ],
)
def test_Y1_an_application_that_contradicts_itself_is_refused(told: dict[str, Any], field: str) -> None:
    assert problems(an_application(), NOW) == {}
    assert list(problems(an_application(**told), NOW)) == [field]


def test_Y1_the_polices_own_decision_needs_no_applicant() -> None:
    nobody = {"applicant": "", "applicant_is": "", "identity": "", "contact": ""}
    assert problems(an_application(right=Right.KNOW, **nobody), NOW) == {}


def test_T9_the_entry_tells_the_list_nothing_of_who_asks() -> None:
    told = entry(an_application(), "DSA-000001", NOW)
    assert (told.victim.name, told.perpetrator and told.perpetrator.name) == ("Isla Sorrel", "Dorian Flint")
    assert told.recorded_at == NOW
    assert "Bryony" not in repr(told) and CONTACT not in repr(told)


def test_C4_a_decision_waits_for_the_checks_whichever_came_first() -> None:
    for at in (NOW + timedelta(hours=1), NOW + timedelta(hours=22)):
        decision = Decision(True, at, "")
        assert to_confirm(ASKED, [decision]) is None, "nothing is disclosed unchecked"
        assert to_confirm(ASKED.after(CHECK), [decision]) is decision
        assert decided(ASKED.after(CHECK), [decision]).stage is Stage.CHECKED, "a chair confirms it first"


def test_C4_a_decision_on_one_that_was_withdrawn_has_no_effect() -> None:
    told = ASKED.after(CHECK).after(Made(Step.WITHDRAW, CHECK.at, Who.POLICE, "She asks no more"))
    assert decided(told, [Decision(True, CHECK.at, "")]).stage is Stage.WITHDRAWN


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who), st.booleans()), max_size=8))
def test_Y1_an_illegal_move_is_refused_and_changes_nothing(
    tried: list[tuple[Step, Who, bool]],
) -> None:
    told = ASKED
    for number, (step, who, with_reason) in enumerate(tried):
        before, move = told, MOVES[step]
        legal = before.stage in move.before and who in move.who and (with_reason or not move.ask)
        made = Made(step, NOW + timedelta(hours=number), who, "why" if with_reason else " ")
        if legal:
            told = before.after(made)
            assert told.stage is move.after and not before.stage.ended
        else:
            with pytest.raises(RuleBroken) as refused:
                before.after(made)
            assert str(refused.value).endswith("."), "in words"


@pytest.mark.parametrize(
    ("applied", "checks", "meet", "overall"),
    [
        # a Friday before Christmas: the days off are no working days, the 24 hours and 28 days run on
        (datetime(2026, 12, 18, 16, tzinfo=UTC), datetime(2026, 12, 19, 16, tzinfo=UTC), date(2027, 1, 4),
         date(2027, 1, 15)),
        # across the spring clock change: 24 hours are 24 hours; the days are London's
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 23, 30, tzinfo=UTC),
         date(2026, 4, 10), date(2026, 4, 25)),
        # after midnight in London, before it in UTC: the day is the next
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
         date(2026, 7, 15), date(2026, 7, 29)),
    ],
)  # fmt: skip
def test_Y1_the_clocks_over_weekends_bank_holidays_and_clock_changes(
    applied: datetime, checks: datetime, meet: date, overall: date
) -> None:
    off = {HOLIDAY}
    told = dues(replace(ASKED, applied_at=applied), Clocks(), off)
    assert [due.by for due in told] == [checks, meet, overall]
    (first, *_) = told
    assert not first.late(checks) and first.late(checks + timedelta(seconds=1)), "the last moment counts"
