"""Where text goes on pages: lines are broken, rows run on over pages, and nothing is too tall to place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

_FEWEST = 3  # a row that would leave fewer lines than this at the foot of a page starts on the next


class Style(NamedTuple):
    """How a run of text looks."""

    size: float
    leading: float
    bold: bool = False
    colour: str = "#0b0c0c"


class Words(NamedTuple):
    """Lines placed from their first baseline down."""

    x: float
    y: float
    style: Style
    lines: tuple[str, ...]


class Box(NamedTuple):
    """A filled rectangle, placed by its lower left corner."""

    x: float
    y: float
    width: float
    height: float
    colour: str


class Mark(NamedTuple):
    """A place that the outline leads to."""

    title: str
    level: int
    top: float


class Cell(NamedTuple):
    """Text of a row between two edges: runs under one another, each in its style."""

    x: float
    width: float
    runs: tuple[tuple[Style, str], ...]


class Letters(Protocol):
    """What is known of a font: how wide a word is, for a size of 1."""

    def width(self, word: str, bold: bool) -> float: ...


@dataclass(slots=True)
class Page:
    """What stands on one page, and what the page is about."""

    label: str
    placed: list[Words | Box] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def broken(text: str, style: Style, width: float, letters: Letters) -> Iterator[str]:
    """The lines of `text` within `width`. A word wider than a line is cut; blank lines together are one."""
    blank = False
    for paragraph in text.split("\n"):
        words = [word for word in paragraph.split(" ") if word]
        if not words:
            if not blank:
                yield ""
            blank = True
            continue
        blank = False
        yield from _filled(words, style.bold, width / style.size, letters)


def _filled(words: list[str], bold: bool, width: float, letters: Letters) -> Iterator[str]:
    space = letters.width(" ", bold)
    line: list[str] = []
    used = 0.0
    for word in words:
        wide = letters.width(word, bold)
        if line and used + space + wide > width:
            yield " ".join(line)
            line, used = [], 0.0
        if wide > width:
            *full, word = _cut(word, bold, width, letters)
            yield from full
            wide = letters.width(word, bold)
        used += wide + (space if line else 0.0)
        line.append(word)
    yield " ".join(line)


def _cut(word: str, bold: bool, width: float, letters: Letters) -> Iterator[str]:
    start, used = 0, 0.0
    for at, letter in enumerate(word):
        wide = letters.width(letter, bold)
        if at > start and used + wide > width:
            yield word[start:at]
            start, used = at, 0.0
        used += wide
    yield word[start:]


class Flow:
    """Fills pages from the top down."""

    def __init__(self, letters: Letters, top: float, bottom: float) -> None:
        self.pages: list[Page] = []
        self.label = ""
        self._letters, self._top, self._bottom = letters, top, bottom
        self.y = self._fresh = bottom

    def page(self) -> None:
        """Begin a page."""
        self.pages.append(Page(self.label))
        self.y = self._fresh = self._top

    def need(self, height: float) -> None:
        """Begin a page unless `height` is left on this one."""
        if not self.pages or self.y - height < self._bottom:
            self.page()

    def mark(self, title: str, level: int) -> None:
        """Let the outline lead here."""
        self.pages[-1].marks.append(Mark(title, level, self.y))

    def box(self, x: float, width: float, height: float, colour: str, down: float = 0) -> None:
        """A filled rectangle whose top is `down` under where the flow stands."""
        self.pages[-1].placed.append(Box(x, self.y - down - height, width, height, colour))

    def words(self, x: float, style: Style, text: str, down: float) -> None:
        """One line whose baseline is `down` under where the flow stands."""
        self.pages[-1].placed.append(Words(x, self.y - down, style, (text,)))

    def row(
        self, cells: Sequence[Cell], pad: float = 0, fill: str = "", head: Callable[[], None] | None = None
    ) -> None:
        """Cells side by side. What does not fit runs on over as many pages as it takes, under its `head`."""
        if not self.pages or self.y - pad * 2 < self._bottom:
            self._next(head)
        left = [self._lines(cell) for cell in cells]
        while any(left):
            taken = [_fitting(lines, self.y - self._bottom - pad * 2) for lines in left]
            rest = [lines[count:] for lines, count in zip(left, taken, strict=True)]
            if any(rest) and max(taken) < _FEWEST and self.y < self._fresh:
                self._next(head)
                continue
            self._place(cells, [lines[:count] for lines, count in zip(left, taken, strict=True)], pad, fill)
            left = rest
            if any(left):
                self._next(head)

    def _lines(self, cell: Cell) -> list[tuple[Style, str]]:
        return [
            (style, line)
            for style, text in cell.runs
            if text
            for line in broken(text, style, cell.width, self._letters)
        ]

    def _next(self, head: Callable[[], None] | None) -> None:
        self.page()
        if head:
            head()
            self._fresh = self.y  # a head alone does not make the page begun

    def _place(
        self, cells: Sequence[Cell], lines: list[list[tuple[Style, str]]], pad: float, fill: str
    ) -> None:
        height = max(sum(style.leading for style, _ in column) for column in lines) + pad * 2
        if fill:
            left, right = cells[0].x, cells[-1].x + cells[-1].width
            self.box(left - pad, right - left + pad * 2, height, fill)
        for cell, column in zip(cells, lines, strict=True):
            self.pages[-1].placed.extend(_runs(cell.x, self.y - pad, column))
        self.y -= height


def _fitting(lines: list[tuple[Style, str]], room: float) -> int:
    for count, (style, _) in enumerate(lines):
        room -= style.leading
        if room < 0:
            return count
    return len(lines)


def _runs(x: float, y: float, lines: list[tuple[Style, str]]) -> Iterator[Words]:
    """Neighbouring lines of one style go together: fewer operations make a smaller and faster file."""
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at][0] is not lines[start][0]:
            style = lines[start][0]
            yield Words(x, y - style.leading * 0.78, style, tuple(line for _, line in lines[start:at]))
            y -= style.leading * (at - start)
            start = at
