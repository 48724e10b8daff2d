"""Builds a force's token, and sends by it."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from meetingsvc.models import FeedTokenRow, db
from meetingsvc.usecases import feed_tokens
from tests.builders import BEFORE_ALL

DOOR, EPISODES = "/api/v1/incidents", "/api/v1/episodes"
_number = count(1)


@dataclass(frozen=True)
class Held:
    """A token as its force holds it."""

    token_id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a call carries."""
        return {"Authorization": f"Bearer {self.token}"}


def a_token(area_id: UUID, force: str = "Northtest Police", at: datetime = BEFORE_ALL) -> Held:
    """A token of an area."""
    before = set(db.session.scalars(select(FeedTokenRow.id)))
    token = feed_tokens.make_by_command(area_id, force, at)
    (made,) = set(db.session.scalars(select(FeedTokenRow.id))) - before
    return Held(made, token)


@dataclass
class Machine:
    """A force's records system: no browser, no cookie."""

    client: FlaskClient
    token: str
    door: str = DOOR

    def send(self, told: Any, key: str = "", form: str = "application/json", **headers: str) -> TestResponse:
        """One message, under a key of its own where none is given."""
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        said = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": key or f"key-{next(_number)}",
            "Content-Type": form,
        }
        told_too = {name.replace("_", "-"): value for name, value in headers.items()}
        every = {name: value for name, value in (said | told_too).items() if value}
        return self.client.post(self.door, data=body, headers=every)
