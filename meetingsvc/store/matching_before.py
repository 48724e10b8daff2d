"""Two people as they were when they were made one: whoever looks again sees what was compared (D2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Table, select

from meetingsvc.models import MergeRow, PersonDetailRow, db
from meetingsvc.store import matching_details, matching_journal, matching_rows
from meetingsvc.store.matching_details import Kept, Told
from meetingsvc.store.matching_journal import Change


@dataclass(frozen=True, slots=True)
class Before:
    """Whose name stands for both, who is gone, and what was written down of the one who is."""

    kept_id: UUID
    gone_id: UUID
    changes: Sequence[Change]

    def details(self) -> dict[UUID, list[Kept]]:
        """What was told of each: of the one who stays, what is told today without the other's."""
        of_gone = [one for one in self.changes if one.table == "person_detail" and self._is_of_gone(one)]
        moved = {UUID(one.key["id"]) for one in of_gone}
        row = PersonDetailRow
        rows = select(row.id, row.kind, row.value, row.sealed, row.source, row.first_on, row.last_on)
        found: dict[UUID, list[Kept]] = {self.kept_id: [], self.gone_id: []}
        for told in db.session.execute(
            rows.where(row.person_id == self.kept_id).order_by(row.last_on.desc())
        ):
            whose = self.gone_id if told.id in moved else self.kept_id
            found[whose].append(_kept(whose, *told))
        names = ("id", "kind", "value", "sealed", "source", "first_on", "last_on")
        table: Table = row.__table__  # type: ignore[assignment]
        for one in of_gone:
            if one.after is None:  # the other had it too, and the merge took it out
                lost = matching_rows.values(table, one.before or {})
                found[self.gone_id].append(_kept(self.gone_id, *(lost[name] for name in names)))
        return found

    def cases(self) -> set[UUID]:
        """The cases that the one who is gone was on."""
        return {UUID(one.key["id"]) for one in self.changes if one.table == "case" and self._is_of_gone(one)}

    def _is_of_gone(self, change: Change) -> bool:
        return self.gone_id.hex in (change.before or {}).values()


def of_match(match_id: UUID) -> Before | None:
    """Of a pair that is one person; None of any other. For who may read both sides (D2, M6)."""
    row = MergeRow
    rows = select(row.id, row.kept_id, row.gone_id).where(row.match_id == match_id, row.undone_at.is_(None))
    found = db.session.execute(rows).one_or_none()
    return Before(found.kept_id, found.gone_id, matching_journal.kept(found.id)) if found else None


def _kept(
    whose: UUID, key: UUID, kind: str, value: str, sealed: bytes | None, source: str, first: date | None,
    last: date | None,
) -> Kept:  # fmt: skip
    return Kept(whose, Told(kind), matching_details.opened(key, value, sealed), source, first, last)
