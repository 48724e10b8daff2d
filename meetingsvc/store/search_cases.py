"""The cases of people who were found: those that the reader may open, and no other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select, text

from agenda.meetings import case_reference
from meetingsvc.models import AssociateRow, CaseRow, RelationshipRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.half_seen import Named, half_seen
from meetingsvc.store.scope import cases_of, told_on
from meetingsvc.store.search_known import called

#: The cases of somebody, by their ids, with how people read their numbers.
Cases = Mapping[UUID, Mapping[UUID, str]]
#: A case's id and number, and people in it.
Told = tuple[UUID, int, list[UUID | None]]


def of(reader: Principal, ids: Sequence[UUID]) -> tuple[Cases, set[UUID], dict[UUID, Named]]:
    """The cases of each that the reader may open; who has none is not there. And who is half seen, of all;
    and what those are called whose names are told with their cases."""
    told, kept, names = _as_parties(reader, ids)
    cases, wanted = defaultdict[UUID, dict[UUID, str]](dict), set(ids)
    beside = sorted(wanted.difference(*(those for _, _, those in told)))
    if beside:  # no party to any case of the reader's
        told += _told_beside(reader, AssociateRow, beside) + _told_beside(reader, RelationshipRow, beside)
    for key, number, those in sorted(told, key=lambda one: -one[1]):
        for person_id in wanted.intersection(those):
            cases[person_id][key] = case_reference(number)
    return cases, kept, names


def _as_parties(reader: Principal, ids: Sequence[UUID]) -> tuple[list[Told], set[UUID], dict[UUID, Named]]:
    if reader.runs_meetings and db.engine.dialect.name == "postgresql":
        asked = {"people": "\n".join(map(str, ids)), "area": reader.area_id, "account": reader.account_id}
        found = db.session.execute(_ON_POSTGRESQL, asked).all()
        told = [(row.id, row.number, [row.victim, row.perpetrator]) for row in found if row.id]
        names = {row.victim: called(*row[5:]) for row in found if not (row.id or row.kept)}
        return told, {row.kept for row in found if row.kept}, names
    row = CaseRow
    rows = select(row.id, row.number, row.victim_id, row.perpetrator_id).where(cases_of(reader))
    rows = rows.where(or_(row.victim_id.in_(ids), row.perpetrator_id.in_(ids)))
    told = [(key, number, parties) for key, number, *parties in db.session.execute(rows)]
    return told, half_seen(reader), {}


#: `cases_of` and `half_seen` for who runs the meetings, in a function whose plans are kept (migration 0063):
#: planning them took four times as long as asking them. Parties of these cases are named (migration 0084).
_ON_POSTGRESQL = text(
    "SELECT id, number, victim, perpetrator, kept, forename, surname, dob"
    " FROM cases_looked_for(:people, :area, :account)"
).bindparams(bindparam("area", type_=Uuid()), bindparam("account", type_=Uuid()))


def _told_beside(reader: Principal, tie: Any, ids: Sequence[UUID]) -> list[Told]:
    columns = [tie.person_id, *([tie.other_id] if tie is RelationshipRow else [])]
    rows = select(CaseRow.id, CaseRow.number, *columns).join(CaseRow, CaseRow.id == tie.case_id)
    rows = rows.where(told_on(reader, tie.case_id), or_(*(column.in_(ids) for column in columns)))
    return [(key, number, those) for key, number, *those in db.session.execute(rows)]
