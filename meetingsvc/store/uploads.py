"""Queries on imports as a page shows them, and where the files of those that wait are kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, case, cast, func, or_, select

from agenda.missing_feed import ANOTHER, ANOTHER_SOURCE
from agenda.rejects import Row
from meetingsvc.config import Settings
from meetingsvc.models import (
    AccountRow,
    HearingRow,
    ImportRow,
    IncidentRow,
    MissingEpisodeRow,
    RejectedRow,
    db,
)
from meetingsvc.store import kept_rejects
from meetingsvc.store.scope import Reader, imports_of, rejects_of

PAGE = 50
#: By which column a row of a file is known, where that is not an incident's number.
_NUMBERS = {"history": "case_reference", "episodes": "reference"}
#: The page of all imports counts the rejected rows of each no further.
FEW = 20
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Import:
    """One import, as its page shows it."""

    id: UUID
    kind: str  # feed, history or episodes
    filename: str
    received_at: datetime
    by: str
    state: str  # waiting, done or refused
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int  # of these, and so of the rows, only what the reader is shown
    refused: str
    warnings: tuple[str, ...]
    dealt_with_at: datetime | None
    dealt_with_reason: str
    or_more: bool = False  # not all of its rejected rows are counted
    hidden: frozenset[int] = frozenset()  # its rejected rows that the reader is not shown


def folder(settings: Settings) -> Path:
    """Where uploaded files wait."""
    return settings.data_dir / "uploads"


def spool(settings: Settings, import_id: UUID) -> Path:
    """The file of one waiting import: named by its number, never by what the sender called it."""
    return folder(settings) / str(import_id)


def progress_file(settings: Settings, import_id: UUID) -> Path:
    """Holds how many bytes have been read: the database is locked by the import itself."""
    return folder(settings) / f"{import_id}.progress"


def progress(settings: Settings, import_id: UUID) -> tuple[int, int]:
    """Bytes read so far, and bytes in all (0 where the file is gone)."""
    try:
        total = spool(settings, import_id).stat().st_size
        return min(int(progress_file(settings, import_id).read_text(encoding="ascii") or 0), total), total
    except (FileNotFoundError, ValueError):
        return 0, 0


def one(reader: Reader, import_id: UUID) -> Select[ImportRow]:
    """The row of an import that `reader` may see."""
    return select(ImportRow).where(imports_of(reader), ImportRow.id == import_id)


def state(reader: Reader, import_id: UUID) -> str | None:
    """How far an import is that `reader` may see."""
    return db.session.scalar(select(ImportRow.state).where(imports_of(reader), ImportRow.id == import_id))


def found(reader: Reader, import_id: UUID) -> Import | None:
    """One import; every rejected row of it is read, to say exactly how many the reader is shown."""
    told = db.session.execute(_shown().where(imports_of(reader), ImportRow.id == import_id)).one_or_none()
    if told is None:
        return None
    row, by = told
    hidden = kept_rejects.hidden(reader, import_id) if row.rejected else frozenset()
    shown = replace(_import(row, by, row.rejected - len(hidden)), hidden=hidden)
    return _open_again(shown) if row.left_over and left_over(reader, import_id) - hidden else shown


def left_over(reader: Reader, import_id: UUID) -> set[int]:
    """The rows of an import that were kept from whoever dealt with it."""
    row = RejectedRow
    rows = select(row.id).where(rejects_of(reader), row.import_id == import_id, row.left_over)
    return set(db.session.scalars(rows))


def _open_again(shown: Import) -> Import:
    """To a reader who is shown a row that the one who dealt with the import was not, nobody has."""
    return replace(shown, dealt_with_at=None, dealt_with_reason="")


def recent(reader: Reader, page: int) -> tuple[list[Import], int]:
    """A page of the imports, the newest first, and how many there are."""
    count = db.session.scalar(select(func.count()).select_from(ImportRow).where(imports_of(reader))) or 0
    rows = _shown().where(imports_of(reader)).order_by(ImportRow.received_at.desc(), ImportRow.id)
    told = db.session.execute(rows.limit(PAGE).offset((page - 1) * PAGE)).all()
    counted = _counted(reader, [row.id for row, _ in told if row.rejected])
    few = [_import(row, by, counted.get(row.id, 0)) for row, by in told]
    again = _counted(reader, [row.id for row, _ in told if row.left_over], RejectedRow.left_over.is_(True))
    few = [_open_again(each) if again.get(each.id) else each for each in few]
    return [replace(each, or_more=each.rejected >= FEW) for each in few], count


def _counted(reader: Reader, ids: list[UUID], *which: ColumnElement[bool]) -> dict[UUID, int]:
    """How many rejected rows of each the reader is shown, counted to FEW."""
    if not ids:
        return {}
    sought = kept_rejects.sought_for(reader)
    return {key: kept_rejects.count_shown(reader, sought, FEW, ImportRow.id == key, *which) for key in ids}


def rejects(reader: Reader, imported: Import, page: int) -> list[Row]:
    """A page of the rejected rows of an import."""
    row, start = RejectedRow, (page - 1) * PAGE
    rows = select(row.id).where(rejects_of(reader), row.import_id == imported.id)
    keys = [key for key in db.session.scalars(rows.order_by(row.line, row.id)) if key not in imported.hidden]
    shown = select(row.line, row.column, row.error, row.cells).where(rejects_of(reader))
    shown = shown.where(row.id.in_(keys[start : start + PAGE])).order_by(row.line, row.id)
    return [(line, column, error, cells) for line, column, error, cells in db.session.execute(shown)]


def still_out(reader: Reader, of: Import) -> int:
    """How many of the numbers that an import rejected have not come in, with it or by a later file.

    A row without a number cannot be looked for, and counts as one that has not.
    """
    imported = db.session.scalars(one(reader, of.id)).one()
    name = _NUMBERS.get(imported.kind, "occurrence_number")
    if name not in imported.header:
        return of.rejected
    row = RejectedRow
    number = func.trim(func.coalesce(row.cells[imported.header.index(name)].as_string(), ""))
    came: Select[Any]
    if imported.kind == "history":
        came = select(HearingRow.id).where(
            HearingRow.area_id == imported.area_id, HearingRow.external_reference == number
        )
    elif imported.kind == "episodes":
        came = select(MissingEpisodeRow.id).where(
            MissingEpisodeRow.area_id == imported.area_id,
            MissingEpisodeRow.reference == number,
            MissingEpisodeRow.told_at >= imported.received_at,
        )
    else:
        came = select(IncidentRow.id).where(
            IncidentRow.area_id == imported.area_id,
            IncidentRow.occurrence_number == number,
            IncidentRow.received_at >= imported.received_at,
        )
    line, another = "line " + cast(row.line, String), row.error.startswith(ANOTHER, autoescape=True)
    apart = case((another, line), else_=func.coalesce(func.nullif(number, ""), line))
    left = or_(another, ~came.exists())  # what came in under another child's number was that child's
    out = select(row.id, apart).where(rejects_of(reader), row.import_id == of.id, left)
    return len({number for key, number in db.session.execute(out) if key not in of.hidden})


def may_be_missing(imported: ImportRow) -> frozenset[int]:
    """The rows put aside of a file of missing episodes whose child may be missing still, but for what a file
    of the day before said as well (Rulebook E3): nobody is back by it, or another than who told of them said
    so. The service's own work."""
    row, header = RejectedRow, imported.header
    at = header.index("returned_at") if "returned_at" in header else len(header)
    rows = select(row.id, row.cells, row.error).where(row.import_id == imported.id)
    away = {
        key: cells
        for key, cells, error in db.session.execute(rows)
        if error == ANOTHER_SOURCE or not "".join(cells[at : at + 1]).strip()
    }
    before = (
        select(row.cells)
        .join(ImportRow, ImportRow.id == row.import_id)
        .where(ImportRow.area_id == imported.area_id, ImportRow.kind == imported.kind)
        .where(ImportRow.id != imported.id, ImportRow.received_at > imported.received_at - _A_DAY)
    )
    said = {tuple(cells) for cells in db.session.scalars(before)} if away else set()
    return frozenset(key for key, cells in away.items() if tuple(cells) not in said)


def _shown() -> Select[ImportRow, str | None]:
    return select(ImportRow, AccountRow.name).outerjoin(AccountRow, AccountRow.id == ImportRow.received_by)


def _import(row: ImportRow, by: str | None, rejected: int) -> Import:
    same = ("id", "kind", "filename", "received_at", "state", "created", "updated", "unchanged",
            "refused", "dealt_with_at", "dealt_with_reason")  # fmt: skip
    told = {name: getattr(row, name) for name in same}
    told |= {"rejected": rejected, "rows": row.rows - row.rejected + rejected}
    told["by"] = by or (f"machine: {row.machine}" if row.machine else "the command line")
    return Import(**told, warnings=tuple(row.warnings))
