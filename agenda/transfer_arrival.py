"""A case that came from another area's MARAC, as an entry of the daily list (Rulebook T8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from agenda.calendar import day_words
from agenda.feed import NAME, SUMMARY
from agenda.incidents import Incident, Party, Risk
from agenda.people import folded

AREA_LENGTH, REFERENCE_LENGTH, TEXT_LENGTH = 100, 60, 20_000
MOST_HEARINGS = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an area outside the service told of a case, by file, letter or telephone."""

    from_area: str
    their_reference: str
    heard_on: tuple[date, ...]
    victim: Party
    perpetrator: Party | None
    risk: Risk
    reason: str
    plans: str = ""


def problems(told: Arrival, today: date) -> dict[str, str]:
    """What keeps it from being taken in, by field (Rulebook T8)."""
    found = {
        "from_area": _text(told.from_area, "Enter the area it comes from", AREA_LENGTH),
        "their_reference": _at_most(told.their_reference, REFERENCE_LENGTH),
        "victim_surname": _text(told.victim.surname, "Enter the victim's surname", NAME),
        "victim_forename": _at_most(told.victim.forename, NAME),
        "victim_dob": _born(told.victim, today),
        "reason": _text(told.reason, "Say why the case moves here", TEXT_LENGTH),
        "plans": _at_most(told.plans, TEXT_LENGTH),
        "heard_on": _heard(told.heard_on, today),
    }
    if other := told.perpetrator:
        found["perpetrator_surname"] = _text(other.surname, "Enter the perpetrator's surname", NAME)
        found["perpetrator_forename"] = _at_most(other.forename, NAME)
        found["perpetrator_dob"] = _born(other, today) or _same(told.victim, other)
    return {field: words for field, words in found.items() if words}


def _text(text: str, ask: str, longest: int) -> str:
    return _at_most(text, longest) if text.strip() else ask


def _at_most(text: str, longest: int) -> str:
    return f"Use {longest:,} characters or fewer" if len(text) > longest else ""


def _born(party: Party, today: date) -> str:
    return "Enter a date of birth in the past" if party.dob and party.dob > today else ""


def _same(victim: Party, other: Party) -> str:
    """Nobody is a victim of themselves."""
    names = [(folded(one.surname), folded(one.forename), one.dob) for one in (victim, other)]
    alike = names[0] == names[1] and all(names[0])
    return "The victim and the perpetrator cannot be the same person" if alike else ""


def _heard(days: Sequence[date], today: date) -> str:
    if len(days) > MOST_HEARINGS:
        return f"Enter {MOST_HEARINGS} days at most"
    return "Enter days on which it has been heard, not days to come" if any(d > today for d in days) else ""


def entry(told: Arrival, reference: str, received_at: datetime, latest: Incident | None = None) -> Incident:
    """The entry: recorded when it was received, however late it was accepted (Rulebook T8, T12).

    `latest`: what the other area last knew of the household, where the case stays in the service. Identifiers
    of its police are left behind: another force gives the same ones to other people. So is where anybody is
    found: that goes apart, sealed (security.md A8).
    """
    known = latest or Incident(reference, True, received_at, received_at, told.risk, told.victim)
    return replace(
        known,
        occurrence_number=reference,
        domestic=True,
        recorded_at=received_at,
        incident_at=min(known.incident_at, received_at),
        risk=told.risk,
        victim=bare(told.victim),
        perpetrator=bare(told.perpetrator) if told.perpetrator else None,
        summary=_summary(told)[:SUMMARY],
        dash_score=None,
        offence="",
        order=None,
        staff_of="",
    )


def bare(party: Party) -> Party:
    """Who somebody is, and not where."""
    return Party(party.surname, party.forename, dob=party.dob, gender=party.gender)


def _summary(told: Arrival) -> str:
    heard = f" Last heard there on {day_words(max(told.heard_on))}." if told.heard_on else ""
    return f"Transferred from the MARAC of {told.from_area}.{heard} What came with it is on the case's page."
