"""Our own finder on a set: keys, candidates, weights estimated from the set itself, and odds."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random

from agenda.incidents import Gender
from agenda.matching import levels
from agenda.matching_calibration import estimated
from agenda.matching_evidence import Field
from agenda.matching_keys import keys, lookups
from agenda.matching_person import Known, known
from agenda.matching_proposals import odds
from agenda.matching_weights import DEFAULT, Common, Kind, Weights
from tests.benchmarks.matching.sets import Pair, Row, Set

ALONE = Weights(DEFAULT.chances, {**DEFAULT.share, Kind.RELATIVES: 0.0})
_DRAWN = 60_000
_MOST = 300  # people under one key: more say nothing, and cost much


def ways(them: Set) -> Iterator[tuple[str, dict[Pair, float]]]:
    """The odds in bits of every candidate pair, as shipped and as for data without households.

    FEBRL has none: there, two first names and birth dates at one address are one person, corrupted.
    """
    people = [person(row) for row in them.rows]
    found = candidates(them, people)
    common = commonness(people)
    for name, start in (("", DEFAULT), (", told there are no relatives", ALONE)):
        weights = calibrated(them, people, found, start)
        yield name, {pair: odds(people[pair[0]], people[pair[1]], weights, common) for pair in found}


def person(row: Row) -> Known:
    """A row as the scorer takes it. What is no date is not known."""
    try:
        born = date.fromisoformat(f"{row.dob[:4]}-{row.dob[4:6]}-{row.dob[6:]}") if row.dob else None
    except ValueError:
        born = None
    return known(
        [(row.forename, row.surname)],
        born,
        Gender(row.sex) if row.sex else None,
        [(row.line, row.postcode)],
        [row.phone],
        identifiers=[f"number:{row.reference}"] if row.reference else [],
    )


def candidates(them: Set, people: list[Known]) -> set[Pair]:
    """Pairs that share a key."""
    under: defaultdict[str, set[int]] = defaultdict(set)
    for at, one in enumerate(people):
        for key in keys(one):
            under[key].add(at)
    found = {
        (min(at, other), max(at, other))
        for at, one in enumerate(people)
        for key in lookups(one)
        if len(under.get(key, ())) <= _MOST
        for other in under.get(key, ())
        if other != at
    }
    return {pair for pair in found if them.counts(pair)}


def calibrated(them: Set, people: list[Known], found: set[Pair], start: Weights = DEFAULT) -> Weights:
    """The weights of the set, estimated without its answers."""
    met = Counter(levels(people[a], people[b]) for a, b in found)
    chance = Random(1)
    drawn = (tuple(chance.sample(range(len(people)), 2)) for _ in range(_DRAWN))
    apart = Counter(levels(people[a], people[b]) for a, b in drawn)
    return estimated(start, met, apart, them.pairs, lambda *_: None)


def commonness(people: list[Known]) -> Common:
    """How common each name is in the set."""
    names = [name for one in people for name in one.names]
    forenames, surnames = Counter(n.forename for n in names), Counter(n.surname for n in names)
    return {
        field: {name: times / len(names) for name, times in counted.items() if name}
        for field, counted in ((Field.FORENAME, forenames), (Field.SURNAME, surnames))
    }
