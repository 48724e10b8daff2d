"""What the first page says of meetings: today's, to say that one is there, and records that nobody closed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from meetingsvc.permissions import ATTENDS_MEETINGS, Permission, Principal
from meetingsvc.store import meeting_record_closing as store


@dataclass(frozen=True, slots=True)
class OnHome:
    """What of it concerns one person."""

    never_closed: list[tuple[UUID, date]]  # MARACs whose day has passed
    today: list[store.Ahead]  # meetings at which they may say that they are there


def on_home(who: Principal, today: date) -> OnHome:
    """For who runs meetings, records to close; for who attends, the meetings of today (Rulebook R3)."""
    runs, attends = who.may(Permission.MEETING_RECORD), who.role in ATTENDS_MEETINGS
    return OnHome(
        store.never_closed(who, today) if runs else [],
        store.not_there_yet(who, today) if attends and who.may(Permission.MEETING_HERE) else [],
    )
