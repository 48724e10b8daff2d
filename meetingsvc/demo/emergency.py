"""Two emergency MARACs asked for in Northmoor, all invented: one waits for the chair, one was refused."""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.emergency import Soon
from meetingsvc.permissions import Principal
from meetingsvc.usecases import emergency

_TONIGHT = "Released from custody tonight; he has said to his cellmate that he knows where she lives now."
_MOVED = "She has asked for all of it to be heard before she moves on Friday."
_HEARD = "The daily meeting heard it this morning, and its plan covers the move. Nothing is left to decide."


def tell(asks: Principal, chair: Principal, cases: list[UUID], now: datetime) -> None:
    """About the first and the last of the cases."""
    refused = emergency.ask(asks, cases[-1], _MOVED, Soon.TOMORROW, now)
    emergency.refuse(chair, refused, _HEARD, now + timedelta(minutes=20))
    emergency.ask(asks, cases[0], _TONIGHT, Soon.TODAY, now + timedelta(minutes=30))
