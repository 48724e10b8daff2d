"""Keyed marks of what was destroyed: by what it is known when it is sent again (Rulebook L2).

Each is the name of its key, then the mark itself; the key lies outside the database, so that a copy of this
tells nobody what was destroyed. Only the marks of what came in are looked for, in the service's own capacity.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from meetingsvc import seal
from meetingsvc.models import DestroyedMarkRow, DestructionRow, db
from meetingsvc.store import bulk, matching_keys
from meetingsvc.store.acting import Host
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope_retention import certificates_of

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Gone:
    """Under which certificate something was destroyed, and on what day."""

    certificate: int
    on: date


def keep(area_id: UUID, certificate: int, marks: Iterable[str]) -> None:
    """With its certificate, while the destruction is under way."""
    columns = ("certificate", "mark", "area_id")
    bulk.insert(
        DestroyedMarkRow.__table__,  # type: ignore[arg-type]
        columns,
        [(certificate, mark, area_id) for mark in marks],
    )


def can_tell(area_id: UUID) -> bool:
    """Whether every key is there by which it is known what was destroyed; where nothing was, none is
    needed."""
    row = DestructionRow
    kept = select(row.known_by).where(certificates_of(Host(area_id)), row.known_by != "").distinct()
    needed = {key for told in db.session.scalars(kept) for key in told.split()}
    return not needed or (matching_keys.can_seal() and needed <= seal.names())


def gone(area_id: UUID, purpose: str, texts: Mapping[Key, str]) -> dict[Key, Gone]:
    """Which of these texts were destroyed there. To be asked after what is there was looked up: what is
    destroyed in between would be neither there nor known to be gone."""
    if not matching_keys.can_seal():
        return {}
    row, of, found = DestroyedMarkRow, DestructionRow, dict[str, Gone]()
    wanted = {key: seal.named_marks(purpose, text) for key, text in texts.items()}
    marks = sorted({mark for its in wanted.values() for mark in its})
    for at in range(0, len(marks), CHUNK):
        rows = select(row.mark, of.number, of.destroyed_at).join(of, of.number == row.certificate)
        rows = rows.where(certificates_of(Host(area_id)), row.area_id == area_id)
        told = db.session.execute(rows.where(row.mark.in_(marks[at : at + CHUNK])).order_by(of.number))
        found |= {mark: Gone(number, local_day(day)) for mark, number, day in told}
    return {key: found[mark] for key, its in wanted.items() for mark in its if mark in found}
