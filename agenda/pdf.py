"""Draws a worded pack as a PDF. Text is drawn, never read as markup, so there is nothing to escape."""

import re
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from agenda.flow import Box, Page, Style, Words
from agenda.pack import Pack, Worded
from agenda.pack_pages import LEFT, RIGHT, laid_out
from agenda.pack_words import plain, worded

rl_config.useA85 = 0  # ASCII armour makes every file a quarter larger and slower

WIDTH, HEIGHT = A4
_MARKING = Style(9, 11, True, "#942514")
_SMALL = Style(7.5, 9, False, "#505a5f")
_STAMP = Style(8, 10, True, "#0b0c0c")
_TILE = Style(10, 12, True, "#0b0c0c1e")  # the last two digits: faint enough to read through
_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_LEFTWARD = re.compile(f"{_LETTER}(?: *{_LETTER})*")  # Hebrew and Arabic; a PDF draws letters as they stand
_ONE_AT_A_TIME = Lock()  # reportlab's fonts serve one document at a time


class Fonts(NamedTuple):
    """The TrueType files to embed, as bytes: this room reads no files."""

    regular: bytes
    bold: bytes


def draw(pack: Pack, fonts: Fonts) -> bytes:
    """The pack as a PDF. The same pack gives the same bytes. Nothing in its metadata names a person."""
    return draw_worded(worded(pack), f"{pack.kind} pack", fonts)


def draw_worded(words: Worded, title: str, fonts: Fonts) -> bytes:
    """The same for a pack that has been put into words; `title` is all that the metadata says."""
    with _ONE_AT_A_TIME:
        letters = _Letters(fonts)
        pages = laid_out(words, letters)
        out = BytesIO()
        canvas = _canvas(out, title, letters)
        for number, page in enumerate(pages, 1):
            _frame(canvas, letters, words, page, f"Page {number} of {len(pages)}")
            _place(canvas, letters, page)
            _bookmark(canvas, page, number)
            canvas.showPage()
        canvas.save()
    return out.getvalue()


def draw_stamp(line: str, tile: str, fonts: Fonts) -> bytes:
    """One A4 page to lay over every page of a copy: a line at the foot, and a faint tile all over."""
    line, tile = plain(line).replace("\n", " "), plain(tile).replace("\n", " ")
    with _ONE_AT_A_TIME:
        letters = _Letters(fonts)
        out = BytesIO()
        canvas = _canvas(out, "", letters)
        _line(canvas, letters, _STAMP, _within(letters, _STAMP, line, RIGHT - LEFT), LEFT, 22)
        canvas.rotate(30)
        tile = _within(letters, _TILE, tile, 300)
        step = letters.width(tile, True) * _TILE.size + 34
        for row, y in enumerate(range(-300, 740, 62)):
            x = -40.0 - step * (row % 2) / 2
            while x < 950:
                _line(canvas, letters, _TILE, tile, x, y)
                x += step
        canvas.showPage()
        canvas.save()
    return out.getvalue()


class _Letters:
    """Widths of what the two fonts hold. What they lack shows as a replacement, never as nothing."""

    def __init__(self, fonts: Fonts) -> None:
        self.names = (_registered(fonts.regular), _registered(fonts.bold))
        self._widths = tuple(_widths(name) for name in self.names)
        self._known: tuple[dict[str, float], dict[str, float]] = ({}, {})
        self._missing: tuple[dict[int, str], dict[int, str]] = ({}, {})

    def width(self, word: str, bold: bool) -> float:
        known = self._known[bold]
        if (width := known.get(word)) is None:
            widths, missing = self._widths[bold], self._missing[bold]
            stand_in = "\N{REPLACEMENT CHARACTER}" if 0xFFFD in widths else "?"
            missing.update({ord(c): stand_in for c in word if ord(c) not in widths})
            width = known[word] = sum(widths[ord(c)] for c in word.translate(missing)) / 1000
        return width

    def shown(self, line: str, bold: bool) -> str:
        """The line with what the font lacks replaced, and what is written from right to left turned round."""
        line = line.translate(self._missing[bold])
        return line if line.isascii() else _LEFTWARD.sub(lambda run: run[0][::-1], line)


@lru_cache(maxsize=8)
def _registered(data: bytes) -> str:
    name = f"Pack{sha256(data).hexdigest()[:12]}"
    pdfmetrics.registerFont(TTFont(name, BytesIO(data)))
    return name


def _widths(name: str) -> dict[int, float]:
    font = pdfmetrics.getFont(name)
    if not isinstance(font, TTFont):
        raise TypeError(name)
    widths: dict[int, float] = font.face.charWidths
    return widths


@lru_cache(maxsize=64)
def _colour(code: str) -> Color:
    return HexColor(code, hasAlpha=len(code) > len("#rrggbb"))


def _canvas(out: BytesIO, title: str, letters: _Letters) -> Canvas:
    first: Any = letters.names[0]  # the stubs want a number here
    canvas = Canvas(out, A4, invariant=1, pageCompression=1, lang="en-GB", initialFontName=first)
    for tell in (canvas.setAuthor, canvas.setSubject, canvas.setCreator, canvas.setKeywords):
        tell("")
    canvas.setTitle(title)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.showOutline()
    return canvas


def _frame(canvas: Canvas, letters: _Letters, words: Worded, page: Page, number: str) -> None:
    """The protective marking above and below, what this is, and page x of y: on every page."""
    half = (RIGHT - LEFT) / 2
    middle = (WIDTH - letters.width(words.marking, True) * _MARKING.size) / 2
    agency = _within(letters, _SMALL, words.about.pairs[0][1], half)
    for y in (HEIGHT - 30, 44):
        _line(canvas, letters, _MARKING, words.marking, middle, y)
    _line(canvas, letters, _SMALL, _within(letters, _SMALL, words.running, half), LEFT, HEIGHT - 44)
    _line(canvas, letters, _SMALL, agency, RIGHT - letters.width(agency, False) * _SMALL.size, HEIGHT - 44)
    _line(canvas, letters, _SMALL, _within(letters, _SMALL, page.label, half - 60), LEFT, 44)
    _line(canvas, letters, _SMALL, number, RIGHT - letters.width(number, False) * _SMALL.size, 44)


def _within(letters: _Letters, style: Style, text: str, width: float) -> str:
    """The text on one line of `width`, cut with an ellipsis where it is longer."""
    if letters.width(text, style.bold) * style.size <= width:
        return text
    while text and letters.width(text + "…", style.bold) * style.size > width:
        text = text[:-1]
    return text + "…"


def _place(canvas: Canvas, letters: _Letters, page: Page) -> None:
    for thing in page.placed:
        if isinstance(thing, Box):
            canvas.setFillColor(_colour(thing.colour))
            canvas.rect(thing.x, thing.y, thing.width, thing.height, stroke=0, fill=1)
        else:
            _words(canvas, letters, thing)


def _line(canvas: Canvas, letters: _Letters, style: Style, text: str, x: float, y: float) -> None:
    _words(canvas, letters, Words(x, y, style, (text,)))


def _words(canvas: Canvas, letters: _Letters, words: Words) -> None:
    style = words.style
    text = canvas.beginText(words.x, words.y)
    text.setFont(letters.names[style.bold], style.size, style.leading)
    text.setFillColor(_colour(style.colour))
    for line in words.lines:
        text.textLine(letters.shown(line, style.bold))
    canvas.drawText(text)


def _bookmark(canvas: Canvas, page: Page, number: int) -> None:
    for at, mark in enumerate(page.marks):
        key = f"{number}-{at}"
        canvas.bookmarkPage(key, fit="XYZ", left=0, top=mark.top + 8)
        canvas.addOutlineEntry(mark.title, key, mark.level, closed=0)
