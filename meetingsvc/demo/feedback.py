"""How Northmoor's IDVA tells victims what was decided, all invented: most are told, some not reached."""

from datetime import date, datetime
from random import Random

from agenda import calendar
from meetingsvc import holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, feedback, feedback_lists
from meetingsvc.usecases import feedback_tries
from minutes.feedback import Result, Try

_HOW = (
    "By telephone, on her work number, with the words that were agreed.",
    "In person, at the children's centre.",
    "At her appointment with the health visitor, alone.",
)


def tell(idva: Principal, day: date, now: datetime, chance: Random) -> None:
    """One afternoon: those who are due are told, but for a few."""
    with acting.acting(idva):
        found = feedback_lists.to_tell(idva, day, 1)
    for one in sorted(found, key=lambda one: (one.due, one.case)):
        if one.due > day or (luck := chance.random()) > 0.9:
            continue
        told = Try(Result.TOLD, day, idva.name, chance.choice(_HOW))
        if luck > 0.75:
            again = calendar.next_working_day(day, holidays.known())
            told = Try(Result.NOT_REACHED, day, idva.name, "Rang twice; nobody answered.", again)
        elif luck > 0.72:
            told = Try(Result.UNSAFE, day, idva.name, "He answered her telephone. Nothing was said.")
        with acting.acting(idva):
            kept = feedback.current(idva, one.item_id)
        if kept is not None:
            feedback_tries.record(idva, one.item_id, kept.version, told, now)
