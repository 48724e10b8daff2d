"""`POST /api/v1/incidents`: what a force's system sends (contract: incident feed)."""

from flask import Response, g

from agenda.feed_json import Message
from meetingsvc import clock
from meetingsvc.api.document_incidents import MOST, OPERATION
from meetingsvc.api.door import answered, bp, by_token, opened
from meetingsvc.permissions import Permission
from meetingsvc.usecases import feed_messages


@bp.post("/incidents")  # type: ignore[untyped-decorator]
@bp.doc(**OPERATION)  # type: ignore[untyped-decorator]
@by_token(Permission.INCIDENT_CREATE)
def create() -> Response:
    """Takes in one incident, an array of them, or one a line."""
    key, body, message = opened(Message, MOST)
    return answered(feed_messages.take_in(g.sender, key, body, message, clock.now()), message.one)
