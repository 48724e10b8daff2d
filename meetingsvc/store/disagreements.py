"""Queries on disagreements and what was done about them, as each person may read them (Rulebook V4, W2)."""

from collections import defaultdict
from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import days_off
from agenda.clocks import Running
from agenda.disagreement import Answer, Disagreement, Ladder, Made, Step
from agenda.disagreement_days import Kind, LadderDays, ladder
from agenda.disagreement_form import Agreed, Nature, Record, told_in
from agenda.disagreement_named import names
from agenda.meetings import case_reference
from agenda.moves import Who
from meetingsvc import holidays
from meetingsvc.models import (
    AreaRow,
    CaseRow,
    DisagreementAgencyRow,
    DisagreementEntryRow,
    DisagreementRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, areas
from meetingsvc.store.scope import Reader, cases_of
from meetingsvc.store.scope_governance import disagreements_of, told_of_disagreement

_NEVER = datetime.max.replace(tzinfo=UTC)


class Entry(StrEnum):
    """The sorts of thing that are done about a disagreement. The value is stored."""

    STEP = "step"
    ANSWER = "answer"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Kept:
    """A disagreement with everything that is known of it. Its agencies are told by their names."""

    id: UUID
    reference: str
    kind: Kind
    agency_id: UUID
    against: frozenset[UUID]
    about: str
    unsafe_now: bool
    done: str
    case_id: UUID | None
    case: str  # its reference, where the reader may open it
    raised_by: UUID
    told: Disagreement[Any]
    clocks: tuple[Running, ...]
    record: Record | None  # the form of appendix 5, as it was last filled in
    row: DisagreementRow  # for the use cases, to write on
    accounts: dict[UUID, str]
    entries: int

    @property
    def waits(self) -> bool:
        """Whether it is not over."""
        return self.told.stage is not self.told.ladder.ended

    @property
    def running(self) -> tuple[Running, ...]:
        """The clock of the step it is at, where it has one."""
        return tuple(clock for clock in self.clocks if clock.done_at is None)

    def named(self, account: str) -> str:
        """Who that is."""
        return self.accounts.get(UUID(account), "somebody")


def days(area: AreaRow) -> LadderDays:
    """How long each step may take in this area (Rulebook V4, W2)."""
    told = areas.settings_of(area)
    return LadderDays(
        told.disagreement_days, told.conference_days, told.child_death_form_days,
        told.child_death_asked_days, told.child_death_letter_days,
    )  # fmt: skip


def acts_as(who: Principal, kept: Kept) -> Set[Who]:
    """In whose names a person takes steps (security.md B): their manager is anybody else of the agency than
    who raised it, for nobody decides alone that it goes on."""
    match who.role:
        case Role.COORDINATOR:
            return {Who.COORDINATOR}
        case Role.CHAIR:
            return {Who.CHAIR}
        case _ if who.agency_id != kept.agency_id:
            return set()
        case _:
            manager = {Who.MANAGER} if who.account_id != kept.raised_by else set()
            return {Who.RAISER} | manager


def answers(who: Principal, kept: Kept) -> bool:
    """Whether this person may answer for the other agency."""
    return kept.waits and not who.runs_meetings and who.agency_id in kept.against


def one(reader: Reader, disagreement_id: UUID) -> Kept | None:
    """One disagreement, where the reader may open it."""
    return next(iter(kept(reader, DisagreementRow.id == disagreement_id)), None)


def hold(reader: Reader, disagreement_id: UUID) -> Kept | None:
    """The same to write on: nobody else adds to it meanwhile."""
    row = select(DisagreementRow.id).where(disagreements_of(reader), DisagreementRow.id == disagreement_id)
    db.session.scalar(row.with_for_update())
    return one(reader, disagreement_id)


def content(reader: Reader, disagreement_id: UUID) -> bytes | None:
    """The file of its form, where the reader may open the disagreement and one is made."""
    row = DisagreementRow
    return db.session.scalar(select(row.file).where(disagreements_of(reader), row.id == disagreement_id))


def waiting(reader: Reader) -> list[Kept]:
    """Those that are not over: with the next clock first, and what no clock drives last."""
    found = [one for one in kept(reader) if one.waits]
    return sorted(found, key=lambda one: one.running[0].due if one.running else _NEVER)


def over(reader: Reader, limit: int) -> list[Kept]:
    """The newest of those that are."""
    return [one for one in kept(reader) if not one.waits][:limit]


def kept(reader: Reader, *where: Any) -> list[Kept]:
    """Those that the reader may open, narrowed, the newest first; none on no case that names the reader, who
    has joined since it was written (Rulebook V4, M6)."""
    rows = select(DisagreementRow).where(disagreements_of(reader), *where)
    newest = rows.order_by(DisagreementRow.raised_at.desc(), DisagreementRow.reference)
    found = db.session.scalars(newest).all()
    entries = _entries(reader, [row.id for row in found]) if found else {}
    found = [row for row in found if not _names_reader(reader, row, entries[row.id])]
    if not found:
        return []
    against = _against(reader, [row.id for row in found])
    seen = _cases(reader, {row.case_id for row in found if row.case_id})
    area = areas.by_id(reader.area_id)
    off, told = days_off(areas.settings_of(area), holidays.known()), days(area)
    agencies = {agency.id: agency.name for agency in areas.agencies(reader.area_id)}
    by = {entry.account_id for its in entries.values() for entry in its} | {row.raised_by for row in found}
    names = accounts.names(by)
    return [
        _kept(row, entries[row.id], against[row.id], seen.get(row.case_id, "") if row.case_id else "",
              ladder(Kind(row.ladder), told), agencies, names, off)
        for row in found
    ]  # fmt: skip


def _names_reader(reader: Reader, row: DisagreementRow, entries: list[DisagreementEntryRow]) -> bool:
    """Who writes of themselves is not meant."""
    if row.case_id is not None or not isinstance(reader, Principal):
        return False
    me = reader.account_id
    told = [] if row.raised_by == me else [row.about, row.done]
    for entry in entries:
        if entry.account_id != me:
            form = entry.kind == Entry.FORM
            told += told_in(_record(entry.told)).values() if form else [entry.told["said"]]
    return any(names(text, reader.name) for text in told)


def _kept(
    row: DisagreementRow, entries: list[DisagreementEntryRow], against: set[UUID], case: str,
    steps: Ladder[Any], agencies: dict[UUID, str], names: dict[UUID, str], off: Any,
) -> Kept:  # fmt: skip
    def called(key: UUID | str) -> str:
        return agencies.get(UUID(str(key)), "An agency")

    told = Disagreement(
        steps, row.raised_at, called(row.agency_id), frozenset(map(called, against)),
        tuple(_made(entry, called(entry.told["agency"])) for entry in entries if entry.kind == Entry.STEP),
        tuple(Answer(entry.at, str(entry.account_id), called(entry.told["agency"]), entry.told["said"])
              for entry in entries if entry.kind == Entry.ANSWER),
    )  # fmt: skip
    forms = [_record(entry.told) for entry in entries if entry.kind == Entry.FORM]
    return Kept(
        row.id, row.reference, Kind(row.ladder), row.agency_id, frozenset(against), row.about,
        row.unsafe_now, row.done, row.case_id, case, row.raised_by, told, told.clocks(off),
        forms[-1] if forms else None, row, names, len(entries),
    )  # fmt: skip


def _made(entry: DisagreementEntryRow, agency: str) -> Made:
    told = entry.told
    return Made(Step(told["step"]), entry.at, Who(told["who"]), str(entry.account_id), agency, told["said"])


def record_json(record: Record) -> dict[str, Any]:
    """The form as it is kept."""
    agreed = [
        {"what": one.what, "whose": one.whose, "by": one.by.isoformat() if one.by else None}
        for one in record.agreed
    ]
    return {"typed": dict(record.typed), "nature": sorted(record.nature), "other": record.other,
            "agreed": agreed}  # fmt: skip


def _record(told: dict[str, Any]) -> Record:
    agreed = tuple(
        Agreed(one["what"], one["whose"], date.fromisoformat(one["by"]) if one["by"] else None)
        for one in told["agreed"]
    )
    return Record(told["typed"], frozenset(map(Nature, told["nature"])), told["other"], agreed)


def _entries(reader: Reader, ids: Collection[UUID]) -> dict[UUID, list[DisagreementEntryRow]]:
    row, found = DisagreementEntryRow, defaultdict[UUID, list[DisagreementEntryRow]](list)
    rows = select(row).where(told_of_disagreement(reader, row.disagreement_id))
    for entry in db.session.scalars(rows.where(row.disagreement_id.in_(ids)).order_by(row.place)):
        found[entry.disagreement_id].append(entry)
    return found


def _against(reader: Reader, ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    row, found = DisagreementAgencyRow, defaultdict[UUID, set[UUID]](set)
    rows = select(row.disagreement_id, row.agency_id).where(told_of_disagreement(reader, row.disagreement_id))
    for disagreement_id, agency_id in db.session.execute(rows.where(row.disagreement_id.in_(ids))):
        found[disagreement_id].add(agency_id)
    return found


def _cases(reader: Reader, keys: Collection[UUID]) -> dict[UUID, str]:
    rows = select(CaseRow.id, CaseRow.number).where(cases_of(reader), CaseRow.id.in_(keys))
    return {key: case_reference(number) for key, number in db.session.execute(rows)} if keys else {}
