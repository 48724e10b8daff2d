import re
from functools import cache
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from agenda.flow import Cell, Flow, Style, broken
from agenda.incidents import Party
from agenda.pack import Pack, PackIncident
from agenda.pack_words import plain
from agenda.pdf import Fonts, draw
from tests.a_pack import a_case, a_full_pack, a_note, a_pack, an_action, an_incident, built_fonts, small_fonts

HOSTILE = (
    '<img src="/etc/passwd"/>',
    '<a href="javascript:alert(1)">x</a>',
    "&amp; &lt;b&gt; </para>",
    "(unbalanced ) \\ Tj ET Q endstream endobj",
    "=cmd|' /C calc'!A0",
    "%PDF-1.4 {braces} {{ 7*7 }}",
)


@cache
def fonts() -> Fonts:
    return small_fonts()


def read(pdf: bytes) -> str:
    """The text of a file without what stands at the head and foot of every page."""
    texts = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "\n".join(re.sub(r"(?s)^.*?Page \d+ of \d+\n", "", text) for text in texts)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def with_summary(text: str) -> Pack:
    return a_pack(a_case(incidents=(PackIncident.of(an_incident(summary=text)),)))


@cache
def full() -> PdfReader:
    return PdfReader(BytesIO(draw(a_full_pack(12), fonts())))


def test_every_page_carries_the_marking_above_and_below_and_its_number():
    pages = full().pages
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert text.count("OFFICIAL-SENSITIVE") == 2
        assert f"Page {number} of {len(pages)}" in text


def test_the_contents_lead_to_the_page_where_each_case_begins():
    contents, *cases = [page.extract_text() for page in full().pages]
    for number in range(123, 135):
        row = re.search(rf"C-000{number}\n.*?\n(\d+)\n", contents, re.DOTALL)
        begins = next(at for at, text in enumerate(cases, 2) if f"C-000{number}" in text)
        assert row is not None and int(row[1]) == begins


def test_the_outline_names_groups_and_cases_by_reference_only():
    outline = full().outline
    groups = [entry["/Title"] for entry in outline if not isinstance(entry, list)]
    assert groups[0] == "Contents" and groups[1].startswith("Group 1") and len(groups) == 6
    cases = [entry["/Title"] for held in outline if isinstance(held, list) for entry in held]
    assert len(cases) == 12 and all(re.fullmatch(r"C-\d{6}, \w+ risk", title) for title in cases)
    first = next(entry for held in outline if isinstance(held, list) for entry in held)
    page = full().get_destination_page_number(first)
    assert page is not None and "C-000123" in full().pages[page].extract_text()


def test_metadata_is_neutral_and_says_the_language():
    with pikepdf.open(BytesIO(draw(a_pack(), fonts()))) as pdf:
        assert pdf.docinfo["/Title"] == "MARAC pack"
        assert pdf.Root.Lang == "en-GB"
        assert not any(name in str(dict(pdf.docinfo)) for name in ("Niamh", "Gareth", "Fellside"))


def test_the_same_pack_gives_the_same_bytes():
    assert draw(a_pack(), fonts()) == draw(a_pack(), fonts())


@pytest.mark.parametrize("text", ["word " * 4000, "x" * 20000, "line\n" * 1500, "\n" * 20000])
def test_a_summary_of_any_shape_runs_on_over_pages(text: str):
    assert squeezed(text[:15000]) in squeezed(read(draw(with_summary(text), fonts())))


def test_a_row_longer_than_a_page_runs_on_under_its_heads():
    action = an_action(what="do this " * 900, owner="Z" * 400)
    pages = PdfReader(BytesIO(draw(a_pack(a_case(actions=(action,))), fonts()))).pages
    texts = [page.extract_text() for page in pages]
    assert sum("What is to be done" in text for text in texts) >= 3
    assert sum(text.count("do this") for text in texts) >= 890


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_shown_as_it_was_written(text: str):
    pdf = draw(a_pack(a_case(shared=(a_note(agency=text, source=text, text=text),)), area=text), fonts())
    assert squeezed(text) in squeezed(read(pdf))
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert not opened.attachments and "/AcroForm" not in opened.Root and "/OpenAction" not in opened.Root
        assert "/Names" not in opened.Root or "/JavaScript" not in opened.Root.Names
        assert all("/Annots" not in page and not page.get_images() for page in opened.pages)


LATIN = st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=("Cc", "Cf", "Zs"))


@settings(max_examples=60, deadline=None)
@given(st.text(LATIN, min_size=1, max_size=150))
def test_what_was_written_can_be_read_back(text: str):
    pdf = draw(a_pack(a_case(incidents=(), shared=(), judgement=(text,))), fonts())
    assert squeezed(plain(text)) in squeezed(read(pdf))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_text_whatever_keeps_a_pack_from_being_drawn(text: str):
    case = a_case(
        reference=text or "-",
        incidents=(PackIncident.of(an_incident(summary=text, offence=text, victim=Party(text))),),
        shared=(a_note(agency=text, author=text, source=text, text=text),),
        actions=(an_action(owner=text, what=text, category=text, status=text),),
        safeguards=((text, True, text),),
    )
    assert draw(a_pack(case, area=text, agency=text), fonts()).startswith(b"%PDF")


def test_accents_and_other_scripts_are_shown_with_the_built_typeface():
    name = "Zoë Ó Braonáin Wiśniewska Ελένη Юлия שלום"
    pdf = draw(with_summary(name), built_fonts())
    assert name in read(pdf)
    with pikepdf.open(BytesIO(pdf)) as opened:
        held = [font for page in opened.pages for font in page.resources.Font.values()]
        assert held and all("/FontFile2" in font.FontDescriptor for font in held)


def test_a_letter_the_typeface_lacks_is_seen_to_be_missing():
    assert "\ufffd\ufffd Hale" in read(draw(with_summary("\u4e2d\u6587 Hale"), built_fonts()))


def test_no_address_or_telephone_number_is_anywhere_in_the_file():
    hidden = Party("Vane", "Una", "CANARYNOM", None, None, "1 CANARYROW", "CANARYPC", "CANARYTEL")
    incident = an_incident(victim=hidden, perpetrator=hidden)
    pdf = draw(a_pack(a_case(incidents=(PackIncident.of(incident),))), fonts())
    assert "Una Vane" in read(pdf) and "CANARY" not in read(pdf)
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all)
    assert b"Una Vane" in out.getvalue() and b"CANARY" not in out.getvalue()


class Even:
    """Letters that are all one wide."""

    def width(self, word: str, bold: bool) -> float:
        return float(len(word))


ONE = Style(1, 1)


@settings(max_examples=200, deadline=None)
@given(st.text("ab \n", max_size=80), st.integers(1, 12))
def test_lines_fit_and_nothing_is_lost(text: str, width: int):
    lines = list(broken(text, ONE, width, Even()))
    assert all(len(line) <= width for line in lines)
    assert squeezed("".join(lines)) == squeezed(text)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=60), min_size=1, max_size=6
    )
)
def test_rows_stay_on_the_page_and_nothing_is_lost(columns: list[list[str]]):
    flow = Flow(Even(), top=20, bottom=2)
    flow.row([Cell(0, 9, ((ONE, "\n".join(column)),)) for column in columns], pad=1)
    placed = [words for page in flow.pages for words in page.placed]
    assert sum(len(words.lines) for words in placed) == sum(map(len, columns))
    assert all(words.y - len(words.lines) + 1 >= 2 for words in placed)
