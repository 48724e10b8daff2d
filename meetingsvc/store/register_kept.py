"""The lines that the register of releases keeps of a case before it is destroyed (Rulebook X6, L2)."""

from sqlalchemy import select

from agenda.calendar import local_day
from meetingsvc.models import DestructionRow, DisclosureReleaseRow, DisclosureRow, db
from meetingsvc.store.doomed import Rows
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_retention import certificates_of
from minutes.disclosure_kinds import Kind
from minutes.register_kept import Released, read


def lines(rows: Rows) -> list[dict[str, object]]:
    """Of every release that goes, as it is kept. As the service."""
    row = DisclosureReleaseRow
    table = row.__table__
    keys = [key[0] for found, its in rows.items() if found is table for key in its]
    told = (
        select(DisclosureRow.kind, row)
        .join(DisclosureRow, DisclosureRow.id == row.request_id)
        .where(row.id.in_(keys), row.released_at.is_not(None))
        .order_by(row.released_at, row.id)
    )
    return [
        Released(Kind(kind), local_day(one.released_at), len(one.pieces), one.digest, one.decided_by,
                 one.released_by).told
        for kind, one in db.session.execute(told)
        if one.released_at and one.decided_by and one.released_by
    ]  # fmt: skip


def of_certificate(reader: Reader, number: int) -> list[Released]:
    """As its certificate prints them."""
    row = DestructionRow
    told = db.session.scalar(select(row.register).where(certificates_of(reader), row.number == number))
    return [read(one) for one in told or ()]
