"""The rules a database keeps by itself: found in its own catalogue, and each taken away alone.

A rule that somebody adds is found without being listed anywhere.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from meetingsvc.store import acting

#: Where what an agency supplied is kept: all that may not be missing there carries a rule (Rulebook R2).
SUPPLIED = "author"
_NAMED = re.compile(r'CONSTRAINT "?(\w+)"? (CHECK|UNIQUE|FOREIGN KEY)\s*\((.*)', re.DOTALL)
_KINDS = {"CHECK": "check", "UNIQUE": "unique", "FOREIGN KEY": "reference"}
_WITH_COLUMN = re.compile(r"(.*\S)\s+(CONSTRAINT ck_\w+ CHECK .*)", re.DOTALL)
_COLUMN = re.compile(r'"?(\w+)"? .*NOT NULL', re.DOTALL)


@dataclass(frozen=True, order=True)
class Kept:
    """One rule of one table: a check, what is unique, what is there, whose it is, or a trigger."""

    table: str
    kind: str  # check, unique, index, reference, not null, trigger
    name: str

    def __str__(self) -> str:
        return f"{self.table}: {self.kind} {self.name}"


class Database(Protocol):
    """A database with rows in it, for who owns its tables."""

    def rules(self) -> list[Kept]:
        """All there are."""

    def lets_through(self, first: Sequence[str], statement: str, without: Kept | None = None) -> bool:
        """Whether a statement passes after some others, in the end undone, with one rule gone."""


class OnSQLite:
    """Each answer comes from a copy of the file."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._file, self._copy = file, folder / "copy.db"

    def rules(self) -> list[Kept]:
        """Those of the statements that made the tables."""
        with closing(sqlite3.connect(self._file)) as connection:
            made = connection.execute("SELECT type, tbl_name, name, sql FROM sqlite_master").fetchall()
        of_table = [rule for type_, _, name, sql in made if type_ == "table" for rule in _rules(name, sql)]
        others = {"trigger": "trigger", "index": "index"}
        return of_table + [
            Kept(table, others[type_], name)
            for type_, table, name, sql in made
            if type_ in others and sql and (type_ == "trigger" or sql.startswith("CREATE UNIQUE"))
        ]

    def lets_through(self, first: Sequence[str], statement: str, without: Kept | None = None) -> bool:
        """Whether a statement passes after some others, in the end undone, with one rule gone."""
        shutil.copyfile(self._file, self._copy)
        with closing(sqlite3.connect(self._copy, isolation_level=None)) as connection:
            if without:
                _drop(connection, without)
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA recursive_triggers=ON")
            for each in first:
                connection.execute(each)
            try:
                connection.execute(statement)
            except sqlite3.IntegrityError:
                return False
        return True


def _parts(sql: str) -> list[str]:
    """What stands between the outer brackets of a CREATE TABLE, at its commas: columns, then what is asked of
    them, be it said with one that was added later."""
    depth, quoted, parts = 0, False, [""]
    for letter in sql[sql.index("(") + 1 : sql.rindex(")")]:
        quoted ^= letter == "'"
        depth += (letter == "(") - (letter == ")") if not quoted else 0
        if letter == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    columns, rules = list[str](), list[str]()
    for part in map(str.strip, parts):
        added = None if _NAMED.match(part) else _WITH_COLUMN.fullmatch(part)
        columns += [added[1]] if added else [] if _NAMED.match(part) else [part]
        rules += [added[2]] if added else [part] if _NAMED.match(part) else []
    return columns + rules


def _rule(table: str, part: str) -> Kept | None:
    if named := _NAMED.match(part):
        kind = _KINDS[named[2]]
        one_column = kind == "reference" and "," not in named[3].partition(")")[0]
        return None if one_column else Kept(table, kind, named[1])
    column = _COLUMN.match(part)
    return Kept(table, "not null", column[1]) if column and column[1] != "id" else None


def _rules(table: str, sql: str) -> Iterator[Kept]:
    found = [rule for part in _parts(sql) if (rule := _rule(table, part))]
    supplied = any(rule.kind == "not null" and rule.name == SUPPLIED for rule in found)
    yield from (rule for rule in found if rule.kind != "not null" or supplied)


def _drop(connection: sqlite3.Connection, rule: Kept) -> None:
    """A table's own rule goes with the table, which is made again without it, as SQLite's manual says."""
    if rule.kind in ("trigger", "index"):
        connection.execute(f'DROP {rule.kind} "{rule.name}"')
        return
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC"
    (table, *others) = [sql for (sql,) in connection.execute(made, [rule.table])]
    parts = [_without(rule, part) for part in _parts(table)]
    for statement in (
        "PRAGMA legacy_alter_table=ON",
        f"CREATE TABLE made_again ({', '.join(part for part in parts if part)})",
        f'INSERT INTO made_again SELECT * FROM "{rule.table}"',
        f'DROP TABLE "{rule.table}"',
        f'ALTER TABLE made_again RENAME TO "{rule.table}"',
        *others,
    ):
        connection.execute(statement)


def _without(rule: Kept, part: str) -> str:
    if _rule(rule.table, part) != rule:
        return part
    return part.replace(" NOT NULL", "") if rule.kind == "not null" else ""


_RULES = f"""
    SELECT relname, CASE contype WHEN 'c' THEN 'check' WHEN 'u' THEN 'unique' ELSE 'reference' END, conname
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE connamespace = 'public'::regnamespace
    AND (contype IN ('c', 'u', 'x') OR contype = 'f' AND cardinality(conkey) > 1)
    UNION ALL
    SELECT relname, 'trigger', tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal
    UNION ALL
    SELECT of.relname, 'index', own.relname FROM pg_index
    JOIN pg_class own ON own.oid = indexrelid JOIN pg_class of ON of.oid = indrelid
    WHERE indisunique AND of.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'p', 'x'))
    UNION ALL
    SELECT table_name, 'not null', column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_name <> 'id' AND table_name IN (
        SELECT table_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = '{SUPPLIED}' AND is_nullable = 'NO')
"""
_GONE = {
    "trigger": 'DROP TRIGGER "{name}" ON "{table}"',
    "index": 'DROP INDEX "{name}"',
    "not null": 'ALTER TABLE "{table}" ALTER COLUMN "{name}" DROP NOT NULL',
}


class OnPostgreSQL:
    """Each answer comes from a transaction that is undone."""

    def __init__(self, url: str) -> None:
        self._url = url

    def rules(self) -> list[Kept]:
        """Those of the catalogue."""
        with psycopg.connect(self._url) as connection:
            return [Kept(*row) for row in connection.execute(_RULES.encode())]

    def lets_through(self, first: Sequence[str], statement: str, without: Kept | None = None) -> bool:
        """Whether a statement passes after some others, in the end undone, with one rule gone."""
        with psycopg.connect(self._url) as connection:
            for name, value in acting.told(acting.Service()).items():
                connection.execute("SELECT set_config(%s, %s, true)", [f"meetingsvc.{name}", value])
            for each in first:
                connection.execute(each.encode())
            if without:
                gone = _GONE.get(without.kind, 'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                connection.execute(gone.format(table=without.table, name=without.name).encode())
            try:
                connection.execute(statement.encode())
            except (psycopg.IntegrityError, psycopg.errors.RaiseException):
                return False
            finally:
                connection.rollback()
        return True
