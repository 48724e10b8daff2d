"""Making agencies, and their signing of and withdrawing from the protocol."""

from datetime import date, datetime
from uuid import UUID, uuid4

from agenda.agencies import AgencyKind
from agenda.rules import RuleBroken
from meetingsvc.models import AgencyRow, db
from meetingsvc.store import areas, audit


def create(
    area_id: UUID,
    name: str,
    kind: AgencyKind,
    signed_on: date | None,
    actor: UUID | str,
    now: datetime,
    *,
    attends_daily: bool = False,
    attends_marac: bool = True,
) -> UUID:
    """Adds an agency to an area's panel. To be called inside a transaction."""
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise RuleBroken("Give the agency a name of up to 100 characters.")
    if any(agency.name.casefold() == name.casefold() for agency in areas.agencies(area_id)):
        raise RuleBroken(f"There is an agency {name} already.")
    agency_id = uuid4()
    row = AgencyRow(id=agency_id, area_id=area_id, name=name, kind=kind, signed_on=signed_on,
                    attends_daily=attends_daily, attends_marac=attends_marac)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, area_id, "agency.created", f"agency/{agency_id}", now)
    return agency_id
