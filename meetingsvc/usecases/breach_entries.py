"""What is written down about a breach: the cases it touches, whom it affects, and what was done (V3)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from meetingsvc.models import BreachCaseRow, BreachEntryRow, CaseRow, PersonRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, flags_children
from meetingsvc.store.acting import Host
from meetingsvc.store.breaches import CHILD, PARTIES
from meetingsvc.store.breaches_told import Entry
from meetingsvc.store.list_page import named


def touch(who: Principal, breach_id: UUID, cases: list[CaseRow], place: int, now: datetime) -> int:
    """The cases, and their parties and children as affected by it; called by what they are, by no name. Gives
    how many entries there are then."""
    for case in cases:
        db.session.add(BreachCaseRow(breach_id=breach_id, case_id=case.id, area_id=who.area_id))
        db.session.flush()
        for told in (*_parties(case), *_children(who.area_id, case, cases)):
            place += 1
            put(who, breach_id, place, Entry.AFFECTED, now, {"case": str(case.id), **told}, now)
    return place


def _parties(case: CaseRow) -> Iterator[dict[str, Any]]:
    for party in PARTIES if case.perpetrator_id else PARTIES[:1]:
        yield {"party": party, "perpetrator": party == "perpetrator"}


def _children(area_id: UUID, case: CaseRow, cases: Iterable[CaseRow]) -> list[dict[str, Any]]:
    """Counted for the whole area: whoever raises it may not read of every one. One who is the perpetrator of
    a case that it touches is not told as a child either (Rulebook F3)."""
    with acting.whole_area(area_id):
        found = flags_children.of_case(Host(area_id), case.id)
        ids = {one.perpetrator_id for one in cases}
        rows = select(PersonRow.forename, PersonRow.surname, PersonRow.dob).where(PersonRow.id.in_(ids))
        dangerous = {
            flags_children.key_of(named(forename, surname), dob)
            for forename, surname, dob in db.session.execute(rows)
        }
    return [
        {"party": CHILD, "number": number, "perpetrator": child.key in dangerous}
        for number, child in enumerate(found, 1)
    ]


def put(
    who: Principal, breach_id: UUID, place: int, kind: Entry, at: datetime, told: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    """One thing that was done, in its place."""
    db.session.add(
        BreachEntryRow(id=uuid4(), area_id=who.area_id, breach_id=breach_id, place=place, kind=kind, at=at,
                       told=told, account_id=who.account_id, recorded_at=now)
    )  # fmt: skip
    db.session.flush()
