"""How often the right person is among the first ten, kind of error by kind (without a database)."""

import os
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from math import log2
from random import Random
from time import perf_counter

from agenda.incidents import Gender
from agenda.matching_keys import keys, lookups
from agenda.matching_person import Known, known
from agenda.matching_proposals import best
from agenda.matching_search import asked, ranked
from tests.benchmarks.matching import people
from tests.benchmarks.matching.kinds import AFTERWARDS, MADE_FOR
from tests.benchmarks.matching.people import Error, Record

HOUSEHOLDS = int(os.environ.get("BENCH_HOUSEHOLDS", "25000"))
_ASKED = 300  # people a kind
_COMPARED = 100  # of those who share most keys
_ANY = float("-1e9")


class Everybody:
    """People filed under their keys, as the store files them."""

    def __init__(self, records: list[Record]) -> None:
        self.people = [person(one) for one in records]
        under: defaultdict[str, array[int]] = defaultdict(lambda: array("l"))
        for at, one in enumerate(self.people):
            for key in keys(one):
                under[key].append(at)
        self.under = dict(under)
        self.sorted = sorted(under)

    def sharing(self, wanted: Iterable[str]) -> dict[str, Known]:
        """Those who share most keys; a key that few have counts for more."""
        met: Counter[int] = Counter()
        for key in wanted:
            them = self.under.get(key, ())
            for at in them:
                met[at] += log2(len(self.people) / len(them))  # type: ignore[assignment]
        return {str(at): self.people[at] for at, _ in met.most_common(_COMPARED)}

    def begun(self, beginning: str) -> Iterator[str]:
        """Keys that begin so."""
        for at in range(bisect_left(self.sorted, beginning), len(self.sorted)):
            if not self.sorted[at].startswith(beginning):
                return
            yield self.sorted[at]


def person(one: Record) -> Known:
    return known(
        [(one.forename, one.surname)], one.dob, Gender(one.sex), [(one.line, one.postcode)], [one.phone]
    )


def run(say: Callable[[str], None]) -> None:
    """Every kind: those the keys were made for, those thought of afterwards, and lines as typed."""
    chance = Random(5)
    records = people.households(HOUSEHOLDS, chance)
    everybody = Everybody(records)
    filed = sum(map(len, everybody.under.values())) / len(records)
    say(f"\nsearch among {len(records):,} people, {filed:.1f} keys each; the right one among the first ten")
    for title, kinds in (("made for", MADE_FOR), ("afterwards", AFTERWARDS)):
        recalls = []
        for kind, errors in kinds.items():
            recall, took = _recall(everybody, records, errors, chance)
            recalls.append(recall)
            say(f"{title:12}{kind:52}{recall:7.3f}{took * 1000:8.2f} ms")
        say(f"{title:12}{'all kinds':52}{sum(recalls) / len(recalls):7.3f}")
    for kind, line in TYPED.items():
        say(f"{'typed':12}{kind:52}{_typed(everybody, records, line, chance):7.3f}")


def _recall(
    everybody: Everybody, records: list[Record], errors: tuple[Error, ...], chance: Random
) -> tuple[float, float]:
    hits, took = 0, 0.0
    for at in chance.sample(range(len(records)), _ASKED):
        who = person(people.with_errors(records[at], errors, chance))
        started = perf_counter()
        found = best(who, everybody.sharing(lookups(who)), 10, _ANY)
        took += perf_counter() - started
        hits += str(at) in dict(found)
    return hits / _ASKED, took / _ASKED


#: Lines as somebody in a hurry types them.
TYPED: dict[str, Callable[[Record, Random], str]] = {
    "name and year": lambda one, _: f"{one.forename} {one.surname} {one.dob:%Y}",
    "surname first, with birth date": lambda one, _: f"{one.surname}, {one.forename} {one.dob:%d/%m/%Y}",
    "initial, surname and year": lambda one, _: f"{one.forename[:1]} {one.surname} {one.dob:%Y}",
    "misheard surname and birth date": lambda one, chance: (
        f"{people.misheard(one.surname, chance)} {one.dob:%d.%m.%Y}"
    ),
    "name and postcode": lambda one, _: f"{one.forename} {one.surname} {one.postcode}",
    "address": lambda one, _: f"{one.line} {one.postcode}",
    "end of the telephone number and first name": lambda one, _: f"{one.forename} {one.phone[-6:]}",
}


def _typed(
    everybody: Everybody, records: list[Record], line: Callable[[Record, Random], str], chance: Random
) -> float:
    hits = 0
    for at in chance.sample(range(len(records)), _ASKED):
        what = asked(line(records[at], chance))
        begun = (key for beginning in what.beginnings for key in everybody.begun(beginning))
        found = everybody.sharing({*what.keys, *begun})
        hits += str(at) in ranked(what, found, 10)
    return hits / _ASKED
