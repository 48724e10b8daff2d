"""Proof of security.md A12: one page that turned up alone names its copy, whatever was done to it before.

The drawing's specks alone have to do it: what a page says of itself is taken off first in most treatments.
"""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from io import BytesIO
from itertools import islice, product
from pathlib import Path
from random import Random
from uuid import UUID

import pikepdf
import pytest
from pypdf import PdfReader, PdfWriter, Transformation

from agenda.pdf import draw
from meetingsvc.pack_files import copies_in
from meetingsvc.packs import Stamp, stamp_many
from tests.a_pack import WHEN, a_full_pack, small_fonts
from tests.proofs import LONG, figure

PAGES, PEOPLE = (1_000, 16) if LONG else (12, 2)
HOLDERS = [
    Stamp(f"Holder {n}", "Fellside Housing", n, WHEN, UUID(int=n << 40 | n)) for n in range(1, PEOPLE + 1)
]
Treat = Callable[[bytes, Path], bytes]


@cache
def copies() -> list[bytes]:
    """The copies of some people, their passphrases taken off."""
    base = draw(a_full_pack(2), small_fonts())
    return [opened(one) for one in stamp_many(base, [(holder, "p") for holder in HOLDERS], small_fonts())]


def opened(copy: bytes) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(copy), password="p") as pdf:
        pdf.save(out, encryption=False)
    return out.getvalue()


def page_of(copy: bytes, number: int, strip: bool) -> bytes:
    """One page alone; `strip` takes off the visible stamp and everything but the drawing."""
    out = BytesIO()
    with pikepdf.open(BytesIO(copy)) as pdf, pikepdf.new() as single:
        single.pages.append(pdf.pages[number % len(pdf.pages)])
        if strip:
            page = single.pages[0]
            page.obj.Contents = pikepdf.Array(list(page.obj.Contents)[:-1])
            del page.resources.XObject["/Stamp"], page.obj.PieceInfo
        single.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def as_it_is(page: bytes, folder: Path) -> bytes:
    return page


def saved_anew(page: bytes, folder: Path) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(page)) as pdf:
        pdf.pages[0].contents_coalesce()
        pdf.save(out, linearize=True, recompress_flate=True)
    return out.getvalue()


def turned_and_shrunk(page: bytes, folder: Path) -> bytes:
    return moved(page, Transformation().rotate(7).scale(0.61, 0.61).translate(90, 40))


def mirrored(page: bytes, folder: Path) -> bytes:
    return moved(page, Transformation((-1, 0, 0, 1, 595, 0)))


def moved(page: bytes, how: Transformation) -> bytes:
    writer, out = PdfWriter(), BytesIO()
    writer.append(PdfReader(BytesIO(page)))
    writer.pages[0].add_transformation(how)
    writer.write(out)
    return out.getvalue()


def printed_to_a_file(page: bytes, folder: Path) -> bytes:
    """Drawn afresh by another program, as a viewer's "print to PDF" does."""
    return by_cairo(page, folder)


def cut(page: bytes, folder: Path) -> bytes:
    """A third of the page, drawn afresh."""
    return by_cairo(page, folder, *"-x 40 -y 380 -W 300 -H 280 -paperw 300 -paperh 280".split())


def by_cairo(page: bytes, folder: Path, *options: str) -> bytes:
    if not (program := shutil.which("pdftocairo")):
        return page
    (folder / "in.pdf").write_bytes(page)
    command = [program, "-pdf", *options, str(folder / "in.pdf"), str(folder / "out.pdf")]
    subprocess.run(command, check=True, timeout=60)
    return (folder / "out.pdf").read_bytes()


TREATMENTS: tuple[Treat, ...] = (as_it_is, saved_anew, turned_and_shrunk, mirrored, printed_to_a_file, cut)


@pytest.mark.one_database
def test_A12_a_single_page_names_its_copy_whatever_was_done_to_it(tmp_path: Path) -> None:
    chance, unnamed, wrong = Random(12), [], []
    ways = product(TREATMENTS, (True, False))
    for at, (treat, strip) in enumerate(islice(list(ways) * PAGES, PAGES)):
        who = chance.randrange(len(HOLDERS))
        page = treat(page_of(copies()[who], chance.randrange(200), strip), tmp_path)
        found = set(copies_in(page).copies)
        if not found:
            unnamed.append((at, treat.__name__, strip))
        elif found != {HOLDERS[who].copy_id}:
            wrong.append((at, treat.__name__, strip))
    figure(
        "copy marks",
        "{pages} single pages taken out, stripped, saved anew, turned, mirrored, printed to a file and cut:"
        " {named} named, {wrong} named wrongly",
        pages=PAGES, named=PAGES - len(unnamed) - len(wrong), wrong=len(wrong),
    )  # fmt: skip
    assert not wrong and not unnamed, (unnamed, wrong)
