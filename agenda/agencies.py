"""The words for who sits at the table."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from agenda.meetings import MeetingKind


class AgencyKind(StrEnum):
    """Kinds of agency that sign the protocol; an area may have several of one kind."""

    POLICE = "police"
    IDVA_SERVICE = "idva service"
    CHILDRENS_SOCIAL_CARE = "children's social care"
    ADULT_SOCIAL_CARE = "adult social care"
    HOUSING = "housing"
    HEALTH = "health"
    MENTAL_HEALTH = "mental health"
    SUBSTANCE_MISUSE = "substance misuse"
    PROBATION = "probation"
    EDUCATION = "education"
    YOUTH_JUSTICE = "youth justice"
    COMMUNITY_SAFETY = "community safety"
    VOLUNTARY = "voluntary"
    PERPETRATOR_PROGRAMME = "perpetrator programme"

    @property
    def label(self) -> str:
        """As people read it: `Housing`, `IDVA service`."""
        return self.value.capitalize().replace("Idva", "IDVA")


@dataclass(frozen=True, slots=True)
class Agency:
    """A member of the panel. It reads and receives only while it is a signatory (Rulebook S3, V1)."""

    id: UUID
    name: str
    kind: AgencyKind
    signed_on: date | None
    withdrawn_on: date | None
    attends: frozenset[str]  # the codes of the panels

    @property
    def attends_daily(self) -> bool:
        """Whether it sits in the daily meeting."""
        return MeetingKind.DRAMM in self.attends

    @property
    def attends_marac(self) -> bool:
        """Whether it sits in the MARAC."""
        return MeetingKind.MARAC in self.attends

    def is_signatory(self, today: date) -> bool:
        """Signed on or before `today` and not withdrawn by then (Rulebook S3)."""
        return (
            self.signed_on is not None
            and self.signed_on <= today
            and not (self.withdrawn_on is not None and self.withdrawn_on <= today)
        )
