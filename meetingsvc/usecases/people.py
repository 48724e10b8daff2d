"""Telling who is what to whom, and taking away what one's own agency told (Rulebook D2, R2)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.relationships import RelationshipTold, birth_problem, removal_problem
from agenda.rules import RuleBroken
from meetingsvc.models import PersonRow, RelationshipRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, matching, matching_details, people, subject_people
from meetingsvc.store.scope import told_on
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved_by


@dataclass(frozen=True, slots=True)
class SomebodyNew:
    """A person who is in no case yet."""

    forename: str
    surname: str
    dob: date | None


def relate(
    principal: Principal, case_id: UUID, person_id: UUID, other: UUID | SomebodyNew, told: RelationshipTold,
    now: datetime,
) -> UUID:  # fmt: skip
    """Keeps what somebody on an open case is to another person there, or to somebody new (Rulebook D2)."""
    if problem := told.problem():
        raise RuleBroken(f"{problem}.")
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        there = {one.id for one in people.on_case(who, case_id)}
        if person_id not in there or (isinstance(other, UUID) and other not in there):
            raise NotFound
        refuse_reading_only(who, case_id)
        second = other if isinstance(other, UUID) else _new(who.area_id, case_id, other, now)
        if second == person_id:
            raise RuleBroken("Choose somebody else: this is the same person.")
        row = RelationshipRow(
            id=uuid4(), area_id=who.area_id, case_id=case_id, person_id=person_id, kind=told.kind,
            other_id=second, standing=told.standing, agency_id=who.agency_id, author=told.author.strip(),
            recorded_by=who.account_id, recorded_at=now, source=told.source.strip(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "relationship.added", f"case/{case_id}", now,
                     relationship=row.id)  # fmt: skip
        return row.id


def _new(area_id: UUID, case_id: UUID, told: SomebodyNew, now: datetime) -> UUID:
    """A person, found by a search from now on; on a case of domestic abuse, matched with others (D2, E2)."""
    if not told.surname.strip():
        raise RuleBroken("Enter a surname, or choose somebody of this case.")
    if problem := birth_problem(told.dob, local_day(now)):
        raise RuleBroken(f"{problem}.")
    key = uuid4()
    with acting.whole_area(area_id):  # nobody sees a person who is on no case yet
        db.session.add(PersonRow(id=key, area_id=area_id, forename=told.forename.strip(),
                                 surname=told.surname.strip(), dob=told.dob))  # fmt: skip
        db.session.flush()
        if subject_people.is_of_abuse(case_id):
            known = matching_details.details([(told.forename, told.surname)], told.dob)
            matching.remember(area_id, key, known, f"person/{key}", local_day(now))
    return key


def take_away(principal: Principal, case_id: UUID, relationship_id: UUID, why: str, now: datetime) -> None:
    """Takes away what one's own agency told of two people; it stays readable, with why (Rulebook R2)."""
    if problem := removal_problem(why):
        raise RuleBroken(f"{problem}.")
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        row = _own(who, case_id, relationship_id)
        row.removed_by, row.removed_at, row.removed_why = who.account_id, now, why.strip()
        audit.record(who.account_id, who.area_id, "relationship.removed", f"case/{case_id}", now,
                     relationship=row.id)  # fmt: skip


def _own(who: Principal, case_id: UUID, relationship_id: UUID) -> RelationshipRow:
    row = RelationshipRow
    found = db.session.scalar(
        select(row).where(told_on(who, row.case_id), row.case_id == case_id, row.id == relationship_id)
    )
    if found is None:
        raise NotFound
    refuse_reading_only(who, case_id)
    if found.agency_id != who.agency_id:
        raise RuleBroken("Only the agency that told this can take it away. Tell what you know beside it.")
    if found.removed_at is not None:
        raise RuleBroken("Somebody has taken this away already. Nothing changed.")
    return found
