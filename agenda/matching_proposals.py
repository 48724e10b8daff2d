"""Whom a record is proposed to be: best first, with the evidence, and decided by a person (Rulebook D2, T6).

Our own Fellegi–Sunter scorer. An exact strong identifier links; no score does.
"""

from collections.abc import Mapping

from agenda.matching import agreement
from agenda.matching_evidence import Band, Field, Level, Levels, Match
from agenda.matching_person import Known
from agenda.matching_weights import (
    DEFAULT,
    FIELDS,
    NOTHING_KNOWN,
    Common,
    Weights,
    evidence,
    may_be_one,
    rarity,
    score,
)  # fmt: skip

#: Proposed from here: as likely one person as not.
PROPOSED = 0.0
#: The repeat radar looks further down, and shows no more than three a case: a missed repeat is the harm.
RADAR = -9.0
RADAR_MOST = 3


def compared(
    one: Known,
    other: Known,
    weights: Weights = DEFAULT,
    common: Common = NOTHING_KNOWN,
    bar: float = PROPOSED,
) -> Match:
    """Two records side by side: their odds, what becomes of them, and why."""
    told, names = agreement(one, other)
    bits = score(weights, told, rarity(weights, common, told, names))
    return Match(bits, _band(weights, told, bits, bar), told, evidence(weights, told))


def odds(one: Known, other: Known, weights: Weights = DEFAULT, common: Common = NOTHING_KNOWN) -> float:
    """The score alone: above all with an exact strong identifier, below all where the gate is shut."""
    told, names = agreement(one, other)
    if _linked(told):
        return float("inf")
    if not may_be_one(weights, told):
        return float("-inf")
    return score(weights, told, rarity(weights, common, told, names))


def best(
    who: Known,
    candidates: Mapping[str, Known],
    most: int,
    bar: float = PROPOSED,
    weights: Weights = DEFAULT,
    common: Common = NOTHING_KNOWN,
) -> list[tuple[str, float]]:
    """Candidates that reach the bar, the likeliest first, no more than `most`."""
    found = ((key, odds(who, other, weights, common)) for key, other in candidates.items())
    return sorted((one for one in found if one[1] >= bar), key=lambda one: (-one[1], one[0]))[:most]


def radar(who: Known, heard: Mapping[str, Known], weights: Weights = DEFAULT) -> list[tuple[str, float]]:
    """Whom of those heard in the last 12 months an incoming victim may be: at most three (Rulebook T6)."""
    return best(who, heard, RADAR_MOST, RADAR, weights)


def _band(weights: Weights, told: Levels, bits: float, bar: float) -> Band:
    if _linked(told):
        return Band.LINK
    return Band.PROPOSE if bits >= bar and may_be_one(weights, told) else Band.NOT_SHOWN


def _linked(told: Levels) -> bool:
    return told[FIELDS.index(Field.IDENTIFIER)] is Level.SAME
