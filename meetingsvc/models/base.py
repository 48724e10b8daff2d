"""What every table shares: the metadata, the session, times in UTC, and how each database is set up."""

import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, ForeignKey, Integer, MetaData, String, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from agenda import calendar

#: Set while a use case runs: SQLite then takes the write lock at once; a later upgrade fails without waiting.
writing: ContextVar[bool] = ContextVar("writing", default=False)


class Base(DeclarativeBase):
    """The tables of the service."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


#: Asked with the class before an object is answered by its key, be it from memory: may refuse by raising.
before_get: list[Callable[[Any], None]] = []


class AskingSession(Session):
    """A session that asks before it answers from memory: no statement would be seen."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The object with that key."""
        for ask in before_get:
            ask(entity)
        return super().get(entity, ident, **options)


db = SQLAlchemy(model_class=Base, session_options={"class_": AskingSession})

#: SQLite numbers rows by itself only in a column that is exactly INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and given back in UTC (SQLite drops time zones); a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; raises ValueError for a naive value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Supplied:
    """What a piece of information keeps of where it is from: it stays its agency's (Rulebook R2)."""

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    author: Mapped[str] = mapped_column(String(100))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    source: Mapped[str] = mapped_column(String(200))


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver's own BEGIN would come late, and deferred
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "recursive_triggers=ON",  # what REPLACE deletes, a trigger on deletion refuses too
        "busy_timeout=15000",
        "cache_size=-16000",  # in KiB: what every look-up among a million people reads first stays in memory
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("day_end", 1, _day_end, deterministic=True)  # it knows no time zone


def _day_end(day: str | None) -> str | None:
    """As a `UTCDateTime` is stored."""
    return day and f"{calendar.day_end(date.fromisoformat(day)):%Y-%m-%d %H:%M:%S.%f}"


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
