"""An emergency MARAC: any signatory may ask for one, with the reason, and the chair accepts (Rulebook M4)."""

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from agenda.calendar import NoSuchTime, local_day, to_utc
from agenda.moves import REASON_LENGTH

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]?([0-5]\d)")


class Soon(StrEnum):
    """How soon it is asked for. No day is too unusual: a risk does not wait for a working day."""

    TODAY = "today"
    TOMORROW = "tomorrow"

    def day(self, said_on: date) -> date:
        """The day it means, said on that day."""
        return said_on + timedelta(days=self is Soon.TOMORROW)


def reason_problem(reason: str, ask: str = "Say why this case cannot wait for the next MARAC") -> str | None:
    """It is asked for, and refused, with a reason (Rulebook M4)."""
    if not reason.strip():
        return ask
    if len(reason) > REASON_LENGTH:
        return f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return None


def starts_at(day: date, typed: str) -> datetime:
    """The start as typed, such as `14:30`, on that day. Raises ValueError with words where it is no time."""
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        raise ValueError("Enter the time it starts, such as 14:30")
    try:
        return to_utc(datetime.combine(day, time(int(found[1]), int(found[2]))))
    except NoSuchTime as never:
        raise ValueError(str(never)) from never


def start_problem(start: datetime, now: datetime) -> str | None:
    """Why it cannot start then; None where it can: later today, or tomorrow (Rulebook M4)."""
    if start <= now:
        return "That time has passed. Enter a later one"
    if local_day(start) > Soon.TOMORROW.day(local_day(now)):
        return "An emergency MARAC sits today or tomorrow. Plan a MARAC for a later day"
    return None


def decide_problem(asked_by: UUID, decided: bool, decides: UUID) -> str | None:
    """Why somebody cannot decide it; None where they can: nobody accepts their own (Rulebook M4)."""
    if decided:
        return "This has been decided already. Nothing changed."
    if asked_by == decides:
        return "You asked for it yourself, so another chair decides."
    return None
