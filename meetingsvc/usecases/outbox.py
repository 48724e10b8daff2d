"""Sending what waits: one message claimed, sent and saved at a time."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog

from meetingsvc import mail
from meetingsvc.mail import Cleared
from meetingsvc.store import audit, outbox
from meetingsvc.store.outbox import Message, State
from meetingsvc.usecases.transaction import saved
from notifications.outgoing import Stage

#: Who sends, in the audit trail.
WORKER = "worker"
log = structlog.get_logger()
#: Hands over one message that has passed the door; raises OSError where it could not be handed over.
Carry = Callable[[Cleared, Message, datetime], None]


def send_waiting(carry: Carry, clock: Callable[[], datetime]) -> dict[str, int]:
    """Sends everything that is due, saving after each: a crash repeats one notice, under the same Message-ID.

    Any number of workers may run it at once. A message that fails is tried again later, and in the end left
    for a person.
    """
    with saved():
        outbox.sweep(clock())
    ended: Counter[str] = Counter()
    while (message := _claim(clock())) is not None:
        ended[_send(message, carry, clock)] += 1
    return dict(ended)


def _claim(now: datetime) -> Message | None:
    with saved():
        return outbox.claim(now)


def _send(message: Message, carry: Carry, clock: Callable[[], datetime]) -> State:
    """Whether it may still go is asked at this moment, whatever was true when it was queued (S3, V1, F3)."""
    with saved():
        cleared = mail.dispatch(message.thing, Stage.SEND, clock())
        if cleared is None:
            return _settle(message, State.REFUSED, "The door refused it.", clock())
    state, why = State.SENT, ""
    try:
        carry(cleared, message, clock())
    except OSError as failure:
        # Its words may hold an address: the kind is enough to mend it.
        state, why = outbox.after_failure(message.attempt), f"Could not be sent: {type(failure).__name__}."
        log.warning("message not sent", message=str(message.id), attempt=message.attempt, why=why)
    with saved():
        return _settle(message, state, why, clock())


def _settle(message: Message, state: State, why: str, now: datetime) -> State:
    if outbox.settle(message, state, why, now) and state is not State.WAITING:
        audit.record(
            WORKER, message.area_id, f"message.{state}", f"message/{message.id}", now,
            notice=message.notice, account=message.account_id,
        )  # fmt: skip
    return state
