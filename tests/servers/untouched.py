"""Whether a database is as it was left, and whether somebody is in the midst of changing it.

Whoever writes: this process or another, through SQLAlchemy or past it, saved or not.
"""

import zlib
from pathlib import Path
from weakref import WeakSet

from sqlalchemy import Connection, Engine, Transaction, event, make_url

from meetingsvc.models import Base
from tests.servers.databases import Copies

#: PostgreSQL's: how many rows there are, and which transaction wrote last of those that are there.
_ROWS = "SELECT sum(rows), max(last) FROM ({}) AS of_each".format(
    " UNION ALL ".join(
        f'SELECT count(*) AS rows, max(xmin::text::bigint) AS last FROM "{name}"'
        for name in sorted(Base.metadata.tables)
    )
)
#: A transaction that has ended in another session has been said to have, before its client is answered.
_BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""
#: What reads; anything else is taken to write.
_READS = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")
_unsaved: WeakSet[Transaction] = WeakSet()


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
    if not statement.lstrip().startswith(_READS) and (running := connection.get_transaction()):
        _unsaved.add(running)


def mark(copies: Copies, url: str) -> object:
    """Another after every change that was saved. On SQLite what is in the file: an application touches it."""
    if url.startswith("postgresql"):
        return copies.asked(url, _ROWS)
    file, log = _files(url)
    return zlib.crc32(file.read_bytes()), log.stat().st_size if log.exists() else 0


def empty(copies: Copies, url: str) -> object:
    """The mark of a database that was given out just now."""
    return [(0, None)] if url.startswith("postgresql") else mark(copies, url)


def is_quiet(copies: Copies, url: str) -> bool:
    """Whether nobody has it open on SQLite; and whether no transaction runs in it on PostgreSQL."""
    if url.startswith("postgresql"):
        return copies.asked(url, _BUSY) == [(0,)]
    return not _files(url)[1].exists()


def waits() -> bool:
    """Whether something was written that is neither saved nor taken back."""
    return any(one.is_active for one in list(_unsaved))


def _files(url: str) -> tuple[Path, Path]:
    """SQLite's file, and the log that lies beside it as long as anybody has it open."""
    name = make_url(url).database or ""
    return Path(name), Path(f"{name}-wal")
