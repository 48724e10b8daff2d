"""How far two records agree, field by field: the only place where rapidfuzz is used (stack.md, "Matching").

What the agreement is worth is in `agenda/matching_weights.py`, what becomes of it in `matching_proposals.py`.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from agenda.matching_evidence import Field, Level, Levels
from agenda.matching_keys import date_digits, swapped
from agenda.matching_person import Known, Name, Place
from agenda.matching_sounds import short_for_one, sound

_WORST_FIRST = (Level.DIFFERS, Level.MISSING, Level.PART, Level.ALIKE, Level.CLOSE, Level.SAME)
_RANK = {level: rank for rank, level in enumerate(_WORST_FIRST)}
_NEAR, _ALIKE = 0.92, 0.84  # of Jaro and Winkler
_SHORTEST, _LONG = 4, 7  # letters of a name that one slip leaves recognisable, or two
_SAME_WORDS, _CLOSE_WORDS, _ALIKE_WORDS = 92.0, 78.0, 60.0  # of a hundred, of an address
_LEFT_OUT = 8.0  # taken off where one address only lacks words of the other

#: The names that agree best, to ask how common they are.
Shared = dict[Field, str]


def levels(one: Known, other: Known) -> Levels:
    """How far two records agree, field by field."""
    return agreement(one, other)[0]


def agreement(one: Known, other: Known) -> tuple[Levels, Shared]:
    """How far two records agree, and by which names."""
    forename, surname, names = _name_levels(one.names, other.names)
    told = (
        forename,
        surname,
        _born_level(one.born, other.born),
        _sex_level(one, other),
        _highest(_place_level(a, b) for a in one.places for b in other.places),
        _ways_level(one.phones, other.phones),
        _ways_level(one.emails, other.emails),
        _identifier_level(one.identifiers, other.identifiers),
    )
    return told, names


def _highest(found: Iterable[Level]) -> Level:
    return max(found, key=_RANK.__getitem__, default=Level.MISSING)


def _name_levels(ones: tuple[Name, ...], others: tuple[Name, ...]) -> tuple[Level, Level, Shared]:
    """The names that agree best, written in either order."""
    found = (Level.MISSING, Level.MISSING)
    names: Shared = {}
    for a in ones:
        for b in others:
            pair = _one_name(a, b)
            if not names or _together(pair) > _together(found):
                found = pair
                names = {Field.FORENAME: a.forename, Field.SURNAME: a.surname}
    return *found, names


def _one_name(one: Name, other: Name) -> tuple[Level, Level]:
    """Written into each other's place, a forename and a surname are close at most."""
    pair = _forename(one.first, other.first), _surname(one.last, other.last)
    if max(_RANK[pair[0]], _RANK[pair[1]]) >= _RANK[Level.CLOSE]:
        return pair
    crossed = (
        _at_most_close(_forename(one.first, other.last)),
        _at_most_close(_forename(one.last, other.first)),
    )
    better, worse = sorted(crossed, key=_RANK.__getitem__, reverse=True)
    return max(pair, (better, worse), key=_together)


def _together(pair: tuple[Level, Level]) -> tuple[int, int]:
    ranks = sorted((_RANK[pair[0]], _RANK[pair[1]]))
    return (sum(ranks), ranks[0])


def _at_most_close(level: Level) -> Level:
    return Level.CLOSE if level is Level.SAME else level


@lru_cache(maxsize=65536)
def _forename(one: tuple[str, ...], other: tuple[str, ...]) -> Level:
    """A short form is close; an initial, or one of several forenames, agrees in part."""
    a, b = "".join(one), "".join(other)
    if not a or not b or a == b:
        return Level.SAME if a and b else Level.MISSING
    if min(len(a), len(b)) == 1:
        return Level.PART if a[0] == b[0] else Level.DIFFERS
    if short_for_one(one[0], other[0]) or _near(a, b):
        return Level.CLOSE
    if _alike(a, b):
        return Level.ALIKE
    return Level.PART if _in_part(one, other) else Level.DIFFERS


@lru_cache(maxsize=65536)
def _surname(one: tuple[str, ...], other: tuple[str, ...]) -> Level:
    """One of two surnames agrees in part, as after a marriage: that says more than looking alike does."""
    a, b = "".join(one), "".join(other)
    if not a or not b or a == b:
        return Level.SAME if a and b else Level.MISSING
    if min(len(a), len(b)) == 1:
        return Level.PART if a[0] == b[0] else Level.DIFFERS
    if _near(a, b):
        return Level.CLOSE
    if _is_half(one, other):
        return Level.PART
    if _alike(a, b):
        return Level.ALIKE
    return Level.PART if _in_part(one, other) else Level.DIFFERS


def _near(one: str, other: str) -> bool:
    """One slip apart, or two in a long word, or as near by Jaro and Winkler."""
    shorter = min(len(one), len(other))
    if one == other or shorter < _SHORTEST:
        return one == other
    slips = 2 if shorter >= _LONG else 1
    return (
        OSA.distance(one, other, score_cutoff=slips) <= slips or JaroWinkler.similarity(one, other) >= _NEAR
    )


def _alike(one: str, other: str) -> bool:
    return JaroWinkler.similarity(one, other) >= _ALIKE or sound(one) == sound(other)


def _is_half(ones: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """One whole word in common, where there are more; a short one, as `De`, only where it is a whole name."""
    alone = 1 in (len(ones), len(others))
    return len(ones) + len(others) > 2 and any(len(word) > 2 or alone for word in {*ones} & {*others})


def _in_part(ones: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """One word in common, where there are more."""
    return len(ones) + len(others) > 2 and any(_near(a, b) for a in ones for b in others if len(a) > 2)


def _born_level(one: date | None, other: date | None) -> Level:
    return _born(one, other) if one and other else Level.MISSING


@lru_cache(maxsize=65536)
def _born(one: date, other: date) -> Level:
    """One wrong digit, two exchanged ones, or day and month swapped is a slip; then two parts of three.

    The first of January is what is written where only the year is known.
    """
    if one == other:
        return Level.SAME
    if one == swapped(other) or OSA.distance(date_digits(one), date_digits(other), score_cutoff=1) <= 1:
        return Level.CLOSE
    if one.year == other.year and (1, 1) in ((one.month, one.day), (other.month, other.day)):
        return Level.PART
    parts = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return Level.PART if parts == 2 else Level.DIFFERS


@lru_cache(maxsize=65536)
def two_slips(one: date, other: date) -> bool:
    """Whether two birth dates that do not agree are two slips apart: nearer than most."""
    if _born(one, other) is not Level.DIFFERS:
        return False
    turned, there = swapped(one), date_digits(other)
    if turned and OSA.distance(date_digits(turned), there, score_cutoff=1) <= 1:
        return True
    return OSA.distance(date_digits(one), there, score_cutoff=2) <= 2


def _sex_level(one: Known, other: Known) -> Level:
    if one.sex is None or other.sex is None:
        return Level.MISSING
    return Level.SAME if one.sex is other.sex else Level.DIFFERS


@lru_cache(maxsize=65536)
def _place_level(one: Place, other: Place) -> Level:
    """One comparison for the whole address: four fields of it would count one move four times.

    Neighbours share everything but the number of the house, and that is the postcode or the street at most.
    """
    if one.dwelling and one.dwelling == other.dwelling:
        return Level.SAME
    postcode = bool(one.postcode) and one.postcode == other.postcode
    alike = _words_alike(one, other)
    if _numbers_agree(one, other):
        if alike >= _SAME_WORDS and postcode:
            return Level.SAME
        if alike >= _CLOSE_WORDS:
            return Level.CLOSE
        if alike >= _ALIKE_WORDS:
            return Level.ALIKE
    return Level.PART if postcode or alike >= _CLOSE_WORDS else Level.DIFFERS


def _words_alike(one: Place, other: Place) -> float:
    """Numbers apart: they are compared by themselves, and one alone would agree with every street."""
    if not (_is_worded(one) and _is_worded(other)):
        return 0.0
    a, b = (" ".join(word for word in place.words if not word.isdigit()) for place in (one, other))
    return max(token_sort_ratio(a, b), token_set_ratio(a, b) - _LEFT_OUT)


def _is_worded(place: Place) -> bool:
    return any(word.isalpha() for word in place.words)


def _numbers_agree(one: Place, other: Place) -> bool:
    """One number more or less is a flat's that somebody left out; without any, both must name a dwelling."""
    if one.numbers and other.numbers:
        return one.numbers <= other.numbers or other.numbers <= one.numbers
    return bool(one.dwelling and other.dwelling) or bool(one.numbers or other.numbers)


def _ways_level(ones: frozenset[str], others: frozenset[str]) -> Level:
    """Numbers or mailboxes: any one in common is the same."""
    if not ones or not others:
        return Level.MISSING
    if not ones.isdisjoint(others):
        return Level.SAME
    near = any(OSA.distance(a, b, score_cutoff=1) <= 1 for a in ones for b in others)
    return Level.CLOSE if near else Level.DIFFERS


def _identifier_level(ones: frozenset[str], others: frozenset[str]) -> Level:
    """Only references of one kind are compared: a police number says nothing about an NHS number."""
    if not ones or not others:
        return Level.MISSING
    if not ones.isdisjoint(others):
        return Level.SAME
    kinds = {one.partition(":")[0] for one in ones} & {other.partition(":")[0] for other in others}
    a, b = (frozenset(n for n in numbers if n.partition(":")[0] in kinds) for numbers in (ones, others))
    return _ways_level(a, b)
