"""Content by e-mail: one's own copy of a pack, where the area has chosen so (Rulebook S1; security.md G)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from agenda.meetings import MeetingKind
from meetingsvc import mail
from meetingsvc.models import AreaRow, MeetingRow, PackCopyRow, PackRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting, address_shares, areas, outbox
from meetingsvc.store.outbox import Message, State
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope import copies_of
from meetingsvc.usecases import pack_door
from notifications.messages import Notice
from notifications.outgoing import PACK_LETTER, Stage, What

#: Why a letter that waited is not sent, beside what the door says.
GONE = "The copy it would have carried cannot be had any more."


def are_sent(area_id: UUID) -> bool:
    """Whether the area sends copies by e-mail at all: it does not, where it has not chosen to."""
    return areas.settings_of(db.session.get_one(AreaRow, area_id)).mail_packs


def put(who: Principal, copy_id: UUID, pack: PackRow, now: datetime) -> bool:
    """Queues one's own copy as a letter, in the transaction that makes it; says whether it may go.

    Its passphrase never goes by e-mail, nor does a confidential address, be it encrypted (security.md A8). It
    is asked here, and again when it leaves.
    """
    if not are_sent(who.area_id) or address_shares.is_shared(who.account_id, pack.meeting_id):
        return False
    panel = MeetingKind.MARAC
    with acting.whole_area(pack.area_id):
        copy = db.session.get_one(PackCopyRow, copy_id)
        thing = Outgoing(pack.area_id, who.account_id, What.LETTER, PACK_LETTER, panel,
                         frozenset(map(UUID, copy.cases or ())), pack.meeting_id)  # fmt: skip
        if mail.dispatch(thing, Stage.BUILD, now) is None:
            return False
        sits_on = db.session.scalar(select(MeetingRow.sits_on).where(MeetingRow.id == pack.meeting_id))
        waiting = {"panel": str(panel), "sits_on": str(sits_on), "path": "/packs"}
        queued = outbox.put(pack.area_id, who.account_id, Notice.PACK_READY, waiting, now, about=thing.about,
                            meeting_id=pack.meeting_id, what=What.LETTER, copy_id=copy_id)  # fmt: skip
    return queued is not None


def content(message: Message, now: datetime) -> bytes | None:
    """What a message carries, at the moment at which it leaves: nothing, but for a letter.

    None where the copy of a letter is not its holder's to have any more: expired, replaced, recalled, or with
    a case in it that is kept from them, or a confidential address; or where the area stopped sending copies.
    From here on the copy counts as taken away: who recalls the pack meanwhile must ask for it (Rulebook S3).
    """
    if message.what is not What.LETTER:
        return b""
    who = accounts.principal(message.account_id, now)
    if who is None or not are_sent(message.area_id):
        return None
    with acting.whole_area(message.area_id):
        found = db.session.execute(
            select(PackCopyRow, PackCopyRow.content)
            .where(PackCopyRow.id == message.copy_id, copies_of(who), PackCopyRow.content.is_not(None))
        ).one_or_none()  # fmt: skip
        row = pack_door.locked(who, found[0].pack_id) if found else None
        if found is None or row is None or row.expires_at <= now:
            return None
        shared = address_shares.is_shared(who.account_id, row.meeting_id)
        if shared or not pack_door.may_fetch(who, row, found[0], now):
            return None
        found[0].mailed_at = found[0].mailed_at or now
        return bytes(found[1] or b"")


def ended(message: Message, state: State) -> None:
    """A letter refused for good at its first attempt never left: only then was its copy not taken away."""
    if message.what is What.LETTER and state is State.FAILED and message.claim == 1:
        with acting.whole_area(message.area_id):
            row = PackCopyRow
            db.session.execute(update(row).where(row.id == message.copy_id).values(mailed_at=None))


def may_have_left(copy_id: UUID | None, now: datetime) -> None:
    """After a restore nobody knows whether it was sent: the copy counts as taken away (Rulebook S3)."""
    row = PackCopyRow
    unsaid = update(row).where(row.id == copy_id, row.mailed_at.is_(None))
    db.session.execute(unsaid.values(mailed_at=now))
