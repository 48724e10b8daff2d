"""kill -9 at any moment (security.md D1, D2): what was acknowledged is there once and whole, or not at all.

A child process does one unit of work after another, says so after each, and is killed. What it leaves is held
against what it said by `kills_arena.py`, of messages that leave by `kills_mail.py`. The database itself goes
on, so the tests' PostgreSQL may do without `fsync`: what a loss of power leaves is not asked here.
"""

import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

Say = Callable[[str], None]
Counts = dict[str, int]
#: What a person or a machine asks for once, and asks for again where no answer came.
Unit = Callable[[], object]
#: A child that says nothing for so long is stuck.
PATIENCE = 60.0


class Stuck(Exception):
    """A child did not get on."""


class Failed(Exception):
    """A child failed by itself."""


class Child:
    """A process of its own. What it `says` is with us before it goes on."""

    def __init__(self, life: Callable[[Say], None]) -> None:
        self._read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _live(life, write)
        os.close(write)
        self._said, self._over = b"", False

    def line(self) -> str:
        """The next thing it says."""
        until = time.monotonic() + PATIENCE
        while b"\n" not in self._said:
            if self._over or not self._hear(max(0.0, until - time.monotonic())):
                self.kill()
                raise Stuck
        told, self._said = self._said.split(b"\n", 1)
        return _plain(told)

    def end(self, seconds: float) -> tuple[list[str], bool]:
        """Kills it after so long, unless it dies before; all that it said, and whether it was killed."""
        until = time.monotonic() + seconds
        while not self._over and (left := until - time.monotonic()) > 0:
            self._hear(left)
        return self.kill()

    def kill(self) -> tuple[list[str], bool]:
        """At this moment."""
        os.kill(self.pid, signal.SIGKILL)
        while not self._over:
            self._hear(PATIENCE)
        os.close(self._read)
        _, status = os.waitpid(self.pid, 0)
        return [_plain(one) for one in self._said.split(b"\n")[:-1]], os.WIFSIGNALED(status)

    def _hear(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._read], [], [], seconds)
        if ready:
            said = os.read(self._read, 1 << 16)
            self._said, self._over = self._said + said, not said
        return bool(ready)


def _live(life: Callable[[Say], None], write: int) -> NoReturn:
    """What the parent began is not this one's to end: it leaves without a word to the libraries."""

    def say(told: str) -> None:
        os.write(write, told.encode() + b"\n")

    try:
        life(say)
    except BaseException:
        say("failed " + json.dumps(traceback.format_exc()))
    os._exit(0)


def _plain(told: bytes) -> str:
    if told.startswith(b"failed "):
        raise Failed(json.loads(told[7:]))
    return told.decode()


class Points:
    """How many statements were begun; a commit counts twice, before and after."""

    number = 0

    def pass_(self, *_: object) -> None:
        """One more."""
        self.number += 1


@contextmanager
def counting(points: Points | None = None) -> Iterator[Points]:
    """Of everything that happens inside."""
    points = points or Points()
    heard = ((Engine, "before_cursor_execute"), (Engine, "commit"), (Session, "after_commit"))
    for target, name in heard:
        event.listen(target, name, points.pass_)
    try:
        yield points
    finally:
        for target, name in heard:
            event.remove(target, name, points.pass_)


class _Last(Points):
    def __init__(self, last: int) -> None:
        self._last = last

    def pass_(self, *_: object) -> None:
        super().pass_()
        if self.number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def dying_at(point: int | None) -> AbstractContextManager[Points]:
    """This process kills itself at that point; None: it does not."""
    return counting(None if point is None else _Last(point))


@dataclass
class Tally:
    """What became of the kills. `unsaid`: saved, and nobody was told, so it was asked for again.

    `again`: a notice that says nothing left twice, under its one Message-ID; `left`: a person has to look.
    """

    kills: int = 0
    unsaid: int = 0
    again: int = 0
    left: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    stuck: int = 0
    told: list[str] = field(default_factory=list)

    def judge(self, before: Counts, after: Counts, found: Counts) -> None:
        """What a kill left, held against a run without one: `before` its unit, and `after` it."""
        if found == after != before:
            self.unsaid += 1
        if found in (before, after):
            return
        differ = {name: (before[name], after[name], found[name]) for name in found
                  if found[name] not in (before[name], after[name])}  # fmt: skip
        self.told.append(str(differ or "some tables as before, some as after"))
        if any(there < min(both) for *both, there in differ.values()):
            self.lost += 1
        elif any(there > max(both) for *both, there in differ.values()):
            self.doubled += 1
        else:
            self.torn += 1

    @property
    def harm(self) -> int:
        """Of any kind."""
        return self.lost + self.doubled + self.torn + self.stuck
