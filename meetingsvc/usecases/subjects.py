"""A child, a person of concern, a place, a group or a theme becomes a case of exploitation panels (E2).

To be called inside a transaction, by whoever may, before its audit line. Who asks may be kept from the case
that is found: they are told its id, and open nothing by it (M6).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agenda.incidents import Party
from agenda.people import folded
from agenda.rules import RuleBroken
from agenda.subjects import SubjectKind
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, audit
from meetingsvc.store import subjects as store
from meetingsvc.store.subjects import Told
from meetingsvc.usecases import exploitation_walls, restrictions, walls


@dataclass(frozen=True, slots=True)
class Machine:
    """A file or a system that tells of them, in the place of a person."""

    area_id: UUID
    account_id: UUID | str  # who sent the file, or what stands for them in the trail


Maker = Principal | Machine


def make_child(who: Maker, told: Party, now: datetime) -> UUID:
    """The case of a child: the one there is of them, else a new one."""
    return _made(who, store.somebody(SubjectKind.CHILD, _who(told)), now)


def is_child(area_id: UUID, case_id: UUID, told: Party, called: str = "") -> bool:
    """Whether a child who is told of is the one of that case: whom the matching finds; where it finds nobody,
    by the name, or what they were `called` last, unless birth dates differ. Inside `acting.whole_area`."""
    found = store.found(area_id, store.somebody(SubjectKind.CHILD, told))
    if found is not None:
        return found == case_id
    name, dob = store.known_as(area_id, case_id)
    return folded(told.name) in {folded(name), folded(called)} and (dob is None or told.dob in (None, dob))


def make_person(who: Principal, told: Party, now: datetime) -> UUID:
    """The same of a person of concern: they stand where a perpetrator does (Rulebook F3)."""
    return _made(who, store.somebody(SubjectKind.PERSON, _who(told)), now)


def make_place(who: Principal, name: str, now: datetime) -> UUID:
    """The same of a place."""
    return _made(who, store.something(SubjectKind.PLACE, _what(name)), now)


def make_group(who: Principal, name: str, now: datetime) -> UUID:
    """The same of a group or network."""
    return _made(who, store.something(SubjectKind.GROUP, _what(name)), now)


def make_theme(who: Principal, title: str, now: datetime) -> UUID:
    """The same of a theme, which is a title and nobody."""
    return _made(who, store.something(SubjectKind.THEME, _what(title)), now)


def _who(told: Party) -> Party:
    _what(f"{told.forename} {told.surname}")
    return told


def _what(name: str) -> str:
    if not name.strip():
        raise RuleBroken("Enter a name. Nothing was kept.")
    return name


def _made(who: Maker, told: Told, now: datetime) -> UUID:
    areas.hold(who.area_id)
    with acting.whole_area(who.area_id):  # nobody sees a person who is on no case yet
        there = store.found(who.area_id, told)
        if there is None:
            case_id = store.add(who.area_id, told)
            if alike := {other for _, other in store.alike(who.area_id, [case_id])} - {case_id}:
                restrictions.keep_alike(who.area_id, case_id, alike, now)
        else:
            case_id = there
            store.learn(case_id, told)
    walls.check_cases(who.area_id, [case_id], now)
    if there is None:
        exploitation_walls.look(who.area_id, now)
        audit.record(who.account_id, who.area_id, "subject.opened", f"case/{case_id}", now, of=told.kind)
    return case_id
