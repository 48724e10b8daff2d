"""`POST /api/v1/episodes`: missing episodes of children, as a force's system sends them (Rulebook E1, E3)."""

from functools import partial

from flask import Response, g

from agenda.missing_json import Message
from meetingsvc import clock
from meetingsvc.api.document_episodes import MOST, OPERATION
from meetingsvc.api.door import answered, bp, by_token, opened
from meetingsvc.permissions import Permission
from meetingsvc.usecases import episode_messages


@bp.post("/episodes")  # type: ignore[untyped-decorator]
@bp.doc(**OPERATION)  # type: ignore[untyped-decorator]
@by_token(Permission.EPISODE_CREATE)
def create_episodes() -> Response:
    """Takes in one missing episode, an array of them, or one a line."""
    now = clock.now()
    key, body, message = opened(partial(Message, now=now), MOST)
    return answered(episode_messages.take_in(g.sender, key, body, message, now), message.one)
