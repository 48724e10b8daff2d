"""The scope held against the rules: what each reader is given of each table, and what is theirs.

What is theirs, `model_reader.py` says; nothing here asks `store/scope.py` but the comparison itself.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import (
    AccountRow,
    ActionRow,
    ActionStepRow,
    AgencyRow,
    AlarmRow,
    AssociateRow,
    AttendeeRow,
    AttendeeStayRow,
    AuditRow,
    Base,
    CaseRow,
    CrimeRow,
    FlagRow,
    HearingRow,
    ImportRow,
    IncidentRow,
    IncidentTextRow,
    ItemAbsenceRow,
    ItemHearingRow,
    ItemRow,
    LinkRow,
    LiveFieldRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesRow,
    NoteRow,
    NoticeRow,
    PackCopyRow,
    PatternChildRow,
    PatternRow,
    PersonRow,
    RejectedRow,
    RelationshipRow,
    StaffDetailRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    accounts,
    acting,
    flags,
    live,
    outcome_crimes,
    scope,
    scope_actions,
    scope_contributed,
    scope_exploitation,
    scope_meeting_record,
    scope_minutes,
)
from meetingsvc.store.acting import Host
from tests.proofs import model_governed, model_retention
from tests.proofs.model_reader import Reader, Tables


@dataclass(frozen=True)
class Narrowing:
    """One way the scope narrows a table, and what the rules say of it."""

    table: type[Base]
    key: str
    scoped: Callable[[Any], Any]
    rule: Callable[[Reader], set[Any]]
    host: bool = True  # the service's work for an area asks it, too
    read_for: bool = False  # the service asks it for somebody


def _hanging(table: Any, column: str, parents: Callable[[Reader], Any]) -> Callable[[Reader], set[Any]]:
    return lambda reader: {
        one.id if hasattr(one, "id") else getattr(one, column)
        for one in reader.tables.of(table) if getattr(one, column) in parents(reader)
    }  # fmt: skip


def _own(table: Any) -> Callable[[Reader], set[Any]]:
    return lambda reader: {
        one.id for one in reader.tables.of(table)
        if one.account_id == reader.account.id
        and getattr(one, "agency_id", reader.agency.id) == reader.agency.id
    }  # fmt: skip


def _imports(reader: Reader) -> set[Any]:
    runs = reader.runs and "exploitation" in reader.families
    every = reader._mine(reader.tables.of(ImportRow))
    return {one.id for one in every if one.kind != "episodes" or runs}


def _minutes(reader: Reader) -> set[Any]:
    """Of meetings one may see; drafts only for who runs them (Rulebook R1). Of exploitation, where one
    contributed to something (E4)."""
    open_ = reader.notes_open()
    brought = {one.meeting_id for one in reader.tables.of(ItemRow) if one.id in open_ & reader.items}
    other = {one.id for one in reader.tables.of(MeetingRow) if one.family != "exploitation" or reader.runs}
    return {one.id for one in reader.tables.of(MinutesRow)
            if one.meeting_id in reader.meetings and one.meeting_id in brought | other
            and (reader.runs or one.approved_at)}  # fmt: skip


def _minuted(reader: Reader) -> set[Any]:
    read, open_ = _minutes(reader), reader.notes_open()
    return {one.minutes_id for one in reader.tables.of(MinutesCaseRow)
            if one.minutes_id in read and one.item_id in reader.items & open_}  # fmt: skip


def _minuted_items(reader: Reader) -> set[Any]:
    read, open_ = _minutes(reader), reader.notes_open()
    return {one.item_id for one in reader.tables.of(MinutesCaseRow)
            if one.minutes_id in read and one.item_id in reader.items & open_}  # fmt: skip


def _notes(reader: Reader) -> set[Any]:
    """One's own agency's, and others' where they are open (Rulebook R2, E4)."""
    open_ = reader.notes_open()
    return {one.id for one in reader.tables.of(NoteRow) if one.item_id in reader.told
            and (one.agency_id == reader.agency.id or one.item_id in open_)}  # fmt: skip


def _crimes(reader: Reader) -> set[Any]:
    """The police told, the agency that disclosed it, who runs the meetings; others where it was said so."""
    return {one.id for one in reader.tables.of(CrimeRow)
            if one.item_id in reader.told
            and (reader.runs or one.shared or reader.agency.id in (one.agency_id, one.told_id))}  # fmt: skip


def _if_runs(found: Callable[[Reader], set[Any]]) -> Callable[[Reader], set[Any]]:
    return lambda reader: found(reader) if reader.runs else set()


def _patterns(reader: Reader) -> set[Any]:
    """For who runs the panels, where each child it was said of is open to them (Rulebook E2)."""
    if not (reader.runs and "exploitation" in reader.families):
        return set()
    hidden = {one.pattern_id for one in reader.tables.of(PatternChildRow) if one.case_id not in reader.cases}
    return {one.id for one in reader._mine(reader.tables.of(PatternRow)) if one.id not in hidden}


def _steps(reader: Reader) -> set[Any]:
    told = {one.id for one in reader.tables.of(ActionRow) if one.item_id in reader.told}
    return {one.id for one in reader.tables.of(ActionStepRow) if one.action_id in told}


def _flags(reader: Reader) -> set[Any]:
    return {one.id for one in reader.tables.of(FlagRow)
            if one.case_id in reader.cases and (reader.runs or one.agency_id == reader.agency.id)
            }  # fmt: skip


NARROWINGS: dict[str, Narrowing] = {
    "meetings": Narrowing(MeetingRow, "id", lambda who: scope.meetings_of(who), lambda r: set(r.meetings)),
    "items": Narrowing(ItemRow, "id", lambda who: scope.items_of(who), lambda r: r.items),
    "told items": Narrowing(ItemRow, "id", lambda who: scope.told_items_of(who), lambda r: r.told),
    "cases": Narrowing(CaseRow, "id", lambda who: scope.cases_of(who), lambda r: r.cases),
    "people": Narrowing(PersonRow, "id", lambda who: scope.people_of(who), lambda r: r.people()),
    "actions": Narrowing(ActionRow, "id", lambda who: scope.actions_of(who), lambda r: r.actions()),
    "incidents": Narrowing(IncidentRow, "id", lambda who: scope.incidents_of(who), lambda r: r.incidents),
    "notices": Narrowing(NoticeRow, "id", lambda who: scope.notices_of(who), lambda r: r.notices()),
    "notes": Narrowing(
        NoteRow, "id", lambda who: scope_contributed.notes_of(who), _notes
    ),
    "hearings": Narrowing(
        HearingRow, "id", lambda who: scope.told_on(who, HearingRow.case_id),
        _hanging(HearingRow, "case_id", lambda r: r.cases),
    ),
    "links": Narrowing(
        LinkRow, "id", lambda who: scope.links_of(who),
        lambda r: {one.id for one in r.tables.of(LinkRow) if {one.one_id, one.other_id} <= r.cases},
    ),
    "patterns": Narrowing(PatternRow, "id", scope_exploitation.patterns_of, _patterns),
    "texts": Narrowing(
        IncidentTextRow, "incident_id", lambda who: scope.told_in(who, IncidentTextRow.incident_id),
        _hanging(IncidentTextRow, "incident_id", lambda r: r.incidents),
    ),
    "minutes": Narrowing(MinutesRow, "id", lambda who: scope_minutes.minutes_of(who), _minutes),
    "minuted cases": Narrowing(
        MinutesCaseRow, "minutes_id", lambda who: scope_minutes.minutes_cases_of(who), _minuted
    ),
    "minuted items": Narrowing(
        MinutesCaseRow, "item_id", lambda who: scope_minutes.minutes_cases_of(who), _minuted_items
    ),
    "shared notes": Narrowing(NoteRow, "id", lambda who: scope_contributed.notes_of(who), _notes),
    "who came": Narrowing(
        AttendeeRow, "id", lambda who: scope_meeting_record.recorded_at(who, AttendeeRow.meeting_id),
        _hanging(AttendeeRow, "meeting_id", lambda r: r.meetings),
    ),
    "stays": Narrowing(
        AttendeeStayRow, "attendee_id",
        lambda who: scope_meeting_record.stays_of(who, AttendeeStayRow.attendee_id),
        lambda r: {one.id for one in r.tables.of(AttendeeRow) if one.meeting_id in r.meetings}
        & {one.attendee_id for one in r.tables.of(AttendeeStayRow)},
    ),
    "heard when": Narrowing(
        ItemHearingRow, "id", lambda who: scope_meeting_record.hearings_of(who),
        _hanging(ItemHearingRow, "item_id", lambda r: r.items),
    ),
    "who was out": Narrowing(
        ItemAbsenceRow, "item_id", lambda who: scope_meeting_record.absences_of(who),
        _if_runs(lambda r: {one.item_id for one in r.tables.of(ItemAbsenceRow)} & r.items),
    ),
    "crimes": Narrowing(CrimeRow, "id", lambda who: outcome_crimes.crimes_of(who), _crimes),
    "typed": Narrowing(
        LiveFieldRow, "item_id", lambda who: live.live_of(who),
        _if_runs(lambda r: {one.item_id for one in r.tables.of(LiveFieldRow)} & r.told),
    ),
    "steps": Narrowing(ActionStepRow, "id", lambda who: scope_actions.steps_of(who), _steps),
    "flags": Narrowing(FlagRow, "id", lambda who: flags.flags_of(who), _flags),
    "imports": Narrowing(ImportRow, "id", lambda who: scope.imports_of(who), _imports),
    "rejects": Narrowing(
        RejectedRow, "id", lambda who: scope.rejects_of(who), _hanging(RejectedRow, "import_id", _imports)
    ),
    "copies": Narrowing(PackCopyRow, "id", lambda who: scope.copies_of(who), _own(PackCopyRow), host=False),
    "details": Narrowing(
        StaffDetailRow, "id", lambda who: scope.told_by(who), _own(StaffDetailRow), host=False
    ),
    "agencies": Narrowing(
        AgencyRow, "id", lambda who: scope.agencies_of(who), lambda r: r.agencies(), host=False
    ),
    "accounts": Narrowing(
        AccountRow, "id", lambda who: scope.accounts_of(who), lambda r: r.accounts(), host=False
    ),
    "alarms": Narrowing(
        AlarmRow, "id", lambda who: scope.alarms_of(who),
        lambda r: {one.id for one in r._mine(r.tables.of(AlarmRow)) if one.account_id != r.account.id},
        host=False,
    ),
    "audit": Narrowing(AuditRow, "id", lambda who: scope.audit_of(who), lambda r: r.audit(), host=False),
}  # fmt: skip
NARROWINGS |= {
    name: Narrowing(*told, host=name not in model_governed.READ_FOR, read_for=name in model_governed.READ_FOR)
    for name, told in model_governed.NARROWED.items()
}
#: What a meeting leaves behind, which modules of their own narrow.
AFTER = ("minutes", "minuted cases", "minuted items", "shared notes", "who came", "stays", "heard when",
         "who was out", "crimes", "typed", "steps", "flags")  # fmt: skip
#: What is decided about information, likewise.
GOVERNED = tuple(model_governed.NARROWED)
#: Where the permission is asked before, and the database answers nobody else at all.
_ASKED_BEFORE: dict[str, Callable[[Principal], bool]] = {
    "imports": lambda who: who.runs_meetings,
    "rejects": lambda who: who.runs_meetings,
    "alarms": lambda who: who.may(Permission.ALARM_READ),
    **model_retention.ASKED_BEFORE,
}


Difference = tuple[str, str, set[Any], set[Any]]
#: What the rules say of each reader.
Expected = list[tuple[UUID | Host, dict[str, set[Any]]]]


def readers(now: datetime, only: UUID | None = None) -> dict[UUID, Reader]:
    """Each account that is not disabled; or of one area only."""
    db.session.rollback()
    tables = Tables(only)
    agencies = {one.id: one for one in tables.of(AgencyRow)}
    people = [one for one in tables.of(AccountRow) if not one.disabled_at and one.agency_id in agencies]
    return {one.id: Reader(tables, one, agencies[one.agency_id], now) for one in people}


def expected(now: datetime) -> Expected:
    """For each account that is not disabled, and for the service's work for an area."""
    return rules_of(readers(now).values())


def rules_of(wanted: Collection[Reader]) -> Expected:
    """What the rules say of these readers, and of the service's work for their areas."""
    found: Expected = [
        (r.account.id, {name: one.rule(r) for name, one in NARROWINGS.items()}) for r in wanted
    ]
    for area_id, tables in {r.agency.area_id: r.tables for r in wanted}.items():
        found.append((Host(area_id), _of_area(tables, area_id)))
    db.session.rollback()
    return found


def differences(
    now: datetime, rules: Expected | None = None, only: Collection[str] = tuple(NARROWINGS)
) -> Iterator[Difference]:
    """Where scope and rule differ: who, what, too much, too little."""
    for reader, every in rules or expected(now):
        due = {name: found for name, found in every.items() if name in only}
        with acting.service():
            who = reader if isinstance(reader, Host) else accounts.principal(reader, now)
        assert who is not None
        yield from _compared(who, due)
    db.session.rollback()


def _compared(
    who: Principal | Host, rules: dict[str, set[Any]]
) -> Iterator[tuple[str, str, set[Any], set[Any]]]:
    named = (
        f"{who.role.label} of {who.agency_name}" if isinstance(who, Principal) else "the service for an area"
    )
    with acting.acting(who):
        for name, due in rules.items():
            asked = _ASKED_BEFORE.get(name)
            if asked and isinstance(who, Principal) and not asked(who):
                continue
            seen = _seen(NARROWINGS[name], who)
            if seen != due:
                yield named, name, seen - due, due - seen
        db.session.rollback()


def _seen(narrowing: Narrowing, who: Principal | Host) -> set[Any]:
    table = narrowing.table.__table__
    found = select(table.c[narrowing.key])
    if narrowing.table is AccountRow:
        found = found.join(AgencyRow.__table__, AgencyRow.id == AccountRow.agency_id)
    with acting.whole_area(who.area_id) if narrowing.read_for else nullcontext():
        return set(db.session.scalars(found.where(narrowing.scoped(who))))


def _of_area(tables: Tables, area_id: UUID) -> dict[str, set[Any]]:
    """The service sees all of an area, and nothing of another."""
    cases = {one.id: one for one in tables.of(CaseRow) if one.area_id == area_id}
    parents: dict[str, Callable[[Any], bool]] = {
        "people": lambda one: one.id in {key for case in cases.values()
                                          for key in (case.victim_id, case.perpetrator_id)}
        | {row.person_id for row in tables.of(AssociateRow) if row.case_id in cases}
        | {key for row in tables.of(RelationshipRow) if row.case_id in cases
           for key in (row.person_id, row.other_id)},
        "texts": lambda one: one.incident_id in {row.id for row in tables.of(IncidentRow)
                                                  if row.area_id == area_id},
        "rejects": lambda one: one.import_id in {row.id for row in tables.of(ImportRow)
                                                  if row.area_id == area_id},
    }  # fmt: skip
    return {
        name: {
            getattr(one, narrowing.key)
            for one in tables.of(narrowing.table)
            if parents.get(name, lambda row: row.area_id == area_id)(one)
        }
        for name, narrowing in NARROWINGS.items()
        if narrowing.host
    }
