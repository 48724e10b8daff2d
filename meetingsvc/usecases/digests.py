"""One message a day for whoever chose it: in constant words, each thing asked at the door again (S2)."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from agenda.calendar import days_off, local_day
from agenda.meetings import MeetingKind
from meetingsvc import holidays, mail
from meetingsvc.store import areas, audit, digests, unattended
from meetingsvc.store.outbox import Message, State
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications import schedule
from notifications.messages import Notice
from notifications.outgoing import Stage

REFUSED = "The door refused it."
NOTHING_LEFT = "Nothing was left to tell."
PATH = "/account/notices"


def make(now: datetime) -> int:
    """Makes each person's daily message of what was gathered and is due; says how many. Safe to run twice.

    What is gathered stays so until its message has gone, so that nothing is lost where a worker dies; and
    what a message told that reached nobody goes into the next one. One a person and day: what falls due after
    it goes with tomorrow's.
    """
    return in_turn("making daily messages", unattended.area_ids(), lambda area_id: _make(area_id, now))


def _make(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    found = {key: _may_go(messages, now) for key, messages in digests.due(area_id, now).items()}
    made = sum([_make_one(area_id, key, left, now) for key, left in found.items() if left])
    if made:
        audit.record(WORKER, area_id, "digests.made", f"area/{area_id}", now, notices=made)
    return made


def _make_one(area_id: UUID, account_id: UUID, messages: list[Message], now: datetime) -> bool:
    if digests.told_on(account_id, local_day(now)):
        digests.put_off(messages, _tomorrow(area_id, now))
        return False
    values = {
        "panel": MeetingKind.DRAMM.value, "sits_on": local_day(now).isoformat(), "path": PATH,
    }  # fmt: skip
    digest_id = notices.put(area_id, account_id, Notice.DIGEST, values, now)
    if digest_id is None:
        return False
    digests.join(messages, digest_id)
    return True


def _tomorrow(area_id: UUID, now: datetime) -> datetime:
    settings = areas.settings_of(areas.by_id(area_id))
    start = schedule.moment_of(local_day(now) + timedelta(days=1), time.min)
    return schedule.digest_at(settings, days_off(settings, holidays.known()), start)


def _may_go(messages: list[Message], now: datetime) -> list[Message]:
    """Those that may reach the person at this moment; the others end here, and that is kept (F3, M6, V1)."""
    left = []
    for message in messages:
        if mail.dispatch(message.thing, Stage.SEND, now):
            left.append(message)
            continue
        digests.settle(message, State.REFUSED, REFUSED, now)
        audit.record(
            WORKER, message.area_id, f"message.{State.REFUSED}", f"message/{message.id}", now,
            notice=message.notice, account=message.account_id,
        )  # fmt: skip
    return left


def filled(message: Message, now: datetime) -> Message:
    """A daily message with what it says as it leaves: each thing once, and only what may reach the person
    then. Without a line, nothing is left to tell, and it does not go.

    Part of the transaction in which the worker asks whether the message may go.
    """
    left = _may_go(digests.of(message.id), now)
    lines = schedule.lines((one.notice, one.waiting.path) for one in left)
    return replace(message, waiting=replace(message.waiting, lines=lines))


def ended(message: Message, state: State, now: datetime) -> None:
    """What a daily message told of ends with it, once it has gone; in the same transaction."""
    if message.notice is not Notice.DIGEST or state is not State.SENT:
        return
    for one in digests.of(message.id):
        digests.settle(one, State.SENT, "Told in the daily message.", now)
