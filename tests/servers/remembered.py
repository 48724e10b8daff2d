"""What a fixture builds is built once: the next test is given the rows as they were, and an equal value.

Only where nothing but such fixtures has written to the database since it was given out. Otherwise, and for
what cannot be put back so (an open row, a patch, a file beside the database), it is built as ever.
"""

import inspect
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pytest
from flask import Flask, current_app, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event

from meetingsvc.config import Settings
from meetingsvc.models import Base, db
from tests.servers.databases import Copies, Rows

_Key = tuple[object, ...]
T = TypeVar("T")
#: Of the worlds that were built last, so many are kept.
_MOST = 24


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
    except (Unkept, pickle.PicklingError, AttributeError, TypeError) as error:
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
    asked: bytes
    value: bytes
    rows: Rows


@dataclass
class _Worlds:
    """Of one kind of database: what was built by which fixtures in turn; and where the one in use stands."""

    built: OrderedDict[_Key, _Built] = field(default_factory=OrderedDict)
    url: str = ""
    path: _Key | None = None
    written: tuple[int, int] = 0, 0


_worlds: WeakKeyDictionary[Copies, _Worlds] = WeakKeyDictionary()
_commits = 0


@event.listens_for(Engine, "commit")
def _count(connection: Connection) -> None:
    global _commits
    _commits += 1


def fresh(copies: Copies, url: str) -> None:
    """This database was given out just now, and is empty."""
    worlds = _worlds.setdefault(copies, _Worlds())
    worlds.url, worlds.path, worlds.written = url, (), (_commits, copies.entered)


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
    app: Flask, copies: Copies, url: str, name: _Key, asked: object, make: Callable[[], T]
) -> T:  # fmt: skip
    """What `make` builds in this application's database, of what was `asked` for it."""
    worlds = _worlds[copies]
    if worlds.url != url or worlds.path is None or worlds.written != (_commits, copies.entered):
        return make()
    try:
        told = _told(asked)
    except Unkept:
        return make()
    key = (*worlds.path, name)
    built, before = worlds.built.get(key), worlds.built.get(worlds.path)
    if built is None or built.asked != told or (worlds.path and not before):
        return _build(app, copies, key, told, make)
    if not _let_go(app):
        return make()
    worlds.built.move_to_end(key)
    copies.put(url, built.rows, before.rows if before else None)
    worlds.path = key
    value: T = pickle.loads(built.value)
    return value


def _build(app: Flask, copies: Copies, key: _Key, told: bytes, make: Callable[[], T]) -> T:
    worlds = _worlds[copies]
    worlds.path = None
    value = make()
    if not _let_go(app):
        return value
    try:
        kept = _kept(value)
    except Unkept:
        return value
    if former := worlds.built.pop(key, None):
        copies.let_go(former.rows)
    worlds.built[key] = _Built(told, kept, copies.rows(worlds.url))
    worlds.path, worlds.written = key, (_commits, copies.entered)
    if len(worlds.built) > _MOST:
        copies.let_go(worlds.built.popitem(last=False)[1].rows)
    return value


def _let_go(app: Flask) -> bool:
    """Whether nobody holds the database, nothing waits to be saved, and nothing lies beside it.

    What the session has read is read again; SQLite's file can be replaced.
    """
    with nullcontext() if has_app_context() else app.app_context():
        if db.session.new or db.session.dirty or db.session.deleted:
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
    return True
