"""A recipient's own copy of a pack: made, fetched, read, replaced, expired (Rulebook S3, F3, M6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.pack import Worded
from meetingsvc import packs as files
from meetingsvc.models import PackCopyRow, PackRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit, packs
from meetingsvc.store.packs import MyPack
from meetingsvc.store.scope import copies_of
from meetingsvc.usecases import outbox_letters, pack_door
from meetingsvc.usecases.area_by_area import WORKER
from meetingsvc.usecases.pack_door import Part
from meetingsvc.usecases.transaction import saved, saved_by
from notifications.outgoing import Stage, What


@dataclass(frozen=True, slots=True)
class Made:
    """A copy, and its passphrase: shown once, kept nowhere."""

    copy_id: UUID
    number: int
    passphrase: str
    pack: MyPack
    mailed: bool = False  # its file leaves by e-mail as well; never its passphrase


class Stale(Exception):
    """A copy that may not be had any more, where another may."""

    def __init__(self, pack_id: UUID) -> None:
        super().__init__(pack_id)
        self.pack_id = pack_id


class _Not(Enum):
    """How it ends where there is nothing: what was refused is kept all the same."""

    THERE = "there"
    THIS_COPY = "this copy"


def make_copy(
    principal: Principal, pack_id: UUID, replaces: int, now: datetime, *, by_mail: bool = False
) -> Made | None:
    """Stamps and encrypts a copy for this person alone; the one it `replaces` (0: none) is deleted.

    It holds only the cases that are open to them at this moment. None where the person holds another copy
    than the one they were asked about: nothing changes, ask again. Raises NotFound where the pack does not
    exist for them, or has expired.
    """
    with _asked_by(principal, What.FILE, now) as who:
        made = _made(who, pack_id, replaces, now, by_mail)
    if made is _Not.THERE:
        raise NotFound
    return made if isinstance(made, Made) else None


def _made(who: Principal, pack_id: UUID, replaces: int, now: datetime, by_mail: bool) -> Made | _Not:
    row = pack_door.locked(who, pack_id)
    part = None if row is None else pack_door.part(who, row, What.FILE, Stage.BUILD, now)
    pack = packs.one(who, pack_id, now)
    if row is None or part is None or pack is None or pack.expired:
        return _Not.THERE
    if (pack.copy.number if pack.copy else 0) != replaces:
        return _Not.THIS_COPY
    made = _stamped(who, row, part, pack, now)
    return replace(made, mailed=by_mail and outbox_letters.put(who, made.copy_id, row, now))


def _stamped(who: Principal, row: PackRow, part: Part, pack: MyPack, now: datetime) -> Made:
    number, copy_id, phrase = row.copies + 1, uuid4(), files.passphrase()
    stamp = files.Stamp(who.name, who.agency_name, number, now, copy_id)
    content = files.stamp(pack_door.drawn(row, part), stamp, phrase, files.typeface())
    with acting.whole_area(row.area_id):
        row.copies = number
        if pack.copy:
            pack_door.empty(pack.copy.id, who.account_id)
        db.session.add(
            PackCopyRow(
                id=copy_id, pack_id=row.id, account_id=who.account_id, agency_id=who.agency_id,
                copy_number=number, made_at=now, content=content, cases=sorted(map(str, part.cases.values())),
            )
        )  # fmt: skip
    audit.record(
        who.account_id, who.area_id, "pack.copy_made", f"copy/{copy_id}", now,
        pack=row.id, number=number, replaces=pack.copy.number if pack.copy else 0,
    )  # fmt: skip
    return Made(copy_id, number, phrase, pack)


@contextmanager
def _asked_by(
    principal: Principal, what: What, now: datetime, copy_id: UUID | None = None
) -> Iterator[Principal]:
    """As `saved_by`; who may have no pack any more is turned away, and that is kept."""
    try:
        with saved_by(principal, Permission.PACK_FETCH, now) as who:
            yield who
    except Forbidden:
        pack_door.turned_away(principal, what, now, copy_id)
        raise


def fetch(principal: Principal, copy_id: UUID, now: datetime) -> bytes:
    """The bytes of one's own copy, counted; raises NotFound for anybody else's, and for one that is gone.

    Whether the person may have every case in it is asked again here (Rulebook V1, F3, M6). Where not, its
    content is deleted: raises Stale where a new copy can be made, else NotFound.
    """
    with _asked_by(principal, What.FILE, now, copy_id) as who:
        found = _fetched(who, copy_id, now)
    if isinstance(found, bytes):
        return found
    raise NotFound if found is None else Stale(found)


def _fetched(who: Principal, copy_id: UUID, now: datetime) -> bytes | UUID | None:
    """The bytes; or of which pack a new copy can be made; or None."""
    found = db.session.execute(
        select(PackCopyRow, PackCopyRow.content)
        .where(PackCopyRow.id == copy_id, copies_of(who), PackCopyRow.content.is_not(None))
        .with_for_update(of=PackCopyRow)
    ).one_or_none()
    row = pack_door.locked(who, found[0].pack_id) if found else None
    if found is None or row is None or row.expires_at <= now:
        return None
    copy, content = found
    if not pack_door.may_fetch(who, row, copy, now):
        with acting.whole_area(row.area_id):
            pack_door.empty(copy_id, who.account_id)
        audit.record(pack_door.SERVICE, who.area_id, "pack.copy_deleted", f"copy/{copy_id}", now)
        return copy.pack_id if pack_door.may_have(who, row, now) else None
    copy.fetched_at, copy.fetches = copy.fetched_at or now, copy.fetches + 1
    audit.record(
        who.account_id, who.area_id, "pack.fetched", f"copy/{copy_id}", now,
        pack=copy.pack_id, number=copy.copy_number, times=copy.fetches,
    )  # fmt: skip
    return bytes(content or b"")


def read(principal: Principal, pack_id: UUID, now: datetime) -> tuple[MyPack, Worded]:
    """What the pack says of the cases open to a person; reading leaves its trace (V5). Raises as `fetch`."""
    with _asked_by(principal, What.PAGE, now) as who:
        found = _read(who, pack_id, now)
    if found is None:
        raise NotFound
    return found[0], found[1].words


def _read(who: Principal, pack_id: UUID, now: datetime) -> tuple[MyPack, Part] | None:
    row = pack_door.locked(who, pack_id, lock=False)
    part = None if row is None else pack_door.part(who, row, What.PAGE, Stage.DOWNLOAD, now)
    pack = packs.one(who, pack_id, now)
    if part is None or pack is None or pack.expired:
        return None
    audit.record(who.account_id, who.area_id, "pack.read", f"pack/{pack_id}", now)
    return pack, part


def expire(now: datetime) -> int:
    """Deletes the content of packs past their last day, copies too; the register stays (S3)."""
    with saved():
        due = packs.expired(now)
        for pack_id, area_id in due:
            pack_door.empty_all(pack_id)
            audit.record(WORKER, area_id, "pack.expired", f"pack/{pack_id}", now)
    return len(due)
