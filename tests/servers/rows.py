"""All that the tables of a PostgreSQL database hold, read and put back: quicker than to copy it."""

from dataclasses import dataclass
from typing import Any

import psycopg

Connected = psycopg.Connection[tuple[Any, ...]]

_TABLES = """
    SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"""
_NUMBERS = """
    SELECT seqrelid::regclass::text, pg_sequence_last_value(seqrelid) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"""
#: A copy in which there is no row: its head and its end.
_NO_ROW = 21


@dataclass(frozen=True)
class Held:
    """Each table's rows, as PostgreSQL writes them; and how far each sequence has counted."""

    tables: dict[str, bytes]
    numbers: list[tuple[Any, ...]]


def read(database: Connected) -> Held:
    """What is there."""
    tables = {name: _read(database, name) for (name,) in database.execute(_TABLES.encode()).fetchall()}
    there = {name: rows for name, rows in tables.items() if len(rows) > _NO_ROW}
    return Held(there, database.execute(_NUMBERS.encode()).fetchall())


def _read(database: Connected, table: str) -> bytes:
    with database.cursor().copy(f"COPY {table} TO STDOUT (FORMAT BINARY)".encode()) as copied:
        return b"".join(bytes(part) for part in copied)


def put(database: Connected, held: Held, before: Held | None) -> None:
    """In the place of what is there, which is `before`. No trigger, and no foreign key, minds."""
    there = before.tables if before else {}
    with database.transaction():
        database.execute(b"SET LOCAL session_replication_role = replica")
        for table, rows in there.items():
            if held.tables.get(table) != rows:
                database.execute(f"DELETE FROM {table}".encode())
        for table, rows in held.tables.items() - there.items():
            with database.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copied:
                copied.write(rows)
        for sequence, number in held.numbers:
            database.execute("SELECT setval(%s::regclass, %s)", (sequence, number))
