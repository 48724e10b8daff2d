"""What happened in a case, put together from every store: each part within what the reader may see of it.

A capability that adds something to a case adds a source to `SOURCES`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.changes import Change
from agenda.circulation import Group
from agenda.meetings import list_name
from agenda.pack import NoteKind
from agenda.panels import Works
from agenda.referral_entry import EntryKind
from agenda.subjects import SubjectKind
from agenda.timeline import Event, EventKind, newest_first
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    ClarificationRow,
    IncidentRow,
    ItemRow,
    NoteRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    case_incidents,
    case_page,
    exploitation_page,
    outcomes,
    timeline_added,
    timeline_parts,
    timeline_people,
)
from meetingsvc.store.case_page import Case
from meetingsvc.store.scope import incidents_of, told_items_of
from meetingsvc.store.scope_contributed import is_theirs
from minutes.actions import Status

Source = Callable[[Principal, Case, datetime], Iterator[Event]]
_CAME_AS = {
    EntryKind.POLICE_INCIDENT: ("Police incident", EventKind.INCIDENT),
    EntryKind.REFERRAL: ("Referral", EventKind.REFERRAL),
    EntryKind.TRANSFER: ("Transfer in", EventKind.TRANSFER),
    EntryKind.DISCLOSURE: ("Disclosure scheme application", EventKind.DISCLOSURE),
}


def events(reader: Principal, told: Case, now: datetime) -> list[Event]:
    """Everything that happened in an open case, as far as the reader may read of it, the newest first."""
    return newest_first(event for source in SOURCES for event in source(reader, told, now))


def _incidents(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """Every version of every incident: the first when it was recorded, later ones when they came."""
    found = case_incidents.incidents_on(reader, told)
    full, came = case_incidents.in_full(reader, found), _came(reader, [v for i in found for v in i.versions])
    for one in found:
        for key, version in zip(one.versions, reversed(full[one.id]), strict=True):
            received_at, kind = came[key]
            words, sort = _CAME_AS[EntryKind(kind)]
            said, later = version.incident, version.number > 1
            title = f"{words} {one.reference}{f', version {version.number}' if later else ''}"
            what = _changed(version.changes) if later else said.offence
            text = ". ".join(filter(None, (f"{said.risk.value.capitalize()} risk", what)))
            href = f"/cases/{told.id}/in-full#i-{one.id}"
            yield Event(received_at if later else one.recorded_at, sort, title, "", text, href)
    yield from timeline_added.of_incidents(reader, told, now, {one.reference: one.versions for one in found})


def _changed(changes: tuple[Change, ...]) -> str:
    return "Changed: " + ", ".join(what[0].lower() + what[1:] for what, _, _ in changes)


def _came(reader: Principal, ids: list[int]) -> dict[int, tuple[datetime, str]]:
    row = IncidentRow
    rows = select(row.id, row.received_at, row.kind).where(incidents_of(reader), row.id.in_(ids))
    return {key: (at, kind) for key, at, kind in db.session.execute(rows)}


def _meetings(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """The daily lists and agendas it was on."""
    lists = case_page.lists_of(reader) if reader.may(Permission.LIST_READ) else ()
    agendas = reader.may(Permission.AGENDA_READ)
    for on in case_page.meetings(reader, told.id):
        if on.of_child:
            where = f"the {list_name(on.kind)}" if on.works is Works.LIST else f"the agenda of {on.kind}"
            yield Event(on.sits_on, EventKind.PANEL, f"On {where}")
        elif on.works is Works.LIST:
            text = "A repeat" if on.repeat else ""
            href = on.list_address if on.list_address in lists else ""
            title = "On the " + list_name(on.kind).replace("Daily", "daily")
            yield Event(on.sits_on, EventKind.LIST, title, "", text, href)
        else:
            title = "On the agenda of a MARAC that did not sit" if on.did_not_sit else "On a MARAC’s agenda"
            text = on.group.label if on.group else ""
            yield Event(on.sits_on, EventKind.MARAC, title, "", text, "/marac" if agendas else "")


def _hearings(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    where = {"history": "Heard at MARAC, from past records", "transfer": "Heard at another area’s MARAC"}
    for one in case_page.hearings(reader, told.id):
        if one.has_sat(now):
            title = where.get(one.source, "Heard at MARAC")
            reference = one.reference if one.source == "history" else ""
            yield Event(one.heard_on, EventKind.MARAC, title, "", reference)


def _outcomes(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """What the meetings decided, and whom they clarified (Rulebook D2, D3)."""
    row = OutcomeRow
    rows = select(
        row.item_id, row.recorded_at, row.risk, row.refer, row.group, ItemRow.group, AccountRow.name
    )
    rows = rows.join(AccountRow, AccountRow.id == row.recorded_by)
    for item, at, risk, refer, group, of_marac, by in _of_items(reader, told.id, rows, row):
        sent = f"referred to MARAC{f', {Group(group).label}' if group else ''}" if refer else "not referred"
        text = f"{risk.capitalize()} risk, {'at MARAC' if of_marac else sent}"
        opens = reader.may(Permission.LIST_READ) and outcomes.may_read(reader, item)
        href = f"/items/{item}/outcome" if opens else ""
        yield Event(at, EventKind.OUTCOME, "Outcome recorded", by, text, href)
    other = ClarificationRow
    clarified = select(other.recorded_at, other.about, AccountRow.name)
    clarified = clarified.join(AccountRow, AccountRow.id == other.recorded_by)
    for at, about, by in _of_items(reader, told.id, clarified, other):
        yield Event(at, EventKind.OUTCOME, f"Clarified at the meeting: {about}", by)


def _steps(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """What meetings of exploitation panels decided; why, as their notes go to the reader (E1, E4)."""
    if told.kind not in set(SubjectKind):
        return
    for one in exploitation_page.steps(reader, told.id):
        yield Event(one.on, EventKind.OUTCOME, f"{one.panel}: {one.decision}", one.by, one.reason)


def _actions(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    row, may = ActionRow, reader.may(Permission.ACTION_UPDATE)
    rows = select(row.id, row.set_at, row.what, row.due, row.status, row.agency_id, AgencyRow.name)
    rows = rows.join(AgencyRow, AgencyRow.id == row.agency_id)
    for key, at, what, due, status, agency_id, agency in _of_items(reader, told.id, rows, row):
        text = f"{what} (due {due.day} {due:%B %Y}; now: {Status(status).label.lower()})"
        opens = may and (reader.runs_meetings or agency_id == reader.agency_id)
        href = f"/actions/{key}" if opens else ""
        yield Event(at, EventKind.ACTION, f"Action set for {agency}", "", text, href)


def _notes(reader: Principal, told: Case, now: datetime) -> Iterator[Event]:
    """That an agency shared something, or corrected what it shared; the words stand on their own page."""
    if not reader.may(Permission.ITEM_OWN):
        return
    row = NoteRow
    rows = select(row.recorded_at, row.kind, row.corrects, row.author, AgencyRow.name)
    rows = rows.join(AgencyRow, AgencyRow.id == row.agency_id).where(is_theirs(reader))
    for at, kind, corrects, author, agency in _of_items(reader, told.id, rows, row):
        what = {NoteKind.FACT: "a fact", NoteKind.OPINION: "a professional opinion"}[NoteKind(kind)]
        title = f"{agency} {'corrected' if corrects else 'shared'} {what}"
        yield Event(at, EventKind.NOTE, title, author, "", f"/cases/{told.id}/shared")


def _of_items(reader: Principal, case_id: UUID, rows: Any, row: Any) -> Any:
    """Of what hangs on the items of a case, what the reader may read about."""
    rows = rows.join(ItemRow, ItemRow.id == row.item_id)
    return db.session.execute(rows.where(told_items_of(reader), ItemRow.case_id == case_id)).all()


SOURCES: tuple[Source, ...] = (
    _incidents,
    _meetings,
    _hearings,
    _outcomes,
    _steps,
    _actions,
    _notes,
    timeline_people.events,
    timeline_added.of_case,
    timeline_parts.events,
)
