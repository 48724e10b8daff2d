"""Making agencies, and which meetings they attend. Their agreements are in `agreements`."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from agenda.agencies import AgencyKind
from agenda.rules import RuleBroken
from meetingsvc.models import AgencyRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit
from meetingsvc.usecases.agreements import held
from meetingsvc.usecases.transaction import saved_by


@dataclass(frozen=True, slots=True)
class Attends:
    """Which meetings an agency attends, or researches for."""

    daily: bool
    marac: bool

    def __str__(self) -> str:
        return f"{self.daily:d} {self.marac:d}"


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
    if not name or len(name) > 100 or not name.isprintable():
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


def add(principal: Principal, name: str, kind: AgencyKind, attends: Attends, now: datetime) -> UUID:
    """Adds an agency to the panels of one's area. It reads nothing until its signature is recorded."""
    with saved_by(principal, Permission.AGENCY_MANAGE, now) as who:
        return create(
            who.area_id, name, kind, None, who.account_id, now,
            attends_daily=attends.daily, attends_marac=attends.marac,
        )  # fmt: skip


def change(principal: Principal, agency_id: UUID, attends: Attends, seen: str, now: datetime) -> None:
    """Sets which meetings an agency attends, with effect at once (Rulebook S3).

    Raises RuleBroken where that is no longer what was `seen`.
    """
    with saved_by(principal, Permission.AGENCY_MANAGE, now) as who:
        row = held(who, agency_id)
        old = Attends(row.attends_daily, row.attends_marac)
        if str(old) != seen:
            raise RuleBroken(f"Somebody else has changed {row.name} since you opened this page.")
        if old == attends:
            return
        row.attends_daily, row.attends_marac = attends.daily, attends.marac
        audit.record(who.account_id, who.area_id, "agency.changed", f"agency/{agency_id}", now,
                     old=str(old), new=str(attends))  # fmt: skip
