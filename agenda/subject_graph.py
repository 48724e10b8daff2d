"""Where the subjects near one stand in a small picture; the page says the same as a table (Rulebook E2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from uuid import UUID

from agenda.subjects import Link, Near

SIDE = 600  # of the picture
MOST = 24  # beyond, a picture tells less than its table
_RINGS = (170, 260)  # how far from the middle, by steps
_MIDDLE = SIDE / 2


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one stands."""

    id: UUID
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Spots, and the lines between them as pairs of their places; `left_out` are in the table alone."""

    spots: tuple[Spot, ...]
    lines: tuple[tuple[int, int], ...]
    left_out: int = 0


def drawn(subject: UUID, found: Sequence[Near], links: Sequence[Link]) -> Graph:
    """The subject in the middle and what is near around it, always in the same places (Rulebook E2)."""
    shown = found[:MOST]
    spots = [Spot(subject, round(_MIDDLE), round(_MIDDLE))]
    for step, away in enumerate(_RINGS, 1):
        ring = [one for one in shown if one.steps == step]
        for at, one in enumerate(ring):
            angle = 2 * pi * at / len(ring) - pi / 2 + (step - 1) * pi / 7
            spots.append(Spot(one.id, round(_MIDDLE + away * cos(angle)), round(_MIDDLE + away * sin(angle))))
    at_place = {spot.id: at for at, spot in enumerate(spots)}
    ends = [sorted((at_place.get(link.one, -1), at_place.get(link.other, -1))) for link in links]
    pairs = {(one, other) for one, other in ends if one >= 0}
    return Graph(tuple(spots), tuple(sorted(pairs)), len(found) - len(shown))
