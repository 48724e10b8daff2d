"""How a release is worded: its pieces and nothing else (Rulebook X6)."""

from datetime import date
from uuid import uuid4

from agenda.pack import Prose, Remark
from minutes.disclosure_items import Document, Standing
from minutes.release import Piece, Recipient, Release
from minutes.release_words import About, worded
from tests.a_disclosure import HEALTH, HOUSING

TO = Recipient("Isla Sorrel", "Her own information", uuid4())
ABOUT = About("North Moor", "REQ-000001", "Subject access", TO, date(2026, 11, 23))
NAMES = {HOUSING: "Fellside Homes", HEALTH: "Moor Health"}


def a_piece(text: str, agency: object = HOUSING, **told: object) -> Piece:
    usual = {"document": Document.NOTES, "sort": "fact", "dated": date(2026, 10, 1)}
    return Piece(uuid4(), "0" * 64, agency, text=text, **usual | told)  # type: ignore[arg-type]


def test_X6_a_release_says_its_pieces_under_the_document_each_stands_in() -> None:
    pieces = (a_piece("One"), a_piece("Two", HEALTH, document=Document.ACTIONS), a_piece("Three", HEALTH))
    words = worded(Release(pieces), ABOUT, NAMES)
    assert [section.title for section in words.opening] == [
        "For what it is released", "Notes of the meeting", "Actions",
    ]  # fmt: skip
    said = [block for section in words.opening for block in section.blocks if isinstance(block, Remark)]
    assert [(one.agency, one.text, one.author) for one in said] == [
        ("Fellside Homes", "One", ""), ("Moor Health", "Three", ""), ("Moor Health", "Two", ""),
    ]  # fmt: skip
    assert words.groups == () and ("Prepared for", "Isla Sorrel") in words.about.pairs


def test_X3_what_a_court_overrode_and_what_concerns_there_are_come_first() -> None:
    piece = a_piece("One", None, against=Standing.REFUSED, dated=None)
    words = worded(Release((piece,), "Somebody is in danger", "County Court, 26/114"), ABOUT, NAMES)
    titles = [section.title for section in words.opening]
    assert titles[1:3] == ["Released as a court ordered", "What concerns there are"]
    assert words.opening[2].blocks == (Prose("Somebody is in danger"),)
    (said,) = (block for block in words.opening[3].blocks if isinstance(block, Remark))
    assert said.source == "Released by order of the court. Its agency refused."
    assert (said.agency, said.recorded) == ("The panel", "not dated")
