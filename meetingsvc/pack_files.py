"""Reads from a file that turned up whose copy it is. The file may be anything, and made to do harm."""

import math
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
from pikepdf import Matrix, Pdf

from agenda import pack_mark
from agenda.pack_mark import Shape
from meetingsvc import pack_scans

LARGEST, MOST_PAGES = 100_000_000, 2_000
_MOST_SCANS = 5
_MOST_BYTES, _MOST_STEPS, _DEEPEST = 1_000_000, 400_000, 4  # of one page, unpacked
_MOST_OF_FILE = 40_000_000
_FILLS = frozenset({"f", "F", "f*", "B", "B*", "b", "b*"})
_ENDS = _FILLS | {"n", "S", "s"}
Point = tuple[float, float]
Operands = list[Any]


class Carrier(StrEnum):
    """Where a mark was found. The value is what it is called."""

    FILE = "what the file says of itself"
    PAGE = "what a page says of itself"
    AROUND = "the mark around a page's content"
    SCAN = "the specks on a picture of a page"
    SPECKS = "the specks in a page's drawing"


class Locked(Exception):
    """It opens with a passphrase, and that was not given."""


class Unreadable(Exception):
    """It is no PDF, or too large, or broken beyond reading; in words."""


@dataclass(slots=True)
class Found:
    """What a file says of copies: where each was found, and on how many pages."""

    pages: int
    copies: dict[UUID, set[Carrier]] = field(default_factory=lambda: defaultdict(set))
    marked: set[int] = field(default_factory=set)
    unread: int = 0  # pages that were not read to their end


def copies_in(content: bytes, phrase: str = "") -> Found:
    """The copies that a file says it is of. Whatever it is, raises nothing but Locked or Unreadable."""
    if len(content) > LARGEST:
        raise Unreadable(f"The file has more than {LARGEST // 1_000_000} megabytes.")
    try:
        if content.startswith(pack_scans.PICTURES):
            return _picture(content)
        with Pdf.open(BytesIO(content), password=phrase) as pdf:
            return _read(pdf)
    except pikepdf.PasswordError as error:
        raise Locked from error
    except Unreadable:
        raise
    except Exception as error:  # whatever a broken file leads to
        raise Unreadable("The file cannot be read as a PDF or a picture.") from error


def _picture(content: bytes) -> Found:
    found = Found(1)
    if _note(found, pack_scans.copy_on(content), Carrier.SCAN):
        found.marked.add(1)
    return found


def _read(pdf: Pdf) -> Found:
    count = len(pdf.pages)
    if count > MOST_PAGES:
        raise Unreadable(f"The file has more than {MOST_PAGES:,} pages.")
    found, left = Found(count), _MOST_OF_FILE
    _note(found, _said(lambda: pdf.docinfo["/CopyId"]), Carrier.FILE)
    for number, page in enumerate(pdf.pages, 1):
        on_page = [(_said(lambda: page.obj.PieceInfo["/MeetingService"]["/Copy"]), Carrier.PAGE)]  # noqa: B023
        walk = _Walk(pdf, min(left, _MOST_BYTES))
        with suppress(Exception):  # one page that is broken hides no other
            walk.page(page)
            on_page += [(one, Carrier.AROUND) for one in walk.around]
            on_page.append((pack_mark.found(walk.shapes), Carrier.SPECKS))
            if not any(one for one, _ in on_page) and number <= _MOST_SCANS:
                on_page += [(one, Carrier.SCAN) for one in _scans(page)]
        left -= walk.read
        found.unread += walk.cut
        for copy_id, carrier in on_page:
            if _note(found, copy_id, carrier):
                found.marked.add(number)
    return found


def _scans(page: pikepdf.Page) -> Iterator[UUID | None]:
    """What pictures say that fill a page: one that was printed and scanned."""
    images: list[Any] = list(page.get_images().values())
    for image in images[:2]:
        if 300_000 < int(image.Width) * int(image.Height) <= pack_scans.MOST_DOTS:
            yield pack_scans.copy_in(pikepdf.PdfImage(image).as_pil_image())


def _note(found: Found, copy_id: UUID | None, carrier: Carrier) -> bool:
    if copy_id is None:
        return False
    found.copies[copy_id].add(carrier)
    return True


def _said(at: Any) -> UUID | None:
    """The identifier that a place in the file says; None where it says none."""
    with suppress(Exception):
        return UUID(str(at())[:36])
    return None


class _Walk:
    """Follows the drawing of one page, and keeps the small filled shapes and the marks around content."""

    def __init__(self, pdf: Pdf, most: int) -> None:
        self.pdf, self.most, self.steps, self.deep = pdf, most, 0, 0
        self.read, self.cut = 0, False
        self.shapes: list[Shape] = []
        self.around: set[UUID] = set()
        self.matrix, self.stack = Matrix(), list[Matrix]()
        self.path: list[list[Point]] = []
        self.resources: Any = None

    def page(self, page: pikepdf.Page) -> None:
        """The whole page."""
        contents = page.obj.get("/Contents")
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        drawn = b"\n".join(self._unpacked(part) for part in parts if part is not None)
        self._follow(drawn, page.obj.get("/Resources"))

    def _unpacked(self, stream: Any) -> bytes:
        """What it holds, as far as the page's share goes: a form counts each time it is shown."""
        left = self.most - self.read
        found = _unpacked(stream, left + 1)
        self.cut |= len(found) > left
        self.read += len(found[:left])
        return found[:left]

    def _follow(self, drawn: bytes, resources: Any) -> None:
        before, self.resources = self.resources, resources
        for step in pikepdf.parse_content_stream(self.pdf.make_stream(drawn)):
            self.steps += 1
            if self.steps > _MOST_STEPS:
                self.cut = True
                break
            name = str(step.operator)
            if name in _ENDS:
                self._end(filled=name in _FILLS)
            elif (does := _DOES.get(name)) is not None:
                with suppress(ValueError, TypeError, KeyError, IndexError, AttributeError):
                    does(self, list(step.operands))
        self.resources = before

    def save(self, _: Operands) -> None:
        """`q`"""
        self.stack.append(self.matrix)

    def restore(self, _: Operands) -> None:
        """`Q`"""
        self.matrix = self.stack.pop()

    def turn(self, operands: Operands) -> None:
        """`cm`"""
        self.matrix = Matrix(*map(float, operands)) @ self.matrix

    def box(self, operands: Operands) -> None:
        """`re`"""
        x, y, width, height = map(float, operands)
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        self.path.append([self._at(corner) for corner in corners])

    def move(self, operands: Operands) -> None:
        """`m`"""
        self.path.append([self._at(operands)])

    def line(self, operands: Operands) -> None:
        """`l`"""
        self.path[-1].append(self._at(operands))

    def mark(self, operands: Operands) -> None:
        """`BDC`"""
        self.around.add(UUID(bytes=bytes(operands[1]["/Copy"])))

    def form(self, operands: Operands) -> None:
        """`Do`"""
        form = self.resources["/XObject"][str(operands[0])]
        if str(form.get("/Subtype")) != "/Form" or self.deep >= _DEEPEST:
            return
        kept = self.matrix, self.stack
        own = Matrix(*map(float, form.get("/Matrix", (1, 0, 0, 1, 0, 0))))
        self.matrix, self.stack, self.deep = own @ self.matrix, [], self.deep + 1
        self._follow(self._unpacked(form), form.get("/Resources", self.resources))
        (self.matrix, self.stack), self.deep = kept, self.deep - 1

    def _end(self, *, filled: bool) -> None:
        if filled:
            self.shapes += filter(None, map(_shape, self.path))
        self.path = []

    def _at(self, point: Any) -> Point:
        x, y = map(float, point)
        m = self.matrix
        return m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f


_DOES: dict[str, Callable[[_Walk, Operands], None]] = {
    "q": _Walk.save, "Q": _Walk.restore, "cm": _Walk.turn, "re": _Walk.box, "m": _Walk.move,
    "l": _Walk.line, "BDC": _Walk.mark, "Do": _Walk.form,
}  # fmt: skip


def _unpacked(stream: Any, most: int) -> bytes:
    """What a stream holds, and no more of it than is allowed: a small file may unpack to a huge one."""
    filters, told = stream.get("/Filter"), stream.read_raw_bytes()
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if filters is None or not names:
        return bytes(told)[:most]
    if names == ["/FlateDecode"] and "/DecodeParms" not in stream:
        return zlib.decompressobj().decompress(told, most)
    return bytes(stream.read_bytes())[:most] if len(told) < 200_000 else b""


def _shape(path: list[Point]) -> Shape | None:
    """The four-sided shape that a path is, where it is small."""
    if len(path) == 5 and math.dist(path[0], path[4]) < 0.01:
        path = path[:4]
    if len(path) != 4:
        return None
    (x, y), beside, across, last = path
    sides = (beside[0] - x, beside[1] - y), (last[0] - x, last[1] - y)
    if max(math.hypot(*sides[0]), math.hypot(*sides[1])) > 40:
        return None
    return Shape((x + across[0]) / 2, (y + across[1]) / 2, *sides)
