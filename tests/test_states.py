"""Nothing skips a state: every machine there is, drawn as the code has it, and tried at random."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.moves import REASON_LENGTH, Who, made, open_to, reachable
from agenda.rules import RuleBroken
from tests.states import MACHINES, PAGE, Machine, page


def test_the_page_of_states_is_drawn_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.states"


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_every_state_is_reached_and_every_step_is_somebodys(machine: Machine) -> None:
    assert reachable(machine.moves, machine.first) == frozenset(type(machine.first))
    assert all(move.who and move.before for move in machine.moves.values())


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
@given(data=st.data())
def test_an_illegal_move_changes_nothing(machine: Machine, data: Any) -> None:
    state: Any = machine.first
    for _ in range(12):
        step = data.draw(st.sampled_from(sorted(machine.moves, key=str)))
        who, reason = (
            data.draw(st.sampled_from(list(Who))),
            data.draw(st.sampled_from(["", "why", "x" * 2_001])),
        )
        move = machine.moves[step]
        legal = (
            state in move.before
            and who in move.who
            and not (move.ask and not reason)
            and len(reason) <= REASON_LENGTH
        )
        if legal:
            assert step in open_to(machine.moves, state, who)
            state = made(move, state, who, reason)
            assert state is move.after
        else:
            with pytest.raises(RuleBroken):
                made(move, state, who, reason)
