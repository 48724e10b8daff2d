from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.disclosure_meetings import Decision, decided, turned
from agenda.disclosure_scheme import Application, Made, Right, Scheme, Stage, Step
from agenda.moves import Who

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def hours(number: int) -> datetime:
    return AT + timedelta(hours=number)


def police(*steps: tuple[Step, int]) -> Application:
    made = tuple(Made(step, hours(at), Who.POLICE, "why") for step, at in steps)
    return Application(Scheme.DOMESTIC, Right.ASK, AT, steps=made)


def meeting(disclose: bool, at: int) -> Decision:
    return Decision(disclose, hours(at), "Said there", "Jo Reed")


CHECKED = (Step.CHECK, 1)


def test_C4_Y1_the_latest_decision_counts() -> None:
    yes, no = meeting(True, 24), meeting(False, 48)
    assert decided(police(CHECKED), [yes]).stage is Stage.DISCLOSE
    turns = decided(police(CHECKED), [yes, no])
    assert turns.stage is Stage.NOT_DISCLOSED and turns.steps[-1].by == "Jo Reed"
    assert decided(police(CHECKED), [no, meeting(True, 72)]).stage is Stage.DISCLOSE
    assert decided(police(CHECKED), [yes, meeting(True, 48)]).stage is Stage.DISCLOSE
    assert decided(police(CHECKED), []).stage is Stage.CHECKED
    assert decided(police(), [yes]).stage is Stage.APPLIED, "not before the checks"
    assert decided(police((Step.WITHDRAW, 1)), [yes]).stage is Stage.WITHDRAWN


def test_C4_Y2_what_was_disclosed_stays_so_and_an_undertaking_refused_does_not() -> None:
    yes, no = meeting(True, 24), meeting(False, 48)
    told = decided(police(CHECKED, (Step.DISCLOSE, 30)), [yes, no])
    assert told.stage is Stage.DISCLOSED
    unsigned = police(CHECKED, (Step.REFUSE_UNDERTAKING, 30))
    assert decided(unsigned, [yes, no]).stage is Stage.NOT_DISCLOSED
    withheld = police(CHECKED, (Step.WITHHOLD, 30))
    assert decided(withheld, [yes, meeting(True, 48)]).stage is Stage.DISCLOSE, "a meeting decides anew"


def test_C4_an_outcome_saved_again_later_takes_no_step_of_the_police_back() -> None:
    told = decided(police(CHECKED, (Step.DISCLOSE, 30)), [meeting(True, 40)])
    assert told.stage is Stage.DISCLOSED
    assert [made.at for made in told.steps] == [hours(1), hours(30), hours(30)]


def test_C4_a_turn_from_to_disclose_to_not_is_told() -> None:
    yes, no = meeting(True, 24), meeting(False, 48)
    assert turned([yes, no]) is no
    assert turned([no, yes]) is turned([no]) is turned([yes]) is turned([]) is None


@given(st.lists(st.booleans(), min_size=1, max_size=6))
@settings(max_examples=60)
def test_C4_without_a_step_of_the_police_it_stands_as_the_last_meeting_said(said: list[bool]) -> None:
    told = decided(police(CHECKED), [meeting(one, 24 + n) for n, one in enumerate(said)])
    assert told.stage is (Stage.DISCLOSE if said[-1] else Stage.NOT_DISCLOSED)
