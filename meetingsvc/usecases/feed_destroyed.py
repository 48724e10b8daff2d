"""Versions of incidents that were destroyed, sent again by a feed: put aside, never taken in silence (L2)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from agenda.feed import Accepted
from agenda.feed_table import Rejected, Warnings
from agenda.incidents import Risk
from meetingsvc.store import destroyed_cases
from meetingsvc.store.destroyed_marks import Gone
from meetingsvc.store.incidents import Known
from meetingsvc.usecases import alarms
from meetingsvc.usecases.imports import NUMBER, Importing
from minutes.destroyed import sent_again

_INSTEAD = "refer it, or have it sent with what is new"
_NO_KEY = "taken in though a key is missing that would tell whether it had been destroyed"


def taken(
    importing: Importing, rows: list[Accepted], known: Mapping[str, Known], warnings: Warnings
) -> list[Accepted]:
    """These rows without what was destroyed as it stands there; another version is new, and is taken in.

    Every row is asked about but those that say what the service holds: what was destroyed must not overtake
    a newer version of its number either. Where a key is missing all are taken in, with a warning: what was
    destroyed may come back, but no new incident is lost (Rulebook T13).
    """
    area_id = importing.row.area_id
    asked = [row for row in rows if not _is_held(row, known)]
    if not destroyed_cases.can_tell(area_id):
        for row in asked:
            warnings.note(_NO_KEY, row.line)
        return rows
    gone = destroyed_cases.incidents(area_id, {(row.occurrence_number, row.digest) for row in asked})
    aside = {row.line: gone[which] for row in asked if (which := (row.occurrence_number, row.digest)) in gone}
    header, high = importing.row.header, [row for row in asked if row.domestic and row.risk == Risk.HIGH]
    importing.put_aside([
        rejected(header, row.line, NUMBER, row.occurrence_number, aside[row.line], _INSTEAD)
        for row in asked if row.line in aside
    ])  # fmt: skip
    told = Counter(aside[row.line].certificate for row in high if row.line in aside)
    alarms.tell_sent_again(area_id, told, importing.now)
    return [row for row in rows if row.line not in aside]


def rejected(header: Sequence[str], line: int, column: str, key: str, gone: Gone, instead: str) -> Rejected:
    """A row that was destroyed, as it is put aside: by what it is found in the file, and why. Who sent it has
    the rest, which would be what was destroyed, kept with no end (L2)."""
    because = sent_again(gone.certificate, gone.on, instead)
    return Rejected(line, column, because, (), [key if name == column else "" for name in header])


def _is_held(row: Accepted, known: Mapping[str, Known]) -> bool:
    newest = known.get(row.occurrence_number)
    return newest is not None and newest.digest == row.digest
