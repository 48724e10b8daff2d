"""What other pages say of near matches: the day's list, and the first page (T6)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import matching_proposals as store


def on_list(who: Principal, meeting_id: UUID, now: datetime) -> dict[str, Any]:
    """Near matches of a day's list, and whether it waits for them: for who runs the meetings."""
    if not who.may(Permission.PERSON_MATCH):
        return {"near": [], "held": False}
    return {"near": store.on_list(who, meeting_id, now), "held": store.held(who, meeting_id)}


def on_home(who: Principal, now: datetime) -> dict[str, Any]:
    """How many wait for a decision, how many of them on the radar, and the lists that are not circulated."""
    if not who.may(Permission.PERSON_MATCH):
        return {"undecided": 0, "radar": 0, "held": []}
    waiting = store.undecided(who, now)
    radar = sum(match.radar for match in waiting)
    return {"undecided": len(waiting), "radar": radar, "held": store.held_days(who)}
