"""The private link by which one's own calendar subscribes to one's meetings: made, shown once, revoked.

It tells when, and nothing else (Rulebook S2, F3). Who has the link needs no password, so it opens nothing but
that; and as everything that leaves, it asks each time who its holder is by now (S3, V1).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from werkzeug.exceptions import NotFound, TooManyRequests

from meetingsvc import mail
from meetingsvc.models import CalendarFeedRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, audit, invitations, recipients, sessions
from meetingsvc.store import calendar_feeds as store
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases.transaction import saved, saved_by
from notifications import invites
from notifications.answers import Answer
from notifications.invites import Entry
from notifications.outgoing import Stage, What

#: What the door is asked about.
KIND = "calendar feed"
#: Calls of one link in a minute, and calls with no good one from one computer in fifteen.
PER_MINUTE, FAILURES, WINDOW = 12, 20, timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Mine:
    """A meeting somebody is invited to, and what they answered. It says when, and no more."""

    meeting_id: UUID
    starts_at: datetime
    cancelled: bool
    answer: Answer | None


def invited_to(who: Principal, now: datetime) -> list[Mine]:
    """Those still to come, in order; an emergency MARAC while its case is not kept from them (M4, M6)."""
    with acting.whole_area(who.area_id):
        found = []
        for meeting_id, answer in invitations.of_account(who.account_id).items():
            entry = invitations.latest(meeting_id)
            if entry and entry.area_id == who.area_id and entry.starts_at > now:
                found.append(Mine(meeting_id, entry.starts_at, entry.cancelled, answer))
    return sorted((one for one in found if _may_know(who, one.meeting_id, now)),
                  key=lambda one: one.starts_at)  # fmt: skip


def make(principal: Principal, now: datetime) -> str:
    """The key of a link, shown this once and kept nowhere; one there was before opens nothing any more."""
    with saved_by(principal, Permission.AGENDA_READ, now) as who:
        key = secrets.token_urlsafe(32)
        row = store.row(who.account_id)
        if row is None:
            row = CalendarFeedRow(account_id=who.account_id, area_id=who.area_id)
            db.session.add(row)
        row.area_id, row.digest, row.made_at, row.last_used_at = who.area_id, _digest(key), now, None
        db.session.flush()
        audit.record(who.account_id, who.area_id, "calendar.link_made", f"account/{who.account_id}", now)
    return key


def revoke(principal: Principal, now: datetime) -> None:
    """From the next call on it opens nothing. Where there is none, nothing changes."""
    with saved_by(principal, Permission.AGENDA_READ, now) as who:
        row = store.row(who.account_id)
        if row is None:
            return
        db.session.delete(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "calendar.link_revoked", f"account/{who.account_id}", now)


def read(key: str, computer: str, now: datetime) -> bytes:
    """The calendar behind a link. Raises NotFound: unknown, revoked, disabled, withdrawn and rehearsing are
    answered alike; TooManyRequests where it is asked too often, or a computer keeps guessing.

    A good link is never shut out by what others at its computer try: it is asked first.
    """
    account_id = store.holder(_digest(key))
    who = _who(account_id, now) if account_id else None
    if who is None:
        _refuse(computer, now)
        raise NotFound
    with saved():
        counted = store.count_call(who.account_id, now, PER_MINUTE)
        let = counted and mail.dispatch(_thing(who, None), Stage.DOWNLOAD, now)
    if not counted:
        raise TooManyRequests("Ask less often.", retry_after=60 - now.second)
    if not let:
        raise NotFound
    with acting.acting(who):
        return _written(who, now)


def _who(account_id: UUID, now: datetime) -> Principal | None:
    """The holder, where they may know of meetings at all by now (Rulebook V1)."""
    who = accounts.principal(account_id, now)
    if who is None or not who.may(Permission.AGENDA_READ) or who.rehearsing:
        return None
    return who if who.runs_meetings or who.attends else None


def _written(who: Principal, now: datetime) -> bytes:
    row = store.row(who.account_id)
    if row is None:
        raise NotFound
    found = store.meetings(who, now, row.made_at)
    emergencies = [entry for key, entry in found.emergencies if _may_know(who, key, now)]
    return invites.feed(found.series, [*found.single, *_in_order(emergencies)], found.days)


def _may_know(who: Principal, meeting_id: UUID, now: datetime) -> bool:
    """Whether a MARAC may be told of to them: an emergency's case could be their own (Rulebook F3, M6)."""
    with acting.whole_area(who.area_id):
        row = db.session.get_one(MeetingRow, meeting_id)
        case_id, panel = row.case_id, row.kind
    thing = _thing(who, meeting_id, frozenset({case_id}) if case_id else frozenset(), panel)
    return recipients.asked(thing, Stage.DOWNLOAD, now).ground is None


def _in_order(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.starts, entry.uid))


def _thing(
    who: Principal, meeting_id: UUID | None, about: frozenset[UUID] = frozenset(), panel: str = ""
) -> Outgoing:
    return Outgoing(
        who.area_id, who.account_id, What.INVITATION, KIND, panel or who.a_panel, about, meeting_id
    )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _refuse(computer: str, now: datetime) -> None:
    subject = f"calendar:{computer}"
    if sessions.attempts_since(subject, now - WINDOW) >= FAILURES:
        raise TooManyRequests("Ask less often.", retry_after=int(WINDOW.total_seconds()))
    with saved():
        sessions.note_attempt(subject, now)
