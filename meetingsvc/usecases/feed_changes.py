"""What a new version of a known incident says otherwise, and somebody should look at (Rulebook T13)."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from agenda.feed import Accepted
from agenda.feed_table import Warnings
from agenda.incidents import Risk
from meetingsvc.store import incidents
from meetingsvc.store.incidents import Known, Version
from meetingsvc.usecases.imports import Importing, Outcome

_RANK = {risk.value: risk.rank for risk in Risk}
_TWICE = "an occurrence number that stands in this file before, with other content: the later row counts"
_LOWER = "the police's risk is lower than in the version before"
_AGAIN = "content that an older version of its number had: taken as a new version"
_UNFLAGGED = "no longer flagged domestic, and was in the version before"
_PUT_OFF = "recorded_at is in the future, and was not in the version before: it is due as it was"
_OTHER = "the version before was sent by another system, or in a file"
_OTHERS = "about other people than the version before: neither replaces the other, so check the number"


class Update(NamedTuple):
    """A row that becomes a new version, with the version before."""

    row: Accepted
    before: Known
    due: datetime
    in_file: bool  # the version before stands in this file too
    id: int


class Changes:
    """Warns of what an update takes back, for all rows together and, where somebody asks, row by row."""

    def __init__(self, importing: Importing, first_id: int, warnings: Warnings) -> None:
        self._importing, self._first_id, self._warnings = importing, first_id, warnings

    def tell(self, updates: Sequence[Update], others: Collection[int]) -> None:
        """To be asked before the new versions are written. One query, and none without an update.

        `others` are the new versions that are about other people than the version before.
        """
        if not updates:
            return
        numbers = [one.row.occurrence_number for one in updates]
        known = incidents.versions(self._importing.row.area_id, numbers, self._first_id)
        for one in updates:
            self._tell_one(one, known.get(one.row.occurrence_number, []), one.id in others)

    def _tell_one(self, update: Update, versions: Sequence[Version], others: bool) -> None:
        row, before = update.row, update.before
        if update.in_file:
            self._warnings.note(_TWICE, row.line, row.occurrence_number)
        if _RANK[row.risk] < _RANK[before.risk]:
            self._warnings.note(_LOWER, row.line, row.occurrence_number)
        said = [*self._again(update, versions)]
        for what in (*([_OTHERS] if others else ()), *self._taken_back(update, versions)):
            self._warnings.note(what, row.line, row.occurrence_number)
            said.append(what)
        if self._importing.tell is not None:
            self._importing.tell(Outcome(row.line, row.occurrence_number, "updated", warnings=tuple(said)))

    def _again(self, update: Update, versions: Sequence[Version]) -> Iterator[str]:
        """A message that was held back may say again what a newer one has corrected."""
        row = update.row
        older = [one.version for one in versions if one.digest == row.digest and not one.current]
        if older:
            self._warnings.note(_AGAIN, row.line, row.occurrence_number)
            yield f"as version {older[-1]} of this number: taken as version {update.before.version + 1}"

    def _taken_back(self, update: Update, versions: Sequence[Version]) -> Iterator[str]:
        """What would keep a case from the next list, or comes from somebody else than before."""
        row, before = update.row, update.before
        if before.domestic and not row.domestic:
            yield _UNFLAGGED
        if update.due < row.recorded_at:
            yield _PUT_OFF
        if before.id < self._first_id and versions[-1].machine != self._importing.row.machine:
            yield _OTHER
