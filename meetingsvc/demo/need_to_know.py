"""Who may open which case in Northmoor: a colleague on a case, a restricted case, a broken glass."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from agenda.addresses import DetailOf, Part
from agenda.daily_list import ListedItem
from agenda.details import Details
from agenda.meetings import case_number
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, audit, details
from meetingsvc.usecases import accounts, allocations, openings, restrictions, staff_details, walls
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved

A_MINUTE = timedelta(minutes=1)


def tell(
    coordinator: Principal, idva: Principal, police: Principal, housing: Principal,
    items: Sequence[ListedItem], password: str, now: datetime,
) -> None:  # fmt: skip
    """Of the last cases of a day's list: enough that every page about this has something to show."""
    with acting.whole_area(coordinator.area_id):
        parties = details.of_cases([item.case_id for item in items])
    staff = next((item for item in reversed(items) if _known(parties[item.case_id])), None)
    others = [item for item in reversed(items) if item is not staff]
    if staff is None or len(others) < 3:
        return
    _a_colleague(housing, _known(parties[staff.case_id]), password, now)
    kept, broken, declared = others[:3]
    why = "The victim's sister works for an agency that sits at the table."
    restrictions.restrict(coordinator, kept.case_id, why, [idva.account_id], now + 2 * A_MINUTE)
    allocations.allocate(coordinator, kept.case_id, idva.account_id, now + 3 * A_MINUTE)
    walls.declare(police, declared.case_id, now + 4 * A_MINUTE)
    reason = "She is at our desk with her children and says that he is outside."
    openings.break_glass(housing, case_number(broken.case) or 0, reason, now + 5 * A_MINUTE)


def _known(parties: Sequence[details.PartyTold]) -> Details | None:
    """The perpetrator, where name and birth date are known."""
    found = (one.details for one in parties if one.part is Part.PERPETRATOR)
    return next((one for one in found if one.forename and one.surname and one.dob), None)


def _a_colleague(housing: Principal, him: Details | None, password: str, now: datetime) -> None:
    """He starts at an agency, and tells his details: his case is kept from him and from the agencies."""
    if him is None:
        return
    with saved():
        account_id = accounts.create(
            housing.agency_id, Role.REPRESENTATIVE, f"{him.forename} {him.surname}",
            "newcomer@northmoor.example", password, audit.COMMAND_LINE, now,
        )  # fmt: skip
    newcomer = _who(account_id, now)
    told = Told(him.forename, him.surname, him.dob, "", "", "")
    staff_details.add(newcomer, DetailOf.SELF, told, now + A_MINUTE)


def _who(account_id: UUID, now: datetime) -> Principal:
    found = account_store.principal(account_id, now)
    if found is None:
        raise LookupError(account_id)
    return found
