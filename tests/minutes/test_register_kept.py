"""What registers keep of a case that is destroyed (Rulebook X6, L2)."""

from datetime import date
from uuid import uuid4

import pytest

from minutes.disclosure_kinds import Kind
from minutes.register_kept import Released, read


def test_X6_L2_a_line_of_a_release_says_what_sort_when_and_how_much() -> None:
    one = Released(Kind.SUBJECT_ACCESS, date(2026, 11, 3), 2, "ab" * 32, uuid4(), uuid4())
    assert one.words == ("Subject access: 2 items released on Tuesday 3 November 2026, digest abababababab")
    assert read(one.told) == one


def test_L2_it_cannot_hold_content() -> None:
    with pytest.raises(ValueError, match="digest"):
        Released(Kind.COURT, date(2026, 11, 3), 1, "Isla Sorrel", uuid4(), uuid4())
    with pytest.raises(ValueError, match="Isla"):
        read({"kind": "Isla Sorrel"})
