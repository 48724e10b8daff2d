"""Sending what waits: one message claimed, sent and saved at a time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from meetingsvc import mail
from meetingsvc.mail import Cleared
from meetingsvc.mail_smtp import Fault, fault_of
from meetingsvc.models import AreaRow, db
from meetingsvc.store import acting, areas, audit, invitations, outbox, unattended
from meetingsvc.store.outbox import LEFT_TO_A_PERSON, Message, State
from meetingsvc.usecases import digests, outbox_letters, outbox_undelivered
from meetingsvc.usecases.area_by_area import WORKER
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.outgoing import Stage, What
from notifications.schedule import quiet_until

log = structlog.get_logger()
#: Hands over one message that has passed the door; raises NotSent where it could not be handed over.
Carry = Callable[[Cleared, Message, datetime], None]
#: Why an invitation that waited is not sent, beside what the door says.
OVERTAKEN = "A later entry says what is true."


def send_waiting(carry: Carry, clock: Callable[[], datetime]) -> dict[str, int]:
    """Sends everything that is due, saving after each: a crash repeats one notice, under the same Message-ID.
    One run ends before anything urgent is due again, so that a server that hangs does not hold it for hours.

    Any number of workers may run it at once. A notice that fails is tried again later, and in the end left
    for a person; content that fails is left for a person at once, for it may have arrived.
    """
    with saved():
        for stale, state in outbox.sweep(clock()):
            _ended(stale, state, clock())
    for area_id in unattended.area_ids():
        _keep_quiet(area_id, clock())
    ended: Counter[str] = Counter()
    begun = clock()
    while clock() - begun < outbox.LONGEST_URGENT and (message := _claim(clock())) is not None:
        ended[_send(message, carry, clock)] += 1
    return dict(ended)


def _keep_quiet(area_id: UUID, now: datetime) -> None:
    """What was queued by day and is sent late, after a night's pause of the worker say, waits as well."""
    with saved():
        settings = areas.settings_of(db.session.get_one(AreaRow, area_id))
        if until := quiet_until(settings, now):
            outbox.put_off(area_id, until)


def _claim(now: datetime) -> Message | None:
    with saved():
        return outbox.claim(now)


def _send(message: Message, carry: Carry, clock: Callable[[], datetime]) -> State:
    """Whether it may still go is asked at this moment, whatever was true when it was queued (S3, V1, F3)."""
    with saved():
        cleared = mail.dispatch(message.thing, Stage.SEND, clock())
        if cleared is None:
            return _settle(message, State.REFUSED, "The door refused it.", clock())
        ready = _filled(message, clock())
    return _leave(ready, cleared, carry, clock)


def _filled(message: Message, now: datetime) -> Message | None:
    """With what it carries as it leaves; None where that is nothing any more, which settles it."""
    if message.notice is Notice.DIGEST:
        filled = digests.filled(message, now)
        if not filled.waiting.lines:
            _settle(message, State.REFUSED, digests.NOTHING_LEFT, now)
        return filled if filled.waiting.lines else None
    if _is_overtaken(message):
        _settle(message, State.REFUSED, OVERTAKEN, now)
        return None
    content = outbox_letters.content(message, now)
    if content is None:
        _settle(message, State.REFUSED, outbox_letters.GONE, now)
    return None if content is None else replace(message, content=content)


def _is_overtaken(message: Message) -> bool:
    """Whether it would put into a calendar what is not true any more: a meeting that was moved or cancelled
    after its invitation was given up, say, and sent again since (Rulebook M4)."""
    if message.what is not What.INVITATION or message.meeting_id is None:
        return False
    with acting.whole_area(message.area_id):
        return invitations.is_overtaken(message.meeting_id, message.sequence)


def _leave(message: Message | None, cleared: Cleared, carry: Carry, clock: Callable[[], datetime]) -> State:
    if message is None:
        return State.REFUSED
    state, why = _handed_over(message, cleared, carry, clock)
    with saved():
        return _settle(message, state, why, clock())


def _handed_over(
    message: Message, cleared: Cleared, carry: Carry, clock: Callable[[], datetime]
) -> tuple[State, str]:
    """How it ended, with the kind of what went wrong: its words may hold an address."""
    try:
        carry(cleared, message, clock())
        return State.SENT, ""
    except OSError as failure:
        fault = fault_of(failure)
        state, why = after(message, fault), f"Could not be sent: {fault}."
    except (ValueError, TypeError, LookupError) as failure:
        # One message that cannot be written must not keep the others here.
        state, why = State.FAILED, f"Could not be written: {type(failure).__name__}."
    log.warning("message not sent", message=str(message.id), attempt=message.attempt, why=why)
    return state, why


def after(message: Message, fault: Fault) -> State:
    """What becomes of a message that failed (security.md D): a refusal for good ends it, content waits for a
    person, and only what has no content is tried again by itself."""
    if fault is Fault.REFUSED:
        return State.FAILED
    if message.what is What.LETTER:
        return State.PARKED
    return outbox.after_failure(message.attempt, message.urgent)


def _settle(message: Message, state: State, why: str, now: datetime) -> State:
    if outbox.settle(message, state, why, now):
        _ended(message, state, now)
    return state


def _ended(message: Message, state: State, now: datetime) -> None:
    if state is State.WAITING:
        return
    audit.record(
        WORKER, message.area_id, f"message.{state}", f"message/{message.id}", now,
        notice=message.notice, account=message.account_id,
    )  # fmt: skip
    digests.ended(message, state, now)
    outbox_letters.ended(message, state)
    if state in LEFT_TO_A_PERSON:
        outbox_undelivered.tell(message, now)
