"""A case as a yearly review sees it: what is kept, whose it is, what needs it, what holds it (L1, L3).

Agencies are called by their names, of which an area has no two alike: what stops a destruction says them.
Call it in the service's own capacity for the area.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, null, select

from agenda.agencies import AgencyKind
from meetingsvc.models import (
    AgencyRow,
    AttendeeRow,
    Base,
    HoldRow,
    ItemRow,
    PackCopyRow,
    PackRow,
    ResearchRequestRow,
    RetentionAskRow,
    db,
)
from meetingsvc.store import doomed, retention_times, retention_use
from minutes import retention_asks
from minutes.destruction import Kind
from minutes.holds import Event, HoldRules, Why
from minutes.retention_asks import Ask, Holds
from minutes.retention_case import CaseNow, Item

#: The records that a certificate counts, by the table of each. Everything else is counted as other.
KINDS: dict[str, Kind] = {
    "case": Kind.CASE, "person": Kind.PERSON, "incident": Kind.INCIDENT, "referral": Kind.REFERRAL,
    "risk_assessment": Kind.RISK_ASSESSMENT, "consent": Kind.CONSENT, "research_answer": Kind.RESEARCH,
    "note": Kind.NOTE, "outcome": Kind.OUTCOME, "action": Kind.ACTION, "contact": Kind.CONTACT,
    "address": Kind.CONTACT, "flag": Kind.FLAG, "feedback": Kind.FEEDBACK, "transfer": Kind.TRANSFER,
    "disclosure_application": Kind.APPLICATION, "protection_order": Kind.ORDER,
    "disclosure_request": Kind.REQUEST, "outbox": Kind.MESSAGE, "sharing_decision": Kind.SHARING,
    "named_case_entry": Kind.NAMED_CASE,
}  # fmt: skip
#: What goes with the whole case, and never alone.
_NOT_ALONE = frozenset({Kind.MESSAGE, Kind.SHARING})
#: Whose what the panel itself wrote is: nobody is asked for it.
PANEL = frozenset[str]()
#: Whose agency is who was asked or told, or is to do something: it has supplied nothing by that.
_NOT_SUPPLIED = frozenset({
    "account", "action", "agency_attendance", "agency_panel", "attendee", "confirmation",
    "confirmation_notice", "disagreement_agency", "disclosure_asked", "feedback", "flag", "minutes_copy",
    "named_case_held", "named_case_part", "offline_pack", "pack_copy", "research_draft", "research_request",
    "retention_ask",
})  # fmt: skip
#: The first of these that a table has says when a row of it was supplied.
_WHEN = ("recorded_at", "sent_at", "saved_at", "made_at", "told_at", "raised_at", "asked_at", "at")


@dataclass(frozen=True, slots=True)
class Whole:
    """A case now, and what would go with it."""

    now: CaseNow
    rows: doomed.Rows
    received: frozenset[str]  # agencies that were given anything of it
    again: frozenset[str]  # agencies that agreed, and supplied something since


@dataclass(frozen=True, slots=True)
class Choice:
    """One record that may go alone, in words."""

    id: str
    words: str


def read(area_id: UUID, case_id: UUID, due_on: date, rules: HoldRules, now: datetime) -> Whole | None:
    """Everything a decision on it asks about; None where nothing says when its last incident was."""
    last = retention_times.last_incidents(area_id, case_id).get(case_id)
    if last is None:
        return None
    found = doomed.of_case(area_id, case_id)
    names, police = agencies(area_id), _police(area_id)
    items = tuple(_items(found, police, names))
    told = asks(case_id, names)
    in_use = retention_use.in_use(area_id, case_id, found.rows, now)
    holds = tuple(events(case_id))
    child = retention_times.child_since(case_id)
    newest = _supplied_at(found.rows, police, names)
    agreed, refused = retention_asks.agreed(due_on, told, newest), retention_asks.refused(due_on, told)
    suppliers = _suppliers(found.rows, names)
    case = CaseNow(last, items, child, holds, in_use, agreed, rules, suppliers, refused)
    again = retention_asks.to_ask_again(due_on, told, newest)
    return Whole(case, found.rows, _received(case_id, names) | police, again)


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
            row.may_go, row.answered_at)
        for row in db.session.scalars(rows)
    ]  # fmt: skip


def supplied(whole: Whole) -> frozenset[str]:
    """The agencies that any of it is from."""
    return whole.now.suppliers.union(*(item.agencies for item in whole.now.items))


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


def _items(found: doomed.OfCase, police: frozenset[str], names: Mapping[UUID, str]) -> Iterable[Item]:
    for table in sorted(found.rows, key=lambda table: table.name):
        kind = KINDS.get(table.name)
        if kind is None or kind in _NOT_ALONE:
            continue
        if kind is Kind.INCIDENT:
            yield from (Item(item_id(kind, key[0]), police) for key in found.rows[table])
            continue
        owners = _owners(table.name, [key[0] for key in found.rows[table]], names)
        yield from (Item(item_id(kind, key), owner) for key, owner in owners)
    yield from (Item(item_id(Kind.PERSON, key), PANEL, True) for key in found.people_elsewhere)
    yield from (Item(item_id(Kind.INCIDENT, key), police, True) for key in found.incidents_elsewhere)


def item_id(kind: Kind, key: object) -> str:
    """One record, as a proposal names it: its kind and its identifier, nothing of what it says."""
    return f"{kind}:{key}"


def _suppliers(rows: doomed.Rows, names: Mapping[UUID, str]) -> frozenset[str]:
    """Every agency that anything that goes is from, counted in a certificate or not (Rulebook R2)."""
    found = [_owners(table.name, [key[0] for key in keys], names) for table, keys in rows.items()]
    return PANEL.union(*(owners for told in found for _, owners in told))


def _is_supplied(table: Table) -> bool:
    return "agency_id" in table.c and table.name not in _NOT_SUPPLIED


def _supplied_at(rows: doomed.Rows, police: frozenset[str], names: Mapping[UUID, str]) -> dict[str, datetime]:
    """When each agency supplied the newest of what goes: it has agreed to nothing later (Rulebook R2)."""
    found: dict[str, datetime] = {}
    for table, keys in rows.items():
        for agency, at in _newest(table, [key[0] for key in keys]):
            for name in police if agency is None else {names[agency]} if agency in names else ():
                found[name] = max(at, found.get(name, at))
    return found


def _newest(table: Table, keys: list[Any]) -> list[tuple[UUID | None, datetime]]:
    """By agency; None of what the police's feed told."""
    at = next((table.c[name] for name in _WHEN if name in table.c), None)
    if table.name == "incident":
        rows = select(null(), func.max(table.c.received_at)).where(table.c.id.in_(keys))
    elif _is_supplied(table) and at is not None:
        of, key = table.c.agency_id, next(iter(table.primary_key))
        rows = select(of, func.max(at)).where(key.in_(keys), of.is_not(None)).group_by(of)
    else:
        return []
    return [(agency, when) for agency, when in db.session.execute(rows) if when is not None]


def _owners(table_name: str, keys: list[Any], names: Mapping[UUID, str]) -> list[tuple[Any, frozenset[str]]]:
    table = Base.metadata.tables[table_name]
    key = next(iter(table.primary_key))
    if not _is_supplied(table):
        return [(one, PANEL) for one in keys]
    rows = select(key, table.c.agency_id).where(key.in_(keys))
    return [(one, frozenset({names[agency]}) if agency in names else PANEL)
            for one, agency in db.session.execute(rows)]  # fmt: skip
