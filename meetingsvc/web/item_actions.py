"""What the page of an item of exploitation says of actions (Rulebook A1, E2)."""

from typing import Any
from uuid import UUID, uuid4

from flask import request

from agenda.panels import Family
from meetingsvc import clock
from meetingsvc.permissions import Principal
from meetingsvc.store import outcomes
from meetingsvc.store.areas import agencies
from meetingsvc.store.exploitation_page import Meeting
from meetingsvc.usecases import exploitation_actions
from minutes.actions import of


def shown(who: Principal, item_id: UUID, meeting: Meeting) -> dict[str, Any]:
    """Those there are, and what a new one is chosen from while the meeting decides. What was typed into one
    that was refused stands there again."""
    adds = who.runs_exploitation and meeting.is_open and not meeting.waits_to_be_shared
    form = request.form if request.endpoint == "exploitation_actions.add" else {}
    return {
        "there": list(outcomes.actions(who, item_id).values()),
        "agencies": {one.id: one.name for one in agencies(who.area_id)},
        "owners": exploitation_actions.owners(who, meeting.code, clock.now()) if adds else [],
        "categories": of(Family.EXPLOITATION),
        "typed": {name: form.get(name, "") for name in ("what", "owner", "category", "due")},
        "key": uuid4(),
        "adds": adds,
    }
