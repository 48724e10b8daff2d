"""The register of protection orders, as each person may read it (Rulebook T10)."""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from agenda import orders as rules
from agenda.calendar import days_off
from agenda.incidents import Incident, Order, Party
from agenda.meetings import case_reference
from agenda.orders import Reminders, Standing
from agenda.references import Prefix
from meetingsvc import holidays
from meetingsvc.models import (
    AgencyRow,
    CaseRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    OrderRow,
    PersonRow,
    db,
)
from meetingsvc.store import acting, areas, cases, incidents
from meetingsvc.store.list_page import named
from meetingsvc.store.lists import order_from
from meetingsvc.store.scope import Reader, cases_of, incidents_of
from meetingsvc.store.scope_schemes import orders_of


@dataclass(frozen=True, slots=True)
class Kept:
    """One order in its newest version, or in one that was corrected since."""

    id: UUID
    reference: str
    order: Order
    ends_at: datetime | None
    standing: Standing
    recorded_at: datetime
    by_hand: bool
    agency: str  # whose it is; the police's where an incident told it
    agency_id: UUID | None
    author: str
    source: str
    case_id: UUID | None
    incident_id: int | None
    current: bool

    @property
    def holds(self) -> bool:
        """It has not ended, as far as that is known."""
        return self.current and self.standing is not Standing.ENDED


@dataclass(frozen=True, slots=True)
class Parties:
    """Between whom an order stands, and the case of theirs that a reader may open."""

    victim: str
    perpetrator: str
    case_id: UUID | None
    case: str


def days(area_id: UUID) -> Set[date]:
    """The days on which the time of a notice does not run."""
    return days_off(areas.settings_of(areas.by_id(area_id)), holidays.known())


def reminders(area_id: UUID) -> Reminders:
    """How long before an order ends somebody is reminded, in this area."""
    told = areas.settings_of(areas.by_id(area_id))
    return Reminders((told.order_reminder_days, told.order_last_reminder_days))


def one(reader: Reader, order_id: UUID, now: datetime) -> list[Kept]:
    """Every version of an order, the newest first; none where the reader may not see it."""
    row, same = OrderRow, aliased(OrderRow)
    reference = select(same.reference).where(same.id == order_id).scalar_subquery()
    rows = _rows().where(orders_of(reader), row.reference == reference)
    return _found(reader, rows.order_by(row.version.desc()), now)


def running(reader: Reader, now: datetime) -> list[Kept]:
    """Orders that have not ended, the first to end first; those whose end is not known come last."""
    row = OrderRow
    stand = and_(row.current, or_(row.ends_at.is_(None), row.ends_at > now))
    rows = _rows().where(orders_of(reader), stand).order_by(row.ends_at.is_(None), row.ends_at, row.reference)
    return _found(reader, rows, now)


def on_case(reader: Reader, case_id: UUID, numbers: Collection[str], now: datetime) -> list[Kept]:
    """Orders of one case, the latest recorded first: by hand on it, and those of its incidents."""
    row = OrderRow
    its = or_(row.case_id == case_id, and_(row.incident_id.is_not(None), row.reference.in_(numbers)))
    rows = _rows().where(orders_of(reader), row.current, its)
    return _found(reader, rows.order_by(row.recorded_at.desc(), row.reference), now)


def ending(reader: Reader, now: datetime, until: datetime) -> int:
    """How many running orders end by then."""
    row = OrderRow
    rows = select(row.id).where(orders_of(reader), row.current, row.ends_at > now, row.ends_at <= until)
    return len(db.session.scalars(rows).all())


def _rows() -> Any:
    return select(OrderRow, AgencyRow.name).outerjoin(AgencyRow, AgencyRow.id == OrderRow.agency_id)


def _found(reader: Reader, rows: Any, now: datetime) -> list[Kept]:
    found = db.session.execute(rows).all()
    off = days(reader.area_id) if found else frozenset[date]()
    return [_kept(row, agency, now, off) for row, agency in found]


def _kept(row: OrderRow, agency: str | None, now: datetime, off: Set[date]) -> Kept:
    order = order_from(row.told)
    by_hand = row.incident_id is None
    return Kept(
        row.id, row.reference, order, row.ends_at, rules.standing(order, now, off), row.recorded_at, by_hand,
        agency or "The police", row.agency_id, row.author, row.source, row.case_id, row.incident_id,
        row.current,
    )  # fmt: skip


def parties(reader: Reader, kept: Iterable[Kept]) -> dict[UUID, Parties]:
    """Whom each of these orders is between: as its case has it, or as the police's incident tells it.

    Asked of orders the reader may see; the case only where they may open that.
    """
    orders = list(kept)
    case_of = _cases_of_incidents(reader, [one.reference for one in orders if not one.by_hand])
    wanted = {one.case_id for one in orders} | set(case_of.values())
    opened = _cases(reader, wanted - {None})
    with acting.whole_area(reader.area_id):
        told = incidents.contents(one.incident_id for one in orders if one.incident_id is not None)
    found = {}
    for one in orders:
        case_id = one.case_id or case_of.get(one.reference)
        if case_id in opened:
            found[one.id] = opened[case_id]
        elif one.incident_id in told:
            found[one.id] = _of_incident(told[one.incident_id])
    return found


def _of_incident(told: Incident) -> Parties:
    other = told.perpetrator.name if told.perpetrator else "Unknown"
    return Parties(told.victim.name, other, None, "")


def _cases_of_incidents(reader: Reader, numbers: Collection[str]) -> dict[str, UUID]:
    """The case under which lists put these incidents; `_cases` narrows them to the reader's."""
    if not numbers:
        return {}
    rows = (
        select(EntryRow.occurrence_number, ItemRow.case_id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(ItemRow.area_id == reader.area_id, EntryRow.occurrence_number.in_(numbers))
    )
    with acting.whole_area(reader.area_id):
        return {number: case_id for number, case_id in db.session.execute(rows)}


def _cases(reader: Reader, wanted: Collection[UUID | None]) -> dict[UUID | None, Parties]:
    victim, other = aliased(PersonRow), aliased(PersonRow)
    rows = (
        select(CaseRow.id, CaseRow.number, victim.forename, victim.surname, other.forename, other.surname)
        .join(victim, victim.id == CaseRow.victim_id)
        .outerjoin(other, other.id == CaseRow.perpetrator_id)
        .where(cases_of(reader), CaseRow.id.in_(wanted))
    )
    return {
        key: Parties(named(forename, surname), named(first, last) if last is not None else "Unknown",
                     key, case_reference(number))
        for key, number, forename, surname, first, last in db.session.execute(rows)
    }  # fmt: skip


def identified(area_id: UUID, kept: Kept) -> tuple[Party, Party | None]:
    """Who the parties are, so that what is told of them comes under the same case (Rulebook T6, T10)."""
    with acting.whole_area(area_id):
        if kept.incident_id is not None:
            told = incidents.contents([kept.incident_id])[kept.incident_id]
            return told.victim, told.perpetrator
        case = db.session.scalars(select(CaseRow).where(CaseRow.id == kept.case_id)).one()
        victim = _party(case.victim_id)
        return victim, _party(case.perpetrator_id) if case.perpetrator_id else None


def _party(person_id: UUID) -> Party:
    row = db.session.scalars(select(PersonRow).where(PersonRow.id == person_id)).one()
    known = cases.known([person_id]).get(person_id)
    nominal = min(known.nominals, default="") if known else ""
    return Party(row.surname, row.forename, nominal, row.dob)


def sees(reader: Reader, number: str) -> bool:
    """Whether an incident of this number exists for the reader."""
    row = IncidentRow
    its = select(row.id).where(
        incidents_of(reader), row.area_id == reader.area_id, row.occurrence_number == number
    )
    return db.session.scalar(its.limit(1)) is not None


def breached(area_id: UUID, victim: Party, happened_at: datetime, summary: str) -> str | None:
    """The number of the very same breach, recorded before: a form that was sent twice."""
    row = IncidentRow
    ours = select(row.id).where(
        row.area_id == area_id, row.current, row.occurrence_number.startswith(Prefix.ORDER.begins)
    )
    for told in incidents.contents(db.session.scalars(ours)).values():
        if (told.victim, told.incident_at, told.summary) == (victim, happened_at, summary):
            return told.occurrence_number
    return None
