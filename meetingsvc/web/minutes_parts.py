"""What the first page says of minutes."""

from datetime import date

from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import minutes_due
from meetingsvc.store.minutes_due import Waiting


def on_home(who: Principal, today: date) -> list[Waiting]:
    """For who drafts, all that are not out; for the chair, those that lie with them and all that are late."""
    if who.may(Permission.MINUTES_DRAFT):
        return minutes_due.waiting(who, today)
    if who.may(Permission.MINUTES_APPROVE):
        return [one for one in minutes_due.waiting(who, today) if one.sent or one.is_late(today)]
    return []
