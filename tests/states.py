"""Every table of states and moves there is: drawn in `docs/states.md`, and tried for illegal moves."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from agenda import (
    agreements,
    breaches,
    complaints,
    disagreement_ladders,
    disclosure_scheme,
    disclosure_update,
    named_case,
    named_case_held,
    patterns,
    referral_state,
    sharing_decision,
    transfers,
)
from agenda.moves import Move, drawn
from minutes import disclosure, retention, sharing_review

PAGE = Path(__file__).parents[1] / "docs" / "states.md"


class Machine(NamedTuple):
    """Where something begins, and the moves it can make."""

    first: StrEnum
    moves: Mapping[Any, Move[Any]]


MACHINES = {
    "Request for disclosure to a third party (X1 to X5)": Machine(
        disclosure.State.RECEIVED, disclosure.MOVES
    ),
    "Application under a disclosure scheme (Y1, Y2)": Machine(
        disclosure_scheme.Stage.APPLIED, disclosure_scheme.MOVES
    ),
    "Agreement of an agency (V1)": Machine(agreements.State.NOT_SIGNED, agreements.MOVES),
    "Agency that has not signed, in a named case (V1)": Machine(named_case.State.PROPOSED, named_case.MOVES),
    "Agency that has not signed, once its part in a case is over (V1)": Machine(
        named_case_held.State.ASKED, named_case_held.MOVES
    ),
    "Decision about sharing (K4)": Machine(sharing_decision.State.OPEN, sharing_decision.MOVES),
    "Decision about sharing on no case, after a year (L1)": Machine(
        sharing_review.State.KEPT, sharing_review.MOVES
    ),
    "MARAC's update on a disclosure (C4)": Machine(disclosure_update.State.NOT_TOLD, disclosure_update.MOVES),
    "Breach (V3)": Machine(breaches.State.RAISED, breaches.MOVES),
    "Complaint (V2)": Machine(complaints.State.RECEIVED, complaints.MOVES),
    "Yearly review of a case (L1)": Machine(retention.State.DUE, retention.MOVES),
    **{
        f"{ladder.title} ({rule})": Machine(ladder.first, ladder.moves)
        for rule, ladder in (
            ("V4", disagreement_ladders.PROFESSIONAL),
            ("W2", disagreement_ladders.CONFERENCE),
            ("W2", disagreement_ladders.CHILD_DEATH),
            ("W2", disagreement_ladders.CHILD_DEATH_OUTSIDE),
        )
    },
    "Pattern across children (E2)": Machine(patterns.State.PUT, patterns.MOVES),
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
