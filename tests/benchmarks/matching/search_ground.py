"""A million people with keys, written once and loaded into each database in order: row by row takes hours."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import make_url

from meetingsvc import seal
from meetingsvc.models import db
from meetingsvc.store import matching_details, matching_keys
from tests.benchmarks.matching.people import Record
from tests.benchmarks.matching.search import person
from tests.servers.databases import Copies

COLUMNS = {
    "person": "id forename surname dob",
    "person_detail": "id person_id kind value sealed mark source first_on last_on",
    "person_key": "key person_id",
    "case": "id number victim_id perpetrator_id kind family",
}
_NONE = r"\N"  # as COPY writes it


def id_of(number: int) -> UUID:
    """In no order, as they are."""
    return UUID(int=((number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)


def write(folder: Path, records: list[Record]) -> None:
    """The rows of each table in a file, in the order of its key; every two people are a case."""
    chance = Random(7)
    them = sorted((id_of(at).hex, one) for at, one in enumerate(records))
    _write(folder / "person", ((key, one.forename, one.surname, str(one.dob)) for key, one in them))
    _write(folder / "person_detail", (row for key, one in them for row in _details(key, one, chance)))
    _write(folder / "unsorted", ((key, who) for who, one in them for key in matching_keys.filed(person(one))))
    put = [
        "sort",
        "-S",
        "300M",
        "-T",
        str(folder),
        "-o",
        str(folder / "person_key"),
        str(folder / "unsorted"),
    ]
    subprocess.run(put, check=True, env=os.environ | {"LC_ALL": "C"})
    (folder / "unsorted").unlink()
    pairs = ((id_of(at).hex, id_of(at + 1).hex, at + 1) for at in range(0, len(records) - 1, 2))
    _write(
        folder / "case",
        ((UUID(int=at).hex, str(at), *pair, "abuse", "domestic abuse") for *pair, at in pairs),
    )


def _write(path: Path, rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in rows)


_made = iter(range(1, 10**9))


def _details(who: str, one: Record, chance: Random) -> Iterator[tuple[str, ...]]:
    told = matching_details.details(
        [(one.forename, one.surname)], one.dob, None, [(one.line, one.postcode)], [one.phone]
    )
    for kind, value in told:
        key, secret = UUID(int=next(_made)), kind in matching_details.SEALED
        sealed = seal.seal("person detail", value.encode(), str(key)).hex() if secret else ""
        yield (key.hex, who, kind.value, "" if secret else value, rf"\\x{sealed}" if secret else _NONE,
               rf"\\x{chance.randbytes(16).hex()}", "bench", "2026-11-01", "2026-11-01")  # fmt: skip


#: The indexes of a table that are made again afterwards: none that keeps something unique.
_ON_POSTGRESQL = """SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = %s AND indexdef LIKE 'CREATE INDEX%%'"""
_ON_SQLITE = """SELECT name, sql FROM sqlite_master
    WHERE type = 'index' AND tbl_name = ? AND sql LIKE 'CREATE INDEX%'"""


def load(folder: Path, area_id: UUID, copies: Copies) -> None:
    """Everything into the database that is open; indexes are made once the rows are there."""
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        with copies.above(url) as owner:
            _into_postgresql(folder, area_id, owner)
        return
    db.engine.dispose()
    connection = sqlite3.connect(str(make_url(url).database))
    _into_sqlite(folder, area_id, connection)
    connection.close()


def _into_postgresql(folder: Path, area_id: UUID, owner: Any) -> None:
    owner.execute("SET session_replication_role = replica")  # rows of one table refer to those of the next
    for table, columns in COLUMNS.items():
        indexes = owner.execute(_ON_POSTGRESQL, [table]).fetchall()
        for name, _ in indexes:
            owner.execute(f'DROP INDEX "{name}"'.encode())
        into = f'COPY "{table}" (area_id, {columns.replace(" ", ", ")}) FROM STDIN'
        with owner.cursor().copy(into.encode()) as copy, (folder / table).open(encoding="utf-8") as rows:
            for row in rows:
                copy.write(f"{area_id}\t{row}")
        for _, made in indexes:
            owner.execute(made.encode())
        owner.execute(f'VACUUM "{table}"'.encode())  # as it does by itself in time: the tests' has that off


def _into_sqlite(folder: Path, area_id: UUID, connection: sqlite3.Connection) -> None:
    for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    for table, columns in COLUMNS.items():
        indexes = connection.execute(_ON_SQLITE, [table]).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        names = columns.split()
        into = f'INSERT INTO "{table}" (area_id, {", ".join(names)}) VALUES (?{", ?" * len(names)})'
        with (folder / table).open(encoding="utf-8") as rows:
            connection.executemany(into, ((area_id.hex, *map(_plain, _cells(row))) for row in rows))
        for _, sql in indexes:
            connection.execute(sql)
        connection.commit()


def _cells(row: str) -> list[str]:
    return row.rstrip("\n").split("\t")


_BYTES = re.compile(r"\\\\x([0-9a-f]*)")


def _plain(cell: str) -> str | bytes | None:
    if cell == _NONE:
        return None
    found = _BYTES.fullmatch(cell)
    return bytes.fromhex(found[1]) if found else cell
