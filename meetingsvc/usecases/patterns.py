"""Saying what something means that several children have in common: a link between them, a group, or nothing
(Rulebook E2).

What is said holds of the children whom the page showed to who says it. Another one who joins puts it to a
person again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.moves import Who, made
from agenda.pack import NoteKind
from agenda.patterns import MOVES, Step
from agenda.rules import RuleBroken
from agenda.subjects import AUTHOR_LENGTH, Link, Strength, Tie
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, areas, audit
from meetingsvc.store import patterns as store
from meetingsvc.store import subject_links as links_store
from meetingsvc.store.patterns import Line
from meetingsvc.usecases import subject_links, subjects
from meetingsvc.usecases.reading import each
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved_by

CHANGED = "What is known of it has changed since you opened it. Read it as it is now. Nothing was saved."
#: What two children can be to each other. More of them are put in a group.
TIES = (Tie.SEEN_WITH, Tie.FRIEND, Tie.RELATED, Tie.CONTACTS)
TWO = 2
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Linked:
    """How the children are linked: each to a group of that name, or the two of them by a tie."""

    strength: Strength
    tie: Tie | None = None
    group: str = ""


def problems(told: Linked, children: int) -> dict[str, str]:
    """What keeps it from being kept, by field (Rulebook E2, E4)."""
    found: dict[str, str] = {}
    if told.strength is Strength.CONFIRMED:
        found["strength"] = "What you make of it is an opinion: likely or possible"
    if told.tie is None and not told.group.strip():
        found["group"] = "Enter what the group or network is called"
    if len(told.group) > NAME_LENGTH:
        found["group"] = f"Use {NAME_LENGTH} characters or fewer"
    if told.tie is not None and (told.tie not in TIES or children != TWO):
        found["tie"] = "Put more than two children in a group or network"
    return found


def link(
    principal: Principal, pattern_id: UUID, seen: Collection[UUID], told: Linked, reason: str, now: datetime
) -> None:
    """It means something: the children are linked, as who says so believes. `seen` are those the page showed.

    The links say what is the same, and not the reason, which may name a child whom another reader of one of
    the links may not open (M6).
    """
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        line = _taken(who, pattern_id, seen, Step.LINK, reason, now)
        if found := problems(told, len(line.children)):
            raise RuleBroken(f"{next(iter(found.values()))}. Nothing was saved.")
        for one in _links(who, line, told, now):
            with acting.whole_area(who.area_id):
                if not links_store.is_told(one):
                    subject_links.keep(who, one.one, one, now)


def set_aside(
    principal: Principal, pattern_id: UUID, seen: Collection[UUID], reason: str, now: datetime
) -> None:
    """It means nothing, as a school that they all go to: until another child joins. Links that there are
    stay."""
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        _taken(who, pattern_id, seen, Step.SET_ASIDE, reason, now)


def _taken(
    who: Principal, pattern_id: UUID, seen: Collection[UUID], step: Step, reason: str, now: datetime
) -> Line:
    """The step as it is kept, where its pattern is there for who takes it, with the children they saw."""
    areas.hold(who.area_id)
    line = store.one(who, pattern_id, local_day(now))
    if line is None:
        raise NotFound
    for child in line.children:
        refuse_reading_only(who, child.id)
    if {child.id for child in line.children} != set(seen):
        raise RuleBroken(CHANGED)
    state = made(MOVES[step], line.state, _as(who), reason)
    with acting.whole_area(who.area_id):
        key = store.keep(who.area_id, line, state, reason, who.account_id, now)
    action = "pattern.linked" if step is Step.LINK else "pattern.set_aside"
    children = each(child.id for child in line.children)
    audit.record(who.account_id, who.area_id, action, f"pattern/{key}", now, cases=children)
    return line


def _as(who: Principal) -> Who:
    return Who.CHAIR if who.role is Role.CHAIR else Who.COORDINATOR


def _links(who: Principal, line: Line, told: Linked, now: datetime) -> Iterator[Link]:
    source = f"{line.pattern.trait.label}: the same is told of them"
    first, *_, last = (child.id for child in line.children)
    ends = [(first, last)]
    if told.tie is None:
        group = subjects.make_group(who, told.group, now)
        ends = [(child.id, group) for child in line.children]
    tie = told.tie or Tie.MEMBER
    for one, other in ends:
        yield Link(one, other, tie, told.strength, NoteKind.OPINION, who.name[:AUTHOR_LENGTH], source,
                   who.agency_id)  # fmt: skip
