"""Northmoor's police send by machine too: some incidents after the last list, one of them with a mistake."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from agenda.feed_json import Form, Message
from meetingsvc.permissions import Principal
from meetingsvc.store.feed_tokens import Sender
from meetingsvc.usecases import feed_messages, feed_tokens

FORCE = "Northmoor Police"
_LIMIT = 1024 * 1024


def tell(coordinator: Principal, rows: Sequence[dict[str, str]], now: datetime) -> Sender:
    """The first row's birth date is one that does not exist; it waits to be dealt with."""
    token = feed_tokens.make(coordinator, FORCE, now, uuid4())
    sender = feed_tokens.admit(token, "", now)
    body = json.dumps([rows[0] | {"victim_dob": "31/02/1990"}, *rows[1:]]).encode()
    feed_messages.take_in(sender, "first", body, Message(body, Form.WHOLE, _LIMIT), now)
    return sender
