"""What a MARAC says of the plans before it, a crime disclosed in a meeting, and a draft: all invented."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from random import Random
from uuid import UUID

from meetingsvc.demo.chance import stable_id
from meetingsvc.demo.panel import IDVA, POLICE
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, outcomes
from meetingsvc.store.lists import daily_list
from meetingsvc.usecases import live
from minutes.crimes import Crime
from minutes.live import Typed
from minutes.plan import Review, Verdict
from minutes.recording import Recording

_DISCLOSED = (
    "She told the IDVA that he took her bank card and drew out 300 pounds. She has not reported it.",
    "He sent the children's school a message in her name. The school has kept it.",
)
_DONE = ("Done: the locks were changed on Monday.", "Done, and she was told.")
_OTHERWISE = "The landlord will do it instead, by the end of the month."
_TYPED = "Seen at the refuge yesterday. The meeting waits for"


def reviewed(coordinator: Principal, item_id: UUID, told: Recording, chance: Random) -> Recording:
    """A MARAC's outcome with its word on each action that the daily meeting had set."""
    with acting.acting(coordinator):
        sheet = outcomes.worksheet(coordinator, item_id)
    plan = sheet.plan if sheet else ()
    return replace(told, reviews={one.action_id: _review(chance) for one in plan})


def _review(chance: Random) -> Review:
    part = chance.random()
    if part < 0.5:
        return Review(Verdict.STILL_RIGHT)
    return Review(Verdict.DONE, chance.choice(_DONE)) if part < 0.85 else Review(Verdict.CHANGE, _OTHERWISE)


def disclosed(told: Recording, agencies: Mapping[str, UUID], chance: Random) -> Recording:
    """Now and then somebody discloses a crime in the meeting."""
    if chance.random() > 0.03:
        return told
    crime = Crime(chance.choice(_DISCLOSED), agencies[IDVA], agencies[POLICE])
    return replace(told, crimes={stable_id(chance): crime})


def typing(coordinator: Principal, area_id: UUID, day: date, now: datetime) -> None:
    """The meeting goes on: something is typed of the next case, and not saved yet."""
    with acting.acting(coordinator):
        listed = daily_list(coordinator, area_id, day)
        waiting = [one.id for one in (listed.items if listed else ())]
        left = [key for key in waiting if outcomes.recorded(coordinator, key) is None]
    for item_id in left[:1]:
        live.save(coordinator, item_id, [Typed("notes", _TYPED, 0, ""), Typed("risk", "high", 0, "")], now)
