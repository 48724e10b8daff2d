"""Reading whose copy a file is: the file may be anything (security.md A12, A14)."""

import shutil
import subprocess
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import UUID

import pikepdf
import pytest
from PIL import Image

from agenda import pack_mark
from agenda.pdf import draw
from meetingsvc import pack_apart, pack_files
from meetingsvc.pack_files import Carrier, Locked, Unreadable, copies_in
from meetingsvc.packs import Stamp, stamp
from tests.a_pack import WHEN, a_pack, small_fonts

ZOE = Stamp("Zoë O'Hara", "Fellside Housing", 7, WHEN, UUID("6f1c2d3e-0000-4000-8000-000000000007"))


@cache
def copy() -> bytes:
    return stamp(draw(a_pack(), small_fonts()), ZOE, "the-phrase", small_fonts())


def unlocked() -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(copy()), password="the-phrase")


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    pdf.save(out, encryption=False)
    return out.getvalue()


def test_A12_a_copy_says_whose_it_is_in_four_places_on_every_page() -> None:
    found = copies_in(copy(), "the-phrase")
    assert dict(found.copies) == {ZOE.copy_id: set(Carrier) - {Carrier.SCAN}}
    assert len(found.marked) == found.pages > 1


def test_A12_each_place_names_the_copy_by_itself() -> None:
    for kept in set(Carrier) - {Carrier.SCAN}:
        with unlocked() as pdf:
            if kept is not Carrier.FILE:
                del pdf.docinfo["/CopyId"]
            for page in pdf.pages:
                first, *inside, last = page.obj.Contents
                if kept is not Carrier.PAGE:
                    del page.obj.PieceInfo
                before = first if kept is Carrier.SPECKS else pdf.make_stream(b"q\n")
                after = last if kept is Carrier.AROUND else pdf.make_stream(b"Q\n")
                page.obj.Contents = pikepdf.Array([before, *inside, after])
            assert dict(copies_in(saved(pdf)).copies) == {ZOE.copy_id: {kept}}


def test_a_locked_file_says_that_it_is_locked() -> None:
    for phrase in ("", "another"):
        with pytest.raises(Locked):
            copies_in(copy(), phrase)


def test_a_file_without_a_mark_names_nobody() -> None:
    found = copies_in(draw(a_pack(), small_fonts()))
    assert not found.copies and not found.marked and found.pages > 1


def test_A14_no_broken_file_does_more_than_be_refused() -> None:
    chance = Random(14)
    with unlocked() as pdf:
        whole = saved(pdf)
    broken = [b"", b"%PDF-1.7", b"\x00" * 5000, b"PK\x03\x04", whole[:900], whole[400:]]
    for _ in range(14):
        spoilt = bytearray(whole)
        for _ in range(chance.choice((1, 20, 400))):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        broken.append(bytes(spoilt))
    for content in broken:
        try:
            found = copies_in(content)
        except (Unreadable, Locked):
            continue
        assert ZOE.copy_id in found.copies or found.pages == 0 or not found.copies


def drawn(content: bytes, pages: int = 1, before: int = 0) -> bytes:
    """A file whose pages share a drawing, after the first pages of a marked one."""
    with unlocked() as marked, pikepdf.new() as pdf:
        for number in range(before):
            pdf.pages.append(marked.pages[number])
        bomb = pdf.make_stream(b"")
        bomb.write(zlib.compress(content), filter=pikepdf.Name.FlateDecode)
        for _ in range(pages):
            pdf.add_blank_page()
            pdf.pages[-1].obj.Contents = bomb
        return saved(pdf)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much of each drawing is taken apart: that costs a hundred times its bytes."""
    real, sizes = pikepdf.parse_content_stream, list[int]()

    def counting(stream: pikepdf.Stream) -> object:
        sizes.append(len(stream.read_bytes()))
        return real(stream)

    monkeypatch.setattr(pikepdf, "parse_content_stream", counting)
    return sizes


def test_A14_a_page_that_unpacks_to_a_huge_one_is_read_no_further_than_is_allowed(parsed: list[int]) -> None:
    content = drawn(b"n\n" * 9_900_000)
    assert len(content) < 100_000
    found = copies_in(content)
    assert (parsed, found.unread) == ([1_000_000], 1) and not found.copies


def test_A14_pages_that_share_a_huge_drawing_are_read_to_the_files_share_and_that_is_said(
    parsed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_files, "_MOST_BYTES", 200_000)
    monkeypatch.setattr(pack_files, "_MOST_OF_FILE", 500_000)
    found = copies_in(drawn(b"n\n" * 500_000, pages=20, before=1))
    assert sum(parsed) < 501_000 and found.unread == 20
    assert set(found.copies) == {ZOE.copy_id}, "what came before is read"


def test_A14_a_form_is_counted_each_time_it_is_shown(parsed: list[int]) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        form = pdf.make_stream(b"n " * 50_000, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                               BBox=[0, 0, 9, 9])  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(It=form))
        page.obj.Contents = pdf.make_stream(b"/It Do " * 1000)
        found = copies_in(saved(pdf))
    assert sum(parsed) <= 1_000_000 and found.unread == 1


def test_A14_a_file_that_takes_too_much_ends_its_own_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it asks for: the limits are the system's, and the reading process is told no secret."""
    assert pack_apart.copies_in(copy(), "the-phrase") == copies_in(copy(), "the-phrase")
    with pytest.raises(Locked):
        pack_apart.copies_in(copy())
    with pytest.raises(Unreadable, match="cannot be read"):
        pack_apart.copies_in(b"no pdf")
    for limit, most in (("_MEMORY", 1024**2), ("_WORK", 0), ("_WAIT", 0.0)):
        with monkeypatch.context() as patched, pytest.raises(Unreadable, match="time or memory"):
            patched.setattr(pack_apart, limit, most)
            pack_apart.copies_in(copy(), "the-phrase")


def test_A14_a_form_that_shows_itself_ends() -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        form = pdf.make_stream(b"/Me Do /Me Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                               BBox=[0, 0, 9, 9])  # fmt: skip
        form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Me=form))
        page.obj.Resources, page.obj.Contents = form.Resources, pdf.make_stream(b"/Me Do")
        assert not copies_in(saved(pdf)).copies


def test_A14_too_many_pages_or_too_large_a_file_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    with unlocked() as pdf:
        content = saved(pdf)
    monkeypatch.setattr(pack_files, "MOST_PAGES", 1)
    with pytest.raises(Unreadable, match="pages"):
        copies_in(content)
    monkeypatch.setattr(pack_files, "LARGEST", 1000)
    with pytest.raises(Unreadable, match="megabytes"):
        copies_in(content)


def test_A12_specks_that_were_spoilt_name_nobody_rather_than_somebody_else() -> None:
    right = pack_mark.bits(ZOE.copy_id)
    assert pack_mark.read(right) == ZOE.copy_id
    for at in range(len(right)):
        wrong = [bit != (place == at) for place, bit in enumerate(right)]
        assert pack_mark.read(wrong) is None


@pytest.mark.parametrize(
    ("dots", "turned", "kind"), [(150, 0.0, "JPEG"), (150, 0.4, "PNG"), (200, 0.0, "PDF")]
)
def test_A12_a_picture_of_a_page_names_its_copy(dots: int, turned: float, kind: str, tmp_path: Path) -> None:
    """As it is on a screen, or printed and scanned in colour."""
    if not (program := shutil.which("pdftoppm")):
        pytest.skip("poppler is not installed")
    (tmp_path / "in.pdf").write_bytes(copy())
    command = [program, "-r", str(dots), "-f", "2", "-singlefile", "-png", "-upw", "the-phrase"]
    subprocess.run([*command, str(tmp_path / "in.pdf"), str(tmp_path / "page")], check=True, timeout=60)
    out = BytesIO()
    with Image.open(tmp_path / "page.png") as page:
        sheet = page.rotate(turned, fillcolor="white", resample=Image.Resampling.BICUBIC)
        sheet.save(out, kind, quality=85)
    assert dict(copies_in(out.getvalue()).copies) == {ZOE.copy_id: {Carrier.SCAN}}


def test_A14_a_picture_of_too_many_dots_or_none_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    out = BytesIO()
    Image.new("RGB", (900, 1200), "white").save(out, "PNG")
    assert not copies_in(out.getvalue()).copies
    monkeypatch.setattr("meetingsvc.pack_scans.MOST_DOTS", 1000)
    for content in (out.getvalue(), b"\x89PNG and no more", b"\xff\xd8\xff\xe0"):
        with pytest.raises(Unreadable):
            copies_in(content)
