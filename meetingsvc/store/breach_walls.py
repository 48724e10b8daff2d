"""What a breach remembers of a case that is destroyed: its walls, and who is a perpetrator (M6, F3, L2)."""

from collections.abc import Collection
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
from meetingsvc.store.breaches_told import Entry, Touched, is_perpetrator, of
from meetingsvc.store.doomed import Rows


def keep(area_id: UUID, rows: Rows) -> None:
    """Before cases go, of every breach that stays: whom a wall keeps from one of them, and which of those
    whom it affects is a perpetrator on any of its cases. As the service."""
    gone = {key[0] for key in _keys(rows, BreachRow)}
    for breach_id, case_id in _keys(rows, BreachCaseRow):
        if breach_id not in gone:
            _keep_walls(area_id, breach_id, case_id)
            _keep_perpetrators(breach_id)


def walled(breach_id: UUID) -> set[UUID]:
    """From whom a case of it was kept that is destroyed since. As the service, or inside `whole_area`."""
    row = BreachWalledRow
    return set(db.session.scalars(select(row.account_id).where(row.breach_id == breach_id)))


def _keep_walls(area_id: UUID, breach_id: UUID, case_id: UUID) -> None:
    row = WallRow
    walls = select(row.account_id).where(row.case_id == case_id, row.state == WallState.STANDS)
    for account_id in sorted(set(db.session.scalars(walls)) - walled(breach_id)):
        db.session.add(BreachWalledRow(breach_id=breach_id, account_id=account_id, area_id=area_id))
        db.session.flush()


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
