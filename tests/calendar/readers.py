"""What others read in our calendars: ical.js, vobject, icalendar, and a CalDAV server that keeps them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from time import monotonic, sleep
from typing import Any, NamedTuple

import icalendar
import vobject
from dateutil.rrule import rrulestr

HERE = Path(__file__).parent


class Occurrence(NamedTuple):
    """One meeting as a reader understands it: when it was planned, when it is, whether it is cancelled."""

    uid: str
    planned: datetime
    starts: datetime
    ends: datetime
    cancelled: bool


def install() -> None:
    """ical.js, where it is not there yet: the only thing that is ever asked of the registry."""
    stamp = HERE / "node_modules" / ".stamp"
    lock = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == lock:
        return
    npm = shutil.which("npm")
    assert npm, "npm is missing"
    subprocess.run([npm, "ci", "--ignore-scripts"], cwd=HERE, check=True, capture_output=True, timeout=120)
    stamp.write_text(lock)


def by_ical_js(calendar: bytes) -> list[Occurrence]:
    """As Thunderbird's family reads it."""
    node = shutil.which("node")
    assert node, "node is missing"
    ran = subprocess.run(
        [node, "occurrences.mjs"], input=calendar, cwd=HERE, capture_output=True, check=True, timeout=60
    )
    return sorted(
        Occurrence(uid, *map(datetime.fromisoformat, moments), status == "CANCELLED")
        for uid, *moments, status in json.loads(ran.stdout)
    )


def by_icalendar(calendar: bytes) -> list[Occurrence]:
    """As the library reads it that wrote it, its series drawn out by dateutil."""
    events = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    return _drawn_out(
        [
            (str(one["uid"]), one["dtstart"].dt, one["dtend"].dt, one.get("recurrence-id"), one.get("rrule"),
             one.get("exdate"), one.get("status"))
            for one in events
        ],
        lambda told: told.dt,
        lambda rule: rule.to_ical().decode(),
        lambda told: [one.dt for part in (told if isinstance(told, list) else [told]) for one in part.dts],
    )  # fmt: skip


def by_vobject(calendar: bytes) -> list[Occurrence]:
    """As vobject reads it, with the zone that stands in the file."""
    (whole,) = vobject.readComponents(calendar.decode())

    def of(event: Any, name: str) -> Any:
        found = event.contents.get(name)
        return found[0].value if found else None

    return _drawn_out(
        [
            (
                *(of(one, name) for name in ("uid", "dtstart", "dtend", "recurrence-id", "rrule")),
                [each for part in one.contents.get("exdate", ()) for each in part.value] or None,
                of(one, "status"),
            )
            for one in whole.vevent_list
        ],
        lambda told: told,
        str,
        lambda told: told,
    )  # fmt: skip


def _drawn_out(events: list[Any], moment: Any, words: Any, moments: Any) -> list[Occurrence]:
    changed: dict[tuple[str, datetime], Occurrence] = {}
    found = []
    for uid, starts, ends, planned, rule, _, status in events:
        if planned is not None:
            at = moment(planned).astimezone(UTC)
            changed[uid, at] = Occurrence(uid, at, starts.astimezone(UTC), ends.astimezone(UTC),
                                          status == "CANCELLED")  # fmt: skip
        elif not rule:
            found.append(Occurrence(uid, *(t.astimezone(UTC) for t in (starts, starts, ends)), False))
    for uid, starts, ends, planned, rule, left_out, _ in events:
        if planned is not None or not rule:
            continue
        out = {one.astimezone(UTC) for one in moments(left_out)} if left_out else set()
        for each in rrulestr(words(rule), dtstart=starts):
            at = each.astimezone(UTC)
            if at not in out:
                lasts = ends.replace(tzinfo=None) - starts.replace(tzinfo=None)
                usual = Occurrence(uid, at, at, (each + lasts).astimezone(UTC), False)
                found.append(changed.pop((uid, at), usual))
    return sorted([*found, *changed.values()])


@contextmanager
def caldav(folder: Path) -> Iterator["CalDav"]:
    """A Radicale of its own on this computer."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "server-hosts": f"127.0.0.1:{port}", "auth-type": "none", "rights-type": "authenticated",
        "storage-filesystem-folder": str(folder), "logging-level": "error",
    }  # fmt: skip
    words = [f"--{name}={value}" for name, value in options.items()]
    server = subprocess.Popen([sys.executable, "-m", "radicale", "--config", "", *words])
    try:
        found = CalDav(port)
        found.wait()
        yield found
    finally:
        server.terminate()
        server.wait(10)


class CalDav:
    """What a calendar program says to its server."""

    def __init__(self, port: int) -> None:
        self.port = port

    def wait(self) -> None:
        """Until it answers."""
        ends = monotonic() + 30
        while True:
            try:
                self.ask("OPTIONS", "/")
                return
            except ConnectionRefusedError:
                assert monotonic() < ends, "Radicale did not start"
                sleep(0.05)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """One request as the user `u`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        told = {"Authorization": "Basic dTp1"} | {
            name.replace("_", "-"): told for name, told in headers.items()
        }
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def keep(self, name: str, calendar: bytes) -> bytes:
        """Puts it into a calendar, and gives back what is there then."""
        self.ask("MKCALENDAR", f"/u/{name}/")
        put = self.ask("PUT", f"/u/{name}/one.ics", calendar, Content_Type="text/calendar; charset=utf-8")
        assert put[0] == 201, put
        got, text = self.ask("GET", f"/u/{name}/one.ics")
        assert got == 200
        return text.encode()

    def within(self, name: str, first: datetime, last: datetime) -> bool:
        """Whether the server finds it between two moments: it draws the series out itself."""
        span = "".join(f' {k}="{v:%Y%m%dT%H%M%SZ}"' for k, v in (("start", first), ("end", last)))
        body = f"""<?xml version="1.0"?>
            <c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
            <d:prop><d:getetag/></d:prop><c:filter><c:comp-filter name="VCALENDAR">
            <c:comp-filter name="VEVENT">
            <c:time-range{span}/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""
        status, text = self.ask("REPORT", f"/u/{name}/", body.encode(), Depth="1", Content_Type="text/xml")
        assert status == 207, text
        return "one.ics" in text
