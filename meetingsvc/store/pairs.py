"""The case an incident belongs to by who is in it: looked up, never made (contract: incident feed)."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from agenda.cases import People, tokens
from agenda.people import Identity
from agenda.triage import identity
from meetingsvc.models import CaseRow, IdentityRow, db
from meetingsvc.store import acting, cases
from meetingsvc.store.scope import Reader, cases_of


class Pair(NamedTuple):
    """A victim with a perpetrator, as an incident's row keeps them."""

    victim_nominal: str
    victim_name: str
    perpetrator_nominal: str
    perpetrator_name: str
    perpetrator_known: bool


def cases_between(reader: Reader, pairs: Sequence[Pair]) -> list[UUID | None]:
    """The case of each pair, in order, where there is one: the same that a list would take it for."""
    told = [
        (identity(pair.victim_nominal, pair.victim_name),
         identity(pair.perpetrator_nominal, pair.perpetrator_name), pair.perpetrator_known)
        for pair in pairs
    ]  # fmt: skip
    with acting.whole_area(reader.area_id):  # matched as a list would, then narrowed to what the reader sees
        people = _people(reader.area_id, [who for victim, other, _ in told for who in (victim, other)])
        there = cases.between(person.id for person in people)
    ids = select(CaseRow.id).where(cases_of(reader), CaseRow.id.in_([case.id for case in there.values()]))
    seen = set(db.session.scalars(ids)) if there else set()
    found: list[UUID | None] = []
    for victim, other, known in told:
        victims = [person.id for person in people.candidates(victim, "")]
        others = [person.id for person in people.candidates(other, "")] if known else [None]
        if not known:
            victims = victims[:1]
        between = [there[two] for two in product(victims, others) if two in there]
        case = max(between, key=lambda one: one.rank, default=None)
        found.append(case.id if case and case.id in seen else None)
    return found


def _people(area_id: UUID, identities: Sequence[Identity]) -> People:
    values = {value for who in identities for _, value in tokens(who)}
    if not values:
        return People()
    row = IdentityRow
    ids = select(row.person_id).where(
        row.area_id == area_id, row.kind.in_(("nominal", "name")), row.value.in_(sorted(values))
    )
    return People(cases.known(set(db.session.scalars(ids))).values())
