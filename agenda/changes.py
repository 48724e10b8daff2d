"""What a new version of an incident says otherwise, in words (Rulebook T13)."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum

from agenda.calendar import LONDON, day_words
from agenda.incidents import Child, Incident, Order, Party

_LABELS = {
    "domestic": "Domestic",
    "recorded_at": "Recorded",
    "incident_at": "Happened",
    "risk": "Risk",
    "dash_score": "DASH score",
    "offence": "Offence",
    "summary": "Summary",
    "relationship": "Relationship",
    "consents": "Victim consents to sharing",
    "children_present": "Children present",
    "children": "Children",
    "order": "Protection order",
    "staff_of": "Member of staff of",
}
_PARTY_LABELS = {
    "surname": "surname",
    "forename": "forename",
    "nominal": "police number",
    "dob": "date of birth",
    "gender": "gender",
}
#: Where somebody lives or can be reached is not shown: an address may be unsafe to share.
_NOT_SHOWN = ("address", "postcode", "phone")
NOTHING = "not given"

#: What it is, what it said before, what it says now.
Change = tuple[str, str, str]


def changes(before: Incident, now: Incident) -> list[Change]:
    """What differs between two versions, in the feed's order; contact details are named, never told."""
    found = [
        (label, said(getattr(before, name)), said(getattr(now, name)))
        for name, label in _LABELS.items()
        if getattr(before, name) != getattr(now, name)
    ]
    found += _party("Victim's", before.victim, now.victim)
    found += _party("Perpetrator's", before.perpetrator or Party(""), now.perpetrator or Party(""))
    return found


def _party(whose: str, before: Party, now: Party) -> Iterator[Change]:
    for name, label in _PARTY_LABELS.items():
        if getattr(before, name) != getattr(now, name):
            yield f"{whose} {label}", said(getattr(before, name)), said(getattr(now, name))
    if any(getattr(before, name) != getattr(now, name) for name in _NOT_SHOWN):
        yield f"{whose} contact details", "not shown here", "not shown here"


def said(value: object) -> str:
    """A value as people read it."""
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return value.value
        case datetime():
            wall = value.astimezone(LONDON)
            return f"{day_words(wall.date())}, {wall:%H:%M}"
        case date():
            return day_words(value)
        case tuple():
            return "; ".join(map(said, value))
        case Child() | Order():
            parts = (getattr(value, field.name) for field in fields(value))
            return ", ".join(said(part) for part in parts if part not in (None, ""))
    return str(value)
