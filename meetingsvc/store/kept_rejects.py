"""Rejected rows that may tell of the reader, or of a case kept from them: kept from them too (Rulebook M6).

What was rejected has no people yet that walls could be put around, so each row is compared with the reader
and with the people of the cases that are kept from them. Of a case that was destroyed nobody is left to
compare with: a row put aside for that is kept from whoever is not told that case's number. A page that
only says that rows wait reads a few of them; the page of one import and its file read all of it, once.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from agenda.details import Details
from agenda.rejects import Row, Sought
from meetingsvc.models import (
    AccountRow,
    CaseRow,
    DestructionRow,
    EntryRow,
    IdentityRow,
    ImportRow,
    ItemRow,
    MissingEpisodeRow,
    RejectedRow,
    StaffDetailRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, details
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, imports_of, kept_cases, rejects_of, told_by
from meetingsvc.store.scope_retention import certificates_of, numbers_of
from minutes.destroyed import certificate_reference, certificates_named

_AT_A_TIME = 1000


def sought_for(reader: Reader) -> Sought | None:
    """Whom a row must not tell this reader of; None for the service itself."""
    if not isinstance(reader, Principal):
        return None
    with acting.whole_area(reader.area_id):
        cases, marks = list(db.session.scalars(kept_cases(reader))), _marks(reader)
    parties = [party.details for told in details.of_cases(cases).values() for party in told]
    return Sought([*_of(reader), *parties], [*marks, *_certificates(reader)])


def shown(reader: Reader, import_id: UUID) -> Iterator[tuple[int, Row]]:
    """Every rejected row of an import that the reader is shown, in the file's order, each with its key."""
    row, sought = RejectedRow, sought_for(reader)
    rows = (
        select(row.id, row.line, row.column, row.error, row.cells)
        .where(rejects_of(reader), row.import_id == import_id)
        .order_by(row.line, row.id)
        .execution_options(yield_per=_AT_A_TIME)
    )
    for key, line, column, error, cells in db.session.execute(rows):
        if not _kept(sought, cells, error):
            yield key, (line, column, error, cells)


def hidden(reader: Reader, import_id: UUID) -> frozenset[int]:
    """The rejected rows of an import that the reader is neither shown nor told the number of."""
    row, sought = RejectedRow, sought_for(reader)
    if sought is None:
        return frozenset()
    rows = select(row.id, row.cells, row.error).where(rejects_of(reader), row.import_id == import_id)
    read = db.session.execute(rows.execution_options(yield_per=_AT_A_TIME))
    return frozenset(key for key, cells, error in read if _kept(sought, cells, error))


def count_shown(reader: Reader, sought: Sought | None, at_most: int, *of_imports: ColumnElement[bool]) -> int:
    """How many rejected rows of such imports the reader is shown, counted to `at_most`: no more are read than
    that, and those kept from the reader on the way."""
    rows = (
        select(RejectedRow.cells, RejectedRow.error)
        .join(ImportRow, ImportRow.id == RejectedRow.import_id)
        .where(rejects_of(reader), imports_of(reader), *of_imports)
        .execution_options(yield_per=at_most)
    )
    with db.session.execute(rows) as read:
        shown = (1 for cells, error in read if not _kept(sought, cells, error))
        return len(list(islice(shown, at_most)))


def _kept(sought: Sought | None, cells: list[Any], error: str) -> bool:
    return sought is not None and sought.in_row([*cells, *certificates_named(error)])


def _certificates(reader: Principal) -> list[str]:
    """Of cases whose number a reader is not told: a wall kept them from that reader, or they were open to
    named people only, or are of panels that are not theirs (M6, D1, E4, L2)."""
    row = DestructionRow
    told = set(db.session.scalars(select(row.number).where(numbers_of(reader))))
    with acting.whole_area(reader.area_id):
        every = list(db.session.scalars(select(row.number).where(certificates_of(Host(reader.area_id)))))
    return [certificate_reference(number) for number in every if number not in told]


def _marks(reader: Principal) -> list[str]:
    """The nominals of the people of the cases kept from a reader, and the numbers of what is under them."""
    their = CaseRow.id.in_(kept_cases(reader))
    people = select(CaseRow.victim_id).where(their).union(select(CaseRow.perpetrator_id).where(their))
    nominals = select(IdentityRow.value).where(
        IdentityRow.kind == "nominal", IdentityRow.person_id.in_(people)
    )
    numbers = (
        select(EntryRow.occurrence_number)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(ItemRow.case_id.in_(kept_cases(reader)))
    )
    episodes = select(MissingEpisodeRow.reference).where(MissingEpisodeRow.case_id.in_(kept_cases(reader)))
    return list(db.session.scalars(nominals.union(numbers, episodes)))


def _of(reader: Principal) -> list[Details]:
    """The reader, by account and as they told it, and the people they said they know."""
    email = db.session.scalars(select(AccountRow.email).where(AccountRow.id == reader.account_id)).one()
    told = db.session.scalars(select(StaffDetailRow).where(told_by(reader)))
    return [Details(forename=reader.name, emails=frozenset({email}))] + [
        Details(one.forename, one.surname, one.dob, *(frozenset(filter(None, {text}))
                for text in (one.email, one.phone, one.address)))
        for one in told
    ]  # fmt: skip
