from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.disclosure_meetings import Decision, decided, to_confirm, turned
from agenda.disclosure_scheme import CHAIRS, MOVES, TELLS, Application, Made, Right, Scheme, Stage, Step
from agenda.moves import Who

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def hours(number: int) -> datetime:
    return AT + timedelta(hours=number)


def steps(*taken: tuple[Step, int]) -> Application:
    """Of the police, and those of a chair."""
    made = tuple(
        Made(step, hours(at), Who.CHAIR if step in CHAIRS else Who.POLICE, "why") for step, at in taken
    )
    return Application(Scheme.DOMESTIC, Right.ASK, AT, steps=made)


def meeting(disclose: bool, at: int) -> Decision:
    return Decision(disclose, hours(at), "Said there", "Jo Reed")


CHECKED = (Step.CHECK, 1)
PATH = (CHECKED, (Step.DECIDE_TO_DISCLOSE, 30))
YES, NO = meeting(True, 24), meeting(False, 48)


def test_C4_what_a_meeting_recorded_is_no_decision_before_a_chair_confirms_it() -> None:
    """Whoever types the outcome decides nothing (security.md B)."""
    for said in ([YES], [NO], [YES, NO], [NO, meeting(True, 72)]):
        assert decided(steps(CHECKED), said).stage is Stage.CHECKED
        assert to_confirm(steps(CHECKED), said) is said[-1], "the latest counts"
    assert decided(steps(CHECKED, (Step.DECIDE_TO_DISCLOSE, 30)), [YES]).stage is Stage.DISCLOSE
    assert decided(steps(CHECKED, (Step.DECIDE_NOT_TO, 50)), [YES, NO]).stage is Stage.NOT_DISCLOSED
    assert CHAIRS == {YES.step, NO.step} and not CHAIRS & TELLS


def test_C4_Y1_nothing_is_confirmed_before_the_checks_or_once_it_is_over() -> None:
    assert to_confirm(steps(), [YES]) is None, "not before the checks"
    assert to_confirm(steps((Step.WITHDRAW, 1)), [YES]) is None
    assert to_confirm(steps(CHECKED), []) is None
    told = decided(steps(CHECKED, (Step.DECIDE_TO_DISCLOSE, 30), (Step.DISCLOSE, 31)), [YES, NO])
    assert told.stage is Stage.DISCLOSED and to_confirm(told, [YES, NO]) is None, "said once, it is said"


def test_C4_Y1_a_later_meeting_is_confirmed_anew() -> None:
    confirmed = steps(*PATH)
    assert to_confirm(confirmed, [YES]) is None
    assert to_confirm(confirmed, [YES, meeting(True, 48)]) is None, "it changes nothing"
    assert to_confirm(confirmed, [YES, NO]) is NO
    unsigned = decided(steps(*PATH, (Step.REFUSE_UNDERTAKING, 31)), [YES, NO])
    assert unsigned.stage is Stage.UNSIGNED and to_confirm(unsigned, [YES, NO]) is NO
    withheld = decided(steps(*PATH, (Step.WITHHOLD, 31)), [YES])
    assert withheld.stage is Stage.NOT_DISCLOSED and to_confirm(withheld, [YES]) is None
    again = meeting(True, 48)
    assert to_confirm(withheld, [YES, again]) is again, "a meeting decides anew"


def test_C4_what_the_police_did_before_chairs_confirmed_anything_stays_done() -> None:
    told = decided(steps(CHECKED, (Step.DISCLOSE, 30)), [YES])
    assert told.stage is Stage.DISCLOSED and told.steps[1].by == "Jo Reed"
    withheld = decided(steps(CHECKED, (Step.WITHHOLD, 30)), [NO, YES])
    assert withheld.stage is Stage.NOT_DISCLOSED
    late = decided(steps(CHECKED, (Step.DISCLOSE, 30)), [meeting(True, 40)])
    assert [made.at for made in late.steps] == [hours(1), hours(30), hours(30)], "saved again later"


def test_C4_a_decision_not_to_disclose_has_a_reason() -> None:
    assert Decision(False, AT, "").reason == "The meeting gave no reason."
    assert (Decision(False, AT, "Nothing").reason, Decision(True, AT, "").reason) == ("Nothing", "")


def test_C4_a_turn_from_to_disclose_to_not_is_told() -> None:
    assert turned([YES, NO]) is NO
    assert turned([NO, YES]) is turned([NO]) is turned([YES]) is turned([]) is None


@given(st.lists(st.booleans(), min_size=1, max_size=6))
@settings(max_examples=60)
def test_C4_whatever_meetings_say_nobody_is_told_without_a_chair(said: list[bool]) -> None:
    told = decided(steps(CHECKED), [meeting(one, 24 + n) for n, one in enumerate(said)])
    assert told.stage is Stage.CHECKED
    assert not any(told.stage in MOVES[step].before for step in TELLS)
