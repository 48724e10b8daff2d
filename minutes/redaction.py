"""Leaving passages out of a text by writing other words in their place, never by covering (Rulebook X6).

What a redaction takes out is gone: the new text is built from the words that stay, so nothing lies beneath.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agenda.pack_words import plain
from agenda.rules import RuleBroken
from agenda.spelling import folded_name

LEFT_OUT = "[left out]"
PASSAGE_LENGTH = WORDS_LENGTH = 2_000
_APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u0060\u00b4\u2032\uff07"
_MARKS = "\u0300-\u036f"  # that no letter took up when the text was composed
_LETTERS = f"[^\\W_](?:[^\\W_]|[{_MARKS}])*"
_WORD = re.compile(f"{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*")
#: What takes no room on paper, and could part a name without anybody seeing it.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


@dataclass(frozen=True, slots=True)
class Redaction:
    """A passage, and the words in its place."""

    passage: str
    instead: str = LEFT_OUT


class Word(NamedTuple):
    """A word of a text: where it stands, and its letters as they look (agenda.spelling)."""

    start: int
    end: int
    raw: str
    folded: str


def visible(text: str) -> str:
    """A text as it is released: every character in it can be seen."""
    kept = (c for c in _UNSEEN.sub("", plain(text)) if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", "".join(kept))


def words(text: str) -> list[Word]:
    """The words of a text in order. An apostrophe joins; other punctuation parts."""
    return [
        Word(found.start(), found.end(), found[0], folded_name(found[0])) for found in _WORD.finditer(text)
    ]


def problems(text: str, redactions: Iterable[Redaction]) -> tuple[str, ...]:
    """What keeps passages from being left out of a text, each said once (Rulebook X6)."""
    shown = visible(text)
    found: list[str] = []
    for one in redactions:
        if len(one.passage) > PASSAGE_LENGTH or len(one.instead) > WORDS_LENGTH:
            found.append(
                f"Use {PASSAGE_LENGTH:,} characters or fewer for a passage, and for its replacement."
            )
        elif not words(visible(one.passage)):
            found.append("Enter the words that are to be left out.")
        elif not one.instead.strip():
            found.append(f"Enter what is written in its place, like {LEFT_OUT}.")
        elif not list(_spans(words(shown), one)):
            found.append("A passage to be left out does not stand in the text: copy it from there.")
        elif list(_spans(words(visible(one.instead)), one)):
            found.append("What is written in its place says the passage again.")
    return tuple(dict.fromkeys(found))


def redacted(text: str, redactions: Sequence[Redaction]) -> str:
    """The text anew, every occurrence of each passage replaced, however it is cased, accented or spaced.

    Raises RuleBroken where a passage cannot be left out, or would still be there (fails closed, X6).
    """
    if found := problems(text, redactions):
        raise RuleBroken(found[0])
    shown = visible(text)
    there = words(shown)
    spans = sorted((start, end, one.instead) for one in redactions for start, end in _spans(there, one))
    built = _built(shown, _merged(spans))
    left = words(built)
    if any(list(_spans(left, one)) for one in redactions):
        raise RuleBroken("A passage would still be there after it was left out. Choose a longer one.")
    return built


def _spans(there: Sequence[Word], one: Redaction) -> Iterator[tuple[int, int]]:
    """From where to where in the text the passage stands, as whole words."""
    sought = [word.folded for word in words(visible(one.passage))]
    for at in range(len(there) - len(sought) + 1):
        run = there[at : at + len(sought)]
        if sought and [word.folded for word in run] == sought:
            yield run[0].start, run[-1].end


def _merged(spans: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Passages that overlap are one, with the words of the first: no rest of either is left between them."""
    held: tuple[int, int, str] | None = None
    for start, end, instead in spans:
        if held and start < held[1]:
            held = held[0], max(held[1], end), held[2]
            continue
        if held:
            yield held
        held = start, end, instead
    if held:
        yield held


def _built(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, instead in spans:
        parts += [text[at:start], visible(instead)]
        at = end
    return "".join([*parts, text[at:]])
