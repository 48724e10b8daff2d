"""Where three families of Northmoor are reached, as agencies told it: one address is a safe one."""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.addresses import AddressKind, AddressTold, ContactKind, ContactTold, DetailOf, Knows
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, demo
from meetingsvc.usecases import address_reveals, address_shares, addresses, staff_details
from meetingsvc.usecases.staff_details import Told

A_MINUTE = timedelta(minutes=1)


def tell(coordinator: Principal, health: Principal, police: Principal, now: datetime) -> None:
    """Of the first cases of the open agenda, as three people told it one morning."""
    with acting.acting(coordinator):
        meeting_id, cases = demo.on_open_agenda(coordinator)
    if meeting_id is None or len(cases) < 2:
        return
    (first, victim, _), (second, her, him) = cases[:2]
    _a_safe_address(coordinator, health, police, first, victim, meeting_id, now)
    _where_they_are(health, police, second, her, him, now + 3 * A_MINUTE)
    brother = addresses.name_associate(
        police, second, "Wayne", "Ferriby", None, "brother; drives him", police.name,
        "seen together by officers", now + 5 * A_MINUTE,
    )  # fmt: skip
    number = ContactTold(ContactKind.PHONE, "01632 960 418", False, police.name, "his own statement")
    addresses.tell_contact(police, second, brother, number, now + 6 * A_MINUTE)
    former = Told("Bethan", "Larkrise", None, "", "01632 960 733", "")
    staff_details.add(health, DetailOf.SELF, former, now + 7 * A_MINUTE)


def _where_they_are(
    health: Principal, police: Principal, case_id: UUID, her: UUID, him: UUID, now: datetime
) -> None:
    home = AddressTold(
        AddressKind.HOME, "Flat 2, 31 Quarry Bank\nZZ9 4QB", Knows.YES, "", False, "",
        police.name, "seen there by officers",
    )  # fmt: skip
    addresses.tell_address(police, case_id, him, home, now)
    work = AddressTold(
        AddressKind.WORK, "Moorgate Garden Centre, ZZ3 1GC", Knows.YES, "her colleagues", False, "",
        health.name, "told by her",
    )  # fmt: skip
    addresses.tell_address(health, case_id, her, work, now + A_MINUTE)


def _a_safe_address(
    coordinator: Principal, health: Principal, police: Principal, case_id: UUID, victim: UUID,
    meeting_id: UUID, now: datetime,
) -> None:  # fmt: skip
    """Held, shown once, and put into one person's copy of the pack to come."""
    safe = AddressTold(
        AddressKind.TEMPORARY, "Room 5, Juniper House\nZZ8 2JH", Knows.NO, "her midwife", True, "",
        health.name, "told by her at a clinic",
    )  # fmt: skip
    address = addresses.tell_address(health, case_id, victim, safe, now)
    number = ContactTold(ContactKind.PHONE, "01632 960 204", False, health.name, "her new number")
    addresses.tell_contact(health, case_id, victim, number, now + A_MINUTE)
    why, at = "To arrange an alarm for the address.", now + A_MINUTE
    address_reveals.address(coordinator, case_id, address, why, at)
    why, at = "Officers mark the address for an urgent answer.", now + 2 * A_MINUTE
    address_shares.share(coordinator, case_id, address, police.account_id, meeting_id, why, at)
