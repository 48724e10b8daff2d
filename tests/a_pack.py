"""Builds invented packs: a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import reportlab

from agenda.circulation import Group
from agenda.incidents import Child, Gender, Incident, Linked, Party, Risk
from agenda.meetings import MeetingKind
from agenda.pack import NoteKind, Pack, PackAction, PackCase, PackIncident, PackNote
from agenda.pdf import Fonts

WHEN = datetime(2027, 1, 14, 9, 30, tzinfo=UTC)
BUILT = Path(__file__).parents[1] / "meetingsvc/static/vendor/fonts"
_VERA = Path(reportlab.__file__).parent / "fonts"
_STORY = (
    "Officers attended after a neighbour reported shouting and breaking glass. The victim had reddening "
    "to the neck and said that he had held her against the kitchen wall by the throat. The children were "
    "upstairs and had heard everything. She described being checked on by telephone through the day and "
    "having no money of her own. "
)


def small_fonts() -> Fonts:
    """The fonts reportlab brings: quick, and enough for Latin text."""
    return Fonts((_VERA / "Vera.ttf").read_bytes(), (_VERA / "VeraBd.ttf").read_bytes())


def built_fonts() -> Fonts:
    """The fonts that the service ships. Where the assets were not built, the test that asks fails."""
    return Fonts((BUILT / "DejaVuSans.ttf").read_bytes(), (BUILT / "DejaVuSans-Bold.ttf").read_bytes())


def an_incident(**told: Any) -> Incident:
    """A high-risk incident between two people with two children."""
    usual = {
        "occurrence_number": "NM27-000417",
        "domestic": True,
        "recorded_at": WHEN - timedelta(days=6),
        "incident_at": WHEN - timedelta(days=6, hours=3),
        "risk": Risk.HIGH,
        "victim": Party("Ó Braonáin", "Niamh", dob=date(1991, 3, 4), gender=Gender.FEMALE),
        "perpetrator": Party("Thackeray-Moss", "Gareth", dob=date(1988, 11, 30), gender=Gender.MALE),
        "children": (
            Child("Orla Ó Braonáin", date(2017, 5, 2), True, Linked.BOTH),
            Child("Finn Ó Braonáin", date(2020, 9, 19), True, Linked.BOTH),
        ),
        "dash_score": 17,
        "offence": "Intentional strangulation",
        "summary": _STORY * 4,
        "relationship": "Husband",
    }
    return Incident(**(usual | told))


def a_note(**told: Any) -> PackNote:
    usual = {
        "agency": "Northmoor IDVA Service",
        "author": "Priya Raman",
        "recorded_at": WHEN - timedelta(days=3),
        "kind": NoteKind.FACT,
        "source": "telephone call with the victim, 11 January",
        "text": _STORY,
    }
    return PackNote(**(usual | told))


def an_action(**told: Any) -> PackAction:
    usual = {
        "category": "Managing the perpetrator",
        "owner": "Northmoor Police",
        "what": "Arrest for breach of bail and seek a remand; tell the IDVA the outcome the same day.",
        "due": date(2027, 1, 18),
        "status": "open",
    }
    return PackAction(**(usual | told))


def a_case(**told: Any) -> PackCase:
    """A repeat without safeguards, for discussion."""
    usual = {
        "reference": "C-000123",
        "group": Group.REPEAT_NO_SAFEGUARDS,
        "purpose": "for discussion",
        "risk": Risk.HIGH,
        "repeat": True,
        "incidents": (
            PackIncident.of(an_incident(), ("High risk, as the police assessed it", "MARAC repeat")),
        ),
        "daily_meeting_on": date(2027, 1, 11),
        "judgement": ("Safeguards are not in place: she has returned to the address.",),
        "safeguards": (
            ("Victim in refuge", False, ""),
            ("Engaging in support", True, "Accepted a call from the IDVA on 11 January."),
            ("Supporting police action", False, "Declined to give a statement."),
            ("Legal orders in place", False, ""),
            ("Children appropriately safeguarded", False, "Fuller assessment opened."),
            ("Ongoing criminal investigation", True, "Evidence-led; file with the reviewing lawyer."),
        ),
        "shared": (
            a_note(),
            a_note(
                agency="Northmoor Children's Social Care",
                author="Tomasz Wiśniewski",
                kind=NoteKind.OPINION,
                source="allocated worker",
            ),
            a_note(agency="Fellside Housing", author="Joan Akande", source="tenancy file", text=_STORY * 2),
        ),
        "actions": (an_action(), an_action(owner="Northmoor IDVA Service", category="Supporting the victim")),
    }
    return PackCase(**(usual | told))


def a_pack(*cases: PackCase, **told: Any) -> Pack:
    """A MARAC pack for a housing association, of the cases given or of one."""
    usual = {
        "area": "Northmoor",
        "kind": MeetingKind.MARAC,
        "starts_at": WHEN,
        "agency": "Fellside Housing Association",
        "cases": cases or (a_case(),),
    }
    return Pack(**(usual | told))


def a_full_pack(cases: int = 30) -> Pack:
    """A fortnight's cases over the five groups, about three pages each; one summary has 20,000 characters."""
    made = []
    for number in range(cases):
        group = list(Group)[number * 5 // cases]
        stories = 76 if number == 2 else 10 + number % 5 * 4
        incident = an_incident(
            occurrence_number=f"NM27-{417 + number:06d}",
            risk=(Risk.HIGH, Risk.HIGH, Risk.MEDIUM)[number % 3],
            summary=(_STORY * stories)[:20000],
        )
        case = a_case(
            reference=f"C-{123 + number:06d}",
            group=group,
            purpose=group.purpose,
            risk=incident.risk,
            repeat=group in (Group.REPEAT_NO_SAFEGUARDS, Group.REPEAT_SAFEGUARDS),
            incidents=(PackIncident.of(incident, ("High risk, as the police assessed it",)),),
        )
        made.append(replace(case, shared=case.shared * (1 + number % 3), actions=case.actions * 3))
    return a_pack(*made)
