"""Versions of incidents that were destroyed, sent again by a feed: put aside, never taken in silence (L2)."""

import json
from collections.abc import Container, Sequence

from agenda.feed import Accepted
from agenda.feed_table import Rejected, Warnings
from meetingsvc.store.destroyed_cases import Gone, SentAgain
from meetingsvc.usecases.imports import Importing
from minutes.destroyed import sent_again

_INSTEAD = "refer it, or have it sent with what is new"
_NO_KEY = "taken in though a key is missing that would tell whether it had been destroyed"


def taken(
    importing: Importing,
    destroyed: SentAgain,
    rows: list[Accepted],
    known: Container[str],
    warnings: Warnings,
) -> list[Accepted]:
    """These rows without what was destroyed as it stands there; another version is new, and is taken in.

    Where a key is missing all are, with a warning: what was destroyed may come back, but no new incident is
    lost (Rulebook T13).
    """
    destroyed.read_on()
    new = [row for row in rows if row.occurrence_number not in known]
    if not destroyed.can_tell:
        for row in new:
            warnings.note(_NO_KEY, row.line)
        return rows
    gone = {row.line: told for row in new if (told := destroyed.incident(row.occurrence_number, row.digest))}
    header = importing.row.header
    importing.put_aside([_rejected(row, gone[row.line], header) for row in rows if row.line in gone])
    return [row for row in rows if row.line not in gone]


def _rejected(row: Accepted, gone: Gone, header: Sequence[str]) -> Rejected:
    because = sent_again(gone.certificate, gone.on, _INSTEAD)
    return Rejected(row.line, "occurrence_number", because, (), _cells(row, header))


def _cells(row: Accepted, header: Sequence[str]) -> list[str]:
    """As it was read: what came is not kept of a row that keeps every rule."""
    told = json.loads(row.content)
    told["children"] = ";".join("|".join(child) for child in told.get("children", ()))
    return [told.get(name, "") for name in header]
