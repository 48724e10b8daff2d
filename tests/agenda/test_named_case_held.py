"""What an agency that has not signed did with what it was told: kept is an answer, and not the last (V1)."""

from datetime import date

import pytest

from agenda.moves import Who, made, open_to
from agenda.named_case_held import MOVES, WHAT_IS_KEPT, How, State, Step, asked_from, standing
from agenda.rules import RuleBroken

OVER, ANSWERED = date(2026, 11, 23), date(2026, 12, 7)


def test_V1_what_is_kept_is_not_settled_and_may_be_answered_again() -> None:
    assert {how: standing(how) for how in (None, *How)} == {
        None: State.ASKED, How.DESTROYED: State.GONE, How.RETURNED: State.GONE, How.KEPT: State.KEPT,
    }  # fmt: skip
    assert [how for how in How if not how.settled] == [How.KEPT]
    for who in (Who.AGENCY, Who.COORDINATOR, Who.CHAIR):
        for state in (State.ASKED, State.KEPT):
            assert open_to(MOVES, state, who) == tuple(Step), (who, state)
        assert open_to(MOVES, State.GONE, who) == ()
    assert open_to(MOVES, State.ASKED, Who.GOVERNANCE) == ()
    with pytest.raises(RuleBroken, match=WHAT_IS_KEPT):
        made(MOVES[Step.KEEP], State.KEPT, Who.AGENCY)


def test_V1_its_clock_begins_again_with_the_answer_that_something_is_kept() -> None:
    assert asked_from(OVER, None, None) == asked_from(OVER, How.RETURNED, ANSWERED) == OVER
    assert asked_from(OVER, How.KEPT, ANSWERED) == ANSWERED
