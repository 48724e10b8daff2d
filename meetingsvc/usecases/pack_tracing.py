"""Whose copy a file that turned up is (security.md A12). Each look leaves its trace (Rulebook V5)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from meetingsvc import pack_apart, pack_files
from meetingsvc.pack_files import Carrier
from meetingsvc.store import audit, pack_traces
from meetingsvc.store.pack_traces import Whose
from meetingsvc.usecases.transaction import saved


@dataclass(frozen=True, slots=True)
class Traced:
    """What a file says: whose copies it is of, how that was read, and how many marks no register knows."""

    pages: int
    marked: int
    copies: tuple[tuple[Whose, frozenset[Carrier]], ...]
    unknown: int
    unread: int  # pages not read to their end


def trace(content: bytes, phrase: str, now: datetime) -> Traced:
    """Reads a file and names whose copy it is. For who sits at the service's own machine.

    Raises Locked or Unreadable; that somebody looked is kept then too.
    """
    subject = f"file/{sha256(content).hexdigest()[:32]}"
    try:
        found = pack_apart.copies_in(content, phrase)
    except (pack_files.Locked, pack_files.Unreadable):
        with saved():
            audit.record(audit.COMMAND_LINE, None, "pack.traced", subject, now, copies=0)
        raise
    with saved():
        known = [(pack_traces.whose(key), frozenset(by)) for key, by in found.copies.items()]
        copies = tuple((whose, by) for whose, by in known if whose is not None)
        for whose, _ in copies:
            audit.record(audit.COMMAND_LINE, whose.area_id, "pack.traced", whose.subject, now)
        if not copies:
            audit.record(audit.COMMAND_LINE, None, "pack.traced", subject, now, copies=0)
    return Traced(found.pages, len(found.marked), copies, len(known) - len(copies), found.unread)
