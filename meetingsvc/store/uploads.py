"""Queries on imports as a page shows them, and where the files of those that wait are kept."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Select, String, cast, func, select

from agenda.rejects import Row
from meetingsvc.config import Settings
from meetingsvc.models import AccountRow, HearingRow, ImportRow, IncidentRow, RejectedRow, db
from meetingsvc.store.scope import Reader, imports_of, rejects_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Import:
    """One import, as its page shows it."""

    id: UUID
    kind: str  # feed or history
    filename: str
    received_at: datetime
    by: str
    state: str  # waiting, done or refused
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    refused: str
    warnings: tuple[str, ...]
    dealt_with_at: datetime | None
    dealt_with_reason: str


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


def found(reader: Reader, import_id: UUID) -> Import | None:
    """One import."""
    row = db.session.execute(_shown().where(imports_of(reader), ImportRow.id == import_id)).one_or_none()
    return _import(row[0], row[1]) if row else None


def recent(reader: Reader, page: int) -> tuple[list[Import], int]:
    """A page of the imports, the newest first, and how many there are."""
    count = db.session.scalar(select(func.count()).select_from(ImportRow).where(imports_of(reader))) or 0
    rows = _shown().where(imports_of(reader)).order_by(ImportRow.received_at.desc(), ImportRow.id)
    shown = db.session.execute(rows.limit(PAGE).offset((page - 1) * PAGE))
    return [_import(row, by) for row, by in shown], count


def rejects(reader: Reader, import_id: UUID, page: int) -> list[Row]:
    """A page of the rejected rows of an import."""
    row = RejectedRow
    rows = select(row.line, row.column, row.error, row.cells).where(row.import_id == import_id)
    rows = rows.where(rejects_of(reader))
    shown = db.session.execute(rows.order_by(row.line, row.id).limit(PAGE).offset((page - 1) * PAGE))
    return [(line, column, error, cells) for line, column, error, cells in shown]


def still_out(reader: Reader, import_id: UUID) -> int:
    """How many of the numbers that an import rejected have not come in, with it or by a later file.

    A row without a number cannot be looked for, and counts as one that has not.
    """
    imported = db.session.scalars(one(reader, import_id)).one()
    name = "case_reference" if imported.kind == "history" else "occurrence_number"
    if name not in imported.header:
        return imported.rejected
    row = RejectedRow
    number = func.trim(func.coalesce(row.cells[imported.header.index(name)].as_string(), ""))
    if imported.kind == "history":
        came = select(HearingRow.id).where(
            HearingRow.area_id == imported.area_id, HearingRow.external_reference == number
        )
    else:
        came = select(IncidentRow.id).where(
            IncidentRow.area_id == imported.area_id,
            IncidentRow.occurrence_number == number,
            IncidentRow.received_at >= imported.received_at,
        )
    apart = func.coalesce(func.nullif(number, ""), "line " + cast(row.line, String))
    out = select(func.count(func.distinct(apart))).where(rejects_of(reader), row.import_id == import_id)
    out = out.where(~came.exists())
    return db.session.scalar(out) or 0


def _shown() -> Select[ImportRow, str | None]:
    return select(ImportRow, AccountRow.name).outerjoin(AccountRow, AccountRow.id == ImportRow.received_by)


def _import(row: ImportRow, by: str | None) -> Import:
    same = ("id", "kind", "filename", "received_at", "state", "rows", "created", "updated", "unchanged",
            "rejected", "refused", "dealt_with_at", "dealt_with_reason")  # fmt: skip
    told = {name: getattr(row, name) for name in same}
    return Import(**told, by=by or "the command line", warnings=tuple(row.warnings))
