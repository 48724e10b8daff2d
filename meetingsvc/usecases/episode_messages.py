"""Missing episodes as a force's system sends them: taken in as those of a file are (Rulebook E1, E3).

A row's answer is made of the row alone. Whether its episode or its child was known is not said, nor that it
was put aside because its number was another child's: by asking about nominals, who has a token would learn
which children are known here (security.md A20). Who runs the panels is told, and deals with it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.exceptions import Forbidden

from agenda.feed_table import Rejected
from agenda.missing_feed import COLUMNS, Told
from agenda.missing_json import Message
from agenda.panels import Family
from meetingsvc.store import areas, panels
from meetingsvc.store.feed_tokens import Sender
from meetingsvc.usecases import episode_feed, feed_messages
from meetingsvc.usecases.feed_messages import ACTOR, Answer, Door, errors
from meetingsvc.usecases.imports import FIRST, Importing, Outcome, Tally

_REFERENCE = COLUMNS.index("reference")
_NOBODY = (
    "Nobody runs panels of exploitation in this area, so nobody would read it. Nothing was kept. "
    "Tell the area, and send it again once somebody does."
)


def take_in(sender: Sender, key: str, body: bytes, message: Message, now: datetime) -> Answer:
    """The whole message or nothing, as of incidents. Raises Forbidden where nobody would read it."""
    return feed_messages.taken(_EPISODES, sender, key, body, message, now)


def _before(area_id: UUID) -> None:
    """Held first: two that had both written something of the area would wait for one another."""
    if not panels.is_run(area_id, Family.EXPLOITATION):
        raise Forbidden(_NOBODY)
    areas.hold(area_id)


def _write(importing: Importing, message: Message) -> list[str]:
    return episode_feed.write(importing, message, ACTOR, lambda: None)


def _answer(sender: Sender, message: Message, tally: Tally, results: list[Outcome]) -> Answer:
    """Neither what became of the rows nor how many were new: by neither is anything said of a child."""
    wrong = [one for one in message.judged if isinstance(one, Rejected)]
    body = {
        "area": sender.area_name,
        "rows": len(message),
        "accepted": len(message) - len(wrong),
        "rejected": len(wrong),
        "rejects": [{"line": one.line, "column": one.column, "error": one.error} for one in wrong[:FIRST]],
        "warnings": message.warnings,
        "results": [_result(one) for one in message.judged],
    }
    return Answer(422 if message.alone and wrong else 200, body)


def _result(one: Told | Rejected) -> dict[str, Any]:
    if isinstance(one, Told):
        return {"row": one.line, "reference": one.reference, "result": "accepted", "errors": []}
    return {
        "row": one.line,
        "reference": "".join(one.cells[_REFERENCE : _REFERENCE + 1]),
        "result": "rejected",
        "errors": errors(((one.column, one.error), *one.also)),
    }


_EPISODES: Door[Message] = Door(episode_feed.KIND, _write, _answer, _before)
