"""Somebody looked for in one line of text: part of a name, a birth date, an address, a number, a reference.

The text becomes keys to look up (`agenda/matching_keys.py`) and a person to compare with what is found.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations, product

from agenda.matching import two_slips
from agenda.matching_keys import lookups, phone_tail, reference, slip_lookups, written
from agenda.matching_person import Known, Name, known
from agenda.matching_proposals import odds
from agenda.matching_sounds import roots, sound
from agenda.matching_weights import DEFAULT, NOTHING_KNOWN, Common, Weights
from agenda.spelling import email_key, name_tokens, phone_key, words_of
from agenda.spelling_of_places import address_key

_DAY_FIRST = re.compile(r"\b(\d{1,2})[ ./-](\d{1,2})[ ./-](\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_IN_WORDS = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -]+"
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?,?[ -]+(\d{4})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?) ?(\d[a-z]{2})\b", re.IGNORECASE)
_UNIT = r"(?:(?:flat|flt|apartment|apt|unit|room) *\w{1,4}[, ]+)?"
_HOUSE = re.compile(rf"\b{_UNIT}(?!(?:19|20)\d\d\b)\d{{1,4}}[a-z]? +[a-z]", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\S)\+?\d[\d ()-]{2,}\d(?!\S)")
_REFERENCE = re.compile(r"(?<!\S)(?=\S*[a-z])(?=\S*\d)[a-z\d]+(?:[/-][a-z\d]+)*(?!\S)", re.IGNORECASE)
_SHORTEST_TAIL = 4  # digits
_SHORTEST_PART = 3  # letters
_MOST_WORDS = 4
_YEAR_BITS = 5.0  # one in some thirty is born in a given year
_DIGIT_BITS = 3.3  # one in ten has a given digit in a given place
_SLIPS_BITS = 4.0  # one in fifty was born two slips from a given day; a third of the dates written wrong are


@dataclass(frozen=True, slots=True)
class Asked:
    """What a typed line asks for.

    `keys` are looked up whole, `beginnings` as the beginnings of keys. `readings` are the persons it may
    mean: its words as forename and surname in either order. `words` are of a name, where nothing tells its
    halves apart; `tail` is the end of a telephone number, last digit first.
    """

    keys: frozenset[str]
    beginnings: frozenset[str]
    readings: tuple[Known, ...]
    words: tuple[str, ...]
    year: int | None
    references: frozenset[str]
    tail: str

    @property
    def days(self) -> frozenset[date]:
        """The birth date that was typed, if any."""
        return frozenset(one.born for one in self.readings if one.born)

    @property
    def word(self) -> str:
        """The one word that was typed; "" where it is short, or not all that was."""
        alone = len(self.words) == 1 and self.year is None and not (self.references or self.tail)
        ways = any(one.born or one.places or one.emails for one in self.readings)
        return self.words[0] if alone and not ways and len(self.words[0]) >= _SHORTEST_PART else ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The words of a line that is a name of two or more, with or without a year; of any other, none."""
        ways = any(one.born or one.places or one.phones or one.emails for one in self.readings)
        short = any(len(word) < _SHORTEST_PART for word in self.words)
        return () if len(self.words) < 2 or short or ways or self.references or self.tail else self.words


def asked(text: str) -> Asked:
    """What a line asks for, whichever way it is put."""
    rest, born = _date(text)
    rest, email = _email(rest)
    rest, line, postcode = _address(rest)
    rest, phone, tail = _phone(rest)
    references = frozenset(map(reference, _REFERENCE.findall(rest)))
    rest, year = _year(_REFERENCE.sub(" ", rest))
    words = tuple(w for w in words_of(rest) if name_tokens(w))[:_MOST_WORDS]
    told = known([], born, None, [(line, postcode)] if line or postcode else [], [phone], [email])
    readings = tuple(_readings(told, words))
    any_of = replace(told, names=tuple(_names(words)))
    keys = lookups(any_of) | slip_lookups(any_of) | {f"i:{one}" for one in references}
    begun = frozenset({*_begun(words, year, bool(born)), *([f"p:{tail}"] if tail else [])})
    return Asked(keys, begun, readings, words, year, references, tail)


def ranked(
    what: Asked,
    found: Mapping[str, Known],
    most: int,
    weights: Weights = DEFAULT,
    common: Common = NOTHING_KNOWN,
) -> list[str]:
    """Those found, the likeliest first; where no odds tell them apart, those whose names hold the words."""
    told = {key: _worth(what, who, weights, common) for key, who in found.items()}
    return sorted(found, key=lambda key: (*(-part for part in told[key]), key))[:most]


def begins(what: Asked, who: Known) -> bool:
    """Whether one word was typed and nothing else, and a surname of theirs begins so."""
    return bool(what.word) and any(name.surname.startswith(what.word) for name in who.names)


def holds(what: Asked, who: Known) -> bool:
    """Whether one word was typed and nothing else, and a name of theirs holds it."""
    halves = (half for name in who.names for half in (name.forename, name.surname))
    return bool(what.word) and any(what.word in half for half in halves)


def begins_each(what: Asked, who: Known) -> bool:
    """Whether each of several words begins a word of one name of theirs."""
    return bool(what.parts) and any(
        all(
            any(mine.startswith(word) for mine in (*name.first, *name.last, name.surname))
            for word in what.parts
        )
        for name in who.names
    )


def holds_each(what: Asked, who: Known) -> bool:
    """Whether one name of theirs holds each of several words, in either half."""
    return bool(what.parts) and any(
        all(word in name.forename or word in name.surname for word in what.parts) for name in who.names
    )


def of_both(forenames: Iterable[str], surnames: Iterable[str]) -> frozenset[str]:
    """The keys that those are filed under who have one of each: two sounds in no order."""
    firsts = {min(roots(one)) for one in forenames}
    lasts = {heard for one in surnames for heard in (sound(one), min(roots(one)))}
    return frozenset("n:" + "|".join(sorted(pair)) for pair in product(firsts, lasts))


def _worth(what: Asked, who: Known, weights: Weights, common: Common) -> tuple[float, float, float, float]:
    bits = max((odds(one, who, weights, common) for one in what.readings), default=float("-inf"))
    year = what.year is not None and who.born is not None and who.born.year == what.year
    slipped = who.born is not None and any(two_slips(day, who.born) for day in what.days)
    tail = bool(what.tail) and any(phone_tail(phone).startswith(what.tail) for phone in who.phones)
    bits += _YEAR_BITS * year + _SLIPS_BITS * slipped + _DIGIT_BITS * len(what.tail) * tail
    named = begins(what, who) + holds(what, who)
    return (float(named), bits, _shared(what, who), float(year))


def _shared(what: Asked, who: Known) -> float:
    """How many of the words typed somebody's names begin with or sound like."""
    names = {word for name in who.names for word in (*name.first, *name.last)}
    heard = {code for word in names for code in roots(word)}
    return sum(
        1.0 if any(name.startswith(word) for name in names) else 0.5 * (not heard.isdisjoint(roots(word)))
        for word in what.words
    )


def _readings(told: Known, words: tuple[str, ...]) -> Iterator[Known]:
    """The words as a name in either order, split wherever they may be; the rest without a name."""
    for name in _names(words):
        yield Known((name,), told.born, None, told.places, told.phones, told.emails)
    if not words:
        yield told


def _names(words: tuple[str, ...]) -> Iterator[Name]:
    if len(words) == 1:
        yield Name(words, ())
        yield Name((), words)
    for cut in range(1, len(words)):
        for first, last in permutations((words[:cut], words[cut:])):
            yield Name(first, last)


def _begun(words: tuple[str, ...], year: int | None, dated: bool) -> Iterator[str]:
    """Beginnings of keys: a name alone, a surname with an initial; the year ends the key where it is told."""
    if dated or not words:
        return
    for last in words:
        others = {sound(word[:1]) for word in words if word is not last} | {
            root[:1] for word in words if word is not last for root in roots(word)
        }
        heard = sound(last)
        yield from (f"s:{heard}|{initial}|{year or ''}" for initial in others)
        if not others:
            yield f"s:{heard}|"
            yield written(last)
            yield from (f"f:{root}|" for root in roots(last))


def _date(text: str) -> tuple[str, date | None]:
    """A birth date, day first as people here write it, with the month in words, or year first."""
    text = _IN_WORDS.sub(lambda told: f"{told[1]}/{_MONTHS.index(told[2][:3].lower()) + 1}/{told[3]}", text)
    for pattern, order in ((_YEAR_FIRST, (1, 2, 3)), (_DAY_FIRST, (3, 2, 1))):
        if found := pattern.search(text):
            try:
                born = date(*(int(found[part]) for part in order))
            except ValueError:
                continue
            return text.replace(found[0], " "), born
    return text, None


def _email(text: str) -> tuple[str, str]:
    for word in text.split():
        if "@" in word and email_key(word):
            return text.replace(word, " "), word
    return text, ""


def _phone(text: str) -> tuple[str, str, str]:
    """A whole number; or the end of one, as a beginning of its key."""
    for found in _NUMBER.findall(text):
        digits = "".join(filter(str.isdigit, found))
        if key := phone_key(found):
            return text.replace(found, " "), found, phone_tail(key)
        if len(digits) >= _SHORTEST_TAIL and not _YEAR.fullmatch(digits):
            return text.replace(found, " "), "", phone_tail(digits)
    return text, "", ""


def _address(text: str) -> tuple[str, str, str]:
    """A postcode with what stands before it, or a house number with what stands after it."""
    postcode = _POSTCODE.search(text)
    house = _HOUSE.search(text)
    if not postcode and not house:
        return text, "", ""
    line = text[house.start() : postcode.start() if postcode else None] if house else ""
    if house and not postcode and not address_key(line):
        return text, "", ""
    rest = text.replace(line, " ") if line else text
    if postcode:
        rest = rest.replace(postcode[0], " ")
    return rest, line, postcode[0] if postcode else ""


def _year(text: str) -> tuple[str, int | None]:
    found = _YEAR.search(text)
    return (text.replace(found[0], " "), int(found[0])) if found else (text, None)
