"""Rejected rows as a file to be mended and sent again."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from agenda.details import Details, Shared
from agenda.exports import neutralise
from agenda.spelling import name_tokens, words_of

#: Added behind the sender's own columns; sent again, they are unknown columns, which the feed ignores.
SAID = ("rejected_line", "rejected_column", "rejected_because")

#: Tells a spreadsheet that the file is UTF-8; the feed takes it off again.
MARK = "\ufeff"

#: What holds a telephone number has so many digits; what holds one address is no longer than that; a postcode
#: in a cell of its own may have blanks around it.
_SHORTEST_NUMBER, _LONGEST_ADDRESS, _POSTCODE = 9, 400, 12

#: The line it stood on, the column, what is wrong, and the row as it came.
Row = tuple[int, str, str, Sequence[str]]


def lines(header: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A CSV with the sender's header, each row as it came, and behind it why it was rejected."""
    yield MARK + _line((*header, *SAID))
    for line, column, error, cells in rows:
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield _line((*padded, str(line), column, error))


class Sought:
    """People whom a row may be about, and what else marks it as theirs: numbers of incidents, nominals (M6).

    Looked for anywhere in a row, and in any order: what was rejected may have its cells in the wrong columns.
    """

    def __init__(self, people: Iterable[Details], marks: Iterable[str] = ()) -> None:
        told = set(people)
        self._ways = frozenset(way for one in told for way in one.ways)
        self._kinds = {kind for kind, _ in self._ways}
        self._names = {name for one in told for name in _names_of(one)}
        self._first = frozenset(word for some, _ in self._names for word in some)
        self._marks = frozenset(filter(None, map(_joined, marks)))

    def in_row(self, cells: Iterable[object]) -> bool:
        """Whether it may be about one of them: a name, a way to reach them or a mark is in it."""
        texts = [str(cell) for cell in cells if cell]
        there, wholes = _there(texts)
        if not self._marks.isdisjoint(wholes):
            return True
        if not self._first.isdisjoint(there) and any(self._named(there, *name) for name in self._names):
            return True
        return not self._ways.isdisjoint(self._ways_in(texts))

    @staticmethod
    def _named(there: set[str], some: frozenset[str], every: frozenset[str]) -> bool:
        return every <= there and not some.isdisjoint(there)

    def _ways_in(self, texts: list[str]) -> frozenset[tuple[Shared, str]]:
        """The ways to reach somebody, of the kinds that are looked for, from the cells that may hold one."""
        found = dict[Shared, frozenset[str]]()
        if Shared.EMAIL in self._kinds:
            found[Shared.EMAIL] = frozenset(
                text for text in texts if "@" in text or "%" in text or not text.isascii()
            )
        if Shared.PHONE in self._kinds:
            found[Shared.PHONE] = frozenset(text for text in texts if len(text) >= _SHORTEST_NUMBER)
        if Shared.ADDRESS in self._kinds:
            beside = (f"{one} {two}" for one, two in pairwise(texts) if _like_a_postcode(two))
            found[Shared.ADDRESS] = frozenset(filter(_like_an_address, chain(texts, beside)))
        none = frozenset[str]()
        kinds = (Shared.EMAIL, Shared.PHONE, Shared.ADDRESS)
        return Details("", "", None, *(found.get(kind, none) for kind in kinds)).ways


def _like_a_postcode(text: str) -> bool:
    return len(text) <= _POSTCODE and _has_digit(text)


def _like_an_address(text: str) -> bool:
    """With the number of a house or a postcode, or of a few words."""
    return len(text) <= _LONGEST_ADDRESS and (_has_digit(text) or text.count(" ") >= 2)


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _names_of(one: Details) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Words of which one must be in a row, with those that must all be: a surname with any of the forenames.

    A name kept in one piece must be there whole, and one word is nobody. A birth date is not asked for.
    """
    forenames, surname = name_tokens(one.forename), name_tokens(one.surname)
    if forenames and surname:
        yield forenames, surname
        yield frozenset({_joined(one.forename)}), frozenset({_joined(one.surname)})
    elif len(one.tokens) > 1:
        yield one.tokens, one.tokens


def _there(texts: Iterable[str]) -> tuple[set[str], set[str]]:
    """The words of a row, two and three of them joined too (`Mc Donald`, `van der Berg`), and its cells."""
    by_cell = [words_of(text) for text in texts]
    words, wholes = [word for cell in by_cell for word in cell], set(map("".join, by_cell))
    runs = chain(zip(words, words[1:], strict=False), zip(words, words[1:], words[2:], strict=False))
    return {*words, *map("".join, runs), *wholes}, wholes


def _joined(text: str) -> str:
    return "".join(words_of(text))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutralise(cell) for cell in cells])
    return out.getvalue()
