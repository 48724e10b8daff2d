"""What the victim of a case said on their other cases: limits follow the victim, as far as the reader's sight
goes (Rulebook K1, M6)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from agenda.referral_consent import Answer, Consent
from meetingsvc.models import CaseRow, db
from meetingsvc.store import consents
from meetingsvc.store.half_seen import half_seen
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope import Reader, cases_of

_here = aliased(CaseRow)  # not the table's own name, which `cases_of` asks about the reader


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What stands on another case of the same victim, and which."""

    case_id: UUID
    reference: str
    consent: Consent


def among(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, list[Elsewhere]]:
    """For each case what stands on the victim's others that the reader may open, but for plain consent.

    Of a victim who is in a kept case too nothing is put together (M6). It is for showing: what a list takes
    and who is told go by each case's own line (T4).
    """
    cases = _of_same_victims(reader, list(dict.fromkeys(case_ids)))
    several = {whose: sorted(its, key=itemgetter(1)) for whose, its in cases.items() if len(its) > 1}
    if not several:
        return {}
    for whose in half_seen(reader):
        several.pop(whose, None)
    said = consents.among(reader, [key for its in several.values() for key, _ in its])
    found: dict[UUID, list[Elsewhere]] = {}
    wanted = set(case_ids)
    for its in several.values():
        told = [Elsewhere(key, case_reference(n), said[key]) for key, n in its if key in said]
        limits = [one for one in told if one.consent.answer is not Answer.GIVEN]
        for here in wanted.intersection(key for key, _ in its):
            if others := [one for one in limits if one.case_id != here]:
                found[here] = others
    return found


def on(reader: Reader, case_id: UUID) -> list[Elsewhere]:
    """The same of one case."""
    return among(reader, [case_id]).get(case_id, [])


def _of_same_victims(reader: Reader, wanted: list[UUID]) -> dict[UUID, set[tuple[UUID, int]]]:
    """The cases that the reader may open of the victims of these, by victim."""
    row, found = CaseRow, defaultdict[UUID, set[tuple[UUID, int]]](set)
    for at in range(0, len(wanted), CHUNK):
        whose = select(_here.victim_id).where(_here.id.in_(wanted[at : at + CHUNK]))
        rows = select(row.victim_id, row.id, row.number).where(cases_of(reader), row.victim_id.in_(whose))
        for victim, key, number in db.session.execute(rows):
            if victim:
                found[victim].add((key, number))
    return found
