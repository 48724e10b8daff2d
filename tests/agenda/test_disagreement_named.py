"""What of a text is somebody's name (Rulebook V4, M6)."""

import pytest

from agenda.disagreement_named import names


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("I told Joan Akande twice.", "Joan Akande", True),
        ("JOAN AKANDE’s answer", "Joan Akande", True),
        ("Akande, Joan: no answer", "joan akande", True),
        ("Ines O’Hara-Duarte decided", "Ines O'Hara-Duarte", True),
        ("Anna de Vries decided", "Anna de Vries", True),
        ("Joan wrote; Akande did not", "Joan Akande", False),
        ("Akande did not", "Joan Akande", False),
        ("The manager", "Manager", False),
        ("The manager", "", False),
        ("", "Joan Akande", False),
        ("Isla Sorrel was not seen", "Isla Rose Sorrel", True),
        ("Isla Rose Sorrel was not seen", "Isla Sorrel", True),
        ("Sorrel, Isla Rose: not seen", "Isla Sorrel", True),
        ("J. Akande and J Akande", "Joan Akande", True),
        ("Akande J", "Joan Akande", True),
        ("Ms Akande said so", "Joan Akande", True),
        ("PC Akande said so", "Joan Akande", True),
        ("the case of a Brook", "Ada Brook", False),
        ("Ines O’Hara Duarte decided", "Ines O'Hara-Duarte", True),
        ("Joan did not ask Akande", "Joan Akande", False),
    ],
)
def test_V4_a_whole_name_in_whichever_order_and_no_part_of_one(text: str, name: str, found: bool) -> None:
    assert names(text, name) is found
