from collections import Counter
from random import Random

import pytest

from agenda.matching_calibration import estimated
from agenda.matching_evidence import Field, Level, Levels
from agenda.matching_weights import DEFAULT, FIELDS, LEVELS, Kind, Weights

PAIRS = 1_000_000
TRUE = {Kind.SAME: 2000, Kind.RELATIVES: 1000, Kind.STRANGERS: 4000}


def _drawn(kind: Kind, chance: Random, **told: float) -> Levels:
    """A pair of this kind; `told` says how often a field is the same, otherwise than by default."""
    found = []
    for field in FIELDS:
        chances = dict(DEFAULT.chances[kind][field])
        if field.name in told:
            rest = (1 - told[field.name]) / (1 - chances[Level.SAME])
            chances = {level: share * rest for level, share in chances.items()} | {
                Level.SAME: told[field.name]
            }
        found.append(chance.choices(LEVELS[field], [chances[level] for level in LEVELS[field]])[0])
    return tuple(found)


@pytest.fixture(scope="module")
def rounds() -> list[tuple[int, int, float]]:
    return []


@pytest.fixture(scope="module")
def learnt(rounds) -> Weights:
    """From pairs of people who move house twice as often as the starting weights believe."""
    chance = Random(4)
    candidates: Counter[Levels] = Counter()
    for kind, times in TRUE.items():
        moves = {"ADDRESS": 0.2} if kind is Kind.SAME else {}
        candidates.update(_drawn(kind, chance, **moves) for _ in range(times))
    drawn = Counter(_drawn(Kind.STRANGERS, chance, FORENAME=0.03) for _ in range(20000))
    return estimated(DEFAULT, candidates, drawn, PAIRS, lambda *told: rounds.append(told))


def test_D2_weights_are_learnt_from_pairs_nobody_decided(learnt):
    assert learnt.chances[Kind.SAME][Field.ADDRESS][Level.SAME] == pytest.approx(0.2, abs=0.03)
    assert learnt.chances[Kind.SAME][Field.BORN][Level.SAME] == pytest.approx(0.85, abs=0.03)
    assert learnt.share[Kind.SAME] == pytest.approx(2000 / PAIRS, rel=0.1)
    assert learnt.share[Kind.RELATIVES] == pytest.approx(1000 / PAIRS, rel=0.3)


def test_D2_what_strangers_share_is_learnt_from_pairs_drawn_at_random(learnt):
    assert learnt.chances[Kind.STRANGERS][Field.FORENAME][Level.SAME] == pytest.approx(0.03, abs=0.005)


def test_D2_every_level_stays_possible_and_the_chances_of_a_field_make_one(learnt):
    for kind in Kind:
        for field in FIELDS:
            assert sum(learnt.chances[kind][field].values()) == pytest.approx(1)
            assert min(learnt.chances[kind][field].values()) > 0
    assert sum(learnt.share.values()) == pytest.approx(1)


def test_D2_progress_is_told_round_by_round(learnt, rounds):
    assert [number for number, _, _ in rounds] == list(range(1, len(rounds) + 1))
    assert rounds[-1][2] < rounds[0][2]


def test_D2_a_kind_that_starts_without_a_share_stays_without():
    alone = Weights(DEFAULT.chances, {**DEFAULT.share, Kind.RELATIVES: 0.0})
    pattern = (Level.SAME,) * len(FIELDS)
    found = estimated(alone, {pattern: 10}, {pattern: 1}, 1000, lambda *_: None)
    assert found.share[Kind.RELATIVES] == 0
