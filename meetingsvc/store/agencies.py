"""Agencies, as who manages them reads them."""

from uuid import UUID

from sqlalchemy import select

from agenda.agencies import Agency
from meetingsvc.models import AgencyRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.scope import agencies_of


def managed_by(principal: Principal) -> list[Agency]:
    """The agencies a person manages, or manages accounts of, by name."""
    rows = select(AgencyRow).where(agencies_of(principal)).order_by(AgencyRow.name, AgencyRow.id)
    return [agency_of(row) for row in db.session.scalars(rows)]


def managed(principal: Principal, agency_id: UUID) -> Agency | None:
    """One of them."""
    rows = select(AgencyRow).where(agencies_of(principal), AgencyRow.id == agency_id)
    row = db.session.scalars(rows).one_or_none()
    return None if row is None else agency_of(row)
