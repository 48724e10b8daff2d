"""The protection orders that a daily list announces, as one reader's offline pack has them (Rulebook T10)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from agenda.emergency_pack import Announced
from agenda.meetings import case_reference
from meetingsvc.models import CaseRow, EntryRow, ItemRow, MeetingRow, NoticeRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import lists, order_parties

_NOBODY = UUID(int=0)
_Told = tuple[str, int | None]  # what a notice is known by: its reference, and the incident that told of it


def cases(meeting: MeetingRow) -> dict[str, UUID]:
    """Those of its orders, by reference, whether the list has them or not: the door is asked about each."""
    return {reference: case_id for found in _cases(meeting).values() for reference, case_id in found.items()}


def announced(
    who: Principal, meeting: MeetingRow, given: Collection[UUID], held: Collection[UUID]
) -> tuple[Announced, ...]:
    """As the list's page shows them to this person, but for those of a case that is in no file of theirs.

    What is told to named people only waits for a second person, as its case does: `held`, or an order of such
    people that no list has put under their case. A chair needs none (security.md B).
    """
    mine, its = lists.notices(who, meeting.id), _cases(meeting)
    to_anybody = set(lists.notices(replace(who, account_id=_NOBODY), meeting.id))
    between = order_parties.between(who, mine, meeting.starts_at)
    told = []
    for notice in mine:
        about = set(its.get((notice.reference, notice.incident_id), {}).values())
        if not about <= set(given):
            continue
        named = who.role is not Role.CHAIR and notice not in to_anybody
        parties = between.get(notice)
        names = f"{parties.victim} and {parties.perpetrator}" if parties else ""
        told.append(Announced(notice, names, bool(named or about & set(held))))
    return tuple(told)


def _cases(meeting: MeetingRow) -> dict[_Told, dict[str, UUID]]:
    """The cases of each order: where it was recorded by hand its own, else every one under which a list put
    an incident of its number. Asked as the service."""
    row = NoticeRow
    known = select(row.occurrence_number, row.incident_id, CaseRow.number, CaseRow.id)
    here = row.meeting_id == meeting.id
    by_hand = known.join(CaseRow, CaseRow.id == row.case_id).where(here)
    by_police = (
        known.join(EntryRow, EntryRow.occurrence_number == row.occurrence_number)
        .join(ItemRow, (ItemRow.id == EntryRow.item_id) & (ItemRow.area_id == row.area_id))
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(here, row.incident_id.is_not(None))
    )
    found: dict[_Told, dict[str, UUID]] = defaultdict(dict)
    for rows in (by_hand, by_police):
        for reference, incident_id, number, case_id in db.session.execute(rows):
            found[reference, incident_id][case_reference(number)] = case_id
    return found
