"""Rows as JSON: one object, an array of them, or one a line, each read as a row of the CSV is (the feed).

Rows are counted from 1: the place in the array, or the line.
"""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

from agenda.feed_file import Refused, too_large
from agenda.feed_table import Rejected, Spec, Warnings
from agenda.feed_values import clean

#: Python reads one that stands alone; no database, and no UTF-8, takes it.
_HALF_A_LETTER = re.compile("[\ud800-\udfff]")
_NOT_JSON = "not JSON: send an object, an array of objects, or one object a line as application/x-ndjson"

NO_TEXT = "not a text: write it in quotation marks"
Problems = list[tuple[str, str]]
Row = TypeVar("Row")


class Form(StrEnum):
    """How a message says more than one row: the media type."""

    WHOLE = "application/json"
    LINES = "application/x-ndjson"


class Odd(Exception):
    """A value of a kind that its column does not take."""


class JsonRows(Generic[Row]):
    """An open message, found to be JSON. What its rows may say, each kind of message says for itself."""

    spec: ClassVar[Spec]
    one: ClassVar[str]  # what a row is called

    def __init__(self, body: bytes, form: Form, limit: int) -> None:
        """`limit` in bytes. Raises Refused."""
        if len(body) > limit:
            raise Refused(too_large(limit))
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Refused("The message is not UTF-8.") from None
        self._noted = Warnings()
        whole = None if form is Form.LINES else _whole(text)
        #: Whether it is one object, and not an array or lines.
        self.alone = isinstance(whole, dict)
        told = whole if isinstance(whole, list) else [whole]
        self._told = list(_lines(text)) if whole is None else list(enumerate(told, start=1))
        if not self._told:
            raise Refused(f"The message is empty: it must tell at least one {self.one}.")

    def __len__(self) -> int:
        """How many rows it tells, right or wrong."""
        return len(self._told)

    @property
    def header(self) -> list[str]:
        """The columns, as a file would name them."""
        return list(self.spec.columns)

    @property
    def warnings(self) -> list[str]:
        """What was odd so far: one line for each kind."""
        return self._noted.texts()

    def rows(self) -> Iterator[Row | Rejected]:
        """Every row, accepted or rejected, in the message's order. To be called once."""
        for line, told in self._told:
            yield self._row(line, told)

    def accept(self, values: dict[str, str], line: int, noted: Warnings) -> Row | Problems:
        """A row as trimmed texts by column, no blanks among them: what it is, or each wrong column."""
        raise NotImplementedError

    def text_of(self, column: str, value: Any) -> str:
        """What a cell of the CSV would hold. Raises Odd."""
        return plain(value)

    def _row(self, line: int, told: Any) -> Row | Rejected:
        if isinstance(told, _NotJson):
            return Rejected(line, "", "not JSON: write one object on each line", (), [])
        if not isinstance(told, dict):
            return Rejected(line, "", "not an object with the feed's columns", (), [])
        named, wrong = self._by_column(line, told)
        values, cells = {}, []
        for column in self.spec.columns:
            text = self._text(line, column, named.get(column), wrong)
            cells.append(text)
            if text:
                values[column] = text
        found = self._also(values, line, wrong) if wrong else self.accept(values, line, self._noted)
        if not isinstance(found, list):
            return found
        (first, error), *also = found
        return Rejected(line, first, error, tuple(also), cells)

    def _by_column(self, line: int, told: dict[Any, Any]) -> tuple[dict[str, Any], Problems]:
        """Columns whatever their case. One that is named twice is wrong; unknown ones are ignored."""
        named: dict[str, Any] = {}
        wrong: Problems = []
        for name, value in told.items():
            column = name.strip().lower()
            if column not in self.spec.columns:
                self._noted.note(
                    "columns that the feed does not have, ignored",
                    line,
                    clean(_whole_letters(column))[0][:40],
                )
            elif column in named or isinstance(value, _Twice):
                wrong.append((column, "named twice; write it once"))
            else:
                named[column] = value
        return named, wrong

    def _text(self, line: int, column: str, value: Any, wrong: Problems) -> str:
        """A value as the text that a cell of the CSV would hold."""
        if value is None:
            return ""
        try:
            text = self.text_of(column, value)
        except Odd as odd:
            wrong.append((column, str(odd)))
            return _as_it_came(value)
        text, odd_letters = clean(text, column in self.spec.prose)
        if odd_letters:
            self._noted.note(f"{column}: control characters or line breaks taken out", line)
        return text

    def _also(self, values: dict[str, str], line: int, wrong: Problems) -> Problems:
        """What is wrong with the kinds of values, and with the rest."""
        columns = {column for column, _ in wrong}
        found = self.accept(values, line, Warnings())
        rest = [one for one in found if one[0] not in columns] if isinstance(found, list) else []
        return sorted([*wrong, *rest], key=lambda problem: self.spec.columns.index(problem[0]))


class _Twice:
    """What an object says twice of one name."""


class _NotJson:
    """What a line says that is not JSON."""


def plain(value: Any) -> str:
    """A text, or a whole number as one. Raises Odd."""
    match value:
        case None:
            return ""
        case str():
            if _HALF_A_LETTER.search(value):
                raise Odd("half of a letter that takes two: write \\u escapes in pairs")
            return value
        case int() if not isinstance(value, bool):
            return str(value)
        case _:
            raise Odd(NO_TEXT)


def _as_it_came(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, default=lambda _: "(twice)")
    except RecursionError:
        return "(lists in lists)"
    return _whole_letters(text)[:1000]


def _whole_letters(text: str) -> str:
    return _HALF_A_LETTER.sub("\ufffd", text)


def _whole(text: str) -> dict[str, Any] | list[Any]:
    told = _read(text)
    if not isinstance(told, dict | list):
        raise Refused(f"The message is {_NOT_JSON}.")
    return told


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    """Each line by itself: one that is not JSON is rejected alone."""
    for line, part in enumerate(text.split("\n"), start=1):
        if part.strip():
            try:
                yield line, _read(part)
            except Refused:
                yield line, _NotJson()


def _read(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(f"The message is {_NOT_JSON}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in pairs:
        told[name] = _Twice() if name in told else value
    return told


def _no_number(_: str) -> NoReturn:
    raise ValueError
