"""The harness for what people and machines ask for: a database with work prepared, killed and compared.

The rows of every table are counted after each kill: they must be as in a run that nobody killed, after the
units that were acknowledged, or one more, saved before it could be said. The next child repeats the unit that
got no answer, and goes on. In the end every value is held against that run.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from meetingsvc.models import Base, db
from meetingsvc.store import acting
from tests.proofs import LONG
from tests.proofs.kills import PATIENCE, Child, Counts, Say, Stuck, Tally, Unit, counting, dying_at
from tests.proofs.kills_line import Line
from tests.servers.databases import Copies

#: After so many units, and after the last, every value is kept to be compared.
COMPARED = 4 if LONG else 2
_IDENTIFIERS = re.compile("[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{64}")
_COUNTS = " UNION ALL ".join(
    f"SELECT '{table.name}', count(*) FROM \"{table.name}\"" for table in Base.metadata.sorted_tables
)


def content(engine: sa.Engine) -> dict[str, list[str]]:
    """Every value of every table, but for identifiers and what is drawn, sealed or hashed."""
    with acting.service(), engine.connect() as connection:
        return {
            table.name: sorted(
                repr([_masked(column, value) for column, value in zip(table.c, row, strict=True)])
                for row in connection.execute(sa.select(table))
            )
            for table in Base.metadata.sorted_tables
        }


def _reading(copies: Copies, url: str) -> sa.Engine:
    """On PostgreSQL above all policies, in a connection that stays: to plan anew each time takes long."""
    above = {"creator": lambda: copies.above(url)} if url.startswith("postgresql") else {}
    return sa.create_engine(url, **above)


def _masked(column: Any, value: Any) -> Any:
    if isinstance(value, bool | date | datetime | None):
        return value
    if isinstance(value, int):
        numbered = column.foreign_keys or (column.primary_key and column.table.name != "audit")
        return "a number" if numbered else value
    if isinstance(value, UUID | bytes):
        return type(value).__name__
    return _IDENTIFIERS.sub("·", json.dumps(value, default=str, sort_keys=True))


def _request(unit: Unit) -> None:
    """As one of a server's many: it knows nothing of the one before."""
    unit()
    db.session.remove()


class Arena:
    """A database with work prepared in it, and what it holds after each unit where nobody is killed."""

    def __init__(self, app: Flask, copies: Copies, url: str, prepare: Callable[[int], list[Unit]], size: int):
        self._app, self._copies, self._url = app, copies, url
        self._line, self._reading = Line(app), _reading(copies, url)
        with self._acting():
            self.units = prepare(size)
        self._kept = copies.keep(url)
        self.after, self.points = [self.counted()], list[int]()
        with self._acting():
            self.contents = {0: self.read()}
            for number, unit in enumerate(self.units, 1):
                with counting() as made:
                    _request(unit)
                self.points.append(made.number)
                self.after.append(self.counted())
                if number <= COMPARED or number == size:
                    self.contents[number] = self.read()
        self.fresh()
        self._seconds = [self._two_units(0), self._two_units(min(2, size - 2))]

    @contextmanager
    def _acting(self) -> Iterator[None]:
        """Nothing is open afterwards."""
        with self._app.app_context(), acting.service():
            yield
            db.session.remove()
            db.engine.dispose()

    def _two_units(self, done: int) -> float:
        """How long a new process takes for two."""
        child, begun = self.child(done, done + 2), time.monotonic()
        for _ in range(2):
            child.line()
        taken = time.monotonic() - begun
        child.kill()
        self.left()
        return taken

    @property
    def seconds(self) -> float:
        """How long the next process takes for two, about."""
        return self._seconds[not self._line.is_new]

    def left(self) -> None:
        """By a child that is dead."""
        self._line.left()

    def fresh(self) -> None:
        """As prepared."""
        self._rest()
        self._copies.back(self._url, self._kept)

    def close(self) -> None:
        """All of it goes."""
        self._rest()
        self._copies.forget(self._url, self._kept)

    def _rest(self) -> None:
        self._line.cut()
        self._reading.dispose()

    def counted(self) -> Counts:
        """The rows of every table, at one moment, read by who is in no transaction of the service."""
        return dict(self._copies.asked(self._url, _COUNTS))

    def child(self, done: int, until: int | None = None, point: int | None = None) -> Child:
        """Does what is left to do, and says so after each unit."""

        def life(say: Say) -> None:
            with self._app.app_context(), acting.service(), dying_at(point):
                for unit in self.units[done:until]:
                    _request(unit)
                    say("saved")

        self._line.ready()
        return Child(life)

    def read(self) -> dict[str, list[str]]:
        """Every value that is there now. On SQLite nothing stays open."""
        found = content(self._reading)
        if self._reading.dialect.name == "sqlite":
            self._reading.dispose()
        return found


def at_random(arena: Arena, kills: int, seed: int) -> Tally:
    """So many kills, each anywhere in the next two units, on as many copies as it takes."""
    tally, draw = Tally(), Random(seed)
    while tally.kills < kills and not tally.harm:
        with _round(arena, tally) as done:
            while done[0] < len(arena.units) and tally.kills < kills and not tally.harm:
                _kill(arena, tally, done, draw.uniform(0, arena.seconds))
    return tally


def at_each_point(arena: Arena, units: int, few: bool = False) -> Tally:
    """At every statement and around every commit of the first units, at most `COMPARED`; `few`: at some."""
    tally = Tally()
    with _round(arena, tally) as done:
        for number in range(units):
            last = arena.points[number]
            for point in range(1, last + 1):
                if (not few or point in (last // 2, last)) and not tally.harm:
                    _kill(arena, tally, done, PATIENCE, number + 1, point)
                    _compare(arena, tally, done[0], done[0] + 1)
            if done[0] == number and not tally.harm:
                _kill(arena, tally, done, PATIENCE, number + 1)
    return tally


def _kill(
    arena: Arena, tally: Tally, done: list[int], seconds: float,
    until: int | None = None, point: int | None = None,
) -> None:  # fmt: skip
    """One child; `done` is how many units were acknowledged."""
    begun = time.monotonic()
    said, killed = arena.child(done[0], until, point).end(seconds)
    arena.left()
    if time.monotonic() - begun > PATIENCE:
        raise Stuck
    done[0] += len(said)
    tally.kills += killed
    tally.judge(arena.after[done[0]], arena.after[min(done[0] + 1, len(arena.units))], arena.counted())


@contextmanager
def _round(arena: Arena, tally: Tally) -> Iterator[list[int]]:
    """A fresh copy, done to its end when the kills are over, and read."""
    arena.fresh()
    done = [0]
    try:
        yield done
        if not tally.harm:
            _kill(arena, tally, done, PATIENCE)
    except Stuck:
        tally.stuck += 1
        tally.told.append(f"the unit after {done[0]}")
    _compare(arena, tally, done[0], done[0])


def _compare(arena: Arena, tally: Tally, *done: int) -> None:
    """Every value is as after one of these numbers of units."""
    if tally.harm or (every := arena.read()) in (wanted := [arena.contents[number] for number in done]):
        return
    tally.torn += 1
    tally.told += [_difference(name, wanted[-1][name], every[name]) for name in every]


def _difference(name: str, wanted: list[str], found: list[str]) -> str:
    less, more = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    return f"{name}: not there {list(less)[:3]}, too much {list(more)[:3]}" if less or more else ""
