"""Offline packs of who runs the meetings: their passphrase, and the copy they take away (security.md A19).

Each is one person's own copy, as that of a pack is: of the cases that are open to them when it is made
(Rulebook M6, F3), named on every page, and asked about once more when it is downloaded.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.meetings import MeetingKind
from meetingsvc import mail, seal
from meetingsvc import packs as files
from meetingsvc.models import MeetingRow, OfflineKeyRow, OfflinePackRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit
from meetingsvc.store import emergency_packs as store
from meetingsvc.store.pack_cases import ids
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope_offline import offline_packs_of
from meetingsvc.usecases.transaction import saved, saved_by
from notifications.outgoing import Stage, What

KIND = "offline pack"
#: Who deletes a copy that may not be had any more, in the audit trail.
SERVICE = "dispatch"


class Stale(Exception):
    """What may be in the copy has changed since it was made: it is deleted, and made again by itself."""


def set_passphrase(principal: Principal, now: datetime) -> str:
    """A new standing passphrase, given back to be shown once; what the old one opens is deleted.

    It is sealed, for a worker encrypts with it while nobody is there (security.md A17).
    """
    with saved_by(principal, Permission.PACK_OFFLINE, now) as who:
        areas.hold(who.area_id)
        phrase = files.passphrase()
        with acting.whole_area(who.area_id):
            row = db.session.get(OfflineKeyRow, who.account_id)
            changed = row is not None
            if row is None:
                row = OfflineKeyRow(account_id=who.account_id)
                db.session.add(row)
            row.area_id, row.set_at = who.area_id, now
            row.sealed = seal.seal(KIND, phrase.encode(), about(who.account_id))
            empty(OfflinePackRow.account_id == who.account_id)
        audit.record(who.account_id, who.area_id, "pack.offline_passphrase_set", f"account/{who.account_id}",
                     now, changed=changed)  # fmt: skip
    return phrase


def about(account_id: UUID) -> str:
    """What a passphrase is sealed beside."""
    return f"account/{account_id}"


def thing_for(who: Principal, meeting_id: UUID, kind: str, cases: Mapping[str, UUID]) -> Outgoing:
    """An offline pack as the door is asked about it."""
    held = frozenset(cases.values())
    return Outgoing(who.area_id, who.account_id, What.FILE, KIND, kind, held, meeting_id)


def empty(*which: ColumnElement[bool]) -> None:
    """Deletes what copies hold, and what told what they say."""
    there = update(OfflinePackRow).where(*which, OfflinePackRow.content.is_not(None))
    db.session.execute(there.values(content=None, mark=b""))


@contextmanager
def _asked_by(principal: Principal, now: datetime) -> Iterator[Principal]:
    """As `saved_by`; who may take nothing away any more is turned away, and that is kept."""
    try:
        with saved_by(principal, Permission.PACK_OFFLINE, now) as who:
            yield who
    except Forbidden:
        thing = Outgoing(principal.area_id, principal.account_id, What.FILE, KIND, MeetingKind.MARAC)
        with saved(), acting.whole_area(principal.area_id):
            mail.dispatch(thing, Stage.DOWNLOAD, now)
        raise


def fetch(principal: Principal, meeting_id: UUID, now: datetime) -> bytes | None:
    """The bytes of one's own copy, counted; None where there is none to download now.

    Whether the person may have every case in it is asked again here (Rulebook V1, F3, M6); where not, its
    content is deleted: raises Stale. Raises NotFound where the meeting does not exist for them.
    """
    with _asked_by(principal, now) as who:
        areas.hold(who.area_id)
        if store.meeting(who, meeting_id) is None:
            raise NotFound
        found = _fetched(who, meeting_id, now)
    if found == b"":
        raise Stale
    return found


def _fetched(who: Principal, meeting_id: UUID, now: datetime) -> bytes | None:
    """Empty where it may not be had any more."""
    row = OfflinePackRow
    rows = select(row, row.content, MeetingRow.kind).join(MeetingRow, MeetingRow.id == row.meeting_id)
    mine = rows.where(offline_packs_of(who), row.meeting_id == meeting_id, row.content.is_not(None))
    found = db.session.execute(mine.where(row.expires_at > now).with_for_update(of=row)).one_or_none()
    if found is None:
        return None
    copy, made, kind = found
    held = {str(case_id): case_id for case_id in ids(copy.cases)}
    if mail.dispatch(thing_for(who, meeting_id, kind, held), Stage.DOWNLOAD, now) is None:
        with acting.whole_area(who.area_id):
            empty(row.id == copy.id)
        audit.record(SERVICE, who.area_id, "pack.offline_deleted", f"offline_pack/{copy.id}", now)
        return b""
    copy.fetched_at, copy.fetches = copy.fetched_at or now, copy.fetches + 1
    audit.record(who.account_id, who.area_id, "pack.offline_fetched", f"offline_pack/{copy.id}", now,
                 meeting=meeting_id, number=copy.copy_number, times=copy.fetches)  # fmt: skip
    return bytes(made or b"")
