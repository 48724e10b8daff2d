"""Who somebody is and where they are reached, and whether two of them are one (Rulebook F3, M6)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from agenda.spelling import email_key, name_keys, name_tokens, phone_key
from agenda.spelling_of_places import address_key


class Shared(StrEnum):
    """What two people have in common that may make them one person, or one household."""

    NAME_AND_DOB = "name and date of birth"
    NAME = "name"
    EMAIL = "e-mail address"
    PHONE = "telephone number"
    ADDRESS = "address"


#: People write several of one kind into one box.
_BETWEEN_PHONES = re.compile(r"[/,;&\n]|\bor\b|\band\b", re.IGNORECASE)
_BETWEEN_EMAILS = re.compile(r"[,;\s]+")


@dataclass(frozen=True)
class Details:
    """What identifies one person, as it was written down; what is not known is left empty.

    A name kept in one piece goes into either `forename` or `surname`, a postcode into its address.
    """

    forename: str = ""
    surname: str = ""
    dob: date | None = None
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()

    @cached_property
    def names(self) -> frozenset[str]:
        """What the name is looked up by."""
        return name_keys(self.forename, self.surname)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The words of the name."""
        return name_tokens(f"{self.forename} {self.surname}")

    @cached_property
    def ways(self) -> frozenset[tuple[Shared, str]]:
        """The keys of every way to reach the person, each with what it is."""
        return frozenset(
            _keys(Shared.EMAIL, self.emails, email_key, _BETWEEN_EMAILS)
            | _keys(Shared.PHONE, self.phones, phone_key, _BETWEEN_PHONES)
            | _keys(Shared.ADDRESS, self.addresses, address_key, None)
        )

    @cached_property
    def keys(self) -> frozenset[tuple[Shared, str]]:
        """Everything the person is looked up by."""
        return self.ways | {(Shared.NAME, name) for name in self.names}


def _keys(
    what: Shared, written: Iterable[str], key_of: Callable[[str], str], between: re.Pattern[str] | None
) -> set[tuple[Shared, str]]:
    texts = set(written)
    if between:
        texts |= {part for text in written for part in between.split(text)}
    return {(what, key) for key in map(key_of, texts) if key}


def shared(one: Details, other: Details) -> frozenset[Shared]:
    """What two people share; a birth date alone is nothing (Rulebook F3, M6).

    The same name with two different birth dates is two people. With one date unknown it is the name alone.
    """
    return frozenset({what for what, _ in one.ways & other.ways} | _name(one, other))


def _name(one: Details, other: Details) -> set[Shared]:
    if not _same_name(one, other):
        return set()
    if one.dob is None or other.dob is None:
        return {Shared.NAME}
    return {Shared.NAME_AND_DOB} if one.dob == other.dob else set()


def _same_name(one: Details, other: Details) -> bool:
    """The same words in any order, or the one name has a middle name or a former name more than the other.

    Two names that each have a word the other has not are two names.
    """
    common = one.names & other.names
    if any("|" in key for key in common):
        return True
    return bool(common) and (one.tokens <= other.tokens or other.tokens <= one.tokens)


def is_sure(found: frozenset[Shared]) -> bool:
    """Whether what is shared says it without a person looking: anything but a name alone (Rulebook M6)."""
    return bool(found - {Shared.NAME})


def words(found: frozenset[Shared]) -> str:
    """What is shared, as it is stored and shown: `name, address`."""
    return ", ".join(what for what in Shared if what in found)


class Staff:
    """People to be found by what they share with another: the staff of the agencies, or a case's parties.

    Built once; finding somebody takes as long among three hundred as among three.
    """

    def __init__(self, people: Iterable[tuple[UUID, Details]]) -> None:
        self._people: dict[UUID, list[Details]] = defaultdict(list)
        self._by_key: dict[tuple[Shared, str], set[UUID]] = defaultdict(set)
        for person_id, details in people:
            self._people[person_id].append(details)
            for key in details.keys:
                self._by_key[key].add(person_id)

    def matching(self, sought: Details) -> dict[UUID, frozenset[Shared]]:
        """Whoever shares something with `sought`, and what (Rulebook M6)."""
        near = {person_id for key in sought.keys for person_id in self._by_key.get(key, ())}
        found = {person_id: self._shared(person_id, sought) for person_id in near}
        return {person_id: what for person_id, what in found.items() if what}

    def _shared(self, person_id: UUID, sought: Details) -> frozenset[Shared]:
        return frozenset().union(*(shared(details, sought) for details in self._people[person_id]))
