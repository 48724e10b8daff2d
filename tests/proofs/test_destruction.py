"""Proof of L2: of a case that was destroyed no table, file, log, page, export or pack keeps one word.

The world is the sweep's: every free text of it carries a token of its own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import Base, CaseRow, db
from meetingsvc.store import acting, audit, residue
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.proofs import LONG, canaries, figure
from tests.proofs.canaries import Planted, found_in
from tests.proofs.machine_destroy import destroy
from tests.proofs.test_sweep import Sweep, client_of
from tests.servers.databases import Copies, owners_url
from tests.servers.postgresql import Server
from tests.web.routes import doors

#: What is said of a meeting or an area, not of the case; or is on no case.
NOT_THE_CASES = ("meeting_move.", "feed_import.", "minutes.", "rejected.")


@pytest.fixture
def planted(copies: Copies, tmp_path: Path) -> Iterator[tuple[Flask, Planted, str]]:
    url = copies.make()
    app = create_app(Settings(url, tmp_path, secret_key="x" * 32))
    yield app, canaries.build(app), url
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


def kept() -> set[str]:
    """The tokens in every value of every table."""
    found = set[str]()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            for value in row:
                text = value.decode("latin1") if isinstance(value, bytes) else str(value)
                found |= found_in(text)
    return found


def in_files(copies: Copies, url: str) -> set[str]:
    """The tokens in the database's own files: SQLite's with its log, of PostgreSQL those of its tables."""
    if db.engine.dialect.name == "sqlite":
        path = Path(str(db.engine.url.database))
        held = [file.read_bytes() for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]
    else:
        with copies.above(url) as connection:
            held = [bytes(content) for (content,) in connection.execute(_FILES).fetchall()]
    return {token for content in held for token in found_in(content.decode("latin1"))}


_FILES = """SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class
    WHERE relkind IN ('r', 't', 'i') AND pg_relation_size(oid) > 0 AND pg_relation_filepath(oid) LIKE 'base/%'
    AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)"""


def test_L2_no_table_file_or_log_keeps_a_word_of_what_was_destroyed(
    planted: tuple[Flask, Planted, str], copies: Copies
) -> None:
    app, world, url = planted
    with app.app_context(), acting.service():
        case = db.session.get_one(CaseRow, world.world.sets["ordinary"]["case_id"])
        case_id, area_id, before = case.id, case.area_id, kept()
        others = {token for token, one in world.canaries.items() if one.name != "ordinary"} & before
        its = of_the_case(world, before)
        db.session.rollback()
        destroy(area_id, case_id, world.world.keeper, NOW)
        with saved():
            left = kept()
        assert {world.canaries[token].what for token in its & left} == set()
        gone = {world.canaries[token].what for token in others - left}
        assert all(what.startswith(COPIES) for what in gone), gone
        assert residue.wipe(owners_url(url) if db.engine.dialect.name == "postgresql" else "")
        db.session.remove()
        assert not its & in_files(copies, url)
        with saved():
            assert audit.verify()[1] is None
        figure("destruction", "{tokens} texts of a case destroyed: {left} left in the database",
               tokens=len(its), left=len(its & left))  # fmt: skip


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[tuple[Copies, Path]]:
    """A PostgreSQL that nobody else writes in, and the folder of everything it keeps."""
    server = Server()
    try:
        url, folder = server.alone()
        copies = Copies(tmp_path, url)
        yield copies, folder
        copies.close()
    finally:
        server.stop()


def test_L2_no_file_of_postgresql_keeps_a_word_once_its_log_has_come_round(
    apart: tuple[Copies, Path], tmp_path: Path
) -> None:
    """The tables at once, and what the planner noted of their values; the log as its segments are written
    over (docs/postgresql.md says what that means)."""
    copies, folder = apart
    url = copies.make()
    app = create_app(Settings(url, tmp_path, secret_key="x" * 32))
    world = canaries.build(app)
    with app.app_context(), acting.service():
        case = db.session.get_one(CaseRow, world.world.sets["ordinary"]["case_id"])
        case_id, area_id, its = case.id, case.area_id, of_the_case(world, kept())
        db.session.rollback()
        with copies.above(url) as connection:
            connection.execute("ANALYZE")  # as the server does by itself
        destroy(area_id, case_id, world.world.keeper, NOW)
        assert residue.wipe(owners_url(url))
        db.session.remove()
        db.engine.dispose()
    with copies.above(url) as connection:
        connection.execute("CHECKPOINT")
        assert not its & under(folder / "base") and not its & under(folder / "global")
        assert its & under(folder / "pg_wal"), "until it is written over"
        switches = come_round(connection)
    assert not its & under(folder)
    figure("destruction, PostgreSQL's log", "{tokens} texts of a case gone after {switches} segments",
           tokens=len(its), switches=switches)  # fmt: skip


def under(folder: Path) -> set[str]:
    """The tokens in every file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {token for path in files for token in found_in(path.read_bytes().decode("latin1"))}


def come_round(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    """Every segment of the log that there is has been written anew; how many there were."""
    ((segments,),) = connection.execute("SELECT count(*) FROM pg_ls_waldir()").fetchall()
    for _ in range(segments + 1):
        connection.execute("CHECKPOINT")
        connection.execute("SELECT pg_switch_wal()")
    connection.execute("CHECKPOINT")
    return int(segments)


def test_L2_no_page_export_or_pack_says_a_word_of_what_was_destroyed(
    planted: tuple[Flask, Planted, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may open everything looked at all of it, and made copies, before and after. In the short form at
    the pages of this one case before, which shows that its words are found where they are."""
    app, world, _ = planted
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW)
    app.testing = True
    app.config |= {"PROPAGATE_EXCEPTIONS": False, "WTF_CSRF_ENABLED": False}
    with app.app_context(), acting.service():
        case = db.session.get_one(CaseRow, world.world.sets["ordinary"]["case_id"])
        case_id, area_id, its = case.id, case.area_id, of_the_case(world, kept())
        db.session.remove()
    seen = looked_at(world, None if LONG else ("ordinary",))
    assert len(its & seen) > 50
    with app.app_context(), acting.service():
        destroy(area_id, case_id, world.world.keeper, NOW)
        db.session.remove()
    after = looked_at(world)
    assert {world.canaries[token].what for token in its & after} == set()
    assert after & seen, "of other cases it still tells"


def looked_at(world: Planted, only: tuple[str, ...] | None = None) -> set[str]:
    """Every page and file, and every copy of a pack, opened; or those of some sets of objects."""
    who = world.world.keeper
    sweep = Sweep(world, client_of(world, who), who, only=only)
    sweep.everything(list(doors(world.world.app)))
    return set(sweep.found)


def of_the_case(world: Planted, there: set[str]) -> set[str]:
    """The tokens that go with it."""
    its = {token for token, one in world.canaries.items() if one.name == "ordinary"
           and not one.what.startswith(NOT_THE_CASES)} & there  # fmt: skip
    assert len(its) > 50
    return its


#: What repeats every case of a meeting in one file, and goes whole (security.md G: no file is edited).
COPIES = ("minutes_case", "pack")
