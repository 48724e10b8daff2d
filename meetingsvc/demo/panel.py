"""Northmoor's agencies and the people who work for them, all invented."""

import base64
import hashlib
from typing import NamedTuple

from agenda.agencies import AgencyKind
from meetingsvc.permissions import Role


class AgencyTold(NamedTuple):
    """An agency of the demonstration."""

    name: str
    kind: AgencyKind
    daily: bool


class PersonTold(NamedTuple):
    """A person of the demonstration; the e-mail address is `handle@northmoor.example`."""

    name: str
    handle: str
    agency: str
    role: Role


POLICE, IDVA, COUNCIL = "Northmoor Police", "Harbour IDVA Service", "Northmoor Council Children's Front Door"

AGENCIES = (
    AgencyTold(POLICE, AgencyKind.POLICE, True),
    AgencyTold(IDVA, AgencyKind.IDVA_SERVICE, True),
    AgencyTold(COUNCIL, AgencyKind.CHILDRENS_SOCIAL_CARE, True),
    AgencyTold("Clearwater Recovery", AgencyKind.SUBSTANCE_MISUSE, True),
    AgencyTold("Moorland Community Health", AgencyKind.HEALTH, True),
    AgencyTold("Northmoor Council Adult Social Care", AgencyKind.ADULT_SOCIAL_CARE, False),
    AgencyTold("Northmoor Council Housing Options", AgencyKind.HOUSING, False),
    AgencyTold("Northmoor Council Youth Justice", AgencyKind.YOUTH_JUSTICE, False),
    AgencyTold("Northmoor Council Safer Streets", AgencyKind.COMMUNITY_SAFETY, False),
    AgencyTold("Northmoor Council School Attendance", AgencyKind.EDUCATION, False),
    AgencyTold("Hill and Vale Homes", AgencyKind.HOUSING, False),
    AgencyTold("Northmoor Hospitals", AgencyKind.HEALTH, False),
    AgencyTold("Fellside Mental Health", AgencyKind.MENTAL_HEALTH, False),
    AgencyTold("Northmoor Probation", AgencyKind.PROBATION, False),
    AgencyTold("Lantern Rape Support", AgencyKind.VOLUNTARY, False),
    AgencyTold("Turnaround Perpetrator Programme", AgencyKind.PERPETRATOR_PROGRAMME, False),
)

COORDINATOR = PersonTold("Morgan Ashdown", "coordinator", COUNCIL, Role.COORDINATOR)
CHAIR = PersonTold("Priya Venn", "chair", POLICE, Role.CHAIR)
PEOPLE = (
    COORDINATOR,
    CHAIR,
    PersonTold("Tomasz Reedley", "police", POLICE, Role.REPRESENTATIVE),
    PersonTold("Adaeze Holt", "idva", IDVA, Role.IDVA),
    PersonTold("Carys Pell", "childrens", COUNCIL, Role.REPRESENTATIVE),
    PersonTold("Imran Stopes", "recovery", "Clearwater Recovery", Role.REPRESENTATIVE),
    PersonTold("Bethan Quill", "health", "Moorland Community Health", Role.REPRESENTATIVE),
    PersonTold("Dominic Farrow", "housing", "Northmoor Council Housing Options", Role.REPRESENTATIVE),
    PersonTold("Yusra Tindall", "adults", "Northmoor Council Adult Social Care", Role.REPRESENTATIVE),
    PersonTold("Gareth Munby", "youth", "Northmoor Council Youth Justice", Role.REPRESENTATIVE),
    PersonTold("Leila Crake", "safer", "Northmoor Council Safer Streets", Role.REPRESENTATIVE),
    PersonTold("Owen Dacre", "schools", "Northmoor Council School Attendance", Role.REPRESENTATIVE),
    PersonTold("Shanice Wold", "homes", "Hill and Vale Homes", Role.REPRESENTATIVE),
    PersonTold("Pavel Lyne", "hospitals", "Northmoor Hospitals", Role.REPRESENTATIVE),
    PersonTold("Niamh Corder", "mentalhealth", "Fellside Mental Health", Role.REPRESENTATIVE),
    PersonTold("Rafael Birk", "probation", "Northmoor Probation", Role.REPRESENTATIVE),
    PersonTold("Hester Vane", "lantern", "Lantern Rape Support", Role.REPRESENTATIVE),
    PersonTold("Callum Eske", "turnaround", "Turnaround Perpetrator Programme", Role.REPRESENTATIVE),
    PersonTold("Ngozi Marsh", "homesadmin", "Hill and Vale Homes", Role.AGENCY_ADMINISTRATOR),
    PersonTold("Edith Sallow", "governance", COUNCIL, Role.INFORMATION_GOVERNANCE),
    PersonTold("Kit Oram", "system", COUNCIL, Role.SYSTEM_ADMINISTRATOR),
    PersonTold("Odile Marrick", "referrer", "Northmoor Council School Attendance", Role.REFERRER),
    PersonTold("Tamsin Orrelby", "exploitation", COUNCIL, Role.COORDINATOR),
)


def secret_of(person: PersonTold) -> str:
    """What an authenticator app needs to know of an account: printed, for the demonstration alone."""
    return base64.b32encode(hashlib.sha256(f"northmoor {person.handle}".encode()).digest()[:20]).decode()


def email_of(person: PersonTold) -> str:
    """Under `.example`, which no mail can ever reach."""
    return f"{person.handle}@northmoor.example"
