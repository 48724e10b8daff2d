"""Rejected rows as a file to be mended and sent again."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from agenda.exports import neutralise

#: Added behind the sender's own columns; sent again, they are unknown columns, which the feed ignores.
SAID = ("rejected_line", "rejected_column", "rejected_because")

#: Tells a spreadsheet that the file is UTF-8; the feed takes it off again.
MARK = "\ufeff"

#: The line it stood on, the column, what is wrong, and the row as it came.
Row = tuple[int, str, str, Sequence[str]]


def lines(header: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A CSV with the sender's header, each row as it came, and behind it why it was rejected."""
    yield MARK + _line((*header, *SAID))
    for line, column, error, cells in rows:
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield _line((*padded, str(line), column, error))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutralise(cell) for cell in cells])
    return out.getvalue()
