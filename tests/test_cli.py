"""The command line, from outside, as the contract has it: what it prints, its exit code, what it leaves."""

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import NullPool, create_engine, text

from meetingsvc.cli import main
from meetingsvc.store import acting
from tests.builders import a_hearing, a_row, feed_csv
from tests.proofs import LONG

PROGRAM = Path(sys.executable).with_name("meetingsvc")


class Done(NamedTuple):
    """What a command said."""

    code: int
    stdout: str
    stderr: str


class Service:
    """Runs commands against one database, with that setting and no other."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder = folder
        self._env = {"PATH": os.environ["PATH"], "MEETINGSVC_DATABASE_URL": url}

    def start(self, *arguments: str) -> Done:
        """As a program of its own."""
        done = subprocess.run([str(PROGRAM), *arguments], cwd=self._folder, env=self._env, text=True,
                              capture_output=True)  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def run(self, *arguments: str, code: int = 0) -> Done:
        done = self.start(*arguments)
        assert done.code == code, done.stderr or done.stdout
        assert "Traceback" not in done.stderr
        return done

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What it prints on standard output: one JSON object and nothing else."""
        return json.loads(self.run(*arguments, code=code).stdout)

    def file(self, content: bytes, name: str = "feed.csv") -> str:
        (self._folder / name).write_bytes(content)
        return name


class Quickly(Service):
    """The same in this process: starting a program takes a second."""

    def start(self, *arguments: str) -> Done:
        out, err, code = io.StringIO(), io.StringIO(), 0
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setenv("MEETINGSVC_DATABASE_URL", self._env["MEETINGSVC_DATABASE_URL"])
            patch.setattr(sys, "argv", ["meetingsvc", *arguments])
            patch.chdir(self._folder)
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Service:
    """With an area. That commands bring an empty database up to date is seen on the whole way."""
    service = Quickly(database_url, tmp_path)
    service.run("area", "create", "northmoor", "--lists-from", "2026-11-02")
    return service


LIST = ("--area", "northmoor", "--date", "2026-11-03")
FEED = ("feed", "import", "feed.csv", "--area", "northmoor")


def test_T1_a_list_built_before_its_window_takes_what_waits_and_warns(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetingsvc.clock.now", lambda: datetime(2026, 11, 2, 7, 59, tzinfo=UTC))
    early = service.run("list", "build", *LIST)
    assert json.loads(early.stdout)["built"] is True
    assert "Tuesday 3 November 2026 has not begun" in early.stderr and "next list" in early.stderr
    assert service.run("list", "build", *LIST).stderr == "", "it had been built"
    monkeypatch.setattr("meetingsvc.clock.now", lambda: datetime(2026, 11, 3, 8, 0, tzinfo=UTC))
    assert service.run("list", "build", "--area", "northmoor", "--date", "2026-11-04").stderr == ""


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_D1_who_attends_is_told_once_of_a_list_that_a_command_built(
    service: Service, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetingsvc.clock.now", lambda: datetime(2026, 11, 3, 8, 30, tzinfo=UTC))
    there = ("--area", "northmoor")
    police = ("--kind", "police", "--signed-on", "2026-01-05", "--attends-daily")
    service.run("agency", "create", "Northmoor Police", *there, *police)
    for role, email in (("coordinator", "kit@police.example"), ("chair", "noor@police.example")):
        about = ("--agency", "Northmoor Police", "--role", role, "--name", "Kit Oram", "--email", email)
        service.run("user", "create", *there, *about)
    for new in (True, False):
        assert service.json("list", "build", *LIST)["built"] is new
        with acting.service(), create_engine(database_url, poolclass=NullPool).connect() as opened:
            told = opened.execute(text("SELECT count(*) FROM outbox WHERE notice = 'list_ready'")).scalar()
        assert told == 2


def test_the_whole_way_from_a_feed_to_a_list(empty_database_url: str, tmp_path: Path) -> None:
    """On SQLite, and on PostgreSQL in the long form, each command is a program of its own."""
    programs = LONG or empty_database_url.startswith("sqlite")
    service = (Service if programs else Quickly)(empty_database_url, tmp_path)
    service.run("area", "create", "northmoor", "--lists-from", "2026-11-02")
    hearing = a_hearing()
    service.file(feed_csv(hearing), "history.csv")
    told = service.json("history", "import", "history.csv", "--area", "northmoor")
    assert (told["rows"], told["created"], told["rejected"]) == (1, 1, 0)

    repeat = a_row(
        risk="standard", order_kind="DVPO", order_terms="no contact", recorded_at="2026-11-02T09:00"
    )
    repeat |= {k: v for k, v in hearing.items() if "_nominal" in k}
    high, left_out, other = a_row(), a_row(risk="medium"), a_row(domestic="N")
    service.file(feed_csv(repeat, high, left_out, other))
    assert service.json(*FEED) == {
        "area": "northmoor", "rows": 4, "created": 4, "updated": 0, "unchanged": 0, "rejected": 0,
        "rejects": [],
    }  # fmt: skip
    assert service.json(*FEED)["unchanged"] == 4

    assert service.json("list", "build", *LIST)["built"] is True
    assert service.json("list", "build", *LIST)["built"] is False
    shown = service.json("list", "show", *LIST, "--json")
    first, second = (item["case"] for item in shown["items"])
    assert re.fullmatch(r"C-[0-9]{6}", first) and first > second, "numbered in the order of their incidents"
    assert shown == {
        "area": "northmoor",
        "kind": "DRAMM",
        "date": "2026-11-03",
        "window": {"start": "2026-11-02T08:00:00+00:00", "end": "2026-11-03T08:00:00+00:00"},
        "starts_at": "2026-11-03T11:00:00+00:00",
        "items": [
            {
                "position": 1, "case": first, "repeat": False, "victim_known_to_marac": False,
                "entries": [{"kind": "police_incident", "reference": high["occurrence_number"],
                             "reasons": ["T2"], "late": False, "changed": False}],
            },
            {
                "position": 2, "case": second, "repeat": True, "victim_known_to_marac": False,
                "entries": [{"kind": "police_incident", "reference": repeat["occurrence_number"],
                             "reasons": ["T6"], "late": False, "changed": False}],
            },
        ],
        "notices": [
            {"kind": "DVPO", "reference": repeat["occurrence_number"], "made_at": None, "expires_at": None,
             "terms": "no contact", "live_together": None},
        ],
        "not_listed": [
            {"reference": left_out["occurrence_number"], "reasons": ["T5"], "victim_known_to_marac": False},
        ],
        "not_domestic": 1,
    }  # fmt: skip


def test_some_rows_rejected_is_exit_code_3_and_the_rejects_can_be_mended_and_sent_again(
    service: Service, tmp_path: Path
) -> None:
    wrong = a_row(victim_dob="31/02/1990", summary='a, "b"\nc')
    service.file(feed_csv(a_row(), wrong))
    told = service.json(*FEED, "--rejects", "out.csv", code=3)
    assert (told["created"], told["rejected"]) == (1, 1)
    (reject,) = told["rejects"]
    assert reject.keys() == {"line", "column", "error"}
    assert (reject["line"], reject["column"]) == (3, "victim_dob")
    assert reject["error"].startswith("not a date: '31/02/1990'")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "a spreadsheet reads UTF-8"
    mended = (tmp_path / "out.csv").read_bytes().replace(b"31/02/1990", b"28/02/1990")
    service.file(mended)
    told = service.json(*FEED)
    assert (told["created"], told["rejected"]) == (1, 0)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04", b"one,two\n1,2\n"])
def test_a_refused_file_is_exit_code_2_with_one_clear_line(service: Service, content: bytes) -> None:
    service.file(content)
    done = service.run(*FEED, code=2)
    assert len(done.stderr.strip().splitlines()) == 1
    assert "was refused, and nothing was stored" in done.stderr
    told = json.loads(done.stdout)
    assert told["rows"] == 0 and told["refused"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("list", "build", "--area", "northmoor", "--date", "2026-11-07"),
            "Monday 9 November 2026 covers it",
        ),
        (
            ("list", "show", "--area", "northmoor", "--date", "2026-11-07", "--json"),
            "Monday 9 November 2026 covers it",
        ),
        (("list", "show", *LIST, "--json"), "has not been built"),
        (("list", "build", "--area", "northmoor", "--date", "2026-10-30"), "The first list of Northmoor"),
        (("list", "build", "--area", "nowhere", "--date", "2026-11-03"), "There are: northmoor."),
        (("list", "build", "--area", "northmoor", "--date", "03/11/2026"), "is not a date"),
        (("feed", "import", "feed.csv", "--area", "nowhere"), "There are: northmoor."),
        (("feed", "import", "absent.csv", "--area", "northmoor"), "does not exist"),
        (("area", "create", "northmoor", "--lists-from", "2026-11-02"), "There is an area northmoor already"),
        (("area", "create", "North Moor", "--lists-from", "2026-11-02"), "cannot name an area"),
        (("area", "create", "westhaven", "--lists-from", "2026-11-07"), "has no list"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value[:2]),
)
def test_what_cannot_be_is_exit_code_2_and_says_why(
    service: Service, arguments: tuple[str, ...], said: str
) -> None:
    service.file(feed_csv(a_row()))
    done = service.run(*arguments, code=2)
    assert said in done.stderr
    assert done.stdout == ""


def test_the_first_people_are_made_at_the_host_and_the_last_can_be_disabled_there(service: Service) -> None:
    there = ("--area", "northmoor")
    service.run("agency", "create", "Northmoor Police", *there, "--kind", "police")
    email = ("--email", "Kit@police.example")
    about = ("--agency", "northmoor police", "--role", "system administrator", "--name", "Kit Oram")
    made = service.run("user", "create", *there, *about, *email)
    assert "Account for kit@police.example made" in made.stdout and "Password" in made.stdout
    again = service.run("user", "create", *there, *about, *email, code=2)
    assert "cannot be made here" in again.stderr
    assert "disabled" in service.run("user", "disable", *there, *email).stdout
    missing = service.run("user", "disable", *there, "--email", "nobody@police.example", code=2)
    assert "no account with this e-mail address" in missing.stderr


def test_without_a_setting_the_embedded_database_is_used(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [str(PROGRAM), "area", "create", "northmoor", "--lists-from", "2026-11-02"]
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True)
    assert (tmp_path / ".local/share/meetingsvc/meetingsvc.db").exists()


def test_a_database_that_cannot_be_reached_is_one_clear_line(tmp_path: Path) -> None:
    service = Service("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    done = service.run("list", "build", *LIST, code=2)
    assert "database" in done.stderr


def test_a_named_database_needs_no_home_and_one_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from meetingsvc.cli import main; main()", "area", "create", "northtest"]
    command += ["--lists-from", "2026-11-23"]
    named = {"HOME": "/proc/none", "MEETINGSVC_DATABASE_URL": f"sqlite:///{tmp_path}/new/here.db"}
    assert subprocess.run(command, env=named, capture_output=True, check=False).returncode == 0
    told = subprocess.run(command, env={"HOME": "/proc/none"}, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "cannot be written" in told.stderr and "Traceback" not in told.stderr
