"""The database as a stream of bytes, by its own tools, and back: SQLite's online backup, and pg_dump.

What is counted and what is copied is one moment's: another process may write meanwhile.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, mkstemp
from typing import Any

from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text

from meetingsvc.models import db
from meetingsvc.store import acting

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_PART = 256 * 1024
_TABLES = {
    SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    POSTGRESQL: "SELECT relname FROM pg_class WHERE relkind = 'r' "
    "AND relnamespace = 'public'::regnamespace ORDER BY relname COLLATE \"C\"",
}
_HEAD = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"
_IS_ABOVE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
#: Answers the rows of a statement.
Ask = Callable[[str], list[Any]]


class NoTool(Exception):
    """A program of PostgreSQL failed, or what came out of it is not what it should be."""


class NotThere(NoTool):
    """A program of PostgreSQL, or the role it needs, is not set up."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database holds, to compare after it was restored."""

    rows: dict[str, int]
    audit_line: int
    audit_hash: str

    @property
    def as_json(self) -> dict[str, Any]:
        """As the backup keeps it."""
        return {"rows": self.rows, "audit_line": self.audit_line, "audit_hash": self.audit_hash}


def facts(kind: str, ask: Ask) -> Facts:
    """Every table's rows, and the end of the audit trail."""
    names = [name for (name,) in ask(_TABLES[kind])]
    rows = {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in names}  # noqa: S608 from the catalogue
    last = ask(_HEAD) if "audit" in names else []
    return Facts(rows, *(last[0] if last else (0, "")))


@contextmanager
def copied(url: URL, folder: Path) -> Iterator[tuple[Facts, Iterable[bytes]]]:
    """What it holds at this moment, and that moment's content. Nothing lies about where the process dies."""
    made = _of_sqlite if url.get_backend_name() == SQLITE else _of_postgresql
    with made(url, folder) as copy:
        yield copy


@contextmanager
def _of_sqlite(url: URL, folder: Path) -> Iterator[tuple[Facts, Iterable[bytes]]]:
    with (
        closing(sqlite3.connect(str(url.database), isolation_level=None, timeout=15)) as live,
        _nameless(folder) as (plain, copy),
    ):
        live.execute("BEGIN")
        found = facts(SQLITE, lambda statement: live.execute(statement).fetchall())
        live.backup(copy)
        yield found, _read(plain)


@contextmanager
def _nameless(folder: Path) -> Iterator[tuple[int, sqlite3.Connection]]:
    """A database in a file without a name: read by this process alone, and gone with it."""
    plain, name = mkstemp(dir=folder, prefix=".backup-")
    try:
        with closing(sqlite3.connect(name, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode=OFF").fetchone()
            os.unlink(name)
            yield plain, copy
    finally:
        os.close(plain)


def _read(handle: int) -> Iterator[bytes]:
    place = 0
    while part := os.pread(handle, _PART, place):
        yield part
        place += len(part)


@contextmanager
def _of_postgresql(url: URL, folder: Path) -> Iterator[tuple[Facts, Iterable[bytes]]]:
    program = _program("pg_dump")
    engine = create_engine(url, isolation_level="REPEATABLE READ", poolclass=NullPool)
    with acting.service(), engine.connect() as connection:
        if not connection.scalar(text(_IS_ABOVE)):
            raise NotThere(
                "The database was not backed up: its policies stand in the way. Set MEETINGSVC_BACKUP_URL to "
                "a role that only makes backups (docs/postgresql.md)."
            )
        found = facts(POSTGRESQL, lambda statement: _rows(connection, statement))
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        command = [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                   *_target(url)]  # fmt: skip
        yield found, _said(command, _environment(url))


def _said(command: list[str], environment: dict[str, str]) -> Iterator[bytes]:
    """What a program writes. Raises where it ends badly: the stream was then not whole."""
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:  # noqa: S603
        while part := process.stdout.read(_PART) if process.stdout else b"":
            yield part
    if process.returncode:
        raise NoTool(f"pg_dump failed (code {process.returncode}): the database was not backed up.")


def put_into_postgresql(url: URL, content: Iterable[bytes]) -> None:
    """Into an empty database, all or nothing."""
    command = [_program("pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner",
               "--no-privileges", *_target(url)]  # fmt: skip
    try:
        with subprocess.Popen(command, env=_environment(url), stdin=subprocess.PIPE) as process:  # noqa: S603
            _feed(process, content)
    except BrokenPipeError:
        pass  # it ended before we did: its code says why
    if process.returncode:
        raise NoTool(f"pg_restore failed (code {process.returncode}): nothing was restored.")


def _feed(process: subprocess.Popen[bytes], content: Iterable[bytes]) -> None:
    try:
        for part in content:
            if process.stdin:
                process.stdin.write(part)
    except BrokenPipeError:
        raise
    except BaseException:
        process.kill()  # it has put nothing in: its transaction is not over
        raise


def put_into_sqlite(path: Path, content: Iterable[bytes], expected: Facts) -> None:
    """Into a new file, which takes its place when it is whole and holds what it should."""
    with NamedTemporaryFile(dir=path.parent, prefix=".restored-") as plain:
        for part in content:
            plain.write(part)
        plain.flush()
        os.fsync(plain.fileno())
        with closing(sqlite3.connect(plain.name, isolation_level=None)) as made:
            (sound,) = made.execute("PRAGMA integrity_check").fetchone()
            found = facts(SQLITE, lambda statement: made.execute(statement).fetchall())
            made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if sound != "ok" or found != expected:
            raise NoTool("What came out of the backup is not what it says went in: nothing was restored.")
        path.unlink(missing_ok=True)
        os.link(plain.name, path)


def is_empty(url: URL) -> bool:
    """Whether there is nothing in it: also no log beside SQLite's file, which would be written into it."""
    if url.get_backend_name() != SQLITE:
        with acting.service(), db.engine.connect() as connection:
            return not connection.execute(text(_TABLES[POSTGRESQL])).all()
    path = Path(str(url.database))
    beside = [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-journal")]
    return not any(file.exists() and file.stat().st_size for file in beside)


def facts_now(url: URL) -> Facts:
    """Of the running service's database."""
    with acting.service(), db.engine.connect() as connection:
        return facts(url.get_backend_name(), lambda statement: _rows(connection, statement))


def _rows(connection: Connection, statement: str) -> list[Any]:
    return [tuple(row) for row in connection.execute(text(statement))]


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotThere(f"{name} is not on the PATH of the service: install the client of PostgreSQL.")
    return found


def _target(url: URL) -> list[str]:
    told = {"--host": url.host, "--port": url.port, "--username": url.username, "--dbname": url.database}
    return [f"{name}={value}" for name, value in told.items() if value]


def _environment(url: URL) -> dict[str, str]:
    """The password travels in the environment, where no list of processes shows it."""
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    return {"PATH": os.environ.get("PATH", ""), **password}


def url_of(address: str) -> URL:
    """The parts of an address."""
    return make_url(address)
