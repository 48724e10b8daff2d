"""A fresh, migrated database for each test, in a moment: a copy of one that was migrated once."""

import shutil
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import schema


class Copies:
    """Gives out copies of a migrated database, and takes them back."""

    def __init__(self, folder: Path, postgresql: str | None) -> None:
        self._folder, self._server, self._number = folder, postgresql, count(1)
        self._template = f"{folder.name}_template".replace("-", "_")
        self._migrate(self._url_of(self._template, create=True))

    def make(self) -> str:
        """The address of a new copy."""
        name = f"{self._template}_{next(self._number)}"
        if self._server:
            self._say(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        else:
            shutil.copyfile(self._file(self._template), self._file(name))
        return self._url_of(name)

    def make_empty(self) -> str:
        """The address of a new database with nothing in it."""
        return self._url_of(f"{self._template}_{next(self._number)}", create=True)

    def drop(self, url: str) -> None:
        """Takes a copy back."""
        if self._server:
            self._say(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        """Takes the template back."""
        self.drop(self._url_of(self._template))

    def _url_of(self, name: str, create: bool = False) -> str:
        if not self._server:
            return f"sqlite:///{self._file(name)}"
        if create:
            self._say(f'CREATE DATABASE "{name}"')
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def _say(self, statement: str) -> None:
        assert self._server
        address = self._server.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _migrate(self, url: str) -> None:
        app = create_core(Settings(url, self._folder))
        with app.app_context():
            schema.bring_up_to_date()
            if not self._server:
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
