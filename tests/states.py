"""Every table of states and moves there is: drawn in `docs/states.md`, and tried for illegal moves."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from agenda import disclosure_scheme, referral_state, transfers
from agenda.moves import Move, drawn

PAGE = Path(__file__).parents[1] / "docs" / "states.md"


class Machine(NamedTuple):
    """Where something begins, and the moves it can make."""

    first: StrEnum
    moves: Mapping[Any, Move[Any]]


MACHINES = {
    "Application under a disclosure scheme (Y1, Y2)": Machine(
        disclosure_scheme.Stage.APPLIED, disclosure_scheme.MOVES
    ),
    "Referral (T7)": Machine(referral_state.State.DRAFT, referral_state.MOVES),
    "Transfer to another area (M5)": Machine(transfers.State.PROPOSED, transfers.MOVES),
}


def page() -> str:
    """What `docs/states.md` says; `python -m tests.states` writes it."""
    parts = [
        f"## {title}\n\n```mermaid\n{drawn(machine.moves, machine.first)}\n```\n"
        for title, machine in sorted(MACHINES.items())
    ]
    return "\n".join(["# States\n\nDrawn from the tables in the code by `python -m tests.states`.\n", *parts])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
