"""The mailbox that answers to invitations come to, read by itself (Rulebook M4, security.md A20).

Its mails are first taken out of the mail server's way, into a file beside it that is gone once every mail in
it is read: who dies before that reads them again, and an answer read twice changes nothing. Whatever is no
answer, or cannot be kept, is set aside for a person, as a file called by its digest: so it is there once,
however often it is read. Of what comes nothing is logged or shown but how many there are.
"""

import fcntl
import hashlib
import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from meetingsvc.config import Settings
from meetingsvc.usecases.invitation_replies import KNOWN, OLDER, TAKEN, Mail, mails, of_mail
from meetingsvc.usecases.jobs import Trouble

#: What nobody has to look at: who answered about an earlier time was asked anew when it changed.
_SETTLED = (TAKEN, KNOWN, OLDER)
_PART = 64 * 1024


class _InUse(Exception):
    """Another process is at it."""


def read(settings: Settings, now: datetime) -> str:
    """Reads what has come; says how many, and how many wait for a person. Safe to run twice, and at once.

    Raises Trouble where the mailbox cannot be read.
    """
    box = settings.reply_mailbox
    if box is None:
        return "No mailbox is set."
    try:
        with _private(box.with_name(f"{box.name}.reading")) as alone:
            _lock(fcntl.flock, alone)
            return _said(_read(box, now), box)
    except _InUse:
        return "The mailbox is in use: it is read next time."
    except OSError as failure:
        raise Trouble(f"The mailbox cannot be read: {failure.strerror}.") from None


def _said(found: Counter[str], box: Path) -> str:
    said = (
        [f"Mails read: {found.total()}", f"answers kept: {found[TAKEN]}"] if found else ["No mail has come"]
    )
    waiting = len(list(_aside(box).glob("*.mbox")))
    said += [f"set aside, for a person to look at: {waiting}"] if waiting else []
    return "; ".join(said) + "."


def _aside(box: Path) -> Path:
    return box.with_name(f"{box.name}.aside")


def _read(box: Path, now: datetime) -> Counter[str]:
    taken, found = box.with_name(f"{box.name}.taken"), Counter[str]()
    if not taken.exists() and not _take(box, taken):
        return found
    with taken.open("rb") as file:
        for mail in mails(iter(partial(file.readline, _PART), b"")):
            said = of_mail(mail.raw, now)
            found[said] += 1
            if said not in _SETTLED:
                _set_aside(file, mail, _aside(box))
    taken.unlink()
    return found


def _take(box: Path, taken: Path) -> bool:
    """Moves what is in the mailbox into a file beside it while the mail server waits; False where nothing is.

    It is on the disk there before it is gone here.
    """
    if not box.exists() or not box.stat().st_size:
        return False
    part = taken.with_name(f"{taken.name}.part")
    with box.open("r+b") as there:
        _lock(fcntl.lockf, there)
        with _private(part) as copy:
            while content := there.read(_PART):
                copy.write(content)
            _on_disk(copy)
        part.replace(taken)
        _on_disk_folder(taken.parent)
        there.truncate(0)
    return True


def _set_aside(file: BinaryIO, mail: Mail, folder: Path) -> None:
    """The whole of it, however long."""
    folder.mkdir(mode=0o700, exist_ok=True)
    part, digest = folder / "part", hashlib.sha256()
    with _private(part) as copy:
        for at in range(mail.first, mail.end, _PART):
            content = os.pread(file.fileno(), min(_PART, mail.end - at), at)
            digest.update(content)
            copy.write(content)
        _on_disk(copy)
    part.replace(folder / f"{digest.hexdigest()}.mbox")
    _on_disk_folder(folder)


def _private(path: Path) -> BinaryIO:
    """A file that nobody else can read."""
    return open(path, "wb", opener=partial(os.open, mode=0o600))


def _lock(lock: Callable[[BinaryIO, int], None], file: BinaryIO) -> None:
    try:
        lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as held:  # lockf says either
        raise _InUse from held


def _on_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _on_disk_folder(folder: Path) -> None:
    there = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(there)
    finally:
        os.close(there)
