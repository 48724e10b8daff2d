"""A CSV as records: its header, its rows with the line each starts on, and what was odd about them."""

import csv
import difflib
import io
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterator
from itertools import compress
from operator import itemgetter
from typing import BinaryIO, NamedTuple

from agenda.feed_file import Refused, check_file
from agenda.feed_values import clean

LONGEST_CELL = 1024 * 1024
csv.field_size_limit(
    LONGEST_CELL
)  # the module's own limit, 128 KB for the whole process, is no rule of the contract
NAMED = 5  # of what a warning is about, how many it names
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

_NOT_CLOSED = (
    "a quotation mark is not closed on this line, or one inside a quoted cell is not doubled; "
    'close it, or write "" for each one inside'
)


class Spec(NamedTuple):
    """What a table must and may have."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    prose: frozenset[str]  # the columns whose text may run over several lines
    telling: tuple[str, re.Pattern[str]]  # a column, and what its cell looks like in every true row


class Record(NamedTuple):
    """One row: the line it starts on, its cells as they came, those filled by column in the spec's order."""

    line: int
    cells: list[str]
    values: dict[str, str]


class Rejected(NamedTuple):
    """One row that broke a rule: where, what is wrong and what would be right; and the row as it came.

    `column` is "" where the row as a whole is wrong. `also` is what else is wrong with it.
    """

    line: int
    column: str
    error: str
    also: tuple[tuple[str, str], ...]
    cells: list[str]


class Warnings:
    """What was odd but no reason to reject: each kind once, with how many rows and the first of them.

    Of a kind that names what it is about, the first five names.
    """

    def __init__(self) -> None:
        self._seen: dict[str, list[int]] = {}
        self._named: dict[str, dict[str, None]] = {}

    def note(self, what: str, line: int = 0, name: str = "") -> None:
        """One more of a kind, on a line, or of the file as a whole (line 0)."""
        self._seen.setdefault(what, [0, line])[0] += 1
        names = self._named.setdefault(what, {})
        if name and len(names) <= NAMED:
            names[name] = None

    def texts(self) -> list[str]:
        """One line for each kind."""
        return [
            f"{what}: {count:,} {'row' if count == 1 else 'rows'}, first on line {line}{self._names(what)}"
            if line
            else what
            for what, (count, line) in self._seen.items()
        ]

    def _names(self, what: str) -> str:
        names = list(self._named[what])
        more = " and others" if len(names) > NAMED else ""
        return f" ({', '.join(names[:NAMED])}{more})" if names else ""


class Table:
    """An open CSV. The whole file is checked before the first row is given; memory does not grow with it."""

    def __init__(self, stream: BinaryIO, limit: int, spec: Spec) -> None:
        """Check the file and its header. Raises Refused."""
        self.encoding, self.size, self._plain = check_file(stream, limit)
        self.warnings = Warnings()
        if self.encoding == "cp1252":
            self.warnings.note(
                "the file is not UTF-8 and was read as Windows-1252: check accents and pound signs"
            )
        self._spec = spec
        self._text = io.TextIOWrapper(stream, encoding=self.encoding, newline="")
        self._again: deque[str] = deque()  # lines to be read afresh
        self._pending: list[str] = []  # the lines of the record being read
        self._line = 0
        try:
            self.delimiter, self.header = self._head()
            self._places = self._columns()
            self._known = [name for name, _ in self._places]
            self._in_order = itemgetter(*(place for _, place in self._places))
        except Refused:
            self._text.detach()
            raise

    def records(self) -> Iterator[Record | Rejected]:
        """Every row, once. Blank ones are skipped."""
        reader = self._reader(self._lines())
        try:
            while True:
                try:
                    for cells in reader:
                        if (record := self._record(cells)) is not None:
                            yield record
                    return
                except csv.Error:
                    if (record := self._broken()) is not None:
                        yield record
                    reader = self._reader(self._lines())
        finally:
            self._text.detach()  # or the caller's stream would be closed with this object

    def _lines(self) -> Iterator[str]:
        while self._again:
            self._pending.append(self._again.popleft())
            yield self._pending[-1]
        for line in self._text:
            self._pending.append(line)
            yield line

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)

    def _record(self, cells: list[str]) -> Record | Rejected | None:
        if len(self._pending) > 1 and self._swallowed(cells):
            raise csv.Error
        line = self._line + 1
        self._line += len(self._pending)
        self._pending.clear()
        trimmed = list(map(str.strip, cells))
        joined = "|".join(trimmed)
        if not cells or len(joined) < len(cells):
            return None
        if len(cells) != len(self.header) and (
            len(cells) < len(self.header) or any(trimmed[len(self.header) :])
        ):
            return Rejected(line, "", self._miscounted(len(cells)), (), cells)
        if not self._clean_already(joined):
            trimmed = self._cleaned(trimmed, line)
        told = self._in_order(trimmed)
        return Record(line, cells, dict(compress(zip(self._known, told, strict=True), told)))

    def _clean_already(self, joined: str) -> bool:
        """Whether `clean` has nothing to do for the cells of a row."""
        if "'" in joined and ("|'" in joined or joined[0] == "'"):
            return False
        if self._plain and joined.isascii():
            return not ("\n" in joined or "\t" in joined or "\r" in joined)
        return joined.isprintable() and unicodedata.is_normalized("NFC", joined)

    def _miscounted(self, cells: int) -> str:
        name = DELIMITERS[self.delimiter]
        return (
            f"{cells} cells where the header has {len(self.header)}; "
            f"put text with a {name} in it in quotation marks"
        )

    def _cleaned(self, cells: list[str], line: int) -> list[str]:
        cells = cells.copy()
        for name, place in self._places:
            cells[place], odd = clean(cells[place], name in self._spec.prose)
            if odd:
                self.warnings.note(f"{name}: control characters or line breaks taken out", line)
        return cells

    def _swallowed(self, cells: list[str]) -> bool:
        """Whether a quotation mark that was never closed has made one record of several rows."""
        column, looks = self._spec.telling
        place = dict(self._places)[column]
        later = (line.rstrip("\r\n").split(self.delimiter) for line in self._pending[1:])
        return any(len(row) >= len(self.header) and looks.fullmatch(row[place].strip(' "')) for row in later)

    def _broken(self) -> Record | Rejected | None:
        """A record that cannot be read: its first line is rejected, those after it are read afresh."""
        # A blank after a closing quotation mark surrounds the cell, and is ignored like any other.
        mended = [re.sub(rf'" +(?={self.delimiter}|[\r\n]*$)', '"', line) for line in self._pending]
        try:
            (cells,) = self._reader(iter(mended))
            return self._record(cells)
        except (csv.Error, ValueError):
            first, *rest = self._pending
            self._again.extendleft(reversed(rest))
            self._pending.clear()
            self._line += 1
            return Rejected(self._line, "", _NOT_CLOSED, (), first.rstrip("\r\n").split(self.delimiter))

    def _head(self) -> tuple[str, list[str]]:
        """The delimiter and the header: whichever delimiter finds most of the columns."""
        for line in self._text:
            self._line += 1
            if line.strip():
                break
        else:
            raise Refused("The file is empty.")
        best, header, most = ",", [""], -1
        for delimiter in DELIMITERS:
            names = _names(line, delimiter)
            if (known := len(set(names) & set(self._spec.columns))) > most:
                best, header, most = delimiter, names, known
        if not most:
            raise Refused(
                f"Line {self._line} is not a header: it must name {', '.join(self._spec.required)}."
            )
        return best, header

    def _columns(self) -> list[tuple[str, int]]:
        known, required = self._spec.columns, self._spec.required
        if twice := [name for name, count in Counter(self.header).items() if name and count > 1]:
            raise Refused(f"The header names a column twice: {', '.join(twice)}.")
        strange = [name for name in self.header if name and name not in known]
        if missing := [name for name in required if name not in self.header]:
            raise Refused(f"The header lacks {', '.join(_with_near(name, strange) for name in missing)}.")
        if strange:
            absent = [name for name in known if name not in self.header]
            self.warnings.note(
                f"columns not known and left out: {', '.join(_with_near(n, absent) for n in strange)}"
            )
        return [(name, self.header.index(name)) for name in known if name in self.header]


def _names(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return []
    return [cell.strip().lower() for cell in cells]


def _with_near(name: str, others: list[str]) -> str:
    near = difflib.get_close_matches(name, others, n=1, cutoff=0.75)
    return f"{name[:60]} (is it {near[0][:60]}?)" if near else name[:60]
