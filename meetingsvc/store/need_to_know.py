"""What who runs meetings is asked to decide about who may open a case, with the people it is about (M6)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.incidents import Risk
from agenda.meetings import case_reference
from meetingsvc.models import CaseRow, ItemRow, PersonRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import half_seen, restrictions, walls
from meetingsvc.store.half_seen import Named
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import cases_of, told_items_of
from meetingsvc.store.subject_people import NAME
from meetingsvc.store.walls import Wall

_victim, _perpetrator = aliased(PersonRow), aliased(PersonRow)
_NO_NAME = half_seen.NO_NAME


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for a decision: whom it is about, how high its risk is, and which staff are found."""

    case_id: UUID
    case: str
    victim: str
    perpetrator: str
    risk: Risk | None
    staff: tuple[Wall, ...]


def restrictions_to_decide(reader: Principal) -> list[Waiting]:
    """Cases proposed for restriction, each with the staff that were found on it."""
    return _told(reader, [case_id for case_id, _ in restrictions.to_decide(reader)], new=False)


def staff_to_look_at(reader: Principal) -> list[Waiting]:
    """Cases with staff who may know somebody on them, at whom nobody has looked yet."""
    return _told(reader, [case_id for case_id, *_ in walls.to_look_at(reader)], new=True)


def _told(reader: Principal, case_ids: Collection[UUID], *, new: bool) -> list[Waiting]:
    names = (_victim.forename, _victim.surname, _perpetrator.forename, _perpetrator.surname)
    rows = (
        select(CaseRow.id, CaseRow.number, NAME, *names)
        .outerjoin(_victim, _victim.id == CaseRow.victim_id)
        .outerjoin(_perpetrator, _perpetrator.id == CaseRow.perpetrator_id)
        .where(cases_of(reader), CaseRow.id.in_(case_ids))
        .order_by(CaseRow.number)
    )
    told = half_seen.names_told(reader, case_ids)
    risk, staff = highest_risks(reader, case_ids), walls.standing_on(reader, case_ids)
    return [
        Waiting(key, case_reference(number), _called(told.get(key), 0, v_first, v_last) or name or _NO_NAME,
                _called(told.get(key), 1, p_first, p_last) or "Not known", risk.get(key),
                tuple(wall for wall in staff.get(key, ()) if wall.is_new or not new))
        for key, number, name, v_first, v_last, p_first, p_last in db.session.execute(rows)
    ]  # fmt: skip


def highest_risks(reader: Principal, case_ids: Collection[UUID]) -> dict[UUID, Risk]:
    """The highest risk at which a meeting had each case."""
    found: dict[UUID, set[Risk]] = defaultdict(set)
    rows = select(ItemRow.case_id, ItemRow.risk).where(told_items_of(reader), ItemRow.case_id.in_(case_ids))
    for case_id, risk in db.session.execute(rows):
        found[case_id].add(Risk(risk))
    return {case_id: max(risks, key=lambda risk: risk.rank) for case_id, risks in found.items()}


def _called(told: tuple[Named, Named] | None, which: int, forename: str | None, surname: str | None) -> str:
    """Of who is in a case kept from the reader too, only what this one tells (M6)."""
    return told[which][0] if told else named(forename, surname)
