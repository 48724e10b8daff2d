"""What each agreement is worth: data, and the sum over it (Fellegi and Sunter, with a third kind: relatives).

A pair of records is one person, two of one household, or two strangers. Twins and siblings share surname,
address and birthday; weighed against strangers alone they would be one person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from agenda.matching_evidence import Evidence, Field, Level, Levels, gate_opens


class Kind(StrEnum):
    """What two records may be of."""

    SAME = "same"
    RELATIVES = "relatives"
    STRANGERS = "strangers"


Chances = Mapping[Field, Mapping[Level, float]]
FIELDS = tuple(Field)
LEVELS: Mapping[Field, tuple[Level, ...]] = {
    Field.FORENAME: (Level.SAME, Level.CLOSE, Level.ALIKE, Level.PART, Level.DIFFERS),
    Field.SURNAME: (Level.SAME, Level.CLOSE, Level.ALIKE, Level.PART, Level.DIFFERS),
    Field.BORN: (Level.SAME, Level.CLOSE, Level.PART, Level.DIFFERS),
    Field.SEX: (Level.SAME, Level.DIFFERS),
    Field.ADDRESS: (Level.SAME, Level.CLOSE, Level.ALIKE, Level.PART, Level.DIFFERS),
    Field.PHONE: (Level.SAME, Level.CLOSE, Level.DIFFERS),
    Field.EMAIL: (Level.SAME, Level.CLOSE, Level.DIFFERS),
    Field.IDENTIFIER: (Level.SAME, Level.CLOSE, Level.DIFFERS),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """How often each level is met in each kind of pair, and how often each kind is met among candidates."""

    chances: Mapping[Kind, Chances]
    share: Mapping[Kind, float]


#: How common a surname or forename is, as a share of people; a name that is not there is as the average.
Common = Mapping[Field, Mapping[str, float]]
NOTHING_KNOWN: Common = {}


def _told(*rows: tuple[float, ...]) -> Chances:
    return {
        field: dict(zip(LEVELS[field], row, strict=True)) for field, row in zip(FIELDS, rows, strict=True)
    }


#: Until `people calibrate` has read the area's own data. Each row is a field, each number a level of it.
DEFAULT = Weights(
    chances={
        Kind.SAME: _told(
            (0.82, 0.12, 0.015, 0.02, 0.025),
            (0.79, 0.10, 0.02, 0.03, 0.06),
            (0.85, 0.09, 0.03, 0.03),
            (0.98, 0.02),
            (0.50, 0.08, 0.03, 0.04, 0.35),
            (0.60, 0.03, 0.37),
            (0.60, 0.03, 0.37),
            (0.95, 0.03, 0.02),
        ),
        Kind.RELATIVES: _told(
            (0.03, 0.03, 0.01, 0.03, 0.90),
            (0.62, 0.09, 0.02, 0.05, 0.22),
            (0.05, 0.01, 0.02, 0.92),
            (0.50, 0.50),
            (0.55, 0.05, 0.03, 0.05, 0.32),
            (0.30, 0.01, 0.69),
            (0.15, 0.02, 0.83),
            (0.001, 0.009, 0.99),
        ),
        Kind.STRANGERS: _told(
            (0.008, 0.012, 0.004, 0.05, 0.926),
            (0.002, 0.004, 0.004, 0.002, 0.988),
            (0.00005, 0.002, 0.008, 0.98995),
            (0.50, 0.50),
            (0.0001, 0.0003, 0.0016, 0.004, 0.994),
            (0.0001, 0.0005, 0.9994),
            (0.00005, 0.0005, 0.99945),
            (0.00001, 0.0005, 0.99949),
        ),
    },
    share={Kind.SAME: 0.002, Kind.RELATIVES: 0.004, Kind.STRANGERS: 0.994},
)


def may_be_one(weights: Weights, levels: Levels) -> bool:
    """The gate, wherever people live in households: weights that know of no relatives need none."""
    return gate_opens(levels) or not weights.share[Kind.RELATIVES]


def likelihood(weights: Weights, kind: Kind, levels: Levels) -> float:
    """How likely these levels are in a pair of this kind. What is missing says nothing."""
    chance = 1.0
    chances = weights.chances[kind]
    for field, level in zip(FIELDS, levels, strict=True):
        if level is not Level.MISSING:
            chance *= chances[field][level]
    return 0.0 if kind is Kind.RELATIVES and _nobody(levels) else chance


def _nobody(levels: Levels) -> bool:
    """Twins have two first names, and who is named after a parent another birth date."""
    first, born = (levels[FIELDS.index(field)] for field in (Field.FORENAME, Field.BORN))
    return first is Level.SAME and born is Level.SAME


def score(weights: Weights, levels: Levels, rarity: float = 1.0) -> float:
    """The odds in bits that two records are one person.

    `rarity` is how much rarer or commoner the shared names are among strangers than shared names are.
    """
    same, relatives, strangers = (weights.share[kind] * likelihood(weights, kind, levels) for kind in Kind)
    return log2(same) - log2(relatives + strangers * rarity)


def rarity(weights: Weights, common: Common, levels: Levels, names: Mapping[Field, str]) -> float:
    """How much commoner than the average the names are that two records share exactly."""
    times = 1.0
    for field, name in names.items():
        share = common.get(field, {}).get(name)
        if share and levels[FIELDS.index(field)] is Level.SAME:
            times *= share / weights.chances[Kind.STRANGERS][field][Level.SAME]
    return times


def evidence(weights: Weights, levels: Levels) -> tuple[Evidence, ...]:
    """What each field says alone, against strangers: the strongest first, what is missing at the end."""
    found = [
        Evidence(field, level, _weight(weights, field, level))
        for field, level in zip(FIELDS, levels, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.level is Level.MISSING, -one.weight)))


def _weight(weights: Weights, field: Field, level: Level) -> float:
    if level is Level.MISSING:
        return 0.0
    same, strangers = (weights.chances[kind][field][level] for kind in (Kind.SAME, Kind.STRANGERS))
    return log2(same / strangers)
