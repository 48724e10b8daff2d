"""What a fixture builds is built once: the next test is given the rows as they were, and an equal value.

Only where nothing but such fixtures has written to the database since it was given out, by whatever way;
under the same patches and settings; upon the very rows it was built upon; and where nobody is in the midst
of writing, or holds SQLite's file. Otherwise, and for what cannot be put back so (an open row, a patch, a
file beside the database), it is built as ever, and nothing is taken back that waits to be saved.
"""

import inspect
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import wraps
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pytest
from flask import Flask, current_app, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event

from meetingsvc.config import Settings
from meetingsvc.models import Base, db
from tests.servers import patched, untouched
from tests.servers.databases import Copies, Rows

#: Upon which world, by which fixture, and of what.
_Key = tuple[int, object, bytes]
T = TypeVar("T")
#: Of the worlds that were built last, so many are kept.
_MOST = 24
_numbers = count(1)


class Unkept(Exception):
    """A value that another test cannot be given."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, thing: object) -> str | None:
        if isinstance(thing, Base | pytest.MonkeyPatch | io.IOBase):
            raise Unkept(type(thing).__name__)
        return type(thing).__name__ if isinstance(thing, Flask | FlaskClient) else None


def _told(value: object) -> bytes:
    """Where the database is the same, so are an application and a client: they need not be told apart."""
    out = io.BytesIO()
    try:
        _Pickler(out).dump(value)
    except (Unkept, pickle.PicklingError, AttributeError, TypeError, RecursionError) as error:
        raise Unkept(str(error)) from error
    return out.getvalue()


def _kept(value: object) -> bytes:
    """As it can be given again."""
    told = _told(value)
    try:
        pickle.loads(told)
    except pickle.UnpicklingError as error:
        raise Unkept(str(error)) from error
    return told


@dataclass
class _Built:
    """A world that stands in some database's rows. No two have one number, also not of the same fixture."""

    number: int
    value: bytes
    rows: Rows


@dataclass
class _Worlds:
    """Of one kind of database: what was built by which fixtures; and which stands in the one in use."""

    built: OrderedDict[_Key, _Built] = field(default_factory=OrderedDict)
    url: str = ""
    at: int | None = None
    rows: Rows | None = None
    written: tuple[int, int] = 0, 0
    mark: object = None

    def stands(self, copies: Copies, at: int, rows: Rows | None, mark: object) -> None:
        """From now on, until somebody writes."""
        self.at, self.rows, self.mark, self.written = at, rows, mark, (_commits, copies.entered)

    def is_untouched(self, copies: Copies, url: str) -> bool:
        """Whether nothing was saved since, also past SQLAlchemy or by another process."""
        if self.url != url or self.at is None or self.written != (_commits, copies.entered):
            return False
        return self.mark == untouched.mark(copies, url)


_worlds: WeakKeyDictionary[Copies, _Worlds] = WeakKeyDictionary()
_commits = 0


@event.listens_for(Engine, "commit")
def _count(connection: Connection) -> None:
    global _commits
    _commits += 1


def fresh(copies: Copies, url: str) -> None:
    """This database was given out just now, and is empty."""
    worlds = _worlds.setdefault(copies, _Worlds())
    worlds.url = url
    worlds.stands(copies, 0, None, untouched.empty(copies, url))


def remembered(make: Callable[..., T]) -> Callable[..., T]:
    """For the function of a fixture that writes to this test's database. It goes under `pytest.fixture`."""

    @wraps(make)
    def recalled(request: pytest.FixtureRequest, **asked: Any) -> T:
        copies, url = request.getfixturevalue("copies"), request.getfixturevalue("database_url")
        name = f"{make.__module__}.{make.__qualname__}", repr(getattr(request, "param", None))
        app = current_app if has_app_context() else request.getfixturevalue("service")
        return recall(app, copies, url, name, asked, lambda: make(**asked))

    told = inspect.signature(make)
    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [request, *told.parameters.values()]
    recalled.__signature__ = told.replace(parameters=parameters)  # type: ignore[attr-defined]
    return recalled


def recall(
    app: Flask, copies: Copies, url: str, name: object, asked: object, make: Callable[[], T]
) -> T:  # fmt: skip
    """What `make` builds in this application's database, of what was `asked` for it."""
    worlds = _worlds[copies]
    if worlds.at is None or untouched.waits() or not worlds.is_untouched(copies, url):
        return make()
    try:
        key = worlds.at, name, _told((asked, patched.present(), _set(app)))
    except (Unkept, ValueError, RuntimeError):
        return make()
    built = worlds.built.get(key)
    if built is None:
        return _build(app, copies, key, make)
    if not _let_go(app, copies, url):
        return make()
    worlds.built.move_to_end(key)
    copies.put(url, built.rows, worlds.rows)
    worlds.stands(copies, built.number, built.rows, untouched.mark(copies, url))
    value: T = pickle.loads(built.value)
    return value


def _build(app: Flask, copies: Copies, key: _Key, make: Callable[[], T]) -> T:
    worlds = _worlds[copies]
    worlds.at = None
    value = make()
    try:
        kept = _kept(value)
    except Unkept:
        return value
    if not _let_go(app, copies, worlds.url):
        return value
    built = worlds.built[key] = _Built(next(_numbers), kept, copies.rows(worlds.url))
    worlds.stands(copies, built.number, built.rows, untouched.mark(copies, worlds.url))
    if len(worlds.built) > _MOST:
        copies.let_go(worlds.built.popitem(last=False)[1].rows)
    return value


def _set(app: Flask) -> str:
    """The settings, but for where this test's database and folder are."""
    settings: Settings = app.config["SETTINGS"]
    told = repr(replace(settings, database_url="", data_dir=Path()))
    return told.replace(str(settings.data_dir), "")


def _let_go(app: Flask, copies: Copies, url: str) -> bool:
    """Whether nobody holds the database, nothing waits to be saved, and nothing lies beside it.

    What the session has read is read again; SQLite's file can be replaced.
    """
    with nullcontext() if has_app_context() else app.app_context():
        if untouched.waits() or db.session.new or db.session.dirty or db.session.deleted:
            return False
        db.session.rollback()
        engines = list(db.engines.values())
        settings: Settings = app.config["SETTINGS"]
    held = any(engine.pool.checkedout() for engine in engines)  # type: ignore[attr-defined]
    if held or any(path.is_file() for path in settings.data_dir.rglob("*")):
        return False
    for engine in engines:
        if engine.dialect.name == "sqlite":
            engine.dispose()
    return untouched.is_quiet(copies, url)
