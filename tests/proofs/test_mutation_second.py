"""Proof 4 where two people decide: each condition is removed, and an ordinary test of the rule notices.

The proposer never approves, nobody decides about themselves or behind a wall, half a password is shown once
(security.md B; Rulebook M6, V1).
"""

import pytest

from tests.proofs.mutation import mutants
from tests.proofs.ordinary import InPlace
from tests.proofs.surviving import sampled, survivors
from tests.servers.databases import Copies
from tests.usecases import test_access_decisions, test_openings, test_proposals
from tests.web import test_accounts

#: What only shows, or is a property of what is shown.
SHOWN = {
    "proposals": ["register", "changes", "_subject"],
    "wall_decisions": ["_describe"],
    "restrictions": ["_describe"],
    "unnaming": [],
    "halves": ["forget"],
    "transaction": [],
}


@pytest.mark.parametrize("module", SHOWN)
def test_each_condition_of_two_people_is_noticed(
    copies: Copies, module: str, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["copies"] == "postgresql":
        return  # the rules are the same, and asking there takes longer
    tests = {
        "proposals": InPlace(copies, test_proposals),
        "transaction": InPlace(copies, test_proposals),
        "unnaming": InPlace(copies, test_access_decisions, test_openings),
        "halves": InPlace(copies, test_proposals, test_accounts, called="half|halves"),
    }.get(module) or InPlace(copies, test_access_decisions)
    made = mutants(f"meetingsvc.usecases.{module}", but=SHOWN[module])
    alive = survivors(sampled(made, 30), tests.fail, by_itself=False)
    assert not alive, "\n".join(alive)
