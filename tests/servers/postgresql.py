"""A PostgreSQL of the tests' own, of the system's programs: in a folder of its own, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

URL = "MEETINGSVC_TEST_POSTGRESQL"
_USER = "meetingsvc"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # nothing here outlives the tests
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "timezone": "Pacific/Auckland",  # an odd one, so that a query that leans on it fails
    "lc_messages": "C",
}


_READY = "database system is ready to accept connections"  # its socket file is there earlier


class Server:
    """Started when first asked for; `stop` may be called at any time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._shared = False

    def url(self) -> str:
        """Where it listens. Also put in the environment, for the processes that run tests."""
        if URL not in os.environ:
            os.environ[URL], self._shared = self._start(), True
        return os.environ[URL]

    def alone(self) -> tuple[str, Path]:
        """Where it listens, and its files: for one test, and nothing else writes in them."""
        url = self._start()
        assert self._folder
        return url, self._folder / "data"

    def stop(self) -> None:
        """Ends it, and removes what it kept."""
        if self._process is not None:
            if self._shared:
                os.environ.pop(URL, None)
            self._process.send_signal(signal.SIGINT)  # "fast": sessions are ended, not waited for
            self._process.wait(30)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _start(self) -> str:
        programs = _programs()
        self._folder = folder = Path(tempfile.mkdtemp(prefix="meetingsvc-pg-"))
        unprivileged = _unprivileged()
        if unprivileged:
            shutil.chown(folder, unprivileged)
        data, port = folder / "data", _free_port()
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
        subprocess.run(_as(unprivileged, initdb), cwd=folder, check=True, capture_output=True)
        settings = _SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
        command = [str(programs / "postgres"), "-D", str(data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(_as(unprivileged, command), cwd=folder, stdout=log, stderr=log)
        self._wait()
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{port}/postgres"

    def _wait(self) -> None:
        assert self._process and self._folder
        for _ in range(300):
            if self._process.poll() is not None:
                break
            if _READY in (self._folder / "log").read_text():
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()}")


def _programs() -> Path:
    """The folder of `initdb` and `postgres`: Debian's newest, else what is in PATH."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True
    )
    found = str(packaged[0]) if packaged else shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql, or run `make test`")
    return Path(found).resolve().parent


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: then, some account that is there and may do nothing else."""
    if os.geteuid() != 0:
        return None
    accounts = {line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()}
    return "postgres" if "postgres" in accounts else "nobody"


def _as(user: str | None, command: list[str]) -> list[str]:
    """The command as that account, and ended with the tests even where these are killed."""
    become = ["--reuid", user, "--clear-groups", "--regid", str(_group(user))] if user else []
    return ["setpriv", *become, "--pdeathsig", "INT", "--", *command]


def _group(user: str) -> int:
    lines = (line.split(":") for line in Path("/etc/passwd").read_text().splitlines())
    return next(int(fields[3]) for fields in lines if fields[0] == user)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
