"""The nightly backup, and the way back (security.md D8, A19).

A backup holds neither the key it is sealed with nor that of the sealed columns: keep both elsewhere.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from agenda.rules import RuleBroken
from meetingsvc.backup import Damaged, opened, whole_or_nothing
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.seal import keys_in, made
from meetingsvc.store import audit, restored, schema
from meetingsvc.store import backups as store
from meetingsvc.store.backups import Facts, NoTool, NotThere
from meetingsvc.store.restored import CLOSES
from meetingsvc.usecases import destroying, restoring
from meetingsvc.usecases.backup_ends import END, NAME, NONE_LEFT, forget, forgotten, kept, place
from meetingsvc.usecases.jobs import NotSetUp, Trouble
from meetingsvc.usecases.transaction import saved


class Held(NamedTuple):
    """What a backup says of itself."""

    kind: str
    revision: str
    at: str
    facts: Facts


def back_up(settings: Settings, now: datetime) -> Path:
    """Seals the database as it is at this moment into a new file, reads that again, and forgets old ones.

    Old ones go whether or not a new one could be made: the date is a promise (Rulebook L2). Raises `Trouble`
    where none could be made, saying so where none is left, and where the clock is or was wrong.
    """
    folder = _folder(settings)
    try:
        path = _made(settings, folder, now)
    except Exception as failure:
        said = forgotten(settings, folder, now)
        if isinstance(failure, Trouble):
            none = () if kept(folder) else (NONE_LEFT,)
            raise type(failure)(" ".join((*none, str(failure), *said))) from None
        raise
    forget(settings, folder, now)
    if ahead := [other.name for at, other in kept(folder) if at > now]:
        raise Trouble(f"It was made, but {ahead[0]} is of a later time: the clock is or was wrong. Mend it.")
    return path


def _made(settings: Settings, folder: Path, now: datetime) -> Path:
    url = store.url_of(settings.backup_url or settings.database_url)
    path = folder / (now.astimezone(UTC).strftime(NAME) + END)
    keys = _keys(settings)
    try:
        with store.copied(url, folder) as (facts, content):
            about = {"kind": url.get_backend_name(), "revision": schema.current() or "",
                     "at": now.isoformat(), **facts.as_json}  # fmt: skip
            part = whole_or_nothing(path, keys[0], about, content)
        _keep(settings, part, path)
    except NotThere as lack:
        raise NotSetUp(str(lack)) from None
    except NoTool as failure:
        raise Trouble(str(failure)) from None
    except OSError as failure:
        raise Trouble(f"The backup could not be written: {failure.strerror}.") from None
    return path


def _keep(settings: Settings, part: Path, path: Path) -> None:
    """Reads it again; a worker whose turn has passed to another keeps no file."""
    try:
        check(settings, part)
        with saved():
            pass  # asks whose turn it is
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    folder = place(settings)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise Trouble(f"The folder of the backups cannot be made: {failure.strerror}.") from None
    return folder


def _keys(settings: Settings) -> list[bytes]:
    """The backups' own key file where one is named, else the secret key; the demonstration makes a file."""
    if settings.backup_key_file:
        return keys_in(settings.backup_key_file)
    if settings.secret_key:
        return [settings.secret_key.encode()]
    if settings.demo:
        return keys_in(made(settings.data_dir / "backup.key"))
    raise NotSetUp("There is no key for backups. Set MEETINGSVC_BACKUP_KEY_FILE.")


def check(settings: Settings, file: Path) -> Held:
    """Reads a backup to its end. Raises `Damaged` where one bit of it is not as it was written."""
    with file.open("rb") as sealed:
        about, content = opened(sealed, _keys(settings))
        for _ in content:
            pass
    return _held(about)


def _held(about: dict[str, Any]) -> Held:
    facts = Facts(about["rows"], about["audit_line"], about["audit_hash"])
    return Held(about["kind"], about["revision"], about["at"], facts)


def restore(settings: Settings, file: Path, now: datetime) -> Held:
    """Into an empty database, after the whole file has been read once: what is damaged changes nothing.

    The service is closed from then on (`restoring`), and what was destroyed since is destroyed again.
    """
    url = store.url_of(settings.owner_url or settings.database_url)
    held = _fits(settings, file, url.get_backend_name())
    if not store.is_empty(url):
        raise RuleBroken("The database is not empty. A backup is restored into an empty one only.")
    with file.open("rb") as sealed:
        _, content = opened(sealed, _keys(settings))
        closed = _put(settings, content, held, now)
    there = store.facts_now(url)
    if closed:
        there.rows[CLOSES] -= closed
    same = there == held.facts and audit.verify()[1] is None
    db.session.rollback()
    schema.bring_up_to_date()
    restoring.close(datetime.fromisoformat(held.at), now)
    if not same:
        raise RuleBroken("What was restored is not what the backup says it holds. Do not use it.")
    destroying.replay(settings, now)
    return held


def _fits(settings: Settings, file: Path, kind: str) -> Held:
    try:
        held = check(settings, file)
    except Damaged as damage:
        raise RuleBroken(f"{damage} Nothing was restored.") from None
    if held.kind != kind:
        raise RuleBroken(f"This is a backup of {held.kind}, and the database is {kind}.")
    if not schema.knows(held.revision):
        raise RuleBroken("A newer version of the service made this backup. Install that one first.")
    return held


def _put(settings: Settings, content: Iterator[bytes], held: Held, now: datetime) -> int:
    """And closes it, before the service's own role is let in; how many rows that took."""
    url = store.url_of(settings.owner_url or settings.database_url)
    try:
        if held.kind == store.SQLITE:
            store.put_into_sqlite(Path(str(url.database)), content, held.facts)
        else:
            store.put_into_postgresql(url, content)
        closed = restored.close_at_once(url, datetime.fromisoformat(held.at), now)
        if held.kind != store.SQLITE:
            schema.let_in(settings)
        return closed
    except NoTool as failure:
        raise RuleBroken(str(failure)) from None
