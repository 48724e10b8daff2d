"""Who somebody is to somebody else, as an agency told it (Rulebook D2, R2)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agenda.pack import NoteKind

SHORTEST_REASON = 10
LONGEST_REASON = 1_000


class Relation(StrEnum):
    """What the first of two people is to the second. The value is stored, the label is read."""

    PARTNER = "partner"
    FORMER_PARTNER = "former partner"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    OTHER_RELATIVE = "other relative"
    CARER = "carer"
    CARED_FOR = "cared for"
    LIVES_WITH = "lives with"
    FRIEND = "friend"
    NEIGHBOUR = "neighbour"
    COLLEAGUE = "colleague"
    PROFESSIONAL = "professional"
    CLIENT = "client"
    OTHER = "other"

    @property
    def words(self) -> str:
        """Before the other's name: `parent of`, `lives with`."""
        return _WORDS.get(self, f"{self.value} of")

    @property
    def label(self) -> str:
        """As a choice."""
        return self.words[0].upper() + self.words[1:]

    @property
    def other_way(self) -> "Relation":
        """What the second is to the first."""
        return _OTHER_WAY.get(self, self)


_WORDS = {
    Relation.CARED_FOR: "cared for by",
    Relation.LIVES_WITH: "lives with",
    Relation.PROFESSIONAL: "professional who works with",
    Relation.OTHER: "known to",
}
_PAIRS = (
    (Relation.PARENT, Relation.CHILD),
    (Relation.GRANDPARENT, Relation.GRANDCHILD),
    (Relation.CARER, Relation.CARED_FOR),
    (Relation.PROFESSIONAL, Relation.CLIENT),
)
_OTHER_WAY = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}


class Role(StrEnum):
    """Who somebody is in one case: a party, near a party, or told of beside them."""

    VICTIM = "victim"
    PERPETRATOR = "perpetrator"
    CHILD = "child"
    ASSOCIATE = "associate"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"associate": "Known associate of the perpetrator", "other": "Told of beside the parties"}.get(
            self.value, self.value.capitalize()
        )


def role_of(kinds: list[Relation]) -> Role:
    """Who somebody is in a case to which nothing but a relationship brings them, seen from them."""
    return Role.CHILD if Relation.CHILD in kinds else Role.OTHER


@dataclass(frozen=True, slots=True)
class RelationshipTold:
    """One relationship as somebody tells it."""

    kind: Relation
    standing: NoteKind  # a fact, or a professional's opinion
    author: str
    source: str

    def problem(self) -> str | None:
        """Nothing is kept without who told it and how they know (Rulebook R2)."""
        return None if self.author.strip() and self.source.strip() else "Say who tells it, and how they know"


def removal_problem(why: str) -> str | None:
    """What was told stays readable to who looks for it; taking it away says why (Rulebook R2)."""
    if SHORTEST_REASON <= len(why.strip()) <= LONGEST_REASON:
        return None
    return f"Say why, in {SHORTEST_REASON} to {LONGEST_REASON:,} letters"


def birth_problem(dob: date | None, today: date) -> str | None:
    """Nobody was born tomorrow: a mistyped year would find somebody else."""
    return "The date of birth must be in the past" if dob is not None and dob > today else None
