"""What is shipped: the wheel holds everything the service needs, installed where nothing else is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
PINNED = Path(pytest.__file__).parent.parent
ROOMS = ("meetingsvc", "agenda", "minutes", "notifications", "templates")

LOOK = """
import importlib.metadata, sys
from importlib.resources import files
from pathlib import Path
import agenda, meetingsvc, minutes, notifications, templates
from meetingsvc.store import schema
from meetingsvc import assets

here = Path(sys.prefix).resolve()
for room in (agenda, meetingsvc, minutes, notifications, templates):
    assert here in Path(room.__file__).resolve().parents, room
assert schema.head()
assert assets.missing() == [], assets.missing()
for path in sorted(Path(str(files("templates"))).rglob("*")):
    if path.suffix in {".html", ".txt"}:
        print(path.relative_to(str(files("templates"))).as_posix())
"""
PARSE = """
import sys
from jinja2 import Environment, PackageLoader
from meetingsvc.web import templating
pages = Environment(loader=PackageLoader("templates", ""), autoescape=True, extensions=["jinja2.ext.i18n"])
for name in sys.stdin.read().split():
    pages.parse(pages.loader.get_source(pages, name)[0])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment's programs: it holds the wheel, and sees the pinned libraries but not this folder."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(HOUSE / name, source)
    for room in ROOMS:
        shutil.copytree(
            HOUSE / room, source / room, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
        )
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source))
    run("-m", "venv", "--without-pip", str(folder / "venv"))
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (packages / "pinned.pth").write_text(f"{PINNED}\n")  # a plain path: the editable install is not followed
    (wheel,) = folder.glob("*.whl")
    run("-m", "pip", "--python", str(folder / "venv/bin/python"), "install", "--quiet", "--no-deps",
        "--no-index", str(wheel))  # fmt: skip
    return folder / "venv" / "bin"


def run(*arguments: str, program: str = sys.executable, told: str = "") -> str:
    """What it prints; fails with what it complained of."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run([program, *arguments], cwd="/", env=env, input=told, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_page_and_message_is_in_the_wheel_and_can_be_read(installed: Path) -> None:
    python = str(installed / "python")
    shipped = run("-c", LOOK, program=python).split()
    here = {p.relative_to(HOUSE / "templates").as_posix() for p in (HOUSE / "templates").rglob("*")
            if p.suffix in {".html", ".txt"}}  # fmt: skip
    assert set(shipped) == here
    run("-c", PARSE, program=python, told="\n".join(shipped))


def test_the_command_starts_from_the_wheel(installed: Path) -> None:
    said = run("--help", program=str(installed / "meetingsvc"))
    for command in ("area", "feed", "history", "list"):
        assert command in said


def test_the_wheel_brings_an_empty_database_up_to_date(installed: Path, tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "MEETINGSVC_DATA_DIR": str(tmp_path / "new")}
    command = [str(installed / "meetingsvc"), "area", "create", "northmoor", "--lists-from", "2026-11-02"]
    done = subprocess.run(command, cwd=tmp_path, env=env, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "meetingsvc.db").exists()
