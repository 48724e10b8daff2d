"""Whether a text to be released still tells of somebody else (Rulebook X6, F3; security.md scenario 2).

It looks for what is known of each listed person: names, short forms of them, birth dates, addresses,
telephone numbers and e-mail addresses, however they are spelt. What nobody has listed it cannot find: a
person reads the text too.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import permutations
from typing import NamedTuple
from uuid import UUID

from agenda.details import Details, Shared
from agenda.matching_nicknames import FULL_NAMES
from agenda.spelling import email_key, name_tokens
from agenda.spelling_of_places import place_pairs, place_words
from minutes.redaction import visible, words

Way = tuple[Shared, str]

_EMAIL = re.compile(r"[^\s()<>\[\],;:\"]+@[^\s()<>\[\],;:\"]+")
_DIGIT_LIKE = re.compile(r"[OoIl]*[0-9][0-9OoIl]*")
_LOOKS = str.maketrans("OoIl", "0011")
#: Words in the place of a name: they tell of nobody.
_NOBODY = frozenset("baby child given known name no not unborn unknown unnamed".split())
_SHORTEST_NUMBER = 5  # digits of a telephone number written without its code
_DAY_PARTS = re.compile(r"[0-9]+|[a-z]+")
#: Between the parts of a day: `the 3rd of May`.
_IN_A_DAY = frozenset("the of day st nd rd th".split())


class Beside(StrEnum):
    """What a text can tell of somebody beside what two people can share."""

    BORN = "date of birth"


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of a case: every name and way to reach them held, and whether the request is about them.

    `safe` is what is kept from every page: it is left out even of what is about them (security.md A1).
    """

    id: UUID
    about: bool
    known: tuple[Details, ...]
    safe: Details = Details()


class Left(NamedTuple):
    """What of whom a text still tells: no word of it is repeated."""

    person: UUID
    what: Shared | Beside


def left_in(text: str, people: Iterable[Listed]) -> frozenset[Left]:
    """What a text still tells of other people, and of the safe ways to reach anybody (Rulebook X6).

    A name that the person asked about bears too, as a family does, is theirs, and so is a birth date, as
    twins have. Who bears no other name than theirs cannot be told apart from them, so that name may not stand
    in the text at all.
    """
    people, read = tuple(people), _Text(text)
    own = [details for one in people if one.about for details in one.known]
    names = frozenset[str]().union(*(_tokens(details) for details in own))
    open_ways = frozenset[Way]().union(*map(_ways, own))
    own_days = {details.dob for details in own}
    found: set[Left] = set()
    for one in people:
        ways = _ways(one.safe)
        if not one.about:
            ways |= frozenset[Way]().union(*map(_ways, one.known)) - open_ways
            if any(read.names(_tokens(details), names) for details in one.known):
                found.add(Left(one.id, Shared.NAME))
            days = {details.dob for details in one.known} - own_days
            if any(read.says(day) for day in days if day):
                found.add(Left(one.id, Beside.BORN))
        found |= {Left(one.id, what) for what, said in ways if read.tells(what, said)}
    return frozenset(found)


def _tokens(details: Details) -> frozenset[str]:
    """The words of a name; an initial is none."""
    told = name_tokens(f"{details.forename} {details.surname}")
    return frozenset(token for token in told if len(token) > 1 or not token.isascii())


def _ways(details: Details) -> frozenset[Way]:
    """Every key of a way to reach somebody that can be found in a text."""
    keyed: set[Way] = {(what, key.lstrip("+")) for what, key in details.ways if what is not Shared.ADDRESS}
    short = {(Shared.PHONE, _digits(phone)) for phone in details.phones}
    keyed |= {way for way in short if _SHORTEST_NUMBER <= len(way[1])}
    for address in details.addresses:
        keyed |= {(Shared.ADDRESS, " ".join(pair)) for pair in place_pairs(address)}
        if postcode := place_words(address)[0]:
            keyed.add((Shared.ADDRESS, _postcode(postcode)))
    return frozenset(keyed)


def _plain(text: str) -> str:
    """A text with the digits of every script written as `0` to `9`."""
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() else c for c in unicodedata.normalize("NFKC", text)
    )


def _looked(plain: str) -> str:
    """Letters that pass for digits count as such beside them."""
    return _DIGIT_LIKE.sub(lambda found: found[0].translate(_LOOKS), plain)


def _digits(text: str) -> str:
    """Every digit of a text in one run; letters that pass for digits count between them."""
    return "".join(filter(str.isdecimal, _looked(_plain(text))))


def _ways_to_say(day: date) -> frozenset[str]:
    """A day as people write it, its parts with one space between: by numbers or with the month's name, the
    year whole or short, and in one run."""
    days, years = {f"{day.day}", f"{day:%d}"}, {f"{day:%Y}", f"{day:%y}"}
    names = {f"{day:%B}".casefold(), f"{day:%b}".casefold(), f"{day:%B}".casefold()[:4]}
    months = {f"{day.month}", f"{day:%m}", *names}
    said = {f"{d} {m} {y}" for d in days for m in months for y in years}
    said |= {f"{m} {d} {y}" for d in days for m in names for y in years}
    said |= {f"{day:%Y} {m} {d}" for d in days for m in months}
    return frozenset(said | {f"{day:%d%m%Y}", f"{day:%Y%m%d}"})


def _day_parts(plain: str) -> list[str]:
    """The numbers and words of a text, but for what stands between the parts of a day."""
    parts = (part for word in words(plain) for part in _DAY_PARTS.findall(word.folded))
    return [part for part in parts if part not in _IN_A_DAY]


def _postcode(text: str) -> str:
    return text.replace("o", "0")


class _Text:
    """A text, read once."""

    def __init__(self, text: str) -> None:
        self._text = visible(text)
        self._capital = {word.folded.split("'")[0] for word in words(self._text) if word.raw[0].isupper()}

    @cached_property
    def _words(self) -> frozenset[str]:
        """Its words, with and without what may hang on a name, and each two that may be one."""
        parts = [part for word in words(self._text) for part in (word.folded.split("'") or [""])]
        whole = [word.folded.replace("'", "") for word in words(self._text)]
        joined = [one + other for one, other in zip(parts, parts[1:], strict=False)]
        every = {*parts, *whole, *joined}
        every |= {word.strip("0123456789") for word in every}
        return frozenset(every | {word.removesuffix("s") for word in every})

    @cached_property
    def _places(self) -> frozenset[str]:
        told = place_words(self._text)[1]
        return frozenset(map(" ".join, zip(told, told[1:], strict=False)))

    @cached_property
    def _run(self) -> str:
        return _postcode("".join(word.folded for word in words(self._text)))

    @cached_property
    def _emails(self) -> frozenset[str]:
        return frozenset(email_key(found.strip(".'-")) for found in _EMAIL.findall(self._text))

    @cached_property
    def _digits(self) -> str:
        return _digits(self._text)

    @cached_property
    def _days(self) -> frozenset[str]:
        """Each part of it, and each three in a row, that may be a day."""
        plain = _plain(self._text)
        found = set[str]()
        for parts in (_day_parts(plain), _day_parts(_looked(plain))):
            found |= {*parts, *map(" ".join, zip(parts, parts[1:], parts[2:], strict=False))}
        return frozenset(found)

    def says(self, day: date) -> bool:
        """Whether it says this day."""
        return not _ways_to_say(day).isdisjoint(self._days)

    def names(self, tokens: frozenset[str], own: frozenset[str]) -> bool:
        """Whether it names them: by any word of their name that the person asked about does not bear."""
        apart = tokens - own - _NOBODY
        if not apart and not tokens & _NOBODY:
            apart = tokens
        runs = {one + other for one, other in permutations(tokens, 2)}
        return bool((apart | runs) & self._words) or any(self._short(token, own) for token in apart - own)

    def _short(self, token: str, own: frozenset[str]) -> bool:
        """Whether a short form of the forename, or what it is short for, stands there as a name: `will` is
        also a word."""
        forms = FULL_NAMES.get(token, frozenset())
        return any(not forms.isdisjoint(FULL_NAMES.get(word, ())) for word in self._capital - own)

    def tells(self, what: Shared, said: str) -> bool:
        """Whether it tells this way to reach somebody."""
        match what:
            case Shared.EMAIL:
                return said in self._emails
            case Shared.PHONE:
                return said in self._digits
            case _:
                return said in self._places if " " in said else said in self._run
