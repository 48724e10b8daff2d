"""What somebody is called who is no party of a case: a known associate, or related to somebody there (M6)."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from meetingsvc.models import AssociateRow, MergeChangeRow, MergeRow, PersonRow, RelationshipRow, db
from meetingsvc.store import acting
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import Reader, told_on

NO_NAME = "(no name given)"
#: A name and a birth date.
Named = tuple[str, date | None]


def beside(reader: Reader, person_id: UUID) -> Named:
    """As an open case had them told first, whoever a merge has made of them since: the name that stands for
    both may be known from a case that is kept from the reader. Nobody's where no open case tells of them."""
    ties = list(_ties(reader, person_id))
    if not ties:
        return NO_NAME, None
    with acting.whole_area(reader.area_id):
        before = _before(reader.area_id)
        first = [before.get(tie, person_id) for tie in ties]
        meant = next((one for one in first if one != person_id), person_id)
        row = PersonRow
        told = db.session.execute(select(row.forename, row.surname, row.dob).where(row.id == meant)).one()
    return named(told.forename, told.surname) or NO_NAME, told.dob


#: A tie by its table, its id and its end.
Tie = tuple[str, str, str]


def _ties(reader: Reader, person_id: UUID) -> Iterator[Tie]:
    near, tie = AssociateRow, RelationshipRow
    associates = select(near.id).where(told_on(reader, near.case_id), near.person_id == person_id)
    for key in db.session.scalars(associates).all():
        yield near.__tablename__, key.hex, "person_id"
    related = select(tie.id, tie.person_id, tie.other_id).where(told_on(reader, tie.case_id))
    ends = related.where(or_(tie.person_id == person_id, tie.other_id == person_id))
    for key, one, _ in db.session.execute(ends).all():
        yield tie.__tablename__, key.hex, "person_id" if one == person_id else "other_id"


def _before(area_id: UUID) -> dict[Tie, UUID]:
    """Whom each tie was told of, before the first merge that stands moved it."""
    row, tables = MergeChangeRow, (AssociateRow.__tablename__, RelationshipRow.__tablename__)
    rows = (
        select(row.of_table, row.key, row.before)
        .join(MergeRow, MergeRow.id == row.merge_id)
        .where(row.area_id == area_id, MergeRow.undone_at.is_(None), row.of_table.in_(tables))
        .order_by(row.id)
    )
    found: dict[Tie, UUID] = {}
    for table, key, before in db.session.execute(rows):
        told: dict[str, Any] = before or {}
        for column in ("person_id", "other_id"):
            if column in told:
                found.setdefault((table, str(key["id"]), column), UUID(str(told[column])))
    return found
