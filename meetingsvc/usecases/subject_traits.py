"""Telling what may be the same of several: a place, a number, a vehicle, a nickname (Rulebook E2)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.pack import NoteKind
from agenda.patterns import Trait, key_of
from agenda.rules import RuleBroken
from agenda.subjects import AUTHOR_LENGTH, SOURCE_LENGTH
from meetingsvc.models import SubjectTraitRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, subject_near, subjects
from meetingsvc.store import subject_traits as store
from meetingsvc.usecases import walls
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.subject_links import NOT_YOURS, end_problem, may_end, refuse_confirming
from meetingsvc.usecases.transaction import saved_by

ENDED = "It was said to be a mistake already. Nothing was saved."
TEXT_LENGTH = 200
KEY_LENGTH = 300
#: What is told as words. A person of concern is linked, never named in passing.
TOLD = tuple(one for one in Trait if one is not Trait.PERSON)


@dataclass(frozen=True, slots=True)
class TraitTold:
    """What is told of a subject, and of which day."""

    trait: Trait
    text: str
    on: date
    standing: NoteKind
    author: str
    source: str


def problems(told: TraitTold, today: date) -> dict[str, str]:
    """What keeps it from being kept, by field."""
    found: dict[str, str] = {}
    if told.trait not in TOLD:
        found["trait"] = "Link a person of concern from the page of the child instead"
    for name, said, limit, ask in (
        ("text", told.text, TEXT_LENGTH, "Enter what it is"),
        ("author", told.author, AUTHOR_LENGTH, "Enter who tells it"),
        ("source", told.source, SOURCE_LENGTH, "Enter how they know"),
    ):
        if not said.strip():
            found[name] = ask
        elif len(said) > limit:
            found[name] = f"Use {limit} characters or fewer"
    if told.on > today:
        found["on"] = "The day must be today or in the past"
    return found


def tell(principal: Principal, case_id: UUID, told: TraitTold, now: datetime) -> UUID:
    """Keeps it of a subject that is open to who tells it. Who has such a number is told nothing (F3, M6)."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        if case_id not in subjects.of(who, [case_id]):
            raise NotFound
        refuse_reading_only(who, case_id)
        if found := problems(told, local_day(now)):
            raise RuleBroken(f"{next(iter(found.values()))}. Nothing was saved.")
        row = SubjectTraitRow(
            id=uuid4(), area_id=who.area_id, case_id=case_id, trait=told.trait, text=told.text.strip(),
            key=key_of(told.trait, told.text)[:KEY_LENGTH], on=told.on, standing=told.standing,
            agency_id=who.agency_id, author=told.author.strip(), recorded_by=who.account_id,
            recorded_at=now, source=told.source.strip(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "trait.told", f"case/{case_id}", now, row=row.id)
        with acting.whole_area(who.area_id):
            near = subject_near.beside([case_id])
        walls.check_cases(who.area_id, near, now)
        return row.id


def end(principal: Principal, case_id: UUID, trait_id: UUID, why: str, now: datetime) -> None:
    """It was told by mistake: said by the agency that told it or by who runs the panels, and kept (R2).

    It is shared with nobody from now on. By a number or a place people are kept away until a second person
    has confirmed it (F3); a wall that it put stands until two have lifted it (M6).
    """
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        row = store.row(who, case_id, trait_id)
        if row is None:
            raise NotFound
        refuse_reading_only(who, case_id)
        if not may_end(who, row.agency_id):
            raise RuleBroken(NOT_YOURS)
        if row.ended:
            raise RuleBroken(ENDED)
        if problem := end_problem(why):
            raise RuleBroken(f"{problem}. Nothing was saved.")
        row.ended, row.ended_by, row.ended_at = why.strip(), who.account_id, now
        db.session.flush()
        audit.record(who.account_id, who.area_id, "trait.ended", f"case/{case_id}", now, row=trait_id)


def confirm(principal: Principal, case_id: UUID, trait_id: UUID, now: datetime) -> None:
    """A second person says too that a number or a place was told by mistake: from now on nobody is kept from
    anything by it (Rulebook F3)."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        row = store.row(who, case_id, trait_id)
        if row is None:
            raise NotFound
        refuse_reading_only(who, case_id)
        refuse_confirming(who, row, waits=store.waits(row))
        row.confirmed_by, row.confirmed_at = who.account_id, now
        db.session.flush()
        about = f"case/{case_id}"
        audit.record(who.account_id, who.area_id, "trait.mistake_confirmed", about, now, row=trait_id)
