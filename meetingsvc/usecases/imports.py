"""What every import shares: one transaction for the whole file, its answer, and rejected rows kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.feed_table import Rejected
from meetingsvc.models import ImportRow, RejectedRow, db
from meetingsvc.store import audit, bulk
from meetingsvc.store.incidents import CHUNK

Row = TypeVar("Row")
#: Told how many bytes of the file have been read.
Progress = Callable[[int], None]
FIRST = 100
NUMBER = "occurrence_number"
#: By what a row is known in its file: an incident's number, a missing episode's.
_NUMBERS = (NUMBER, "reference")


class Outcome(NamedTuple):
    """What became of one row."""

    line: int
    number: str
    result: str  # created, updated, unchanged or rejected
    errors: tuple[tuple[str, str], ...] = ()  # each column that is wrong, and how
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """What an import did: the object that the contract prints, but for the area."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: list[dict[str, object]] = field(default_factory=list)  # the first hundred
    warnings: list[str] = field(default_factory=list)
    import_id: UUID | None = None

    @property
    def rows(self) -> int:
        """Every row is created, updated, unchanged or rejected: none is lost."""
        return self.created + self.updated + self.unchanged + self.rejected

    def as_json(self, area: str) -> dict[str, object]:
        """As `meetingsvc feed import` and `history import` print it (contract: incident feed)."""
        return {
            "area": area,
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "rejects": self.rejects,
        }


@dataclass(slots=True)
class Importing:
    """An import under way, inside its transaction."""

    row: ImportRow
    now: datetime
    tally: Tally = field(default_factory=Tally)
    tell: Callable[[Outcome], None] | None = None  # told of each row, where somebody asks row by row

    def chunks(self, rows: Iterator[Row | Rejected], chunk_done: Callable[[], None]) -> Iterator[list[Row]]:
        """The accepted rows, a chunk at a time, so that memory stays small; rejects are kept."""
        while chunk := list(islice(rows, CHUNK)):
            self.put_aside([row for row in chunk if isinstance(row, Rejected)])
            yield [row for row in chunk if not isinstance(row, Rejected)]
            chunk_done()

    def put_aside(self, rejected: list[Rejected]) -> None:
        """Keeps rows that are not taken in, each with the reason, for a person to deal with."""
        columns = ("import_id", "line", "column", "error", "cells")
        bulk.insert(
            RejectedRow.__table__,  # type: ignore[arg-type]
            columns,
            [(self.row.id, r.line, r.column, _every_error(r), r.cells) for r in rejected],
        )
        self.tally.rejected += len(rejected)
        for r in rejected[: FIRST - len(self.tally.rejects)]:
            self.tally.rejects.append({"line": r.line, "column": r.column, "error": r.error})
        if self.tell is not None:
            for r in rejected:
                self.tell(Outcome(r.line, self._number(r), "rejected", ((r.column, r.error), *r.also)))

    def _number(self, rejected: Rejected) -> str:
        header = self.row.header
        at = next((header.index(name) for name in _NUMBERS if name in header), len(rejected.cells))
        return rejected.cells[at] if at < len(rejected.cells) else ""

    def finish(self, actor: UUID | str, warnings: list[str], **detail: object) -> Tally:
        """Writes the figures down, with the audit line, which says `detail` too."""
        tally, row = self.tally, self.row
        tally.warnings, tally.import_id = warnings, row.id
        row.state, row.rows, row.warnings = "done", tally.rows, warnings
        row.created, row.updated = tally.created, tally.updated
        row.unchanged, row.rejected = tally.unchanged, tally.rejected
        audit.record(
            actor, row.area_id, f"{row.kind}.imported", f"import/{row.id}", self.now,
            rows=tally.rows, created=tally.created, updated=tally.updated, rejected=tally.rejected, **detail,
        )  # fmt: skip
        return tally


def begin(
    area_id: UUID, kind: str, filename: str, header: list[str], now: datetime, by: UUID | None,
    waiting: UUID | None = None, machine: str = "",
) -> Importing:  # fmt: skip
    """An import, inside its transaction: a new one, or the `waiting` one that an upload left.

    `by` is None for the command line, and for a `machine`. Raises AlreadyTaken where another process has
    taken in the waiting one.
    """
    row = _waiting(waiting) if waiting else None
    if row is None:
        row = ImportRow(id=uuid4(), area_id=area_id, kind=kind, filename=filename[-200:], received_by=by,
                        received_at=now, state="done", machine=machine)  # fmt: skip
        db.session.add(row)
    row.header = header
    db.session.flush()
    return Importing(row, now)


class AlreadyTaken(Exception):
    """Another process has taken this import in, or is at it."""


def _waiting(import_id: UUID) -> ImportRow:
    rows = select(ImportRow).where(ImportRow.id == import_id, ImportRow.state == "waiting")
    row = db.session.scalars(rows.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        raise AlreadyTaken
    return row


def no_progress(_: int) -> None:
    """For who does not watch."""


def _every_error(rejected: Rejected) -> str:
    also: Any = (f"{column}: {error}" for column, error in rejected.also)
    return "; also ".join((rejected.error, *also))
