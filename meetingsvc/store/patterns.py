"""What several children have in common, with what tells it and what people said of it (Rulebook E2).

Everything here is of children who are open to the reader: of one who is hidden nothing is counted, named or
told, nor that there is one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.patterns import (
    Pattern,
    Said,
    Seen,
    State,
    Trait,
    found,
    key_of,
    key_of_record,
    stands,
)
from agenda.subjects import Subject, SubjectKind
from meetingsvc.models import AccountRow, PatternChildRow, PatternRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import episodes, subject_links, subject_traits, subjects
from meetingsvc.store.scope_exploitation import pattern_children_of, patterns_of

_OF = {SubjectKind.PERSON: Trait.PERSON, SubjectKind.PLACE: Trait.PLACE}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing as it was told of one child, and by whom or where, in words."""

    seen: Seen
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One pattern as a page shows it."""

    id: UUID
    pattern: Pattern
    shown: str  # what is the same, as it was written last or as it is called
    children: tuple[Subject, ...]  # by name
    evidence: tuple[Evidence, ...]  # the latest first
    said: tuple[Said, ...]  # the latest first
    stands: Said | None

    @property
    def names(self) -> dict[UUID, Subject]:
        """The children by their case."""
        return {one.id: one for one in self.children}

    @property
    def state(self) -> State:
        """Where nobody has said anything of all these children, it is put to a person."""
        return self.stands.state if self.stands else State.PUT

    @property
    def begun_again(self) -> bool:
        """Something was said of some of them before another child joined."""
        return self.stands is None and bool(self.said)


def every(reader: Principal, today: date) -> list[Line]:
    """All of them, the most children first."""
    told = [one for one in _told(reader, today) if one.seen.known]
    names = subjects.of(reader, {one.seen.child_id for one in told} | _records(told))
    told = [one for one in told if one.seen.child_id in names]
    by_key: defaultdict[tuple[Trait, str], list[Evidence]] = defaultdict(list)
    for one in told:
        by_key[one.seen.trait, one.seen.key].append(one)
    said = _said(reader)
    return [
        _line(reader, one, by_key[one.trait, one.key], said, names) for one in found(one.seen for one in told)
    ]


def one(reader: Principal, pattern_id: UUID, today: date) -> Line | None:
    """One of them, by its id."""
    return next((line for line in every(reader, today) if line.id == pattern_id), None)


def waiting(reader: Principal, today: date) -> int:
    """How many are put to a person."""
    return sum(one.state is State.PUT for one in every(reader, today)) if reader.runs_exploitation else 0


def _line(
    reader: Principal, pattern: Pattern, evidence: list[Evidence], said: dict[UUID, list[Said]],
    names: dict[UUID, Subject],
) -> Line:  # fmt: skip
    key = pattern.id_in(reader.area_id)
    of_it = said.get(key, [])
    shown = names[UUID(pattern.key)].name if pattern.trait is Trait.PERSON else pattern.shown
    return Line(
        key, pattern, shown,
        tuple(sorted((names[child] for child in pattern.children), key=lambda one: (one.name, one.id))),
        tuple(sorted(evidence, key=lambda one: (one.seen.on, one.seen.text), reverse=True)),
        tuple(sorted(of_it, key=lambda one: one.at, reverse=True)),
        stands(pattern, of_it),
    )  # fmt: skip


def _records(told: Iterable[Evidence]) -> set[UUID]:
    return {UUID(one.seen.text) for one in told if one.seen.trait is Trait.PERSON}


def _told(reader: Principal, today: date) -> Iterator[Evidence]:
    if not reader.runs_exploitation:
        return
    for one in subject_traits.of_children(reader):
        yield Evidence(
            Seen(one.case_id, one.trait, one.text, one.on, one.key),
            f"Told by {one.author}, {one.agency}, as {one.standing.value}. {one.source}",
        )
    yield from _links(reader, today)
    yield from _episodes(reader)


def _links(reader: Principal, today: date) -> Iterator[Evidence]:
    """The persons of concern and the places that children are linked to."""
    told = [one for one in subject_links.holding(reader) if one.link.holds_on(today)]
    ends = subjects.of(reader, {end for one in told for end in (one.link.one, one.link.other)})
    for one in told:
        link, by = one.link, f"{one.link.strength.value}, {one.link.standing.value}"
        on = link.last_on or link.first_on or local_day(one.recorded_at)
        ways = ((link.one, link.other, link.tie.value), (link.other, link.one, link.tie.reversed))
        for child_id, other_id, tie in ways:
            child, other = ends.get(child_id), ends.get(other_id)
            if child is None or other is None or child.kind is not SubjectKind.CHILD:
                continue
            if trait := _OF.get(other.kind):
                text = str(other.id) if trait is Trait.PERSON else other.name
                key = key_of_record(trait, other.name, other.id)
                words = f"Linked: {tie} ({by}). Told by {link.author}, {one.agency}. {link.source}"
                yield Evidence(Seen(child_id, trait, text, on, key), words)


def _episodes(reader: Principal) -> Iterator[Evidence]:
    """Where children went missing from, and where they were found: often from the same home."""
    keys: dict[str, str] = {}
    for version in episodes.current(reader):
        one = version.episode
        for text, at, words in (
            (one.from_where, one.missing_from, "Went missing from there"),
            (one.found_where, one.returned_at, "Was found there after missing"),
        ):
            if text.strip() and at:
                key = keys.get(text) or keys.setdefault(text, key_of(Trait.PLACE, text))
                seen = Seen(one.child_id, Trait.PLACE, text.strip(), local_day(at), key)
                yield Evidence(seen, f"{words}: episode {one.reference}")


def _said(reader: Principal) -> dict[UUID, list[Said]]:
    """What people said, by what it is about: of children who are all open to the reader."""
    row, child = PatternRow, PatternChildRow
    rows = (
        select(row.id, row.about, row.state, row.reason, AccountRow.name, row.at)
        .join(AccountRow, AccountRow.id == row.account_id)
        .where(patterns_of(reader))
        .order_by(row.at, row.id)
    )
    whom: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for key, case_id in db.session.execute(
        select(child.pattern_id, child.case_id).where(pattern_children_of(reader))
    ):
        whom[key].add(case_id)
    found_here: defaultdict[UUID, list[Said]] = defaultdict(list)
    for key, about, state, reason, by, at in db.session.execute(rows):
        found_here[about].append(Said(State(state), frozenset(whom[key]), reason, by, at))
    return found_here


def keep(
    area_id: UUID, line: Line, state: State, reason: str, account_id: UUID, now: datetime
) -> UUID:  # fmt: skip
    """What somebody says of it. Inside `acting.whole_area`."""
    row = PatternRow(
        area_id=area_id, about=line.id, state=state, reason=reason.strip(), children=len(line.children),
        account_id=account_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    told = [PatternChildRow(pattern_id=row.id, case_id=one.id, area_id=area_id) for one in line.children]
    db.session.add_all(told)
    db.session.flush()
    return row.id
