"""What other pages show of transfers, and of the police's notification clocks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda.calendar import local_day
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import notification_clocks, transfer_arrivals, transfers, transfers_moved
from meetingsvc.store.case_page import OnMeeting
from meetingsvc.store.notification_clocks import Clocked
from meetingsvc.store.transfers_moved import Gone, Moved

OF_LATE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OnCase:
    """Where a case is going or went, what came with it, and the clocks of its incidents."""

    moved: Moved | None
    going: tuple[UUID, str] | None  # the transfer, and the area: for who runs the meetings
    has_record: bool
    clocks: tuple[Clocked, ...]
    now: datetime

    def waiting(self, meetings: Sequence[OnMeeting]) -> list[OnMeeting]:
        """The meetings whose referral is still this area's: what was decided before a case moved is not."""
        return [on for on in meetings if self.moved is None or on.sits_on > self.moved.on]


def on_case(who: Principal, case_id: UUID, versions: Mapping[str, Collection[int]], now: datetime) -> OnCase:
    """For the page of a case that the person may open."""
    runs = who.may(Permission.TRANSFER_READ)
    clocks = notification_clocks.of(who, versions) if runs else []
    moved, going, has_record = transfers_moved.on_case(who, case_id)
    return OnCase(moved, going if runs else None, has_record, tuple(clocks), now)


@dataclass(frozen=True, slots=True)
class OnHome:
    """What waits."""

    arrivals: int = 0
    to_send: int = 0
    overdue: int = 0
    late_clocks: int = 0
    gone: tuple[Gone, ...] = ()  # for the chair: which cases have left of late, and by whose word


def on_home(who: Principal, now: datetime) -> OnHome:
    """For the first page: transfers to decide and to send, receipts overdue, clocks that are over."""
    if not who.may(Permission.TRANSFER_READ):
        return OnHome()
    records = who.may(Permission.NOTIFICATION_RECORD)
    return OnHome(
        transfer_arrivals.waiting(who),
        transfers.to_send(who),
        transfers.overdue(who, local_day(now)),
        notification_clocks.count_late(who, now) if records else 0,
        tuple(transfers_moved.since(who, now - OF_LATE)) if who.may(Permission.TRANSFER_CONFIRM) else (),
    )


def on_list(who: Principal, meeting_id: UUID, now: datetime) -> int:
    """For a daily list: how many of its incidents an agency was not told of in time."""
    if not who.may(Permission.TRANSFER_READ):
        return 0
    return notification_clocks.late_on(who, meeting_id, now)
