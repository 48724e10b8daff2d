"""Which case an incident belongs to: a victim with a perpetrator (Rulebook T6; contract: incident feed)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from agenda.people import Identity, same_person


@dataclass(slots=True)
class Known:
    """A person of the area, and what they are known by; `records` where nothing else tells them apart."""

    id: UUID
    nominals: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)

    @property
    def identity(self) -> Identity:
        """For comparison with what an incident tells."""
        return Identity(frozenset(self.nominals), frozenset(self.names))


class People:
    """Those of an area's people who may be meant here, found by what they are known by."""

    def __init__(self, people: Iterable[Known] = ()) -> None:
        self._by: dict[tuple[str, str], list[Known]] = defaultdict(list)
        for person in people:
            for token in tokens(person.identity, *person.records):
                self._by[token].append(person)

    def __iter__(self) -> Iterator[Known]:
        """Each of them once."""
        return iter({id(person): person for people in self._by.values() for person in people}.values())

    def candidates(self, who: Identity, record: str) -> list[Known]:
        """Everyone this may be, the surest first: by nominal, by name, by this very record."""
        found: list[Known] = []
        for token in tokens(who, record):
            kind, _ = token
            for person in self._by.get(token, ()):
                fits = (
                    kind == "record" and not (who.nominals or who.names) or same_person(who, person.identity)
                )
                if fits and person not in found:
                    found.append(person)
        return found

    def learn(self, person: Known, who: Identity, record: str) -> list[tuple[str, str]]:
        """Adds what this incident tells of the person; gives back what was new, to be kept."""
        kept = {"nominal": person.nominals, "name": person.names, "record": person.records}
        new = []
        for kind, value in tokens(who, record if not (who.nominals or who.names) else ""):
            if value not in kept[kind]:
                kept[kind].add(value)
                self._by[kind, value].append(person)
                new.append((kind, value))
        return new


def tokens(who: Identity, *records: str) -> Iterator[tuple[str, str]]:
    """What a person is looked up by, the surest first."""
    yield from (("nominal", nominal) for nominal in sorted(who.nominals))
    yield from (("name", name) for name in sorted(who.names))
    yield from (("record", record) for record in records if record)
