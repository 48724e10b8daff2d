"""A recipient's own copy of a pack: made, fetched, replaced, expired (Rulebook S3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from werkzeug.exceptions import NotFound

from agenda.meetings import MeetingKind
from agenda.pack import Worded
from meetingsvc import packs as files
from meetingsvc.models import MeetingRow, PackCopyRow, PackRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, packs
from meetingsvc.store.packs import MyPack
from meetingsvc.store.recipients import may_receive
from meetingsvc.store.scope import copies_of, meetings_of
from meetingsvc.usecases.transaction import saved, saved_by

WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Made:
    """A copy, and its passphrase: shown once, kept nowhere."""

    copy_id: UUID
    number: int
    passphrase: str
    pack: MyPack


def make_copy(principal: Principal, pack_id: UUID, replaces: int, now: datetime) -> Made | None:
    """Stamps and encrypts a copy for this person alone; the one it `replaces` (0: none) is deleted.

    None where the person holds another copy than the one they were asked about: nothing changes, ask again.
    Raises NotFound where the pack does not exist for them, or has expired.
    """
    with saved_by(principal, Permission.PACK_FETCH, now) as who:
        row = db.session.scalar(select(PackRow).where(PackRow.id == pack_id).with_for_update())
        pack = packs.one(who, pack_id, now)
        if row is None or pack is None or pack.expired or row.content is None:
            raise NotFound
        if (pack.copy.number if pack.copy else 0) != replaces:
            return None
        row.copies += 1
        copy_id, phrase = uuid4(), files.passphrase()
        stamp = files.Stamp(who.name, who.agency_name, row.copies, now, copy_id)
        if pack.copy:
            _empty(pack.copy.id)
        db.session.add(
            PackCopyRow(
                id=copy_id, pack_id=pack_id, account_id=who.account_id, agency_id=who.agency_id,
                copy_number=row.copies, made_at=now,
                content=files.stamp(row.content, stamp, phrase, files.typeface()),
            )
        )  # fmt: skip
        audit.record(
            who.account_id, who.area_id, "pack.copy_made", f"copy/{copy_id}", now,
            pack=pack_id, number=row.copies, replaces=replaces,
        )  # fmt: skip
        return Made(copy_id, row.copies, phrase, pack)


def _empty(copy_id: UUID) -> None:
    db.session.execute(update(PackCopyRow).where(PackCopyRow.id == copy_id).values(content=None))


def fetch(principal: Principal, copy_id: UUID, now: datetime) -> bytes:
    """The bytes of one's own copy, counted; raises NotFound for anybody else's, and for one that is gone.

    Whether the person may have it is asked again here: their agency may have withdrawn since (Rulebook V1).
    """
    with saved_by(principal, Permission.PACK_FETCH, now) as who:
        found = db.session.execute(
            select(PackCopyRow, PackCopyRow.content)
            .join(PackRow, PackRow.id == PackCopyRow.pack_id)
            .join(MeetingRow, MeetingRow.id == PackRow.meeting_id)
            .where(
                PackCopyRow.id == copy_id, copies_of(who), meetings_of(who), PackRow.expires_at > now,
                PackCopyRow.content.is_not(None),
            )
            .with_for_update(of=PackCopyRow)
        ).one_or_none()  # fmt: skip
        if found is None or may_receive(who, MeetingKind.MARAC, now):
            raise NotFound
        copy, content = found
        copy.fetched_at, copy.fetches = copy.fetched_at or now, copy.fetches + 1
        audit.record(
            who.account_id, who.area_id, "pack.fetched", f"copy/{copy_id}", now,
            pack=copy.pack_id, number=copy.copy_number, times=copy.fetches,
        )  # fmt: skip
        return bytes(content or b"")


def read(principal: Principal, pack_id: UUID, now: datetime) -> tuple[MyPack, Worded]:
    """What the pack says, for the page; reading leaves its trace (V5). Raises NotFound as `fetch`."""
    with saved_by(principal, Permission.PACK_FETCH, now) as who:
        pack = packs.one(who, pack_id, now)
        words = None if pack is None or pack.expired else packs.words(pack_id)
        if pack is None or words is None:
            raise NotFound
        audit.record(who.account_id, who.area_id, "pack.read", f"pack/{pack_id}", now)
        return pack, words


def expire(now: datetime) -> int:
    """Deletes the content of packs past their last day, copies too; the register stays (S3)."""
    with saved():
        due = packs.expired(now)
        for pack_id, area_id in due:
            db.session.execute(update(PackRow).where(PackRow.id == pack_id).values(content=None, words=None))
            db.session.execute(update(PackCopyRow).where(PackCopyRow.pack_id == pack_id).values(content=None))
            audit.record(WORKER, area_id, "pack.expired", f"pack/{pack_id}", now)
    return len(due)
