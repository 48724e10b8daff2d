"""Certificates of destruction: what was destroyed, when, by whom, under which decision (Rulebook L2)."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from meetingsvc.models import DestructionRow, db
from meetingsvc.store import destroyed_cases, destroyed_marks
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_retention import certificates_of, numbers_kept_by_walls, numbers_of
from minutes.destroyed import Kept
from minutes.destruction import Certificate, Kind
from minutes.retention_case import Outcome


def all_of(reader: Reader) -> list[Certificate]:
    """Every one, the newest first; the numbers of their cases are not for a list."""
    rows = select(DestructionRow).where(certificates_of(reader)).order_by(DestructionRow.number.desc())
    return [replace(_certificate(row), case_number=None) for row in db.session.scalars(rows)]


def one(reader: Reader, decision: UUID) -> Certificate | None:
    """That of one decision, with its case's number where the reader is told numbers.

    Whoever a wall kept from a case of any certificate is shown no number on the others either: the one
    without it would stand out, and tell that there was a case about them or somebody they know (Rulebook M6).
    """
    its = DestructionRow.decision == decision
    row = db.session.scalars(select(DestructionRow).where(certificates_of(reader), its)).one_or_none()
    if row is None:
        return None
    named = _any(numbers_of(reader), its) and not _any(numbers_kept_by_walls(reader))
    return _certificate(row) if named else replace(_certificate(row), case_number=None)


def of_case(reader: Reader, number: int) -> list[Certificate]:
    """What became of a case, by the number that people know it by; the newest first.

    Of a case that was kept from the reader there is nothing, as of one that never was (M6): where a wall
    stood between them, and, for who runs meetings, where it was open to named people only or of panels that
    are not theirs (D1, E4). Who came later is told: nothing is left that they could be compared with, and a
    number and a day tell of nobody. Whoever a wall kept from a case of any certificate finds nothing at all:
    tried one by one, the numbers of the others would tell which is theirs.
    """
    if _any(numbers_kept_by_walls(reader)):
        return []
    row = DestructionRow
    rows = select(row).where(numbers_of(reader), row.case_number == number).order_by(row.number.desc())
    return [_certificate(one) for one in db.session.scalars(rows)]


def _any(*where: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(DestructionRow.number).where(*where).limit(1)) is not None


def known() -> frozenset[int]:
    """The numbers of all that were issued, of whichever area. As the service."""
    return frozenset(db.session.scalars(select(DestructionRow.number)))


def promised(today: date) -> datetime | None:
    """No backup made up to then may be left, says a certificate whose date has come. As the service."""
    rows = select(func.max(DestructionRow.destroyed_at)).where(DestructionRow.backups_gone_on <= today)
    return db.session.scalar(rows)


def gone_on(made_at: datetime) -> date | None:
    """By when a backup of that moment is to be gone, says the first certificate since. As the service."""
    rows = select(func.min(DestructionRow.backups_gone_on)).where(DestructionRow.destroyed_at >= made_at)
    return db.session.scalar(rows)


def add(told: Certificate, area_id: UUID, kept: Kept) -> None:
    """Its row and the marks that are kept with it, while the destruction is under way."""
    db.session.add(_row_of(told, area_id, kept))
    db.session.flush()
    destroyed_marks.keep(area_id, told.number, kept.digests)


def _row_of(told: Certificate, area_id: UUID, kept: Kept) -> DestructionRow:
    return DestructionRow(
        number=told.number, area_id=area_id, case_id=told.case, outcome=told.outcome,
        counts=[[kind, count] for kind, count in told.counts], decision=told.decision,
        proposed_by=told.proposed_by, decided_by=told.decided_by, decided_at=told.decided_at,
        destroyed_at=told.destroyed_at, backups_gone_on=told.backups_gone_on, under_way=True,
        case_number=told.case_number, known_by=destroyed_cases.known_by(kept), told_to=kept.told_to or "",
        walled=destroyed_cases.walled_words(kept),
    )  # fmt: skip


def _certificate(row: DestructionRow) -> Certificate:
    counts = tuple((Kind(kind), int(count)) for kind, count in row.counts)
    return Certificate(
        row.number, row.case_id, Outcome(row.outcome), counts, row.decision, row.proposed_by, row.decided_by,
        row.decided_at, row.destroyed_at, row.backups_gone_on, row.case_number,
    )  # fmt: skip
