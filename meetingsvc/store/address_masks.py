"""Who is shown what is masked of where people are reached, and what stays masked (security.md A1, B)."""

from uuid import UUID

from sqlalchemy import select

from agenda.addresses import reveal_problem
from agenda.spelling_of_places import address_key
from meetingsvc.models import AddressRow, AllocationRow, ItemRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, sealed
from meetingsvc.store.details import stands
from meetingsvc.store.scope import items_of, told_on


def why_not_shown(who: Principal, case_id: UUID) -> str | None:
    """Why this person is not shown what an open case masks; None where they are (security.md B)."""
    return reveal_problem(
        runs_meetings=who.runs_meetings,
        is_idva=who.role is Role.IDVA,
        allocated=is_allocated(who, case_id),
        meets=is_on_a_meeting(who, case_id),
    )


def is_allocated(who: Principal, case_id: UUID) -> bool:
    """Whether an open case is given to this IDVA."""
    row = AllocationRow
    mine = select(row.case_id).where(told_on(who, row.case_id), row.account_id == who.account_id)
    return db.session.scalar(mine.where(row.case_id == case_id)) is not None


def is_sealed_already(area_id: UUID, person_id: UUID, text: str, but: UUID | None) -> bool:
    """Whether this dwelling is held as a confidential address of somebody, on whichever case; `but` is the
    row that is being corrected."""
    if not (key := address_key(text)):
        return False
    row = AddressRow
    with acting.whole_area(area_id):
        rows = select(row.id, row.sealed).where(row.person_id == person_id, row.sealed.is_not(None))
        kept = db.session.execute(rows.where(stands(row))).all()
    return any(address_key(sealed.opened(one, held or b"") or "") == key for one, held in kept if one != but)


def is_on_a_meeting(who: Principal, case_id: UUID) -> bool:
    """Whether a case is on a meeting this person attends: having been opened to them is not enough."""
    row = ItemRow
    on = select(row.id).where(items_of(who), row.case_id == case_id).limit(1)
    return db.session.scalar(on) is not None
