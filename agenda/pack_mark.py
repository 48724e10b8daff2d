"""The mark of a copy in the drawing of every page: specks that say which copy it is (security.md A12).

Each tile says the whole identifier, and a page has many: what is left of a page still names its copy. It is
read back from shapes on a page, wherever they were moved, turned or scaled to.
"""

import math
from binascii import crc_hqx
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import product
from math import hypot
from typing import NamedTuple
from uuid import UUID

_SIDE, _PITCH, _CELLS = 0.8, 4.0, 12  # points; a tile is twelve by twelve specks, and a bar below them
_BAR = 3 * _SIDE
_COLOUR = b"1 1 0.6 rg"  # pale yellow: the eye passes over it on white
_WHITE = sha256(b"specks").digest()[:18]  # so that an identifier of noughts is no empty tile
#: How a sheet may lie: in degrees, the least first, and in points.
_TURNS, _NUDGES = (0.0, 0.25, -0.25, 0.5, -0.5, 0.8, -0.8), (0.0, 0.7, -0.7, 1.5, -1.5)
TILES = tuple(product((3.0, 274.0, 545.0), (8.0 + 104 * row for row in range(8))))


class Shape(NamedTuple):
    """A filled four-sided shape on a page: its middle, and two of its sides."""

    x: float
    y: float
    across: tuple[float, float]
    up: tuple[float, float]

    @property
    def sides(self) -> tuple[float, float]:
        """How long the two are."""
        return hypot(*self.across), hypot(*self.up)


def drawing(copy_id: UUID) -> bytes:
    """The operators that draw it on an A4 page, under everything else."""
    boxes = [f"0 0 {_BAR:g} {_SIDE:g} re"]
    boxes += [
        f"{at % _CELLS * _PITCH:g} {(at // _CELLS + 1) * _PITCH:g} {_SIDE:g} {_SIDE:g} re"
        for at, bit in enumerate(bits(copy_id)) if bit
    ]  # fmt: skip
    tile = " ".join([*boxes, "f"])
    placed = "\n".join(f"q 1 0 0 1 {x:g} {y:g} cm {tile} Q" for x, y in TILES)
    return b"q " + _COLOUR + b"\n" + placed.encode() + b"\nQ\n"


def bits(copy_id: UUID) -> list[bool]:
    """The identifier and its check sum, speck by speck."""
    said = copy_id.bytes + crc_hqx(copy_id.bytes, 0xFFFF).to_bytes(2)
    whitened = bytes(a ^ b for a, b in zip(said, _WHITE, strict=True))
    return [bool(byte >> place & 1) for byte in whitened for place in range(8)]


def read(told: Sequence[bool]) -> UUID | None:
    """The identifier that specks say; None where the check sum does not hold."""
    eights = (told[at : at + 8] for at in range(0, len(told), 8))
    packed = bytes(sum(bit << place for place, bit in enumerate(eight)) for eight in eights)
    said = bytes(a ^ b for a, b in zip(packed, _WHITE, strict=True))
    return UUID(bytes=said[:16]) if crc_hqx(said[:16], 0xFFFF) == int.from_bytes(said[16:]) else None


def found(shapes: Iterable[Shape]) -> UUID | None:
    """The copy that one page says, from any one tile that is whole; None where there is none."""
    shapes = list(shapes)
    for bar, long, short in _bars(shapes):
        specks = _Specks(shapes, hypot(*short))
        for right, up in product((1, -1), (1, -1)):
            if copy_id := _tile(specks, bar, _times(long, right / 3), _times(short, up)):
                return copy_id
    return None


def _bars(shapes: Iterable[Shape]) -> Iterator[tuple[Shape, tuple[float, float], tuple[float, float]]]:
    """What may be the bar of a tile, with its long and its short side."""
    for shape in shapes:
        across, up = shape.sides
        if up and 2.6 < across / up < 3.4:
            yield shape, shape.across, shape.up
        elif across and 2.6 < up / across < 3.4:
            yield shape, shape.up, shape.across


class _Specks:
    """The shapes that are as small as a bar is thin, by where they lie."""

    def __init__(self, shapes: Iterable[Shape], side: float) -> None:
        self.near = side  # a speck's own width; the next one is five away
        self._at: dict[tuple[int, int], list[Shape]] = defaultdict(list)
        for shape in shapes:
            if all(0.7 * side < one < 1.3 * side for one in shape.sides):
                self._at[round(shape.x / side), round(shape.y / side)].append(shape)

    def there(self, x: float, y: float) -> bool:
        """Whether one lies there."""
        across, up = round(x / self.near), round(y / self.near)
        cells = product(range(across - 1, across + 2), range(up - 1, up + 2))
        close = (one for cell in cells for one in self._at.get(cell, ()))
        return any(hypot(one.x - x, one.y - y) < self.near for one in close)


def _tile(specks: _Specks, bar: Shape, right: tuple[float, float], up: tuple[float, float]) -> UUID | None:
    """Reads the tile of a bar; `right` and `up` are one speck's width, the way the tile goes on."""
    step = _PITCH / _SIDE
    told = []
    for at in range(_CELLS * _CELLS):
        along, above = at % _CELLS * step - 1, (at // _CELLS + 1) * step
        x = bar.x + along * right[0] + above * up[0]
        y = bar.y + along * right[1] + above * up[1]
        told.append(specks.there(x, y))
    return read(told)


def _times(side: tuple[float, float], by: float) -> tuple[float, float]:
    return side[0] * by, side[1] * by


def scanned(paleness: Callable[[float, float], float]) -> UUID | None:
    """The copy that a picture of a whole A4 page says: `paleness` is how yellow it is at a point of the page.

    All tiles are read together, so that what lies over some of them does no harm; and again a little turned
    and moved, as paper lies on a scanner.
    """
    for degrees, right, up in product(_TURNS, _NUDGES, _NUDGES):
        told = [_middle(paleness(*place) for place in places) for places in _places(degrees, right, up)]
        if copy_id := read([one > _between(told) for one in told]):
            return copy_id
    return None


def _places(degrees: float, right: float, up: float) -> Iterator[list[tuple[float, float]]]:
    """Where each speck lies in every tile, on a page that was turned about its middle, then moved."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    half = _SIDE / 2
    for at in range(_CELLS * _CELLS):
        spots = [(x + at % _CELLS * _PITCH + half - 297.6, y + (at // _CELLS + 1) * _PITCH + half - 420.9)
                 for x, y in TILES]  # fmt: skip
        yield [(297.6 + x * cos - y * sin + right, 420.9 + x * sin + y * cos + up) for x, y in spots]


def _middle(told: Iterable[float]) -> float:
    """The mean without the extremes: where something dark or coloured lies over a speck."""
    inner = sorted(told)[4:-4]
    return sum(inner) / len(inner)


def _between(told: Sequence[float]) -> float:
    """Half way over the widest gap: about half of the specks are there."""
    ordered = sorted(told)
    at = max(range(len(ordered) // 8, len(ordered) * 7 // 8), key=lambda at: ordered[at + 1] - ordered[at])
    return (ordered[at] + ordered[at + 1]) / 2
