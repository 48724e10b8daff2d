"""Where and how the benchmarks measure: fresh databases of both kinds, and ratios of what ran side by
side.

BENCH_SCALE is the share of a nation that is measured: a twentieth unless told; 1 is the whole (a few
minutes and gigabytes more).
"""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.server import GC_THRESHOLD
from meetingsvc.store import acting
from tests.servers.databases import SERVICE, Copies
from tests.servers.postgresql import Server

SCALE = float(os.environ.get("BENCH_SCALE", "0.05"))


Clock = Callable[[], float]
#: SQLite works in our process: its time is the processor's, whatever else the machine does.
CLOCK: dict[str, Clock] = {"SQLite": process_time, "PostgreSQL": perf_counter}


class Row(NamedTuple):
    """One line of the table. Without a target it only stands beside another, to compare."""

    name: str
    ratio: float
    target: float | None


@contextmanager
def databases() -> Iterator[dict[str, Copies]]:
    """SQLite and PostgreSQL: each gives fresh databases, already migrated. All is gone afterwards."""
    server = Server()
    with tempfile.TemporaryDirectory(prefix="meetingsvc-bench-") as folder:
        try:
            yield {
                "SQLite": Copies(_made(Path(folder) / "sqlite"), None),
                "PostgreSQL": Copies(_made(Path(folder) / "postgresql"), server.url(), uses=1),
            }
        finally:
            server.stop()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def opened(copies: Copies) -> Iterator[None]:
    """A fresh database, with the service's store open on it."""
    url = copies.make()
    if url.startswith("postgresql"):
        with copies.above(url) as connection:  # floors lay out tables of their own
            connection.execute(f"GRANT CREATE ON SCHEMA public TO {SERVICE}".encode())
    app = create_core(Settings(url, Path(tempfile.gettempdir()), secret_key="k" * 32))
    with app.app_context(), acting.service():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
            copies.drop(url)


def counted(copies: Copies) -> None:
    """The planner knows what there is, as it does in time by itself. To be called outside a transaction."""
    if db.engine.dialect.name == "postgresql":
        with copies.above(db.engine.url.render_as_string(hide_password=False)) as owner:
            owner.execute("ANALYZE")
        return
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def seconds(job: Callable[[], object], clock: Clock = perf_counter) -> float:
    """How long it takes, without the rubbish of what ran before; memory is managed as our servers do."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 10, 10)
    started = clock()
    job()
    return clock() - started
