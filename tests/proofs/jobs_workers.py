"""Workers as processes of their own, under one clock that moves when all that are awake have asked.

Whoever takes the first turn of some slots is stopped with the slot in its hands (SIGSTOP), and goes on when
its lease is long over and others have gone on.
"""

import multiprocessing
import os
import signal
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import SignInAttemptRow, db
from meetingsvc.store import acting
from meetingsvc.store.jobs import Outcome, Overtaken, holding
from meetingsvc.usecases import jobs
from meetingsvc.usecases.job_plans import Every
from meetingsvc.usecases.transaction import saved

START = datetime(2026, 11, 23, tzinfo=UTC)
PLAN = Every(timedelta(seconds=10))
#: Half a tick, and less: it runs out before the next slot begins.
HALF, LEASE = timedelta(seconds=5), timedelta(seconds=4)
#: A worker sleeps while so many others slots are done.
ASLEEP = 3
_PATIENCE = 60


class Shared:
    """What all processes see: the clock in half ticks, what each has asked, and what came of it."""

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("fork")
        self.halves: Any = context.Value("l", -1, lock=False)
        self.seen: Any = context.Array("l", [-1] * workers, lock=False)
        self.stopped: Any = context.Array("l", [0] * workers, lock=False)
        self.refused: Any = context.Array("l", workers, lock=False)
        self.over: Any = context.Value("b", 0, lock=False)


def a_worker(number: int, settings: Settings, shared: Shared, pauses: frozenset[int]) -> None:
    """Asks once each time the clock has moved; its own application, its own connection."""
    app = create_core(settings)
    with app.app_context(), acting.service():
        while not shared.over.value:
            half = shared.halves.value
            if shared.seen[number] == half:
                time.sleep(0.002)
                continue
            _ask(number, shared, half, pauses)
            shared.seen[number] = half
        db.session.remove()
        db.engine.dispose()


def _ask(number: int, shared: Shared, half: int, pauses: frozenset[int]) -> None:
    now = START + half * HALF
    if not jobs.is_due("work", PLAN, LEASE, now):
        return
    held = jobs.take("work", PLAN, LEASE, lambda: START + shared.halves.value * HALF)
    if held is None:
        return
    if half in pauses and held.token == 1:
        db.session.remove()
        shared.stopped[number] = 1
        os.kill(os.getpid(), signal.SIGSTOP)
    try:
        with holding(held), saved():
            db.session.add(SignInAttemptRow(subject=f"{held.slot} {held.token} {number}", at=now))
            jobs.end_here(now)
    except Overtaken:
        shared.refused[number] += 1
    jobs.end(held, Outcome.DONE, "", PLAN.interval, now)


class Crowd:
    """The workers, and who moves their clock."""

    def __init__(self, settings: Settings, workers: int, ticks: int, pauses: frozenset[int]) -> None:
        self.shared, self._ticks, self._pauses = Shared(workers), ticks, pauses
        make = multiprocessing.get_context("fork").Process
        arguments = (settings, self.shared, frozenset(2 * tick for tick in pauses))
        self._workers: list[BaseProcess] = [
            make(target=a_worker, args=(number, *arguments), daemon=True) for number in range(workers)
        ]

    def run(self) -> None:
        """Every tick, and half a tick more where somebody has been stopped."""
        asleep: deque[tuple[int, int]] = deque()
        for worker in self._workers:
            worker.start()
        try:
            for tick in range(self._ticks):
                self._move_to(2 * tick)
                if tick in self._pauses:
                    asleep.append((tick + ASLEEP, self._fresh(asleep)))
                    self._move_to(2 * tick + 1)
                while asleep and (asleep[0][0] <= tick or tick == self._ticks - 1):
                    self._wake(asleep.popleft()[1])
        finally:
            self._stop()

    def _fresh(self, asleep: deque[tuple[int, int]]) -> int:
        known = {number for _, number in asleep}
        (number,) = {n for n, stopped in enumerate(self.shared.stopped) if stopped} - known
        return number

    def _move_to(self, half: int) -> None:
        self.shared.halves.value = half
        deadline = time.monotonic() + _PATIENCE
        while not all(
            seen == half or stopped
            for seen, stopped in zip(self.shared.seen, self.shared.stopped, strict=True)
        ):
            assert time.monotonic() < deadline, (half, list(self.shared.seen))
            time.sleep(0.002)

    def _wake(self, number: int) -> None:
        before = self.shared.refused[number]
        self.shared.stopped[number] = 0
        pid = self._workers[number].pid
        assert pid is not None
        deadline = time.monotonic() + _PATIENCE
        while self.shared.refused[number] == before:
            os.kill(pid, signal.SIGCONT)  # again: it may say that it stops a moment before it does
            assert time.monotonic() < deadline, number
            time.sleep(0.001)

    def _stop(self) -> None:
        self.shared.over.value = 1
        for worker in self._workers:
            worker.join(10)
            if worker.is_alive():
                worker.kill()
