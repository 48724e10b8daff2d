"""The connection to PostgreSQL that a killed child leaves to the next one.

In a new connection every statement is planned anew, policies and all, which takes many times as long as the
work. So the parent holds the line of its child, as a pooler between the service and its database would: when
the child is dead it undoes what was not committed, and the next child finds what PostgreSQL has planned
already. One death in `CUT` takes the line with it: then PostgreSQL learns of it by itself, and late.
"""

import select
import socket
import time
from contextlib import closing, suppress
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask
from psycopg._preparing import Key, Prepare, PrepareManager
from psycopg._queries import PostgresQuery

from meetingsvc.models import db
from meetingsvc.store import acting

#: One in so many.
CUT = 10
_SECONDS = 2.0
_AT_REST = b"Z\0\0\0\5I"  # "ready for query", in no transaction
_ENOUGH = 4096


class _Alike(PrepareManager):
    """A statement has one name in every process; `there` are those that PostgreSQL has planned."""

    def __init__(self) -> None:
        super().__init__()
        self.there = set[bytes]()

    def get(self, query: PostgresQuery, prepare: bool | None = None) -> tuple[Prepare, bytes]:
        """Everything is planned once, at once."""
        if prepare is False:
            return Prepare.NO, b""
        name = blake2b(repr(self.key(query)).encode(), digest_size=16).hexdigest().encode()
        return Prepare.YES if name in self.there else Prepare.SHOULD, name

    def maybe_add_to_cache(self, query: PostgresQuery, prep: Prepare, name: bytes) -> Key | None:
        """Also where what was planned fails, or is rolled back."""
        if name:
            self.there.add(name)
        return None


class Line:
    """What the children of one application find in its pool. On SQLite nothing: it has no lines."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._held: psycopg.Connection[Any] | None = None
        self._planned, self._deaths = _Alike(), 0

    @property
    def is_new(self) -> bool:
        """Nothing is planned there yet."""
        return not self._planned.there

    def ready(self) -> None:
        """For the next child: in its pool, also where it has to be opened."""
        if self._held is not None and not self._held.closed:
            return
        with self._app.app_context(), acting.service():
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect() as connection:
                    held = connection.connection.dbapi_connection
                assert isinstance(held, psycopg.Connection)
                held._prepared = self._planned = _Alike()
                self._held = held

    def left(self) -> None:
        """By a child that is dead."""
        self._deaths += 1
        if self._held is not None and (self._deaths % CUT == 0 or not self._undone(self._held)):
            self.cut()

    def cut(self) -> None:
        """PostgreSQL learns that nobody is there, now; unless it did when the application was put aside."""
        if self._held is not None and not self._held.closed:
            with _socket(self._held) as wire, suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            with self._app.app_context():
                db.engine.dispose()
        self._held, self._planned = None, _Alike()

    def _undone(self, held: psycopg.Connection[Any]) -> bool:
        """Says so behind what the child asked last, and reads what was answered to it, to the end.

        Not where half of a statement is there: PostgreSQL waits for its other half.
        """
        mark = uuid4().hex.encode()
        told = b"ROLLBACK; SELECT '" + mark + b"'\0"
        with _socket(held) as wire:
            if not _answered(wire, b"Q" + (len(told) + 4).to_bytes(4, "big") + told, mark):
                return False
        with closing(held.cursor()) as cursor:
            names = cursor.execute("SELECT name FROM pg_prepared_statements", prepare=False).fetchall()
        held.rollback()
        self._planned.there = {name.encode() for (name,) in names}
        return True


def _socket(held: psycopg.Connection[Any]) -> socket.socket:
    """The same one: it stays open when this is closed."""
    return socket.socket(fileno=socket.dup(held.pgconn.socket))


def _answered(wire: socket.socket, told: bytes, mark: bytes) -> bool:
    until, heard = time.monotonic() + _SECONDS, b""
    with suppress(OSError):
        wire.sendall(told)
        while not (mark in heard and heard.endswith(_AT_REST)):
            ready, _, _ = select.select([wire], [], [], max(0.0, until - time.monotonic()))
            if not ready or not (more := wire.recv(1 << 16)):
                return False
            heard = (heard + more)[-_ENOUGH:]
        return True
    return False
