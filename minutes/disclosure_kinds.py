"""What third parties ask for, and by whom (Rulebook X1 to X5)."""

from enum import StrEnum


class Kind(StrEnum):
    """What is asked for, and by whom (DM "Requests for DRAMM-MARAC Information")."""

    COURT = "court"
    COURT_REPORT = "report for court"
    CHILD_PROTECTION_REPORT = "report for child protection"
    ADULT_SAFEGUARDING_REPORT = "report for adult safeguarding"
    SUBJECT_ACCESS = "subject access"
    FREEDOM_OF_INFORMATION = "freedom of information"
    HOMICIDE_REVIEW = "domestic homicide review"
    CHILD_REVIEW = "child safeguarding practice review"
    LESSONS_REVIEW = "learning lessons review"
    ADULT_REVIEW = "safeguarding adults review"
    MEDIA = "media"
    NON_SIGNATORY = "agency that has not signed"
    PARTNER = "partner agency's request for notes"

    @property
    def label(self) -> str:
        """As people read it."""
        return {Kind.COURT: "Court order, or a court's request"}.get(self, self.value.capitalize())

    @property
    def is_review(self) -> bool:
        """The chair negotiates what agencies are concerned about (Rulebook X4)."""
        return self in REVIEWS

    @property
    def goes_to_chair(self) -> bool:
        """The chair alone takes it further (Rulebook X5)."""
        return self in (Kind.MEDIA, Kind.NON_SIGNATORY)

    @property
    def has_own_time(self) -> bool:
        """The law or a court's hearing says by when; of any other who asks says it (Rulebook X1 to X3)."""
        return self in (Kind.COURT, Kind.SUBJECT_ACCESS, Kind.FREEDOM_OF_INFORMATION)

    @property
    def may_be_about(self) -> bool:
        """What it releases may tell of somebody: to the public everybody is another person (Rulebook X6)."""
        return self not in (Kind.MEDIA, Kind.FREEDOM_OF_INFORMATION)


REVIEWS = frozenset({Kind.HOMICIDE_REVIEW, Kind.CHILD_REVIEW, Kind.LESSONS_REVIEW, Kind.ADULT_REVIEW})
