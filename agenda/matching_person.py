"""What is known of somebody, ready to be compared with what is known of another (Rulebook D2, T6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from agenda.incidents import Gender
from agenda.spelling import email_key, name_tokens, phone_key, words_of
from agenda.spelling_of_places import address_key

#: What stands before the number of a flat.
_NO_STREET = frozenset("flat flt apartment apt unit room".split())


@dataclass(frozen=True, slots=True)
class Name:
    """One name somebody goes by: the folded words of its two halves, titles left out."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def forename(self) -> str:
        """The forename as one word: Mary Jane and Maryjane meet."""
        return "".join(self.first)

    @property
    def surname(self) -> str:
        """The surname as one word: O'Brien, Mc Donald and De La Mare lose their gaps."""
        return "".join(self.last)


@dataclass(frozen=True, slots=True)
class Place:
    """An address: the dwelling it names ("" where none is sure), its postcode, its words and numbers.

    A street alone, or no fixed abode, is nobody's in particular.
    """

    dwelling: str
    postcode: str
    words: tuple[str, ...]
    numbers: frozenset[str]

    @property
    def house(self) -> str:
        """The number of the house, not that of the flat; "" where it has a name, or none is told."""
        pairs = zip(("", *self.words), self.words, strict=False)
        return next(
            (_digits(word) for before, word in pairs if before not in _NO_STREET and _digits(word)), ""
        )

    @property
    def street(self) -> str:
        """The first word that may name the street."""
        return next((word for word in self.words if word.isalpha() and word not in _NO_STREET), "")


@dataclass(frozen=True, slots=True)
class Known:
    """A person as matching sees one. What nobody told is empty.

    `identifiers` are strong ones, each with the kind it is: `police:K1234`, one person's and nobody else's.
    """

    names: tuple[Name, ...] = ()
    born: date | None = None
    sex: Gender | None = None
    places: tuple[Place, ...] = ()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()


@lru_cache(maxsize=65536)
def name(forename: str, surname: str) -> Name:
    """A name as it was written."""
    return Name(_words(forename), _words(surname))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in words_of(text) if name_tokens(word))


@lru_cache(maxsize=65536)
def place(line: str, postcode: str = "") -> Place:
    """An address as it was written; its postcode may be part of the line."""
    whole = f"{line}, {postcode}" if postcode else line
    code = "".join(words_of(postcode))
    dwelling = address_key(whole)
    if not code and dwelling.count("|") and " " not in dwelling.partition("|")[0]:
        code = dwelling.partition("|")[0]
    words = words_of(line)
    if "".join(words[-2:]) == code:
        words = words[:-2]
    return Place(dwelling, code, tuple(words), frozenset(filter(None, map(_digits, words))))


@lru_cache(maxsize=65536)
def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word)).lstrip("0")


def known(
    names: Iterable[tuple[str, str]],
    born: date | None = None,
    sex: Gender | None = None,
    addresses: Iterable[tuple[str, str]] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    identifiers: Iterable[str] = (),
) -> Known:
    """A person from what was written: names as forename and surname, addresses as line and postcode."""
    heard = dict.fromkeys(name(forename, surname) for forename, surname in names)
    places = dict.fromkeys(place(line, postcode) for line, postcode in addresses)
    return Known(
        names=tuple(one for one in heard if one.first or one.last),
        born=born,
        sex=None if sex is Gender.UNKNOWN else sex,
        places=tuple(one for one in places if one.dwelling or one.postcode or one.numbers),
        phones=frozenset(filter(None, map(phone_key, phones))),
        emails=frozenset(filter(None, map(email_key, emails))),
        identifiers=frozenset(filter(None, identifiers)),
    )
