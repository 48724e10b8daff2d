"""Who may read which row, in plain Python over everything that stands in the tables.

Written from the rulebook (M1, M6, S3, T10, V1) and security.md B, not from `store/scope.py`: the machine and
the mutants hold the scope against it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    AlarmRow,
    AssociateRow,
    AuditRow,
    Base,
    CaseRow,
    EntryRow,
    HearingRow,
    IdentityRow,
    ImportRow,
    IncidentRow,
    IncidentTextRow,
    IncidentWallRow,
    ItemRow,
    MeetingRow,
    NamedRow,
    NoteRow,
    NoticeRow,
    OpeningRow,
    OutcomeRow,
    PackCopyRow,
    PersonRow,
    RejectedRow,
    RestrictionRow,
    StaffDetailRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, scope
from meetingsvc.store.acting import Host
from meetingsvc.store.trail_words import MEETING_ACTIONS

T = TypeVar("T", bound=Base)
RUNS = ("coordinator", "chair")
SITS = ("representative", "idva")
SHARED = ("published", "heard", "cancelled")


class Tables:
    """Everything that stands, as the service reads it."""

    def __init__(self) -> None:
        self._read: dict[type[Base], list[Any]] = {}

    def of(self, table: type[T]) -> list[T]:
        if table not in self._read:
            with acting.service():
                self._read[table] = list(db.session.scalars(select(table)))
        return self._read[table]


@dataclass
class Reader:
    """One account, at one moment, and what it may read."""

    tables: Tables
    account: AccountRow
    agency: AgencyRow
    now: datetime

    def __post_init__(self) -> None:
        of, me = self.tables.of, self.account.id
        today, withdrawn = local_day(self.now), self.agency.withdrawn_on
        signed = self.agency.signed_on is not None and self.agency.signed_on <= today
        self.signatory = signed and not (withdrawn and withdrawn <= today)
        self.runs = self.account.role in RUNS and self.signatory
        self.sits = self.account.role in SITS and self.signatory
        named = {one.case_id for one in of(NamedRow) if one.account_id == me}
        hides = ("unnamed",) if self.runs else ("unnamed", "agencies")
        walled = {one.case_id for one in of(WallRow) if one.account_id == me and one.state == "stands"}
        hidden = {one.case_id for one in of(RestrictionRow) if one.hides in hides}
        self.walled, self.kept = walled, walled | (hidden - named)
        opens = self.account.role not in SITS + RUNS or self.signatory
        self.opened = {one.case_id for one in of(OpeningRow)
                       if opens and one.account_id == me and one.until and one.until > self.now}  # fmt: skip
        self._meetings()
        self._items()
        self._incidents()

    def _mine(self, rows: list[Any]) -> list[Any]:
        return [row for row in rows if row.area_id == self.agency.area_id]

    def _meetings(self) -> None:
        self.meetings = {one.id: one for one in self._mine(self.tables.of(MeetingRow)) if self._sees(one)}

    def _sees(self, meeting: MeetingRow) -> bool:
        if self.runs:
            return True
        if not self.sits or self.agency.signed_on is None or meeting.sits_on < self.agency.signed_on:
            return False
        if meeting.kind == "DRAMM":
            return self.agency.attends_daily
        return self.agency.attends_marac and meeting.state in SHARED

    def _items(self) -> None:
        of = self.tables.of
        there = [one for one in of(ItemRow) if one.case_id not in self.kept]
        self.items = {
            one.id for one in there
            if (meeting := self.meetings.get(one.meeting_id))
            and (self.runs or one.supplement <= meeting.supplements)
        }  # fmt: skip
        referred = {one.item_id for one in of(OutcomeRow) if one.marac_item_id in self.items}
        readable = self.items | referred
        self.told = {one.id for one in self._mine(there)
                     if self.runs or one.id in readable or one.case_id in self.opened}  # fmt: skip
        on = {one.case_id for one in there if one.id in self.items} | self.opened
        self.cases = {one.id for one in self._mine(of(CaseRow))
                      if one.id not in self.kept and (self.runs or one.id in on)}  # fmt: skip

    def _incidents(self) -> None:
        of, me = self.tables.of, self.account.id
        case_of = {one.id: one.case_id for one in of(ItemRow)}
        self.not_kept = {one.id for one in of(IncidentRow)}
        self.not_kept -= {one.incident_id for one in of(IncidentWallRow) if one.account_id == me}
        taken = {one.occurrence_number for one in of(EntryRow) if case_of[one.item_id] in self.kept}
        theirs = {
            key for one in of(CaseRow) if one.id in self.kept for key in (one.victim_id, one.perpetrator_id)
        }
        known = {one.value for one in of(IdentityRow) if one.person_id in theirs}
        under = {one.incident_id for one in of(EntryRow)}
        self.not_kept -= {one.id for one in self._mine(of(IncidentRow)) if one.occurrence_number in taken}
        self.not_kept -= {
            one.id for one in self._mine(of(IncidentRow))
            if one.id not in under and known & {one.victim_nominal, one.victim_name, one.perpetrator_nominal,
                                                one.perpetrator_name}
        }  # fmt: skip
        told = {one.incident_id for one in of(EntryRow) if one.item_id in self.told}
        mine = {one.id for one in self._mine(of(IncidentRow))}
        self.incidents = self.not_kept & (mine if self.runs else told)

    def people(self) -> set[Any]:
        mine = [one for one in self.tables.of(CaseRow) if one.id in self.cases]
        told = {one.person_id for one in self.tables.of(AssociateRow) if one.case_id in self.cases}
        return {one.victim_id for one in mine} | {one.perpetrator_id for one in mine} - {None} | told

    def actions(self) -> set[Any]:
        mine = [one for one in self.tables.of(ActionRow) if one.item_id in self.told]
        return {one.id for one in mine if self.runs or one.agency_id == self.agency.id}

    def notices(self) -> set[Any]:
        return {one.id for one in self.tables.of(NoticeRow)
                if one.meeting_id in self.meetings and one.incident_id in self.not_kept}  # fmt: skip

    def agencies(self) -> set[Any]:
        if self.account.role == "agency administrator":
            return {self.agency.id}
        return {one.id for one in self._mine(self.tables.of(AgencyRow))}

    def accounts(self) -> set[Any]:
        keeps = self.account.role == "agency administrator"
        return {one.id for one in self.tables.of(AccountRow)
                if one.agency_id in self.agencies() and (not keeps or one.role in SITS)}  # fmt: skip

    def audit(self) -> set[Any]:
        every, role = self._mine(self.tables.of(AuditRow)), self.account.role
        if role == "information governance":  # "all, no content": no restriction, but a wall
            return {one.id for one in every if one.case_id not in self.walled}
        lines = [one for one in every if one.case_id not in self.kept]
        if self.runs:
            return {one.id for one in lines if one.case_id or one.action in MEETING_ACTIONS}
        staff = {str(one.id) for one in self.tables.of(AccountRow) if one.agency_id == self.agency.id}
        actors = staff if role == "agency administrator" else {str(self.account.id)}
        return {one.id for one in lines if one.actor in actors}


@dataclass(frozen=True)
class Narrowing:
    """One way the scope narrows a table, and what the rules say of it."""

    table: type[Base]
    key: str
    scoped: Callable[[Any], Any]
    rule: Callable[[Reader], set[Any]]
    host: bool = True  # the service's work for an area asks it, too


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
    return {one.id for one in reader._mine(reader.tables.of(ImportRow))}


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
        NoteRow, "id", lambda who: scope.told_at(who, NoteRow.item_id),
        _hanging(NoteRow, "item_id", lambda r: r.told),
    ),
    "hearings": Narrowing(
        HearingRow, "id", lambda who: scope.told_on(who, HearingRow.case_id),
        _hanging(HearingRow, "case_id", lambda r: r.cases),
    ),
    "texts": Narrowing(
        IncidentTextRow, "incident_id", lambda who: scope.told_in(who, IncidentTextRow.incident_id),
        _hanging(IncidentTextRow, "incident_id", lambda r: r.incidents),
    ),
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
#: Where the permission is asked before, and the database answers nobody else at all.
_ASKED_BEFORE: dict[str, Callable[[Principal], bool]] = {
    "imports": lambda who: who.runs_meetings,
    "rejects": lambda who: who.runs_meetings,
    "alarms": lambda who: who.may(Permission.ALARM_READ),
}


Difference = tuple[str, str, set[Any], set[Any]]
#: What the rules say of each reader.
Expected = list[tuple[UUID | Host, dict[str, set[Any]]]]


def expected(now: datetime, only: UUID | None = None) -> Expected:
    """For each account that is not disabled, and for the service's work for an area; or of one area only."""
    db.session.rollback()
    tables = Tables()
    agencies = {one.id: one for one in tables.of(AgencyRow)}
    agencies = {key: one for key, one in agencies.items() if only in (None, one.area_id)}
    people = [one for one in tables.of(AccountRow) if not one.disabled_at and one.agency_id in agencies]
    readers = [Reader(tables, one, agencies[one.agency_id], now) for one in people]
    found: Expected = [
        (r.account.id, {name: one.rule(r) for name, one in NARROWINGS.items()}) for r in readers
    ]
    for area_id in {one.area_id for one in agencies.values()}:
        found.append((Host(area_id), _of_area(tables, area_id)))
    db.session.rollback()
    return found


def differences(now: datetime, rules: Expected | None = None) -> Iterator[Difference]:
    """Where scope and rule differ: who, what, too much, too little."""
    for reader, due in rules or expected(now):
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
    return set(db.session.scalars(found.where(narrowing.scoped(who))))


def _of_area(tables: Tables, area_id: UUID) -> dict[str, set[Any]]:
    """The service sees all of an area, and nothing of another."""
    cases = {one.id: one for one in tables.of(CaseRow) if one.area_id == area_id}
    parents: dict[str, Callable[[Any], bool]] = {
        "people": lambda one: one.id in {key for case in cases.values()
                                          for key in (case.victim_id, case.perpetrator_id)}
        | {row.person_id for row in tables.of(AssociateRow) if row.case_id in cases},
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
