"""Where to look for somebody among a million: some thirteen keys a person, each an indexed string.

Two records of one person share at least one key, however one of them is misspelt: a key leaves out what
another key holds on to (performance.md). A key's first letter is its kind.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import combinations

from agenda.matching_person import Known, Name, Place
from agenda.matching_sounds import roots, sound

_PHONE_TAIL = 7  # digits: people leave out the code of their own area
_WORDS = 5  # of one name: a very long one must not make a thousand keys
_BEGINNING = 3
_LETTERS = 40  # of a surname: nobody types more of its beginning
_LIFETIME = 100  # years: nobody is looked for who was born in another century than they may have been


def keys(who: Known) -> frozenset[str]:
    """What somebody is filed under."""
    return frozenset({*_name_keys(who, who.born), *_date_keys(who.born), *_way_keys(who)})


def letters(who: Known) -> frozenset[str]:
    """What somebody is filed under besides: a surname as it is written, for who types its beginning. It does
    not tell whether two are one person: the sounds of their names do."""
    return frozenset(written(name.surname) for name in who.names if name.surname)


def written(surname: str) -> str:
    """The key of a surname as it is written, folded and as one word; the beginning of the keys it begins."""
    return f"l:{surname[:_LETTERS]}"


def lookups(who: Known) -> frozenset[str]:
    """What somebody is looked for under: their own keys, those of the name written the other way round, and
    those with day and month of birth swapped.
    """
    turned = (Name(one.last, one.first) for one in who.names)
    both = replace(who, names=tuple(dict.fromkeys((*who.names, *turned))))
    dates = {who.born, swapped(who.born) or who.born} if who.born else {None}
    told = ((*_name_keys(both, born), *_date_keys(born)) for born in dates)
    return frozenset(_way_keys(who)).union(*told)


def swapped(born: date) -> date | None:
    """The birth date with day and month in each other's place; None where there is no such date."""
    return born.replace(day=born.month, month=born.day) if born.day <= 12 and born.day != born.month else None


def slip_lookups(who: Known) -> frozenset[str]:
    """Where somebody is looked for besides, should one slip be in the birth date: a name of theirs with each
    date it may have been. Few are filed under any of them, so they say more than the keys of its parts.
    """
    heard = _heard(who.names)
    return frozenset(_dated(one, day) for day in (slips(who.born) if who.born else ()) for one in heard)


@lru_cache(maxsize=256)
def slips(born: date) -> frozenset[date]:
    """The dates one slip away: a digit wrong, two exchanged, or day and month swapped."""
    told = date_digits(born)
    wrong = {told[:at] + digit + told[at + 1 :] for at in range(8) for digit in "0123456789"}
    wrong |= {told[:at] + told[at + 1] + told[at] + told[at + 2 :] for at in range(7)}
    there = {day for day in map(_day, wrong) if day and abs(day.year - born.year) <= _LIFETIME}
    return frozenset(there | {swapped(born) or born}) - {born}


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def date_digits(day: date) -> str:
    """A date as eight digits. A search asks it of hundreds, and strftime takes ten times as long."""
    return day.isoformat().replace("-", "")


def phone_tail(phone: str) -> str:
    """The end of a number, last digit first: an end typed by somebody who searches begins the key."""
    return phone[: -_PHONE_TAIL - 1 : -1]


def reference(number: str) -> str:
    """A reference as it is looked up: without what people leave out of it."""
    return "".join(filter(str.isalnum, number.casefold()))


def _date_keys(born: date | None) -> Iterator[str]:
    if born:
        yield f"b:{date_digits(born)}"


def _way_keys(who: Known) -> Iterator[str]:
    yield from (f"p:{phone_tail(phone)}" for phone in who.phones)
    yield from (key for place in who.places for key in _place_keys(place))
    yield from (f"e:{email}" for email in who.emails)
    yield from (f"i:{reference(identifier.partition(':')[2])}" for identifier in who.identifiers)


def _place_keys(place: Place) -> Iterator[str]:
    """The postcode, which some fifteen homes share; and house and street, which survive a wrong postcode."""
    if place.postcode:
        yield f"c:{place.postcode}"
    elif place.dwelling:
        yield f"a:{place.dwelling}"
    if place.house and place.street:
        yield f"w:{place.house}|{sound(place.street)[:_BEGINNING]}"


def _name_keys(who: Known, born: date | None) -> Iterator[str]:
    for name in who.names:
        yield from _pairs(name)
        yield from _with_date(name, born)


def _pairs(name: Name) -> Iterator[str]:
    """Two sounds of a name in no order; and the forename with the beginning of the surname, for its slips."""
    words = [roots(word) for word in (*name.first, *name.last)[:_WORDS]]
    words += [roots(name.forename)] if len(name.first) > 1 else []
    words += [frozenset({sound(name.surname)})] if len(name.last) > 1 else []
    for one, other in combinations(words, 2):
        for pair in ((a, b) for a in one for b in other):
            yield "n:" + "|".join(sorted(pair))
    for root in _first(name):
        if name.last:
            yield f"t:{root}|{name.surname[:_BEGINNING]}"


def _with_date(name: Name, born: date | None) -> Iterator[str]:
    """A name with part of the birth date: each part is left out once, so a slip in it does no harm."""
    for heard in _last(name):
        for initial in _initials(name):
            yield f"s:{heard}|{initial}|{born.year if born else ''}"
    if born is None:
        return
    year, month, day = born.isoformat().split("-")
    yield from (_dated(heard, born) for heard in _heard((name,)))
    for root in _first(name):
        yield f"f:{root}|{month}{day}"
        yield f"g:{root}|{year}{month}"
        yield f"h:{root}|{year}-{day}"
    for heard in _last(name):
        yield f"k:{heard}|{month}{day}"


def _dated(heard: str, born: date) -> str:
    return f"d:{heard}|{date_digits(born)}"


def _heard(names: Iterable[Name]) -> frozenset[str]:
    """The sounds of both halves of these names."""
    return frozenset(heard for name in names for heard in _first(name) | _last(name))


def _first(name: Name) -> frozenset[str]:
    """The sounds of a forename: of its first word, and of all its words written as one."""
    return roots(name.first[0]) | roots(name.forename) if name.first else frozenset()


def _last(name: Name) -> frozenset[str]:
    """The sounds of a surname: of each of its words, and of all of them as one."""
    return frozenset({sound(name.surname), *(map(sound, name.last) if _joined(name) else ())} - {""})


def _joined(name: Name) -> bool:
    """Whether a surname is two of them, as after a marriage, and not one with a beginning: De La Mare."""
    return len(name.last) == 2 and all(len(word) > _BEGINNING for word in name.last)


def _initials(name: Name) -> frozenset[str]:
    return (
        frozenset({root[:1] for root in _first(name)} | {sound(name.first[0][:1])})
        if name.first
        else frozenset({""})
    )
