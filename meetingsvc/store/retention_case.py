"""A case as a yearly review sees it: what is kept, whose it is, what needs it, what holds it (L1, L3).

Agencies are called by their names, of which an area has no two alike: what stops a destruction says them.
Call it in the service's own capacity for the area.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from agenda.agencies import AgencyKind
from agenda.relationships import Relation
from meetingsvc.models import (
    AgencyRow,
    AttendeeRow,
    Base,
    ClarificationRow,
    EntryRow,
    HearingRow,
    HoldRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    PackCopyRow,
    PackRow,
    RelationshipRow,
    ResearchNamedRow,
    ResearchRequestRow,
    RetentionAskRow,
    TransferInRow,
    db,
)
from meetingsvc.store import doomed, retention_use
from minutes import retention_asks
from minutes.clarifications import About
from minutes.destruction import Kind
from minutes.holds import Event, HoldRules, Why
from minutes.research import NamedKind
from minutes.retention_asks import Ask, Holds
from minutes.retention_case import CaseNow, Item

#: The records that a certificate counts, by the table of each. Everything else is counted as other.
KINDS: dict[str, Kind] = {
    "case": Kind.CASE, "person": Kind.PERSON, "incident": Kind.INCIDENT, "referral": Kind.REFERRAL,
    "risk_assessment": Kind.RISK_ASSESSMENT, "consent": Kind.CONSENT, "research_answer": Kind.RESEARCH,
    "note": Kind.NOTE, "outcome": Kind.OUTCOME, "action": Kind.ACTION, "contact": Kind.CONTACT,
    "address": Kind.CONTACT, "flag": Kind.FLAG, "feedback": Kind.FEEDBACK, "transfer": Kind.TRANSFER,
    "disclosure_application": Kind.APPLICATION, "protection_order": Kind.ORDER,
    "disclosure_request": Kind.REQUEST, "outbox": Kind.MESSAGE,
}  # fmt: skip
#: Whose what the panel itself wrote is: nobody is asked for it.
PANEL = ""
_AND = " and "
_OF_A_CHILD = (Relation.CHILD, Relation.PARENT)


@dataclass(frozen=True, slots=True)
class Whole:
    """A case now, and what would go with it."""

    now: CaseNow
    rows: doomed.Rows
    received: frozenset[str]  # agencies that were given anything of it


@dataclass(frozen=True, slots=True)
class Choice:
    """One record that may go alone, in words."""

    id: str
    words: str


def read(area_id: UUID, case_id: UUID, due_on: date, rules: HoldRules, now: datetime) -> Whole | None:
    """Everything a decision on it asks about; None where nothing says when its last incident was."""
    last = last_incidents(area_id, case_id).get(case_id)
    if last is None:
        return None
    found = doomed.of_case(area_id, case_id)
    names, police = agencies(area_id), _police(area_id)
    items = tuple(_items(found, police, names))
    told = asks(case_id, names)
    agreed = retention_asks.agreed(due_on, told) | {PANEL}
    if police and police <= agreed:
        agreed |= {_joined(police)}
    in_use = retention_use.in_use(area_id, case_id, found.rows, now)
    holds = tuple(events(case_id))
    case = CaseNow(last, items, child_since(case_id), holds, in_use, frozenset(agreed), rules)
    return Whole(case, found.rows, _received(case_id, names) | police)


def last_incidents(area_id: UUID, case_id: UUID | None = None) -> dict[UUID, date]:
    """When the last incident of each case was; of one that has none, when it was last heard, or came."""
    incident, item = IncidentRow, ItemRow
    told = (
        select(item.case_id, func.max(incident.recorded_day))
        .join(EntryRow, EntryRow.item_id == item.id)
        .join(incident, incident.id == EntryRow.incident_id)
        .where(item.area_id == area_id).group_by(item.case_id)
    )  # fmt: skip
    heard = select(HearingRow.case_id, func.max(HearingRow.heard_on)).where(HearingRow.area_id == area_id)
    met = select(item.case_id, func.max(MeetingRow.sits_on)).join(MeetingRow)
    came = select(TransferInRow.case_id, func.max(TransferInRow.received_at))
    found: dict[UUID, date] = {}
    for rows, column in (
        (came.where(TransferInRow.area_id == area_id).group_by(TransferInRow.case_id), TransferInRow.case_id),
        (met.where(item.area_id == area_id).group_by(item.case_id), item.case_id),
        (heard.group_by(HearingRow.case_id), HearingRow.case_id),
        (told, item.case_id),
    ):
        wanted = rows if case_id is None else rows.where(column == case_id)
        for key, on in db.session.execute(wanted):
            if key is not None and on is not None:
                found[key] = on.date() if isinstance(on, datetime) else on
    return found


def child_since(case_id: UUID) -> datetime | None:
    """When the latest child was put on it: by an incident, an agency, a meeting, or as a relation (L1)."""
    incident, named, said, tie = IncidentRow, ResearchNamedRow, ClarificationRow, RelationshipRow
    items = select(ItemRow.id).where(ItemRow.case_id == case_id).scalar_subquery()
    told = (
        select(func.max(incident.received_at)).join(EntryRow, EntryRow.incident_id == incident.id)
        .where(EntryRow.item_id.in_(items), incident.children),
        select(func.max(named.recorded_at)).where(named.item_id.in_(items), named.kind == NamedKind.CHILD),
        select(func.max(said.recorded_at)).where(said.item_id.in_(items), said.about == About.CHILD),
        select(func.max(tie.recorded_at)).where(tie.case_id == case_id, tie.kind.in_(_OF_A_CHILD)),
    )  # fmt: skip
    found = [at for at in (db.session.scalar(rows) for rows in told) if at is not None]
    return max(found, default=None)


def events(case_id: UUID) -> list[Event]:
    """Every hold that was set or lifted."""
    rows = select(HoldRow).where(HoldRow.case_id == case_id).order_by(HoldRow.at)
    return [
        Event(row.hold, Why(row.why), row.sets, row.at, str(row.account_id), row.reason)
        for row in db.session.scalars(rows)
    ]


def agencies(area_id: UUID) -> dict[UUID, str]:
    """What each is called."""
    rows = select(AgencyRow.id, AgencyRow.name).where(AgencyRow.area_id == area_id)
    return {key: name for key, name in db.session.execute(rows)}


def asks(case_id: UUID, names: Mapping[UUID, str]) -> list[Ask]:
    """Every agency that was asked about it, for whichever review."""
    rows = select(RetentionAskRow).where(RetentionAskRow.case_id == case_id)
    return [
        Ask(names[row.agency_id], row.due_on, row.asked_on, Holds(row.holds) if row.holds else None,
            row.may_go)
        for row in db.session.scalars(rows)
    ]  # fmt: skip


def supplied(whole: Whole) -> frozenset[str]:
    """The agencies that any of it is from."""
    return frozenset(name for item in whole.now.items for name in item.agency.split(_AND) if name)


def _received(case_id: UUID, names: Mapping[UUID, str]) -> frozenset[str]:
    """The agencies that were asked for research on it, sat in its meetings, or have a copy of its packs."""
    met = select(ItemRow.meeting_id).where(ItemRow.case_id == case_id)
    asked = select(ResearchRequestRow.agency_id).where(ResearchRequestRow.meeting_id.in_(met))
    there = select(AttendeeRow.agency_id).where(AttendeeRow.meeting_id.in_(met))
    copied = select(PackCopyRow.agency_id).join(PackRow, PackRow.id == PackCopyRow.pack_id)
    found: set[Any] = {
        *db.session.scalars(asked), *db.session.scalars(there),
        *db.session.scalars(copied.where(PackRow.meeting_id.in_(met))),
    }  # fmt: skip
    return frozenset(names[key] for key in found if key in names)


def _police(area_id: UUID) -> frozenset[str]:
    """Whose what the police's feed told is: every force's of the area, for the feed names none."""
    row = AgencyRow
    rows = select(row.name).where(row.area_id == area_id, row.kind == AgencyKind.POLICE)
    return frozenset(db.session.scalars(rows))


def _joined(agencies: Iterable[str]) -> str:
    return _AND.join(sorted(agencies))


def _items(found: doomed.OfCase, police: Collection[str], names: Mapping[UUID, str]) -> Iterable[Item]:
    for table in sorted(found.rows, key=lambda table: table.name):
        kind = KINDS.get(table.name)
        if kind is None or kind is Kind.MESSAGE:
            continue
        if kind is Kind.INCIDENT:
            yield from (Item(item_id(kind, key[0]), _joined(police)) for key in found.rows[table])
            continue
        owners = _owners(table.name, [key[0] for key in found.rows[table]], names)
        yield from (Item(item_id(kind, key), owner) for key, owner in owners)
    yield from (Item(item_id(Kind.PERSON, key), PANEL, True) for key in found.people_elsewhere)
    yield from (Item(item_id(Kind.INCIDENT, key), _joined(police), True) for key in found.incidents_elsewhere)


def item_id(kind: Kind, key: object) -> str:
    """One record, as a proposal names it: its kind and its identifier, nothing of what it says."""
    return f"{kind}:{key}"


def _owners(table_name: str, keys: list[Any], names: Mapping[UUID, str]) -> list[tuple[Any, str]]:
    table = Base.metadata.tables[table_name]
    key = next(iter(table.primary_key))
    supplies = "agency_id" in table.c and table_name not in ("action", "feedback", "flag")
    if not supplies:  # who is to do something has not supplied it
        return [(one, PANEL) for one in keys]
    rows = select(key, table.c.agency_id).where(key.in_(keys))
    return [(one, names.get(agency, PANEL)) for one, agency in db.session.execute(rows)]
