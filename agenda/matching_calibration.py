"""The weights estimated from an area's own pairs, by expectation and maximisation (`people calibrate`).

Nobody needs to say which pairs are one person: what agrees together tells.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from agenda.matching_evidence import Level, Levels
from agenda.matching_weights import FIELDS, Chances, Kind, Weights, likelihood

#: Told after each round: which one it was of how many, and how far the share of the same moved in it.
Progress = Callable[[int, int, float], None]

_MOST_ROUNDS = 50
_STILL = 1e-3  # a share that moves less has arrived
_BELIEVED = 40.0  # pairs: what the starting weights count for, so that a level nobody met is not impossible
_LEAST = 1.0  # pair: no share becomes nought


def estimated(
    start: Weights,
    candidates: Mapping[Levels, int],
    drawn: Mapping[Levels, int],
    pairs: int,
    progress: Progress,
) -> Weights:
    """Weights that explain the candidates best.

    `candidates` are pairs that share a key, `drawn` pairs drawn at random: how often each pattern of levels
    was met. `pairs` is how many pairs there are in all: those that share no key are strangers. What strangers
    share is told by those drawn, never by candidates, which were chosen for what they share. A kind that
    `start` gives no share to stays without.
    """
    apart = _chances(start.chances[Kind.STRANGERS], drawn)
    weights = Weights({**start.chances, Kind.STRANGERS: apart}, start.share)
    for number in range(1, _MOST_ROUNDS + 1):
        before, weights = weights, _improved(start, weights, candidates, pairs)
        moved = abs(1 - weights.share[Kind.SAME] / before.share[Kind.SAME])
        progress(number, _MOST_ROUNDS, moved)
        if moved < _STILL:
            break
    return weights


def _improved(start: Weights, weights: Weights, candidates: Mapping[Levels, int], pairs: int) -> Weights:
    """One round: what each pair probably is, and then the weights that make it likeliest."""
    met: dict[Kind, dict[Levels, float]] = {Kind.SAME: {}, Kind.RELATIVES: {}}
    for levels, times in candidates.items():
        chance = {kind: weights.share[kind] * likelihood(weights, kind, levels) for kind in Kind}
        every = sum(chance.values())
        for kind, patterns in met.items():
            patterns[levels] = times * chance[kind] / every
    learnt = {kind: _chances(start.chances[kind], patterns) for kind, patterns in met.items()}
    share = {
        kind: sum(patterns.values(), _LEAST * start.share[kind]) / pairs for kind, patterns in met.items()
    }
    share[Kind.STRANGERS] = 1 - sum(share.values())
    return Weights({**weights.chances, **learnt}, share)


def _chances(believed: Chances, met: Mapping[Levels, float]) -> Chances:
    """How often each level is met where the field is told at all."""
    found: Counter[tuple[int, Level]] = Counter()
    for levels, times in met.items():
        for at, level in enumerate(levels):
            found[at, level] += times  # type: ignore[assignment]
    chances = {}
    for at, field in enumerate(FIELDS):
        told = sum(found[at, level] for level in believed[field]) + _BELIEVED
        chances[field] = {
            level: (found[at, level] + _BELIEVED * chance) / told for level, chance in believed[field].items()
        }
    return chances
