"""Children as searching sees them."""

from datetime import date

import pytest

from agenda.incidents import Child
from agenda.matching_children import KINDS, child_keys, child_known
from agenda.matching_found import found_by
from agenda.matching_search import asked

MILO = Child("Milo Rowan Thackeray", date(2015, 5, 4))


@pytest.mark.parametrize(
    "typed",
    [
        "Milo Thackeray",
        "Thackeray, Milo",
        "milo",
        "Thack",
        "Mylo Thackery",
        "Milo Thackeray 2015",
        "4/5/2015",
    ],
)
def test_D1_a_child_is_found_by_any_part_of_a_name_sounding_alike_or_a_birth_date(typed: str) -> None:
    assert found_by(asked(typed), child_known(MILO))
    assert not child_keys(child_known(MILO)).isdisjoint(asked(typed).keys) or any(
        key.startswith(begun) for key in child_keys(child_known(MILO)) for begun in asked(typed).beginnings
    )


@pytest.mark.parametrize("typed", ["Ottilie", "Milo Brackwater", "5/6/2017"])
def test_D1_another_child_is_not_found(typed: str) -> None:
    assert not found_by(asked(typed), child_known(MILO))


def test_D1_a_child_without_a_surname_or_a_name_is_no_error() -> None:
    assert found_by(asked("Milo"), child_known(Child("Milo")))
    assert child_keys(child_known(Child(""))) == frozenset()


def test_D1_a_child_is_filed_under_few_kinds_of_keys() -> None:
    told = child_keys(child_known(MILO))
    assert {key[0] for key in told} <= KINDS and len(told) <= 30
