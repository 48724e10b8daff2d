"""Proof D1 and D2: kill -9 at any moment of five jobs loses, doubles and holds up nothing.

In the long form 2,000 kills at random of each job on each database, and one at every statement and around
every commit of its first units. What is said to be saved is there once; what is not said may be there, whole,
and is then not done again.
"""

from pathlib import Path

import pytest

from meetingsvc.config import Settings
from tests.proofs import LONG, figure, kills_work
from tests.proofs.kills import Tally
from tests.proofs.kills_arena import Arena, at_each_point, at_random
from tests.proofs.kills_mail import post
from tests.proofs.kills_smtp import certificate, mail_server
from tests.servers import apps
from tests.servers.databases import Copies

#: In so many parts, which several processes share.
PARTS = 8 if LONG else 1
KILLS, UNITS, POINTS = (2_000 // PARTS, 40, 4) if LONG else (8, 4, 2)
MESSAGES, QUEUED = (60, 3) if LONG else (12, 1)
WORK = {
    "intake": kills_work.intake,
    "list building": kills_work.lists,
    "recording": kills_work.recording,
    "pack building": kills_work.building,
}
_SAID = (
    "{kills} at random and {points} at its statements: {lost} lost, {doubled} doubled, {torn} half-written, "
    "{stuck} stuck; "
)
_SAVED = _SAID + "{unsaid} were saved and not told of, and asked for again"
_SENT = _SAID + "{again} duplicate notices under one Message-ID, {left} left to a person"


@pytest.fixture(params=range(PARTS))
def part(request: pytest.FixtureRequest) -> int:
    """Which."""
    number: int = request.param
    return number


def told(job: str, url: str, text: str, random: Tally, points: Tally) -> None:
    """As the summary prints it; nothing did harm."""
    names = [name for name in ("lost", "doubled", "torn", "stuck", "unsaid", "again", "left") if name in text]
    both = {name: getattr(random, name) + getattr(points, name) for name in names}
    database = "PostgreSQL" if url.startswith("postgresql") else "SQLite"
    figure(f"kills, {job} on {database}", text, kills=random.kills, points=points.kills, **both)
    assert random.harm + points.harm == 0, random.told + points.told


@pytest.mark.parametrize("job", WORK)
def test_D1_D2_what_was_acknowledged_is_there_once_and_whole_wherever_a_process_is_killed(
    copies: Copies, tmp_path: Path, job: str, part: int
) -> None:
    url = copies.make()
    arena = Arena(apps.core(Settings(url, tmp_path, secret_key="k" * 32)), copies, url, WORK[job], UNITS)
    random = at_random(arena, KILLS, seed=part)
    points = at_each_point(arena, POINTS, few=not LONG) if part == 0 else Tally()
    told(job, url, _SAVED, random, points)
    arena.close()


def test_D1_D3_each_message_leaves_once_or_again_as_itself_wherever_its_worker_is_killed(
    copies: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
    random, points = Tally(), Tally()
    with mail_server(tmp_path) as address:
        with post(copies, tmp_path, address, MESSAGES) as many:
            random = many.at_random(KILLS, seed=part)
        if part == 0:
            with post(copies, tmp_path, address, QUEUED) as one:
                points = one.at_each_point(few=not LONG)
        told("sending", many.url, _SENT, random, points)
