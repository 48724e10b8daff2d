"""Making agencies, and their signing of and withdrawing from the protocol."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.agencies import AgencyKind
from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import AgencyRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit, scope
from meetingsvc.usecases.transaction import saved_by


@dataclass(frozen=True, slots=True)
class Standing:
    """What an administrator sets of an agency."""

    signed_on: date | None
    attends_daily: bool
    attends_marac: bool

    def __str__(self) -> str:
        return f"{self.signed_on or ''} {self.attends_daily:d} {self.attends_marac:d}"


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


def add(principal: Principal, name: str, kind: AgencyKind, standing: Standing, now: datetime) -> UUID:
    """Adds an agency to the panels of one's area."""
    with saved_by(principal, Permission.AGENCY_MANAGE, now) as who:
        return create(
            who.area_id, name, kind, standing.signed_on, who.account_id, now,
            attends_daily=standing.attends_daily, attends_marac=standing.attends_marac,
        )  # fmt: skip


def change(principal: Principal, agency_id: UUID, standing: Standing, seen: str, now: datetime) -> None:
    """Sets which meetings an agency attends and when it signed, with effect at once (Rulebook S3, V1).

    An agency that had withdrawn is back once it is given a day of signing that is not before its withdrawal.
    Raises RuleBroken where its standing is no longer the one that was `seen`.
    """
    with saved_by(principal, Permission.AGENCY_MANAGE, now) as who:
        row = _agency(who, agency_id)
        old = standing_of(row)
        if str(old) != seen:
            raise RuleBroken(f"Somebody else has changed {row.name} since you opened this page.")
        if old == standing:
            return
        row.signed_on, row.attends_daily = standing.signed_on, standing.attends_daily
        row.attends_marac = standing.attends_marac
        if row.withdrawn_on and standing.signed_on != old.signed_on and _is_back(row):
            row.withdrawn_on = None
        audit.record(who.account_id, who.area_id, "agency.changed", f"agency/{agency_id}", now,
                     old=str(old), new=str(standing))  # fmt: skip


def withdraw(principal: Principal, agency_id: UUID, now: datetime) -> None:
    """From its next request on the agency reads nothing, and nothing more is sent to it (Rulebook V1)."""
    with saved_by(principal, Permission.AGENCY_MANAGE, now) as who:
        row = _agency(who, agency_id)
        if row.withdrawn_on is None:
            row.withdrawn_on = local_day(now)
            audit.record(who.account_id, who.area_id, "agency.withdrawn", f"agency/{agency_id}", now)


def standing_of(row: AgencyRow) -> Standing:
    """What is set at present."""
    return Standing(row.signed_on, row.attends_daily, row.attends_marac)


def _is_back(row: AgencyRow) -> bool:
    return row.signed_on is not None and row.withdrawn_on is not None and row.signed_on >= row.withdrawn_on


def _agency(who: Principal, agency_id: UUID) -> AgencyRow:
    rows = select(AgencyRow).where(scope.agencies_of(who), AgencyRow.id == agency_id).with_for_update()
    row = db.session.scalars(rows).one_or_none()
    if row is None:
        raise NotFound
    return row
