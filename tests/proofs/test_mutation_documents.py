"""Proof 4 for documents of social care: each clause of who sees one is removed, and that is noticed (E4)."""

import pytest

from tests import test_care_documents_scope
from tests.proofs.mutation import mutants
from tests.proofs.ordinary import InPlace
from tests.proofs.surviving import survivors
from tests.servers.databases import Copies


def test_E4_M6_each_clause_about_documents_of_social_care_is_noticed(
    copies: Copies, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["copies"] == "postgresql":
        return  # row-level security hides what they would let through
    made = mutants("meetingsvc.store.scope_documents")
    alive = survivors(made, InPlace(copies, test_care_documents_scope).fail, by_itself=False)
    assert made and not alive, "\n".join(alive)
