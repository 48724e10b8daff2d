"""Messages of a force's system: each taken in once, whatever becomes of its answer (security.md A20).

A message is known by its idempotency key. The same again is answered again for a day; after that it is
refused, and so is another message under a key that was used.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Conflict, UnprocessableEntity

from agenda.feed_json import Message
from agenda.json_rows import JsonRows
from meetingsvc.models import FeedMessageRow, db
from meetingsvc.store import acting
from meetingsvc.store import feed_tokens as store
from meetingsvc.store.feed_tokens import Sender
from meetingsvc.usecases import feed, feed_tokens, imports
from meetingsvc.usecases.imports import Importing, Outcome, Tally
from meetingsvc.usecases.transaction import saved

#: As long as an answer is kept.
ANSWERED_FOR = timedelta(days=1)
#: What stands in the place of a file's name.
FILENAME = "Sent by machine"
#: Who acts, in the audit trail.
ACTOR = "machine"
_OTHER = "The idempotency key has been used for another message. Use a new key for each message."
_REPLAY = "Replay refused: this message was taken in more than a day ago. Send a new one under a new key."
_AT_ONCE = "A message with this idempotency key is being taken in. Send it again in a second."


class Answer(NamedTuple):
    """What the sender is told."""

    status: int
    body: dict[str, Any]
    again: bool = False  # it was given before


Told = TypeVar("Told", bound=JsonRows[Any])


@dataclass(frozen=True, slots=True)
class Door(Generic[Told]):
    """What one kind of message becomes, and what its sender is told."""

    kind: str  # of the import
    write: Callable[[Importing, Told], list[str]]  # every row; the warnings that came up
    answer: Callable[[Sender, Told, Tally, list[Outcome]], Answer]
    before: Callable[[UUID], None] = lambda area_id: None  # anything is written: it may refuse, and hold


def take_in(sender: Sender, key: str, body: bytes, message: Message, now: datetime) -> Answer:
    """A message of incidents, as `taken` says."""
    return taken(INCIDENTS, sender, key, body, message, now)


def taken(door: Door[Told], sender: Sender, key: str, body: bytes, message: Told, now: datetime) -> Answer:
    """The whole message or nothing, in one transaction with its answer and its audit line.

    What is rejected is kept aside, as that of a file is. A message that was sent before changes nothing.
    """
    row = FeedMessageRow(
        id=uuid4(), area_id=sender.area_id, token_id=sender.token_id, received_at=now,
        key=_digest(str(sender.area_id).encode(), sender.force.encode(), key.encode()),
        digest=_digest(*_of(door), str(message.alone).encode(), body),
    )  # fmt: skip
    with saved(), acting.whole_area(sender.area_id):
        if not store.is_valid(sender.token_id):
            raise feed_tokens.no_token()
        if (known := store.message(row.key)) is not None:
            return _again(known, row)
        door.before(sender.area_id)
        _write(door, sender, row, message)
        return Answer(row.status, row.answer or {})


def forget(now: datetime) -> None:
    """Answers quote what was sent: they go after a day."""
    store.forget_answers(now - ANSWERED_FOR)


def _again(known: FeedMessageRow, row: FeedMessageRow) -> Answer:
    if known.digest != row.digest:
        raise UnprocessableEntity(_OTHER)
    if known.answer is None or row.received_at - known.received_at > ANSWERED_FOR:
        raise Conflict(_REPLAY)
    return Answer(known.status, known.answer, again=True)


def _of(door: Door[Told]) -> list[bytes]:
    """What sets a message apart from the same words at another door. Incidents were kept without it first."""
    return [] if door.kind == INCIDENTS.kind else [door.kind.encode()]


def _write(door: Door[Told], sender: Sender, row: FeedMessageRow, message: Told) -> None:
    importing = imports.begin(
        sender.area_id, door.kind, FILENAME, message.header, row.received_at, None, machine=sender.force
    )
    row.import_id, row.status = importing.row.id, 0
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(_AT_ONCE) from None  # the other one holds the key, and has come first
    results: list[Outcome] = []
    importing.tell = results.append
    warnings = door.write(importing, message)
    tally = importing.finish(ACTOR, warnings, token=sender.token_id)
    row.status, row.answer, _ = door.answer(sender, message, tally, results)
    db.session.flush()


def _incidents(sender: Sender, message: Message, tally: Tally, results: list[Outcome]) -> Answer:
    """One incident answers for itself; of several, each row says what became of it."""
    told = sorted(results, key=lambda one: one.line)
    body = {
        **tally.as_json(sender.area_name),
        "warnings": tally.warnings,
        "results": [_result(one) for one in told],
    }
    if message.alone and tally.rejected:
        return Answer(422, body)
    return Answer(201 if message.alone and tally.created else 200, body)


def _result(one: Outcome) -> dict[str, Any]:
    return {
        "row": one.line,
        "occurrence_number": one.number,
        "result": one.result,
        "errors": errors(one.errors),
        "warnings": list(one.warnings),
    }


def errors(wrong: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Each column of a row that is wrong, and how."""
    return [{"column": column, "error": error} for column, error in wrong]


INCIDENTS: Door[Message] = Door(
    "feed", lambda importing, message: feed.write(importing, message, lambda: None), _incidents
)


def _digest(*parts: bytes) -> bytes:
    """Of parts that cannot run into one another."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
