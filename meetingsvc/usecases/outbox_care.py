"""Sending again what was given up, and taking back what has not left."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import OutboxRow
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, digests, outbox_page
from meetingsvc.store.outbox import LEFT_TO_A_PERSON, STILL_HERE, State
from meetingsvc.store.outbox_page import Closing
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice
from notifications.outgoing import What

ARRIVED = "Somebody asked, and it had arrived."


def resend(principal: Principal, message_id: UUID, now: datetime) -> None:
    """Sends once more what failed, was withdrawn, or is parked and did not arrive: under the same Message-ID.
    What pauses after an attempt that failed is tried now.

    The door is asked again when it leaves. Raises NotFound where there is none for this person, RuleBroken
    where the service has it in hand.
    """
    with _left_to(principal, message_id, now) as (who, row):
        if row.state == State.WITHDRAWN:
            row.why = ""
        _once_more(who, row, now)


def resend_given_up(principal: Principal, now: datetime) -> int:
    """The same for all that failed for good, of what this person may see of their area: after a mail server
    that was wrong for a day, say. Gives back how many.

    What is parked may have arrived: it is asked about one by one. Raises RuleBroken where none failed.
    """
    with saved_by(principal, Permission.OUTBOX_MANAGE, now) as who:
        rows = outbox_page.given_up(who)
        if not rows:
            raise RuleBroken("No message is given up. Nothing changed.")
        for row in rows:
            _once_more(who, row, now)
        return len(rows)


def _once_more(who: Principal, row: OutboxRow, now: datetime) -> None:
    row.state, row.attempts, row.not_before = State.WAITING, 0, None
    audit.record(who.account_id, who.area_id, "message.resent", f"message/{row.id}", now)


def arrived(principal: Principal, message_id: UUID, now: datetime) -> None:
    """Says that what was parked arrived: it is not sent again. Raises as `resend`."""
    with _left_to(principal, message_id, now) as (who, row):
        if row.state != State.PARKED:
            raise RuleBroken("This message did not leave. Nothing changed.")
        row.state, row.why, row.sent_at = State.SENT, ARRIVED, row.claimed_at
        audit.record(who.account_id, who.area_id, "message.arrived", f"message/{message_id}", now)


def withdraw(principal: Principal, message_id: UUID, now: datetime) -> None:
    """Takes back what has not left: it never does. Raises as `resend`.

    Of one message a day only what this person may see of it, and could take back by itself, goes with it; the
    rest goes into the next. What tells of oversight nobody takes back: it would bury what others are to look
    into (security.md B). Nor what chases a duty: it is not queued again, and nobody would be told.
    """
    with saved_by(principal, Permission.OUTBOX_MANAGE, now) as who:
        row = _found(who, message_id)
        if row.state not in (*STILL_HERE, *LEFT_TO_A_PERSON):
            raise RuleBroken("This message has left, or is leaving now. It cannot be withdrawn.")
        if row.notice in outbox_page.OF_OVERSIGHT:
            raise RuleBroken("An alarm, or word of an opening, is not withdrawn. Send it again.")
        if row.notice in outbox_page.CHASES:
            raise RuleBroken(
                "What chases a duty is not withdrawn: it is not asked for again. Nothing changed."
            )
        row.state = State.WITHDRAWN
        _with_it(who, row, now)
        audit.record(who.account_id, who.area_id, "message.withdrawn", f"message/{message_id}", now)


def close(principal: Principal, message_id: UUID, why: Closing, now: datetime) -> None:
    """Ends what chases a duty and was given up, say because nobody reads that mailbox any more: with a
    reason, for it is not asked for again. Raises NotFound where there is none for this person, RuleBroken
    where it is still sent, or does not chase.
    """
    with saved_by(principal, Permission.OUTBOX_MANAGE, now) as who:
        row = _found(who, message_id)
        if row.state != State.FAILED or row.notice not in outbox_page.CHASES:
            raise RuleBroken("Only what chases a duty, and was given up, is closed. Nothing changed.")
        row.state, row.why = State.WITHDRAWN, f"{why.label}."
        audit.record(who.account_id, who.area_id, "message.closed", f"message/{message_id}", now, why=why)


@contextmanager
def _left_to(principal: Principal, message_id: UUID, now: datetime) -> Iterator[tuple[Principal, OutboxRow]]:
    with saved_by(principal, Permission.OUTBOX_MANAGE, now) as who:
        row = _found(who, message_id)
        again = row.state == State.WITHDRAWN and outbox_page.comes_back(
            Notice(row.notice), What(row.what), row.attempts
        )
        pauses = row.state == State.WAITING and row.attempts > 0
        if row.state not in LEFT_TO_A_PERSON and not again and not pauses:
            raise RuleBroken("The service has this message in hand, or it is over. Nothing changed.")
        yield who, row


def _with_it(who: Principal, row: OutboxRow, now: datetime) -> None:
    """What one message a day was to tell of, as far as this person may see it (M6) and take it back."""
    told = digests.of(row.id)
    seen = outbox_page.seen(who, [one.id for one in told])
    for one in told:
        if one.id in seen and one.notice not in outbox_page.NOT_TAKEN_BACK:
            digests.settle(one, State.WITHDRAWN, "Its daily message was withdrawn.", now)


def _found(who: Principal, message_id: UUID) -> OutboxRow:
    row = outbox_page.locked(who, message_id)
    if row is None:
        raise NotFound
    return row
