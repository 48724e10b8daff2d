"""What a breach remembers of a case that is destroyed: its walls, and who is a perpetrator (M6, F3, L2)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.need_to_know import WallState
from meetingsvc.models import (
    Base,
    BreachCaseRow,
    BreachEntryRow,
    BreachRow,
    BreachWalledRow,
    CaseRow,
    WallRow,
    db,
)
from meetingsvc.store import audit
from meetingsvc.store.breaches_told import Entry, Touched, is_perpetrator, of
from meetingsvc.store.doomed import Rows
from meetingsvc.store.governance_lines import DESTROYED


def keep(area_id: UUID, rows: Rows) -> None:
    """Before cases go, of every breach that stays: whom a wall keeps from one of them, and which of those
    whom it affects is a perpetrator on any of its cases. As the service."""
    gone = {key[0] for key in _keys(rows, BreachRow)}
    for breach_id, case_id in _keys(rows, BreachCaseRow):
        if breach_id not in gone:
            _keep_walls(area_id, breach_id, case_id)
            _keep_perpetrators(breach_id)


def tell_destroyed(area_id: UUID, rows: Rows, by: str, now: datetime) -> None:
    """Before breaches go themselves: a line about each, with whom a wall kept it from, and who was named in
    it, by their identifiers alone. They are shown no line about it afterwards, whoever else governs is (M6,
    V3, V5). As the service."""
    for (breach_id,) in sorted(_keys(rows, BreachRow)):
        its = (case_id for of_breach, case_id in _keys(rows, BreachCaseRow) if of_breach == breach_id)
        kept_from = (walled(breach_id) | involved(breach_id)).union(*map(_walled_from, its))
        told = " ".join(sorted(map(str, kept_from)))
        audit.record(by, area_id, DESTROYED, f"breach/{breach_id}", now, walled=told)


def walled(breach_id: UUID) -> set[UUID]:
    """From whom a case of it was kept that is destroyed since. As the service, or inside `whole_area`."""
    row = BreachWalledRow
    return set(db.session.scalars(select(row.account_id).where(row.breach_id == breach_id)))


def involved(breach_id: UUID) -> set[UUID]:
    """Who is named in it. As the service, or inside `whole_area`."""
    entries = db.session.scalars(select(BreachEntryRow).where(BreachEntryRow.breach_id == breach_id))
    return {UUID(entry.told["account"]) for entry in of(entries.all(), Entry.INVOLVED)}


def _keep_walls(area_id: UUID, breach_id: UUID, case_id: UUID) -> None:
    for account_id in sorted(_walled_from(case_id) - walled(breach_id)):
        db.session.add(BreachWalledRow(breach_id=breach_id, account_id=account_id, area_id=area_id))
        db.session.flush()


def _walled_from(case_id: UUID) -> set[UUID]:
    row = WallRow
    walls = select(row.account_id).where(row.case_id == case_id, row.state == WallState.STANDS)
    return set(db.session.scalars(walls))


def _keep_perpetrators(breach_id: UUID) -> None:
    its = select(BreachCaseRow.case_id).where(BreachCaseRow.breach_id == breach_id)
    cases = [
        Touched(case.id, "", case.victim_id, case.perpetrator_id)
        for case in db.session.scalars(select(CaseRow).where(CaseRow.id.in_(its)))
    ]
    entries = db.session.scalars(select(BreachEntryRow).where(BreachEntryRow.breach_id == breach_id))
    for entry in of(entries.all(), Entry.AFFECTED):
        if is_perpetrator(entry.told, cases):
            entry.told = entry.told | {"perpetrator": True}
    db.session.flush()


def _keys(rows: Rows, model: type[Base]) -> Collection[tuple[Any, ...]]:
    return rows.get(Base.metadata.tables[model.__tablename__], ())
