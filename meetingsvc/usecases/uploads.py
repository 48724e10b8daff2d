"""Files sent by the browser, kept beside the database until taken in: a killed process loses none."""

import os
import secrets
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.feed_file import BLOCK, Refused, too_large
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken
from meetingsvc.config import Settings
from meetingsvc.models import ImportRow, RejectedRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, audit, uploads
from meetingsvc.store.incidents import CHUNK
from meetingsvc.usecases import episode_feed, feed, history
from meetingsvc.usecases.imports import AlreadyTaken
from meetingsvc.usecases.transaction import saved, saved_by

#: A claim older than this is a dead process's; whoever looks next takes its import over.
STALE = timedelta(minutes=5)
_LOST = "The file was lost before it could be taken in. Nothing was stored. Send it again."
_NO_LONGER = "Whoever sent the file may not any more. Nothing was stored. Let somebody who may send it again."
_FAULT = "A fault of the service stopped it, and nothing was stored. Tell the administrator: {}"
log = structlog.get_logger()


def receive(
    principal: Principal, stream: BinaryIO, filename: str, kind: str, settings: Settings, now: datetime
) -> UUID:
    """Keeps an uploaded file until it is taken in. Raises Refused where it is over the size limit."""
    import_id = uuid4()
    path = uploads.spool(settings, import_id)
    try:
        _keep(stream, path, settings.feed_limit)
        with saved_by(principal, Permission.FEED_IMPORT, now) as who:
            if kind == episode_feed.KIND and not who.runs_exploitation:
                raise NotFound
            row = ImportRow(id=import_id, area_id=who.area_id, kind=kind, filename=_shown(filename),
                            received_by=who.account_id, received_at=now, state="waiting")  # fmt: skip
            db.session.add(row)
            db.session.flush()
            audit.record(who.account_id, who.area_id, f"{kind}.received", f"import/{import_id}", now,
                         bytes=path.stat().st_size)  # fmt: skip
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return import_id


def run_waiting(settings: Settings, now: datetime) -> int:
    """Takes in every waiting import that no living process has claimed. Safe to run anywhere, at any time."""
    done = 0
    while (claimed := _claim(now)) is not None:
        _run(settings, claimed, now)
        done += 1
    _sweep(settings, now)
    return done


def dealt_with(principal: Principal, import_id: UUID, reason: str, now: datetime) -> bool:
    """The rejected rows of an import have been dealt with. False where there is no such import.

    Where some have not come in since, the person says why. Rows that are kept from them wait for others:
    nobody deals with what they cannot see.
    """
    reason = reason.strip()
    with saved_by(principal, Permission.FEED_IMPORT, now) as who:
        row = db.session.scalars(uploads.one(who, import_id).with_for_update()).one_or_none()
        if row is None:
            return False
        shown = uploads.found(who, import_id) if row.rejected else None
        if shown and shown.dealt_with_at is None:
            out = uploads.still_out(who, shown)
            if (out and not reason) or len(reason) > REASON_LENGTH:
                raise RuleBroken(
                    f"Say why the rows that have not come in need not, in up to {REASON_LENGTH:,} characters."
                )
            _leave_over(row, shown.hidden)
            row.dealt_with_at, row.dealt_with_by, row.dealt_with_reason = now, who.account_id, reason
            audit.record(who.account_id, who.area_id, "import.dealt_with", f"import/{import_id}", now,
                         not_come_in=out)  # fmt: skip
    return True


def _leave_over(imported: ImportRow, hidden: frozenset[int]) -> None:
    """What nobody has dealt with: all that is kept from this person, but for what another did before."""
    row = RejectedRow
    with acting.whole_area(imported.area_id):
        rows = select(row.id).where(row.import_id == imported.id)
        if imported.dealt_with_at is not None:
            rows = rows.where(row.left_over)
        waits = sorted(set(db.session.scalars(rows)) & hidden)
        db.session.execute(update(row).where(row.import_id == imported.id).values(left_over=False))
        for start in range(0, len(waits), CHUNK):
            some = row.id.in_(waits[start : start + CHUNK])
            db.session.execute(update(row).where(some).values(left_over=True))
        imported.left_over = bool(waits)


def _keep(stream: BinaryIO, path: Path, limit: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limit:
                raise Refused(too_large(limit))
            out.write(block)
        out.flush()
        os.fsync(out.fileno())


def _shown(filename: str) -> str:
    """What may be shown of the sender's file name: its last part, without control characters."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return kept[-200:] or "(no name)"


def _claim(now: datetime) -> ImportRow | None:
    """The next import, claimed: two processes never both hold one, and a dead one's claim runs out."""
    unclaimed = or_(ImportRow.claimed_at.is_(None), ImportRow.claimed_at < now - STALE)
    free = (ImportRow.state == "waiting", unclaimed)
    if db.session.scalar(select(ImportRow.id).where(*free).limit(1)) is None:
        db.session.rollback()
        return None
    with saved():
        rows = select(ImportRow).where(*free).order_by(ImportRow.received_at, ImportRow.id).limit(1)
        row = db.session.scalars(rows.with_for_update(skip_locked=True)).one_or_none()
        if row is not None:
            row.claimed_at = now
            db.session.flush()
            db.session.refresh(row)
            db.session.expunge(row)
    return row


def _run(settings: Settings, row: ImportRow, now: datetime) -> None:
    path = uploads.spool(settings, row.id)
    try:
        _take_in(settings, row, path, now)
    except AlreadyTaken:
        return
    except Refused as refusal:
        _refuse(row.id, str(refusal), now)
    except FileNotFoundError:
        _refuse(row.id, _LOST, now)
    except OperationalError:
        log.error("import waits", reference=str(row.id))  # the database is away or busy: it is tried again
        return
    except Exception as error:
        reference = secrets.token_hex(4)
        log.error("import failed", reference=reference, kind=type(error).__name__)
        _refuse(row.id, _FAULT.format(reference), now)
    path.unlink(missing_ok=True)
    uploads.progress_file(settings, row.id).unlink(missing_ok=True)


def _take_in(settings: Settings, row: ImportRow, path: Path, now: datetime) -> None:
    progress_file = uploads.progress_file(settings, row.id)

    def progress(read: int) -> None:
        progress_file.write_text(str(read), encoding="ascii")

    _refuse_no_longer(row, now)
    with path.open("rb") as stream:
        common = (row.area_id, stream, row.filename, settings.feed_limit, now)
        if row.kind == "history":
            history.take_in(*common, local_day(now), progress, row.received_by, row.id)
        elif row.kind == episode_feed.KIND:
            episode_feed.take_in(*common, row.received_by, progress, row.id)
        else:
            feed.take_in(*common, row.received_by, progress, row.id)


def _refuse_no_longer(row: ImportRow, now: datetime) -> None:
    """The worker does what the sender may at this moment, not what they might when they sent it."""
    if row.received_by is None:
        return
    sender = accounts.principal(row.received_by, now)
    withdrawn = sender is not None and sender.signed_on is not None and not sender.is_signatory
    if sender and row.kind == episode_feed.KIND and not sender.runs_exploitation:
        raise Refused(_NO_LONGER)
    if sender is None or withdrawn or not sender.may(Permission.FEED_IMPORT) or sender.area_id != row.area_id:
        raise Refused(_NO_LONGER)


def _refuse(import_id: UUID, why: str, now: datetime) -> None:
    with saved():
        rows = select(ImportRow).where(ImportRow.id == import_id, ImportRow.state == "waiting")
        row = db.session.scalars(rows.with_for_update()).one_or_none()
        if row is not None:
            row.state, row.refused = "refused", why
            actor = row.received_by or audit.COMMAND_LINE
            audit.record(actor, row.area_id, f"{row.kind}.refused", f"import/{import_id}", now)


def _sweep(settings: Settings, now: datetime) -> None:
    """Takes away files that no import waits for: a process was killed while it received them."""
    folder = uploads.folder(settings)
    old = [path for path in folder.glob("*") if _age(path, now) > timedelta(hours=1)]
    if old:
        ids = db.session.scalars(select(ImportRow.id).where(ImportRow.state == "waiting"))
        waiting = {str(key) for key in ids}
        db.session.rollback()
        for path in old:
            if path.stem not in waiting:
                path.unlink(missing_ok=True)


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
