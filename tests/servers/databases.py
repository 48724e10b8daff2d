"""A fresh, migrated database for each test, in a moment: a copy of one that was migrated once.

On PostgreSQL the tables belong to one ordinary role and the service is another: neither is above a policy.
"""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import schema
from tests.servers import apps
from tests.servers import rows as held

OWNER, SERVICE = "meetingsvc_owner", "meetingsvc_app"
#: On SQLite the name of a file.
Rows = str | held.Held


#: What says how a database is made: where one of these differs, it is not as new.
_CATALOGUES = ("class", "attribute", "attrdef", "constraint", "trigger", "policy", "proc", "namespace")
_SHAPE = "SELECT " + ", ".join(f"(SELECT sum(hashtext(xmin::text)) FROM pg_{name})" for name in _CATALOGUES)
_EMPTY = """
    SET session_replication_role = replica; -- no trigger, and no foreign key, minds what goes
    DO $$ DECLARE name regclass; BEGIN
        FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 LOOP
            EXECUTE format('DELETE FROM %s', name);
        END LOOP;
        PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
    END $$"""
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""


_WRITTEN = """
    SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"""
#: Nearly every table is empty, or nearly, and takes a page: of small ones the file is a third, and it is
#: copied and read many times for each test.
_SMALL = ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 1024", "VACUUM", "PRAGMA journal_mode = WAL")
#: How often: deleted rows stay in the way of readers.
_VACUUMED_AFTER = 40


class Copies:
    """Gives out copies of a migrated database, and takes them back.

    PostgreSQL takes long to copy one, so one that comes back is emptied and given out again; and long to
    answer a new connection, so one into each is kept.
    """

    def __init__(self, folder: Path, postgresql: str | None, uses: int = 1000) -> None:
        self._folder, self._server, self._number, self._most = folder, postgresql, count(1), uses
        self._template = f"{folder.name}_template".replace("-", "_")
        self._idle: list[str] = []
        self._uses: Counter[str] = Counter()
        self._kept: dict[str, psycopg.Connection[tuple[Any, ...]]] = {}
        self.entered = 0
        if postgresql:
            self._make_roles()
        self._migrate(self._url_of(self._template, create=True), self._url_of(self._template, OWNER))
        self._shape = self._ask(self._template, _SHAPE) if postgresql else []
        self._let_go(self._template)

    def make(self) -> str:
        """The address of a new copy, or of one that is as new."""
        name = self._idle.pop() if self._idle else self._named()
        self._uses[name] += 1
        if not self._server:
            self._copy_file(name)
        elif self._uses[name] == 1:
            self._say(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}" OWNER {OWNER}')
        return self._url_of(name)

    def make_empty(self) -> str:
        """The address of a new database with nothing in it, for who will own its tables."""
        return self._url_of(self._named(), OWNER, create=True)

    def keep(self, url: str) -> str:
        """The name of what this database holds now, to come `back` to. Nobody may be in it."""
        name, kept = self._name_in(url), self._named()
        self._let_go(name)
        if self._server:
            self._say(f'CREATE DATABASE "{kept}" TEMPLATE "{name}" OWNER {OWNER}')
        else:
            shutil.copyfile(self._file(name), self._file(kept))
        return kept

    def back(self, url: str, kept: str) -> None:
        """The database as it was kept, at the same address. Whoever is in it is thrown out."""
        name = self._name_in(url)
        self._let_go(name)
        if self._server:
            self._say(f'DROP DATABASE "{name}" WITH (FORCE)')
            self._say(f'CREATE DATABASE "{name}" TEMPLATE "{kept}" OWNER {OWNER}')
        else:
            self._copy_file(name, kept)

    def rows(self, url: str) -> Rows:
        """What this database holds, to be `put` there again. On SQLite nobody may be in it."""
        return held.read(self._into(self._name_in(url))) if self._server else self.keep(url)

    def put(self, url: str, rows: Rows, before: Rows | None) -> None:
        """These in the place of those that are there: none, where none are named."""
        name = self._name_in(url)
        if isinstance(rows, str):
            self._copy_file(name, rows)
        else:
            held.put(self._into(name), rows, None if isinstance(before, str) else before)

    def let_go(self, rows: Rows) -> None:
        """Nobody will `put` them any more."""
        if isinstance(rows, str):
            self._file(rows).unlink()

    def forget(self, url: str, kept: str) -> None:
        """Takes both back, and gives neither out again."""
        apps.forget(url)
        for name in (self._name_in(url), kept):
            if self._server:
                self._drop(name)
            else:
                self._file(name).unlink()

    def asked(self, url: str, query: str) -> list[tuple[Any, ...]]:
        """What is there, above all policies. On SQLite nothing stays open, and nothing is tidied up."""
        name = self._name_in(url)
        if self._server:
            return self._ask(name, query)
        with closing(sqlite3.connect(f"file:{self._file(name)}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def drop(self, url: str) -> None:
        """Takes a copy back."""
        name = self._name_in(url)
        if not self._server or (0 < self._uses[name] < self._most and self._emptied(name)):
            self._idle.append(name)
        else:
            apps.forget(url)
            self._drop(name)

    def _emptied(self, name: str) -> bool:
        self._ask(name, _END_OTHERS)
        if self._ask(name, _SHAPE) != self._shape:
            return False
        self._say(_EMPTY, name)
        if self._uses[name] % _VACUUMED_AFTER == 0:
            ((written,),) = self._ask(name, _WRITTEN)
            self._say(f"VACUUM {written}", name)
        return True

    def close(self) -> None:
        """Takes the template back."""
        for name in [self._template, *self._idle]:
            apps.forget(self._url_of(name))
            if self._server:
                self._drop(name)
        self._let_go("")

    def _drop(self, name: str) -> None:
        self._let_go(name)
        self._say(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url_of(self, name: str, role: str = SERVICE, create: bool = False) -> str:
        if not self._server:
            return f"sqlite:///{self._file(name)}"
        if create:
            self._say(f'CREATE DATABASE "{name}" OWNER {OWNER}')
        url = make_url(self._server).set(database=name, username=role, password=role)
        return url.render_as_string(hide_password=False)

    def _make_roles(self) -> None:
        """Ordinary ones. Several processes may try at once."""
        for role in (OWNER, SERVICE):
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                self._say(f"CREATE ROLE {role} LOGIN PASSWORD '{role}' NOSUPERUSER NOBYPASSRLS")

    def _named(self) -> str:
        return f"{self._template}_{next(self._number)}"

    def _name_in(self, url: str) -> str:
        """As the test was given it."""
        named = make_url(url).database or ""
        return named if self._server else Path(named).stem

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def _copy_file(self, name: str, template: str = "") -> None:
        """In the place of the one before, not into it: whoever still has that open does no harm."""
        for end in ("-wal", "-shm"):
            self._file(name).with_suffix(f".db{end}").unlink(missing_ok=True)
        copied = self._file(f"{name}_copied")
        shutil.copyfile(self._file(template or self._template), copied)
        copied.replace(self._file(name))

    def above(self, url: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Into this database, above all its policies."""
        self.entered += 1
        return self._connected(self._name_in(url))

    def _say(self, statement: str, name: str = "") -> None:
        self._into(name).execute(statement.encode())

    def _ask(self, name: str, query: str) -> list[tuple[Any, ...]]:
        return self._into(name).execute(query.encode()).fetchall()

    def _into(self, name: str) -> psycopg.Connection[tuple[Any, ...]]:
        """The connection that is kept."""
        if name not in self._kept or self._kept[name].closed:
            self._kept[name] = self._connected(name)
        return self._kept[name]

    def _let_go(self, name: str) -> None:
        if name in self._kept:
            self._kept.pop(name).close()

    def _connected(self, name: str) -> psycopg.Connection[tuple[Any, ...]]:
        """In no database of the tests where none is named."""
        assert self._server
        url = make_url(self._server).set(drivername="postgresql")
        url = url.set(database=name) if name else url
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def _migrate(self, url: str, owner_url: str) -> None:
        app = create_core(Settings(url, self._folder, owner_url=owner_url if self._server else ""))
        with app.app_context():
            schema.bring_up_to_date()
            if not self._server:
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
        if not self._server:
            with closing(sqlite3.connect(self._file(self._template), isolation_level=None)) as connection:
                for said in _SMALL:
                    connection.execute(said)


def owners_url(url: str) -> str:
    """The same database, for who owns its tables."""
    owner = make_url(url).set(username=OWNER, password=OWNER, drivername="postgresql")
    return owner.render_as_string(hide_password=False)
