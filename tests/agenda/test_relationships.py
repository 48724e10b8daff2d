"""Who somebody is to somebody else."""

import pytest

from agenda.pack import NoteKind
from agenda.relationships import Relation, RelationshipTold, Role, removal_problem, role_of


@pytest.mark.parametrize("kind", Relation)
def test_the_other_way_round_and_back_is_the_same(kind: Relation) -> None:
    assert kind.other_way.other_way is kind
    assert kind.words and kind.label[0].isupper()


def test_a_parents_other_way_is_a_child() -> None:
    assert Relation.PARENT.other_way is Relation.CHILD
    assert Relation.FRIEND.other_way is Relation.FRIEND


def test_who_is_anybodys_child_in_a_case_is_a_child_there() -> None:
    assert role_of([Relation.SIBLING, Relation.CHILD]) is Role.CHILD
    assert role_of([Relation.PARENT]) is Role.OTHER


@pytest.mark.parametrize("author, source", [("", "told by her"), ("Priya Raman", " ")])
def test_R2_nothing_is_told_without_who_told_it_and_how_they_know(author: str, source: str) -> None:
    assert RelationshipTold(Relation.FRIEND, NoteKind.FACT, author, source).problem()
    assert RelationshipTold(Relation.FRIEND, NoteKind.FACT, "Priya Raman", "told by her").problem() is None


def test_R2_what_is_taken_away_says_why() -> None:
    assert removal_problem("  wrong  ") and removal_problem("x" * 1001)
    assert removal_problem("It was his cousin, not his brother.") is None
