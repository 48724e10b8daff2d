"""Nothing skips a state: every machine there is, drawn as the code has it, and tried at random."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agenda
import minutes
from agenda.disagreement_days import LADDERS
from agenda.moves import REASON_LENGTH, Move, Who, made, open_to, reachable
from agenda.rules import RuleBroken
from tests.states import MACHINES, PAGE, Machine, page


def test_the_page_of_states_is_drawn_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.states"


def tables() -> Iterator[Mapping[Any, Move[Any]]]:
    """Every table of moves that a core room has, and those of the ladders."""
    for room in (agenda, minutes):
        for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            moves = getattr(importlib.import_module(found.name), "MOVES", None)
            if moves is not None:
                yield moves
    yield from (ladder.moves for ladder in LADDERS.values())


def test_every_table_of_moves_is_drawn_and_tried() -> None:
    found, drawn = list(tables()), [machine.moves for machine in MACHINES.values()]
    assert len(found) > 10
    assert all(moves in drawn for moves in found) and all(moves in found for moves in drawn)


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
