"""What is told when somebody applies under a disclosure scheme, and the entry it makes (Rulebook Y1, T9)."""

from dataclasses import dataclass
from datetime import datetime

from agenda.calendar import local_day
from agenda.disclosure_recipient import may_name
from agenda.disclosure_scheme import Right, Scheme
from agenda.incidents import Incident, Party, Risk
from agenda.people import folded
from agenda.spelling import phone_key

WHY = 5_000


@dataclass(frozen=True, slots=True)
class Applying:
    """Who asks, about whom, and who is at risk. The applicant is told nothing by the service, ever (F3)."""

    scheme: Scheme
    right: Right
    applied_at: datetime
    at_risk: Party
    subject: Party  # whom it would be disclosed about
    relationship: str  # of the two
    risk: Risk
    why: str
    applicant: str = ""
    applicant_is: str = ""  # to the person at risk
    identity: str = ""  # how it was checked who the applicant is
    contact: str = ""  # how to reach the applicant safely (F4)


def problems(told: Applying, now: datetime) -> dict[str, str]:
    """What keeps an application from being made, by field (Rulebook Y1, F3, F4)."""
    found: dict[str, str] = {}
    if told.applied_at > now:
        found["applied_on"] = "The application must have been made by now"
    people = (("at_risk", "at risk", told.at_risk), ("subject", "it is asked about", told.subject))
    for name, who, party in people:
        if not party.surname.strip():
            found[f"{name}_surname"] = f"Enter the surname of the person {who}"
        if party.dob and party.dob > local_day(now):
            found[f"{name}_dob"] = "The date of birth must be in the past"
    if _same(told.at_risk, told.subject):
        found["subject_surname"] = (
            "This is also the name of the person at risk. If they are two people, enter both dates of birth"
        )
    if not told.why.strip():
        found["why"] = "Enter why it is asked"
    return found | (_applicant_problems(told) if told.right is Right.ASK else {})


def _same(one: Party, other: Party) -> bool:
    """The same whole name, and no two birth dates that tell them apart."""
    names = [(folded(party.surname), folded(party.forename)) for party in (one, other)]
    if names[0] != names[1] or not all(names[0]):
        return False
    return one.dob is None or other.dob is None or one.dob == other.dob


def _applicant_problems(told: Applying) -> dict[str, str]:
    """Who asks is known, has shown who they are, and can be met without danger; nor is it the subject."""
    asks = (
        ("applicant", told.applicant, "Enter the name of the applicant"),
        ("applicant_is", told.applicant_is, "Enter who the applicant is to the person at risk"),
        ("identity", told.identity, "Enter how the applicant's identity was checked"),
        ("contact", told.contact, "Enter how the applicant can be contacted safely"),
    )
    found = {name: ask for name, said, ask in asks if not said.strip()}
    if may_name(told.applicant, told.subject):
        found["applicant"] = (
            "This is the name of the person it would be disclosed about. "
            "If it is somebody else, enter their whole name"
        )
    if phone_key(told.contact) and phone_key(told.contact) == phone_key(told.subject.phone):
        found["contact"] = "This reaches the person it would be disclosed about"
    return found


def entry(told: Applying, reference: str, now: datetime) -> Incident:
    """The application as the entry of a daily list that it is: recorded as it is made (Rulebook T9, T12).

    Who applied and how to reach them is not in it: the list tells of who is at risk, and by whom.
    """
    return Incident(
        occurrence_number=reference,
        domestic=True,
        recorded_at=now,
        incident_at=min(told.applied_at, now),
        risk=told.risk,
        victim=told.at_risk,
        perpetrator=told.subject,
        offence=f"{told.right.value.capitalize()} under the {told.scheme.value} disclosure scheme",
        summary=told.why.strip(),
        relationship=told.relationship.strip(),
    )
