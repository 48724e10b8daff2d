"""The words for what the police report: an incident, its parties, children and protection order."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Risk(StrEnum):
    """The police's assessment of one incident, or a meeting's of one case. Ordered by `rank`."""

    STANDARD = "standard"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 standard, 1 medium, 2 high."""
        return RISKS.index(self)


RISKS: tuple[Risk, ...] = tuple(Risk)


class Gender(StrEnum):
    """As the feed sends it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Linked(StrEnum):
    """To whom a child is linked (Rulebook T3)."""

    VICTIM = "victim"
    PERPETRATOR = "perpetrator"
    BOTH = "both"


class OrderKind(StrEnum):
    """Protection notices and orders (Rulebook T10)."""

    DVPN = "DVPN"
    DVPO = "DVPO"
    DAPN = "DAPN"
    DAPO = "DAPO"


@dataclass(frozen=True, slots=True)
class Party:
    """A victim or a perpetrator as one incident names them."""

    surname: str
    forename: str = ""
    nominal: str = ""
    dob: date | None = None
    gender: Gender | None = None
    address: str = ""
    postcode: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """Forename and surname, as people write it."""
        return f"{self.forename} {self.surname}".strip() or "(no name given)"


@dataclass(frozen=True, slots=True)
class Child:
    """A child named on an incident. Any child named counts for T3."""

    name: str
    dob: date | None = None
    present: bool | None = None
    linked: Linked | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A protection order made with an incident: a notice for the list, not a case (Rulebook T10).

    `kind` is None where the force told of an order but not of which kind: better announced so than not at
    all.
    """

    kind: OrderKind | None
    made_at: datetime | None = None
    expires_at: date | datetime | None = None
    terms: str = ""
    live_together: bool | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """One version of one police occurrence. Times are in UTC; `perpetrator` is None where unknown."""

    occurrence_number: str
    domestic: bool
    recorded_at: datetime
    incident_at: datetime
    risk: Risk
    victim: Party
    perpetrator: Party | None = None
    dash_score: int | None = None
    offence: str = ""
    summary: str = ""
    relationship: str = ""
    consents: bool | None = None
    children_present: bool | None = None
    children: tuple[Child, ...] = ()
    order: Order | None = None
    staff_of: str = ""

    @property
    def has_children(self) -> bool:
        """Whether children were present or are linked (Rulebook T3): any child named here counts."""
        return bool(self.children) or self.children_present is True
