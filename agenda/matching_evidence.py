"""What speaks for and against two records being one person, field by field and in words (Rulebook D2)."""

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What is compared, in the order people read it."""

    FORENAME = "first name"
    SURNAME = "surname"
    BORN = "date of birth"
    SEX = "sex"
    ADDRESS = "address"
    PHONE = "telephone number"
    EMAIL = "e-mail address"
    IDENTIFIER = "reference"


class Level(StrEnum):
    """How far two records agree on one field, the most first."""

    SAME = "same"
    CLOSE = "close"
    ALIKE = "alike"
    PART = "part"
    DIFFERS = "differs"
    MISSING = "missing"

    @property
    def agrees(self) -> bool:
        """Whether it speaks for one person."""
        return self not in (Level.DIFFERS, Level.MISSING)


#: One level a field, in the order of `Field`.
Levels = tuple[Level, ...]

_AGREES = {Level.SAME: "agrees", Level.DIFFERS: "differs", Level.MISSING: "missing on one side or both"}
_NEARLY: dict[tuple[Field, Level], str] = {
    (
        Field.FORENAME,
        Level.CLOSE,
    ): "agrees nearly: a short form, spelt nearly alike, or in the place of the surname",
    (Field.FORENAME, Level.ALIKE): "agrees nearly: looks or sounds alike",
    (Field.FORENAME, Level.PART): "agrees in part: an initial, or one of several names",
    (Field.SURNAME, Level.CLOSE): "agrees nearly: spelt nearly alike, or in the place of the first name",
    (Field.SURNAME, Level.ALIKE): "agrees nearly: looks or sounds alike",
    (Field.SURNAME, Level.PART): "agrees in part: one of two surnames",
    (Field.BORN, Level.CLOSE): "agrees nearly: one slip, or day and month swapped",
    (Field.BORN, Level.PART): "agrees in part: two of day, month and year, or the year alone is known",
    (Field.ADDRESS, Level.CLOSE): "agrees nearly: the same words, a few letters apart at most",
    (Field.ADDRESS, Level.ALIKE): "agrees nearly: the same house number, and words alike",
    (Field.ADDRESS, Level.PART): "agrees in part: the same postcode or street",
    (Field.PHONE, Level.CLOSE): "agrees nearly: one digit apart",
    (Field.EMAIL, Level.CLOSE): "agrees nearly: a letter apart",
    (Field.IDENTIFIER, Level.CLOSE): "agrees nearly: one digit apart",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one field says. `weight` is in bits: one more doubles the odds; below nought it speaks against."""

    field: Field
    level: Level
    weight: float

    @property
    def words(self) -> str:
        """For people: `Date of birth: agrees nearly: one slip, or day and month swapped`."""
        said = _NEARLY.get((self.field, self.level)) or _AGREES[self.level]
        return f"{self.field.value.capitalize()}: {said}"


class Band(StrEnum):
    """What becomes of a pair. No score links by itself: a person decides (Rulebook D2)."""

    LINK = "link"  # an exact strong identifier, and nothing else
    PROPOSE = "propose"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Match:
    """Two records compared: the odds in bits that they are one person, what becomes of it, and why."""

    score: float
    band: Band
    levels: Levels
    evidence: tuple[Evidence, ...]

    @property
    def words(self) -> list[str]:
        """The evidence as people read it."""
        return [one.words for one in self.evidence]


def gate_opens(levels: Levels) -> bool:
    """Whether two records can be one person: first name or date of birth agrees, or neither can be compared.

    Without it a household is one person: everything else is shared there (stack.md, "Matching").
    """
    first, born = levels[0], levels[2]
    if first.agrees or born in (Level.SAME, Level.CLOSE):
        return True
    return first is Level.MISSING and born is Level.MISSING
