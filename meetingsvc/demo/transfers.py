"""Cases between Northmoor and other areas: offered to it, on their way from it, and come by letter."""

from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from agenda.agencies import AgencyKind
from agenda.incidents import Party, Risk
from agenda.notification_clocks import TOLD
from agenda.transfer_arrival import Arrival
from agenda.transfers import Step
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, audit, demo, notification_clocks, proposals
from meetingsvc.usecases import accounts, agencies, areas, transfer_arrivals, transfer_files, transfers
from meetingsvc.usecases import notification_clocks as clocks
from meetingsvc.usecases import proposals as deciding
from meetingsvc.usecases.transaction import saved
from meetingsvc.usecases.transfers import Destination

A_MINUTE, A_FORTNIGHT, A_QUARTER = timedelta(minutes=1), timedelta(days=14), timedelta(days=92)
HERE, THERE = "Northmoor", "Southmoor"
_WESTVALE = Destination(None, "Westvale", "Ines Calloway", "ines.calloway@westvale.gov.uk")


def tell(coordinator: Principal, chair: Principal, goes_live: date, password: str, now: datetime) -> None:
    """One of each, so that the page of transfers has something to show."""
    theirs, their_chair = _southmoor(goes_live, password, now)
    with acting.acting(coordinator):
        _, cases = demo.on_open_agenda(coordinator)
    (first, *_), (second, *_) = cases[-2:]
    south = Destination(theirs.area_id, THERE)
    _offer(coordinator, chair, first, south, "She moves to be near her sister.", now)
    _by_file(coordinator, chair, second, now + 5 * A_MINUTE)
    case_id, _ = transfer_arrivals.enter(
        theirs, _heard_in("Eastholm", "EH/2231", "Linnet", "Amberley", now), now
    )
    north = Destination(coordinator.area_id, HERE)
    _offer(theirs, their_chair, case_id, north, "She has taken a flat in Northmoor.", now + 10 * A_MINUTE)
    told = _heard_in("Fenwick and Dale", "FD/0417", "Juniper", "Copeland", now)
    transfer_arrivals.enter(coordinator, told, now + 15 * A_MINUTE)
    _some_were_told(coordinator, now + 20 * A_MINUTE)


def _southmoor(goes_live: date, password: str, now: datetime) -> tuple[Principal, Principal]:
    """Another area of the service, with its coordinator and its chair."""
    area_id = areas.create("southmoor", goes_live, now - A_FORTNIGHT, THERE)
    host, found = audit.COMMAND_LINE, list[Principal]()
    with saved():
        council = agencies.create(
            area_id, "Southmoor Council", AgencyKind.COMMUNITY_SAFETY, goes_live - A_QUARTER, host, now
        )
        keys = [
            accounts.create(council, role, name, f"{handle}@southmoor.example", password, host, now)
            for role, name, handle in (
                (Role.COORDINATOR, "Dara Finch", "coordinator"), (Role.CHAIR, "Noor Baxter", "chair")
            )
        ]  # fmt: skip
    for key in keys:
        who = account_store.principal(key, now)
        if who is None:
            raise LookupError(key)
        found.append(who)
    return found[0], found[1]


def _offer(
    coordinator: Principal, chair: Principal, case_id: UUID, to: Destination, why: str, now: datetime
) -> None:
    transfers.propose(coordinator, case_id, to, why, now)
    with acting.acting(chair):
        waits = proposals.for_a_second(chair, [transfers.SEND], now)[-1]
    deciding.decide(chair, waits.id, True, "", now + A_MINUTE)


def _by_file(coordinator: Principal, chair: Principal, case_id: UUID, now: datetime) -> None:
    """To an area outside the service, whose receipt is waited for."""
    _offer(coordinator, chair, case_id, _WESTVALE, "The family has moved to Westvale.", now)
    with acting.acting(coordinator):
        transfer_id = demo.transfer_of(coordinator, case_id)
    transfer_files.make(coordinator, transfer_id, now + 2 * A_MINUTE)
    transfer_files.fetch(coordinator, transfer_id, now + 3 * A_MINUTE)
    transfer_files.record(coordinator, transfer_id, Step.SEND, "", now + 4 * A_MINUTE)


def _heard_in(area: str, reference: str, forename: str, surname: str, now: datetime) -> Arrival:
    heard = (now - timedelta(days=120)).date(), (now - timedelta(days=36)).date()
    return Arrival(
        area, reference, heard, Party(surname, forename, dob=date(1993, 5, 14)),
        Party("Thorne", "Silas", dob=date(1990, 2, 2)), Risk.HIGH,
        "She has moved, and he has found out to which town.",
        "A panic alarm is fitted. Her school knows who may fetch the children.",
    )  # fmt: skip


def _some_were_told(coordinator: Principal, now: datetime) -> None:
    """Of the newest incidents, a few: the other clocks run, or are over."""
    with acting.acting(coordinator):
        waiting = notification_clocks.undone(coordinator)
    for one in islice(waiting, 0, None, 3):
        clocks.record(coordinator, one.reference, TOLD, False, now, now)
