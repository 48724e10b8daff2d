"""Proof of L2: of a case that was destroyed no table, file, log, backup or pack keeps one word.

The world is the sweep's: every free text of it carries a token of its own.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import Base, CaseRow, db
from meetingsvc.store import acting, audit, certificates, doomed, residue
from meetingsvc.usecases import destroying
from meetingsvc.usecases.transaction import saved
from minutes.destruction import Certificate
from minutes.retention_case import Outcome
from tests.a_marac import NOW
from tests.proofs import canaries, figure
from tests.proofs.canaries import Planted, found_in
from tests.servers.databases import Copies, owners_url

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
        its = {token for token, one in world.canaries.items() if one.name == "ordinary"
               and not one.what.startswith(NOT_THE_CASES)} & before  # fmt: skip
        assert len(its) > 50
        db.session.rollback()
        with saved():
            destroyed(area_id, case_id, world.world.keeper)
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


#: What repeats every case of a meeting in one file, and goes whole (security.md G: no file is edited).
COPIES = ("minutes_case", "pack")


def destroyed(area_id: UUID, case_id: UUID, by: UUID) -> None:
    """As the night's work does it, past the rules, which have their own tests."""
    rows = doomed.of_case(area_id, case_id).rows
    told = Certificate(1 + max(certificates.known(), default=0), case_id, Outcome.DESTROY, (),
                       uuid4(), by, by, NOW, NOW, NOW.date() + timedelta(days=16))  # fmt: skip
    destroying.destroy(told, area_id, rows)
