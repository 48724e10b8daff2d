"""The server: unsafe settings, what it compresses, its proxies, and how it stops."""

import gc
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from meetingsvc import server
from meetingsvc.app import create_app
from meetingsvc.config import Settings, Unsafe
from meetingsvc.models import db
from meetingsvc.store import schema

ENCODED = {"Accept-Encoding": "gzip, br"}
COMMAND = [sys.executable, "-c", "from meetingsvc.cli import main; main()"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(f"sqlite:///{tmp_path}/meetingsvc.db", tmp_path, secret_key="k" * 32)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    server.compress_static(made)
    with made.app_context():
        schema.bring_up_to_date()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "unsafe, mend",
    [
        ({"secret_key": ""}, "MEETINGSVC_SECRET_KEY"),
        ({"host": "0.0.0.0"}, "MEETINGSVC_PUBLIC_URL"),
        ({"host": "0.0.0.0", "public_url": "https://meetings.example", "debug": True}, "MEETINGSVC_DEBUG"),
        ({"host": "0.0.0.0", "public_url": "https://meetings.example", "demo": True}, "MEETINGSVC_HOST"),
    ],
)
def test_unsafe_settings_keep_it_from_starting_and_each_has_its_mend(
    settings: Settings, unsafe: dict[str, object], mend: str
) -> None:
    with pytest.raises(Unsafe, match=mend):
        create_app(replace(settings, **unsafe))  # type: ignore[arg-type]


def test_static_text_travels_compressed_and_whole(app: Flask) -> None:
    client = app.test_client()
    with client.get("/static/app.css") as plain, client.get("/static/app.css", headers=ENCODED) as small:
        assert small.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
        assert gzip.decompress(small.data) == plain.data
        assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
        assert small.headers["ETag"] != plain.headers["ETag"]
        assert "Accept-Encoding" in plain.headers["Vary"]
    refused = {"Accept-Encoding": "gzip;q=0"}
    with client.get("/static/app.css", headers=refused) as plain:
        assert "Content-Encoding" not in plain.headers


def test_a_page_never_travels_compressed(app: Flask) -> None:
    """What a reader typed beside what they may not see: the length would tell (BREACH)."""
    for path in ("/sign-in", "/nothing-here", "/static/nothing-here.css"):
        assert "Content-Encoding" not in app.test_client().get(path, headers=ENCODED).headers


def test_a_page_and_its_files_weigh_less_than_100_kilobytes(app: Flask) -> None:
    client, weight = app.test_client(), 0
    weight += len(client.get("/sign-in").data)
    for name in ("vendor/govuk-frontend.min.css", "vendor/moj-frontend.min.css", "app.css", "app.js",
                 "vendor/govuk-frontend.min.js", "favicon.svg"):  # fmt: skip
        with client.get(f"/static/{name}", headers=ENCODED) as answer:
            assert answer.status_code == 200, name
            weight += len(answer.data)
    assert weight < 100_000, weight


def test_headers_of_proxies_are_believed_only_where_there_are_proxies(settings: Settings) -> None:
    assert server.options(settings)["clear_untrusted_proxy_headers"] is True
    assert server.options(replace(settings, proxy_hops=1))["clear_untrusted_proxy_headers"] is False


def test_the_server_takes_what_the_application_refuses_in_words(settings: Settings, app: Flask) -> None:
    assert server.options(settings)["max_request_body_size"] > app.config["MAX_CONTENT_LENGTH"]


def test_what_is_loaded_is_set_aside_before_the_first_page(app: Flask) -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        server.warm_up(app)
        assert gc.get_threshold()[0] == server.GC_THRESHOLD
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_the_command_refuses_and_says_why(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "MEETINGSVC_DATA_DIR": str(tmp_path), "MEETINGSVC_HOST": "0.0.0.0"}
    ended = subprocess.run([*COMMAND, "serve"], env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "MEETINGSVC_SECRET_KEY" in ended.stderr and "MEETINGSVC_PUBLIC_URL" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_it_serves_a_strange_visitor_and_stops_when_told(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    env = {"PATH": os.environ["PATH"], "MEETINGSVC_DATA_DIR": str(tmp_path), "MEETINGSVC_DEMO": "1",
           "MEETINGSVC_PORT": port}  # fmt: skip
    process = subprocess.Popen([*COMMAND, "serve"], env=env, stderr=subprocess.DEVNULL)
    try:
        with answered(f"http://127.0.0.1:{port}/sign-in", process) as page:
            assert page.status == 200
            assert "Server" not in page.headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def answered(url: str, process: subprocess.Popen[bytes]):  # type: ignore[no-untyped-def]
    for _ in range(300):
        assert process.poll() is None
        try:
            return urlopen(Request(url, headers={"X-Forwarded-For": "203.0.113.9"}), timeout=10)
        except URLError:
            time.sleep(0.1)
    raise AssertionError("it never answered")
