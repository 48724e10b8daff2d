"""Telling whoever can mend it that a message was given up, or needs a decision, by a bare notice."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from meetingsvc.models import AccountRow, AgencyRow, OutboxRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import accounts, acting, outbox_page
from meetingsvc.store.outbox import Message, State
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import What

#: Nobody is told more often, however many messages fail that are not urgent.
_ONCE_IN = timedelta(days=1)
_PAGE = "/outbox"
#: What tells of such a message is not told of in turn; `doctor` finds it.
_LAST = (Notice.NOT_SENT, Notice.ALARM_NOT_SENT)
_STILL_GOES = (State.WAITING, State.CLAIMED)


def tell(message: Message, now: datetime) -> None:
    """Tells the coordinators who see the message on their page; of an urgent one the chairs, where no
    coordinator but its recipient can be told. Of oversight those who were told the same: nobody else learns
    that somebody was warned (security.md B, Rulebook V5, M6).
    """
    if message.notice in _LAST:
        return
    if message.notice in outbox_page.OF_OVERSIGHT:
        _tell_reviewers(message, now)
        return
    told = _tell_all(message, Role.COORDINATOR, now)
    if message.urgent and not told - {message.account_id}:
        _tell_all(message, Role.CHAIR, now)


def _tell_all(message: Message, role: Role, now: datetime) -> set[UUID]:
    """Says who was told, or is to be."""
    rows = (
        select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == message.area_id, AccountRow.role == role)
        .where(AccountRow.disabled_at.is_(None)).order_by(AccountRow.id)
    )  # fmt: skip
    return {account_id for account_id in db.session.scalars(rows).all() if _tell(message, account_id, now)}


def _tell(message: Message, account_id: UUID, now: datetime) -> bool:
    who = accounts.principal(account_id, now)
    if who is None or not who.may(Permission.OUTBOX_MANAGE) or not _sees(who, message):
        return False
    if _tells_already(message, account_id):
        return True
    thing = Outgoing(message.area_id, account_id, What.NOTICE, Notice.NOT_SENT,
                     message.waiting.panel, message.about, message.meeting_id)  # fmt: skip
    today = local_day(now)
    if message.urgent:
        return notices.queue(thing, today, _PAGE, now, urgent=True)
    return notices.queue(thing, today, _PAGE, now, not_before=_next(account_id, now))


def _sees(who: Principal, message: Message) -> bool:
    with acting.acting(who):
        return outbox_page.one(who, message.id) is not None


def _tells_already(message: Message, account_id: UUID) -> bool:
    """Whether one is on its way that leads to the same page no later. One that pauses after a failed attempt
    is no such; nor is one that waits for the morning, where this is urgent."""
    row = OutboxRow
    same = row.account_id == account_id, row.notice == Notice.NOT_SENT, row.state.in_(_STILL_GOES)
    fresh = (row.urgent, row.attempts == 0) if message.urgent else ()
    return db.session.scalar(select(row.id).where(*same, *fresh).limit(1)) is not None


def _next(account_id: UUID, now: datetime) -> datetime | None:
    """A day after the last that this person was sent; None where that is over."""
    row = OutboxRow
    last = select(row.sent_at).where(
        row.account_id == account_id, row.notice == Notice.NOT_SENT, row.state == State.SENT,
        row.sent_at > now - _ONCE_IN,
    )  # fmt: skip
    sent = db.session.scalar(last.order_by(row.sent_at.desc()).limit(1))
    return sent + _ONCE_IN if sent else None


def _tell_reviewers(message: Message, now: datetime) -> None:
    """Each by the page where they can send it again, or else look into what it was to tell of."""
    for account_id, path in outbox_page.told_the_same(message.id).items():
        who = accounts.principal(account_id, now)
        if who is None:
            continue
        mends = who.may(Permission.OUTBOX_MANAGE) and _sees(who, message)
        thing = Outgoing(message.area_id, account_id, What.NOTICE, Notice.ALARM_NOT_SENT,
                         message.waiting.panel, message.about, message.meeting_id)  # fmt: skip
        notices.queue(thing, local_day(now), _PAGE if mends else path, now)
