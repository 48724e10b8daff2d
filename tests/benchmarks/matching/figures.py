"""Precision, recall and F1 of scored pairs: at a given bar, and at the bar that suits the contestant best."""

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from tests.benchmarks.matching.sets import Pair


class Figures(NamedTuple):
    """How well pairs were found. Missed candidates count as missed pairs."""

    precision: float
    recall: float
    f1: float
    bar: float


def at(bar: float, scores: Mapping[Pair, float], true: frozenset[Pair]) -> Figures:
    """Of the pairs that reach a bar."""
    found = {pair for pair, score in scores.items() if score >= bar}
    return _figures(len(found & true), len(found), len(true), bar)


def best(scores: Mapping[Pair, float], true: frozenset[Pair]) -> Figures:
    """At the bar with the best F1, chosen with the answers known: the same favour for everybody."""
    ordered = sorted(scores.items(), key=lambda one: -one[1])
    hits = shown = 0
    top = Figures(0.0, 0.0, 0.0, 0.0)
    for bar, them in groupby(ordered, key=lambda one: one[1]):
        for pair, _ in them:
            shown += 1
            hits += pair in true
        top = max(top, _figures(hits, shown, len(true), bar), key=lambda one: one.f1)
    return top


def _figures(hits: int, shown: int, true: int, bar: float) -> Figures:
    precision, recall = hits / shown if shown else 0.0, hits / true
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return Figures(precision, recall, f1, bar)
