"""Who the people of a case that goes to another area are, as that case itself tells (Rulebook M5, M6)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from agenda.incidents import Incident, Party
from agenda.people import name_key
from meetingsvc.models import PersonRow, db
from meetingsvc.store.case_incidents import Version
from meetingsvc.store.half_seen import first_told


def name_keys(full: Iterable[Sequence[Version]]) -> frozenset[str]:
    """How the incidents of the case name its people, in any version."""
    told = (one.incident for versions in full for one in versions)
    parties = (who for one in told for who in (one.victim, one.perpetrator) if who)
    return frozenset(name_key(who.surname, who.forename, who.dob) for who in parties) - {""}


def others(told: Iterable[Incident]) -> list[Party]:
    """The perpetrators that incidents tell of."""
    return [one.perpetrator for one in told if one.perpetrator]


def party(person_id: UUID, told: Sequence[Party]) -> Party:
    """As the case's own incidents name them, the newest first: what another case of theirs told stays there
    (Rulebook M6). A case of hearings alone has the name that came with those."""
    if own := first_told(told):
        return replace(own, gender=told[0].gender)
    kept = db.session.get_one(PersonRow, person_id)
    return Party(kept.surname, kept.forename, dob=kept.dob)
