"""A fresh, migrated database for each test, in a moment: a copy of one that was migrated once.

On PostgreSQL the tables belong to one ordinary role and the service is another: neither is above a policy.
"""

import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import schema

OWNER, SERVICE = "meetingsvc_owner", "meetingsvc_app"


class Copies:
    """Gives out copies of a migrated database, and takes them back."""

    def __init__(self, folder: Path, postgresql: str | None) -> None:
        self._folder, self._server, self._number = folder, postgresql, count(1)
        self._template = f"{folder.name}_template".replace("-", "_")
        if postgresql:
            self._make_roles()
        self._migrate(self._url_of(self._template, create=True), self._url_of(self._template, OWNER))

    def make(self) -> str:
        """The address of a new copy."""
        name = f"{self._template}_{next(self._number)}"
        if self._server:
            self._say(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}" OWNER {OWNER}')
        else:
            shutil.copyfile(self._file(self._template), self._file(name))
        return self._url_of(name)

    def make_empty(self) -> str:
        """The address of a new database with nothing in it, for who will own its tables."""
        return self._url_of(f"{self._template}_{next(self._number)}", OWNER, create=True)

    def drop(self, url: str) -> None:
        """Takes a copy back."""
        if self._server:
            self._say(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        """Takes the template back."""
        self.drop(self._url_of(self._template))

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

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def _say(self, statement: str) -> None:
        assert self._server
        address = self._server.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _migrate(self, url: str, owner_url: str) -> None:
        app = create_core(Settings(url, self._folder, owner_url=owner_url if self._server else ""))
        with app.app_context():
            schema.bring_up_to_date()
            if not self._server:
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()


def owners_url(url: str) -> str:
    """The same database, for who owns its tables."""
    owner = make_url(url).set(username=OWNER, password=OWNER, drivername="postgresql")
    return owner.render_as_string(hide_password=False)
