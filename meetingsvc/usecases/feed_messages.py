"""Messages of a force's system: each taken in once, whatever becomes of its answer (security.md A20).

A message is known by its idempotency key. The same again is answered again for a day; after that it is
refused, and so is another message under a key that was used.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Conflict, UnprocessableEntity

from agenda.feed_json import Message
from meetingsvc.models import FeedMessageRow, db
from meetingsvc.store import acting
from meetingsvc.store import feed_tokens as store
from meetingsvc.store.feed_tokens import Sender
from meetingsvc.usecases import feed, feed_tokens, imports
from meetingsvc.usecases.imports import Outcome, Tally
from meetingsvc.usecases.transaction import saved

#: As long as an answer is kept.
ANSWERED_FOR = timedelta(days=1)
#: What stands in the place of a file's name.
FILENAME = "Sent by machine"
_ACTOR = "machine"
_OTHER = "The idempotency key has been used for another message. Use a new key for each message."
_REPLAY = "Replay refused: this message was taken in more than a day ago. Send a new one under a new key."
_AT_ONCE = "A message with this idempotency key is being taken in. Send it again in a second."


class Answer(NamedTuple):
    """What the sender is told."""

    status: int
    body: dict[str, Any]
    again: bool = False  # it was given before


def take_in(sender: Sender, key: str, body: bytes, message: Message, now: datetime) -> Answer:
    """The whole message or nothing, in one transaction with its answer and its audit line.

    What is rejected is kept aside, as that of a file is. A message that was sent before changes nothing.
    """
    row = FeedMessageRow(
        id=uuid4(), area_id=sender.area_id, token_id=sender.token_id, received_at=now,
        key=_digest(str(sender.area_id).encode(), sender.force.encode(), key.encode()),
        digest=_digest(str(message.alone).encode(), body),
    )  # fmt: skip
    with saved(), acting.whole_area(sender.area_id):
        if not store.is_valid(sender.token_id):
            raise feed_tokens.no_token()
        if (known := store.message(row.key)) is not None:
            return _again(known, row)
        _write(sender, row, message)
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


def _write(sender: Sender, row: FeedMessageRow, message: Message) -> None:
    importing = imports.begin(
        sender.area_id, "feed", FILENAME, message.header, row.received_at, None, machine=sender.force
    )
    row.import_id, row.status = importing.row.id, 0
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(_AT_ONCE) from None  # the other one holds the key, and has come first
    results: list[Outcome] = []
    importing.tell = results.append
    warnings = feed.write(importing, message, lambda: None)
    tally = importing.finish(_ACTOR, warnings, token=sender.token_id)
    row.status, row.answer = _status(message, tally), _body(sender, tally, results)
    db.session.flush()


def _status(message: Message, tally: Tally) -> int:
    """One incident answers for itself; of several, each row says what became of it."""
    if message.alone and tally.rejected:
        return 422
    return 201 if message.alone and tally.created else 200


def _body(sender: Sender, tally: Tally, results: list[Outcome]) -> dict[str, Any]:
    told = sorted(results, key=lambda one: one.line)
    return {
        **tally.as_json(sender.area_name),
        "warnings": tally.warnings,
        "results": [_result(one) for one in told],
    }


def _result(one: Outcome) -> dict[str, Any]:
    return {
        "row": one.line,
        "occurrence_number": one.number,
        "result": one.result,
        "errors": [{"column": column, "error": error} for column, error in one.errors],
        "warnings": list(one.warnings),
    }


def _digest(*parts: bytes) -> bytes:
    """Of parts that cannot run into one another."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
