"""The ledger of destructions: a file beside the backups, outside the database (Rulebook L2; security.md E).

A line is staged beside it before the destruction is committed, and is put into it afterwards. What was staged
and not committed is known by its number, of which there is no certificate.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from meetingsvc.config import Settings
from minutes.destruction import Entry, chained, read

_LEDGER, _STAGED = "destructions.ledger", "destructions.next"


def folder(settings: Settings) -> Path:
    """Where the backups are: whoever has those has it too."""
    return settings.backup_dir or settings.data_dir / "backups"


def entries(settings: Settings) -> tuple[Entry, ...]:
    """Every line of it, and one that was staged: what it says may have been destroyed. Raises RuleBroken."""
    found = tuple(read(line) for line in _lines(folder(settings) / _LEDGER))
    staged = [read(line) for line in _lines(folder(settings) / _STAGED)]
    return (*found, *(entry for entry in staged if entry.number == len(found) + 1))


def stage(settings: Settings, entry: Entry) -> Entry:
    """Puts the next line beside it, on the disk when this returns; before the transaction is committed."""
    told = chained(entry, entries(settings))
    place = folder(settings)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place / f"{_STAGED}.part"
    _write(part, f"{told.line}\n", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    part.replace(place / _STAGED)
    _sync(place)
    return told


def settle(settings: Settings, last: int) -> None:
    """Puts in what was staged where its certificate was issued, and forgets it where it was not.

    `last`: the number of the last certificate. Safe to call at any time, and after any crash.
    """
    place = folder(settings)
    staged = [read(line) for line in _lines(place / _STAGED)]
    for entry in staged:
        there = len(_lines(place / _LEDGER))
        if entry.number <= last and entry.number == there + 1:
            _write(place / _LEDGER, f"{entry.line}\n", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    if staged:
        (place / _STAGED).unlink()
        _sync(place)


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return ()


def _write(path: Path, text: str, flags: int) -> None:
    handle = os.open(path, flags, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
