"""Reads a file that turned up in a process of its own: whatever is in it, it takes so much and no more.

That process is told nothing of the service: neither its keys nor where its database is.
"""

import json
import resource
import subprocess
import sys
from uuid import UUID

from meetingsvc import pack_files
from meetingsvc.pack_files import Carrier, Found, Locked, Unreadable

#: Bytes of memory, seconds of its processor, and seconds by the clock.
_MEMORY, _WORK, _WAIT = 2 * 1024**3, 100, 300
_COMMAND = (sys.executable, "-I", "-m", __name__)


def copies_in(content: bytes, phrase: str = "") -> Found:
    """As `pack_files.copies_in`, and `Unreadable` too where it asks for more than it may have."""
    told = json.dumps([phrase, _MEMORY, _WORK]).encode() + b"\n"
    try:
        done = subprocess.run(  # noqa: S603 - no word of the command is anybody's
            _COMMAND, input=told + content, capture_output=True, env={}, timeout=_WAIT, check=False
        )
        return _found(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as failure:
        raise Unreadable("Reading the file takes more time or memory than a pack does.") from failure


def _found(said: dict[str, object]) -> Found:
    if why := said.get("refused"):
        raise Unreadable(str(why))
    if said.get("locked"):
        raise Locked
    pages, unread, marked, copies = said["pages"], said["unread"], said["marked"], said["copies"]
    if not isinstance(pages, int) or not isinstance(unread, int):
        raise ValueError("no numbers of pages")
    if not isinstance(marked, list) or not isinstance(copies, dict):
        raise ValueError("no marks")
    found = Found(pages, marked=set(marked), unread=unread)
    for key, carriers in copies.items():
        found.copies[UUID(key)] |= set(map(Carrier, carriers))
    return found


def _read() -> dict[str, object]:
    phrase, memory, work = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (work, work))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = pack_files.copies_in(sys.stdin.buffer.read(), phrase)
    except Locked:
        return {"locked": True}
    except Unreadable as why:
        return {"refused": str(why)}
    copies = {str(key): sorted(carriers) for key, carriers in found.copies.items()}
    return {"pages": found.pages, "unread": found.unread, "marked": sorted(found.marked), "copies": copies}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_read()))
