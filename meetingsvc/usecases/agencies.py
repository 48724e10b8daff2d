"""Making agencies, and which meetings they attend. Their agreements are in `agreements`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from agenda.agencies import AgencyKind
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc.models import AgencyRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit, panels
from meetingsvc.usecases.agreements import held
from meetingsvc.usecases.transaction import saved_by


@dataclass(frozen=True, slots=True)
class Attends:
    """Which panels an agency attends, or researches for, by their codes."""

    codes: frozenset[str]

    def __str__(self) -> str:
        return " ".join(sorted(self.codes))


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
    others: Collection[str] = (),
) -> UUID:
    """Adds an agency to an area's panels, `others` by their codes. To be called inside a transaction."""
    name = " ".join(name.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise RuleBroken("Give the agency a name of up to 100 characters.")
    if any(agency.name.casefold() == name.casefold() for agency in areas.agencies(area_id)):
        raise RuleBroken(f"There is an agency {name} already.")
    agency_id = uuid4()
    does = {MeetingKind.DRAMM: attends_daily, MeetingKind.MARAC: attends_marac}
    attends = {code for code, goes in does.items() if goes} | set(others)
    row = AgencyRow(id=agency_id, area_id=area_id, name=name, kind=kind, signed_on=signed_on,
                    attends=attends)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, area_id, "agency.created", f"agency/{agency_id}", now)
    return agency_id


def add(principal: Principal, name: str, kind: AgencyKind, attends: Attends, now: datetime) -> UUID:
    """Adds an agency to the panels of one's area. It reads nothing until its signature is recorded."""
    with saved_by(principal, Permission.AGENCY_MANAGE, now) as who:
        _refuse_unknown(who, attends.codes)
        return create(
            who.area_id, name, kind, None, who.account_id, now,
            attends_daily=False, attends_marac=False, others=attends.codes,
        )  # fmt: skip


def change(principal: Principal, agency_id: UUID, attends: Attends, seen: str, now: datetime) -> None:
    """Sets which meetings an agency attends, with effect at once (Rulebook S3).

    Raises RuleBroken where that is no longer what was `seen`.
    """
    with saved_by(principal, Permission.AGENCY_MANAGE, now) as who:
        row = held(who, agency_id)
        old = Attends(row.attends)
        if str(old) != seen:
            raise RuleBroken(f"Somebody else has changed {row.name} since you opened this page.")
        if old == attends:
            return
        _refuse_unknown(who, attends.codes - old.codes)
        row.attends = attends.codes
        audit.record(who.account_id, who.area_id, "agency.changed", f"agency/{agency_id}", now,
                     old=str(old), new=str(attends))  # fmt: skip


def _refuse_unknown(who: Principal, codes: Collection[str]) -> None:
    """Raises RuleBroken for a panel that the area has not set up: attending one opens what it hears (E4)."""
    if set(codes) - {panel.code for panel in panels.of(areas.by_id(who.area_id))}:
        raise RuleBroken("The area has no such panel.")
