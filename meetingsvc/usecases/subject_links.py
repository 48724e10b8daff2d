"""Telling what links two of those whom exploitation panels hear, and ending it: who told it, or who runs the
panels (Rulebook E2, R2)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.incidents import Party
from agenda.moves import REASON_LENGTH
from agenda.pack import NoteKind
from agenda.rules import RuleBroken
from agenda.subjects import Link, Strength, Subject, SubjectKind, Tie, problems
from meetingsvc.models import LinkRow, SubjectTraitRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, subject_near
from meetingsvc.store import subject_links as store
from meetingsvc.store import subjects as subject_store
from meetingsvc.usecases import subjects, walls
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved_by

NOT_YOURS = (
    "Only the agency that told this, or who runs these panels, can end it. Ask them, or tell what you know "
    "beside it. Nothing was saved."
)
ENDED = "This link has ended already. Nothing was saved."
WAITS = (
    "It is said to be a mistake. Another person who may end it confirms that; until then whoever it keeps "
    "away is kept away."
)
NOTHING_WAITS = "Nothing waits to be confirmed here. Nothing was saved."


@dataclass(frozen=True, slots=True)
class LinkTold:
    """What is told of a link. `from_here`: the tie is what the subject of the page is to the other."""

    tie: Tie
    from_here: bool
    strength: Strength
    standing: NoteKind
    author: str
    source: str
    first_on: date | None = None
    last_on: date | None = None

    def between(self, here: UUID, there: UUID, agency_id: UUID) -> Link:
        """As a link of the two."""
        one, other = (here, there) if self.from_here else (there, here)
        return Link(one, other, self.tie, self.strength, self.standing, self.author, self.source, agency_id,
                    self.first_on, self.last_on)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SomethingNew:
    """A person of concern, a place or a group that may have no record yet. A person has all three names."""

    kind: SubjectKind
    name: str
    forename: str = ""
    dob: date | None = None


def tell(principal: Principal, case_id: UUID, other_id: UUID, told: LinkTold, now: datetime) -> UUID:
    """Keeps a link between two subjects that are both open to who tells it (Rulebook E2)."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        found = subject_store.of(who, {case_id, other_id})
        if case_id not in found or other_id not in found:
            raise NotFound
        for one in found:
            refuse_reading_only(who, one)
        link = told.between(case_id, other_id, who.agency_id)
        _refuse(link, found[link.one].kind, found[link.other].kind, now)
        return keep(who, case_id, link, now)


def tell_of_new(
    principal: Principal, case_id: UUID, other: SomethingNew, told: LinkTold, now: datetime
) -> UUID:
    """The same with a person of concern, a place or a group who may have a record, or has one from now on.

    Who has one that is kept from who tells it is linked all the same: what was told is not lost, and is read
    by who may open both. From then on a child is kept from them too, who stands near whom they may not open
    (M6, F3).
    """
    if other.kind is SubjectKind.CHILD:
        raise RuleBroken("A child has a record once a referral is taken in. Nothing was saved.")
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        if not who.runs_exploitation:
            raise NotFound
        areas.hold(who.area_id)
        here = _there(who, case_id)
        refuse_reading_only(who, case_id)
        other_id = _made(who, other, now)
        link = told.between(case_id, other_id, who.agency_id)
        one, second = (here.kind, other.kind) if told.from_here else (other.kind, here.kind)
        _refuse(link, one, second, now)
        with acting.whole_area(who.area_id):
            return keep(who, case_id, link, now)


def _there(who: Principal, case_id: UUID) -> Subject:
    found = subject_store.of(who, [case_id])
    if case_id not in found:
        raise NotFound
    return found[case_id]


def _made(who: Principal, other: SomethingNew, now: datetime) -> UUID:
    if other.kind is SubjectKind.PERSON:
        return subjects.make_person(who, Party(other.name, other.forename, dob=other.dob), now)
    make = subjects.make_place if other.kind is SubjectKind.PLACE else subjects.make_group
    return make(who, other.name, now)


def _refuse(link: Link, one: SubjectKind, other: SubjectKind, now: datetime) -> None:
    if found := problems(link, one, other, local_day(now)):
        raise RuleBroken(f"{next(iter(found.values()))}. Nothing was saved.")


def keep(who: Principal, case_id: UUID, link: Link, now: datetime) -> UUID:
    """Written and noted; whoever is near whom it names is walled off at once (Rulebook F3, M6). Inside a
    transaction, with the area held, by who may."""
    row = LinkRow(
        id=uuid4(), area_id=who.area_id, one_id=link.one, other_id=link.other, tie=link.tie,
        strength=link.strength, standing=link.standing, first_on=link.first_on, last_on=link.last_on,
        ended="", agency_id=who.agency_id, author=link.author.strip(), recorded_by=who.account_id,
        recorded_at=now, source=link.source.strip(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(who.account_id, who.area_id, "link.told", f"link/{row.id}", now, case=case_id)
    with acting.whole_area(who.area_id):
        near = subject_near.beside([link.one, link.other])
    walls.check_cases(who.area_id, near, now)
    return row.id


def end(
    principal: Principal, case_id: UUID, link_id: UUID, why: str, now: datetime, *, mistaken: bool = False
) -> None:
    """A link holds no more, or was told by mistake: said by the agency that told it or by who runs the
    panels, and kept (Rulebook R2). By one that was a mistake nobody is an associate any more, once a second
    person has confirmed it (F3)."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        row = store.row(who, case_id, link_id)
        if row is None:
            raise NotFound
        refuse_reading_only(who, case_id)
        if not may_end(who, row.agency_id):
            raise RuleBroken(NOT_YOURS)
        if row.ended_at is not None:
            raise RuleBroken(ENDED)
        if problem := end_problem(why):
            raise RuleBroken(f"{problem}. Nothing was saved.")
        row.ended, row.ended_by, row.ended_at = why.strip(), who.account_id, now
        row.mistaken = mistaken
        db.session.flush()
        about = f"link/{link_id}"
        audit.record(who.account_id, who.area_id, "link.ended", about, now, case=case_id, mistaken=mistaken)


def confirm(principal: Principal, case_id: UUID, link_id: UUID, now: datetime) -> None:
    """A second person says too that a link was told by mistake: from now on nobody is an associate by it. A
    wall that it put stands until two have lifted it (Rulebook F3, M6)."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        row = store.row(who, case_id, link_id)
        if row is None:
            raise NotFound
        refuse_reading_only(who, case_id)
        refuse_confirming(who, row, waits=row.mistaken and row.confirmed_by is None)
        row.confirmed_by, row.confirmed_at = who.account_id, now
        db.session.flush()
        audit.record(
            who.account_id, who.area_id, "link.mistake_confirmed", f"link/{link_id}", now, case=case_id
        )


def refuse_confirming(who: Principal, row: LinkRow | SubjectTraitRow, *, waits: bool) -> None:
    """Raises where somebody does not confirm that this was a mistake (Rulebook F3)."""
    if not may_end(who, row.agency_id):
        raise RuleBroken(NOT_YOURS)
    if not waits:
        raise RuleBroken(NOTHING_WAITS)
    if not may_confirm(who, row.agency_id, row.ended_by):
        raise RuleBroken(f"{WAITS} Nothing was saved.")


def may_confirm(who: Principal, agency_id: UUID, said_by: UUID | None) -> bool:
    """Whether somebody is the second to say that what an agency told was a mistake (Rulebook F3)."""
    return may_end(who, agency_id) and who.account_id != said_by


def may_end(who: Principal, agency_id: UUID) -> bool:
    """Whether somebody may end what an agency told of whom exploitation panels hear (Rulebook R2)."""
    return who.runs_exploitation or who.agency_id == agency_id


def end_problem(why: str) -> str:
    """What is wrong with why a link has ended; "" where nothing is."""
    if not why.strip():
        return "Say why the link holds no more, or never did"
    return "" if len(why) <= REASON_LENGTH else f"The reason must be {REASON_LENGTH:,} characters or fewer"
