"""One application for many tests: routes, templates and statements are made ready once for each database."""

from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask
from psycopg._preparing import PrepareManager
from sqlalchemy import Engine, event

from meetingsvc.app import create_app, create_core
from meetingsvc.config import Settings
from meetingsvc.models import db

_Known = tuple[Flask, dict[str, Any], set[str]]
_made: dict[Callable[[Settings], Flask], _Known] = {}


def core(settings: Settings) -> Flask:
    """The database without pages."""
    return _ready(create_core, settings)


def whole(settings: Settings) -> Flask:
    """The whole service."""
    return _ready(create_app, settings)


def _ready(make: Callable[[Settings], Flask], settings: Settings) -> Flask:
    """As just made: the test before may have changed its configuration. With other routes it is not kept."""
    if make in _made:
        app, config, routes = _made[make]
        if config["SETTINGS"].database_url == settings.database_url and set(app.view_functions) == routes:
            app.config.clear()
            app.config.update(config, SETTINGS=settings)
            return app
        forget(config["SETTINGS"].database_url)
    app = make(settings)
    _made[make] = app, dict(app.config), set(app.view_functions)
    return app


#: Of each connection to PostgreSQL so many statements stay planned.
_PLANNED = 300


class _Lasting(PrepareManager):
    """The driver forgets what is planned at each rollback, and every page ends with one: all that a page asks
    would be planned anew, policies and all."""

    def clear(self) -> bool:
        """PostgreSQL itself plans again what a change of its tables or policies has made old."""
        return False


def plan_once() -> None:
    """From now on, for every connection of this process to PostgreSQL."""
    event.listen(Engine, "connect", _keep_plans)


def _keep_plans(connection: object, record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        connection._prepared = _Lasting()
        connection.prepare_threshold, connection.prepared_max = 1, _PLANNED
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.commit()


def forget(url: str) -> None:
    """The database at this address goes."""
    for make, (app, config, _) in list(_made.items()):
        if config["SETTINGS"].database_url == url:
            del _made[make]
            with app.app_context():
                db.engine.dispose()


def rest() -> None:
    """After a test, in its application: the session ends. SQLite's file is replaced, so nobody holds it."""
    db.session.remove()
    for engine in db.engines.values():
        if engine.dialect.name == "sqlite":
            engine.dispose()
