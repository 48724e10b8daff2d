"""A case keeps its number, whoever counts (Rulebook M6)."""

from hypothesis import given
from hypothesis import strategies as st

from agenda.list_numbers import HINT, called, hint, numbers
from agenda.need_to_know import WallGround
from agenda.walls import because


def test_M6_kept_cases_have_no_number_and_are_said_by_their_reference() -> None:
    assert numbers([False, True, False, True]) == ("1", "R", "2", "R")
    assert [called(number, "C-000123") for number in ("7", "R", "")] == [
        "7. C-000123", "C-000123 (R)", "C-000123",
    ]  # fmt: skip
    assert (hint(["1", "R"]), hint(["1", "2"])) == (HINT, "")


@given(st.lists(st.booleans()))
def test_M6_who_may_not_open_the_kept_ones_counts_the_others_alike_and_without_a_gap(
    restricted: list[bool],
) -> None:
    everything = numbers(restricted)
    without = [number for number, kept in zip(everything, restricted, strict=True) if not kept]
    assert tuple(without) == numbers([False] * len(without))


def test_M6_a_reason_is_worded_by_its_ground() -> None:
    party = because(WallGround.PARTY, "name", by_service=True)
    known = because(WallGround.DECLARED, "name", by_service=True)
    said = because(WallGround.DECLARED, "name", by_service=False)
    beside = because(WallGround.DECLARED, "", by_service=True)
    assert "share this with a person on it: name" in party and "somebody they told" in known
    assert said == "they said that they know somebody on it", "whatever was alike, and lifted, before"
    assert "another case of the same victim" in beside
