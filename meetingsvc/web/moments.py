"""A day in three boxes and a time beside it, as the moment they are in London."""

from datetime import date, datetime, time

from agenda.calendar import NoSuchTime, to_utc


def moment(day: date | None, at: object) -> datetime | None:
    """In UTC; None where either was not told, or the clocks skip that time."""
    if day is None or not isinstance(at, time):
        return None
    try:
        return to_utc(datetime.combine(day, at))
    except NoSuchTime:
        return None
