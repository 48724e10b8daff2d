"""The buttons of the meeting above a case, as buttons of the form of its outcome: nothing typed is lost."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import request
from werkzeug.exceptions import NotFound

from meetingsvc.permissions import Principal
from meetingsvc.store import meeting_record_strip as store
from meetingsvc.usecases import meeting_record as usecase
from meetingsvc.usecases import meeting_record_hearing as hearing
from meetingsvc.usecases import meeting_record_presence as presence

STEP = "strip"
Change = Callable[[Principal, UUID, UUID, datetime], None]


def _meeting(who: Principal, item_id: UUID, now: datetime) -> UUID:
    found = store.strip(who, item_id, now)
    if found is None:
        raise NotFound
    return found.meeting_id


#: As the buttons say it: who, which case, whom, when.
CHANGES: dict[str, Change] = {
    "hear": lambda who, item_id, _, now: hearing.hear(who, item_id, now),
    "pause": lambda who, item_id, _, now: hearing.pause(who, item_id, now),
    "out": hearing.step_out,
    "in": hearing.step_in,
    "joined": lambda who, item_id, whom, now: presence.joined(who, _meeting(who, item_id, now), whom, now),
    "left": lambda who, item_id, whom, now: presence.left(who, _meeting(who, item_id, now), whom, now),
    "reached": lambda who, item_id, _, now: usecase.reach(who, item_id, now),
}


def press(who: Principal, item_id: UUID, step: str, now: datetime) -> None:
    """`strip.left.<id>`: what the button of that name does. Raises RuleBroken, or NotFound for no button."""
    _, _, told = step.partition(".")
    verb, _, whom = told.partition(".")
    if verb not in CHANGES:
        raise NotFound
    CHANGES[verb](who, item_id, _uuid(whom or request.form.get("strip-whom", "")), now)


def _uuid(text: str) -> UUID:
    """An unknown person where it names nobody."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
