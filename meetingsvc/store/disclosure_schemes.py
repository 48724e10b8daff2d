"""Queries on applications under the disclosure schemes, as each person may read them (Rulebook Y1, Y2)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda import disclosure_meetings
from agenda import disclosure_scheme as scheme
from agenda.agencies import AgencyKind
from agenda.calendar import days_off
from agenda.disclosure_meetings import Decision, decided, to_confirm
from agenda.disclosure_scheme import CHAIRS, Clocks, Due, Made, Right, Scheme, Stage, Step
from agenda.incidents import Incident
from agenda.meetings import MeetingKind, MeetingState
from agenda.moves import Who
from meetingsvc import holidays
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    ApplicationRow,
    ApplicationStepRow,
    AreaRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, incidents
from meetingsvc.store.applications_ended import decided_so, ended_by_some, surely_ended
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_schemes import applications_of, told_of_application


@dataclass(frozen=True, slots=True)
class Listed:
    """The entry of an application on a daily list, and what meetings decided, in their order (T9, C4)."""

    item_id: UUID
    case_id: UUID
    sits_on: date
    since: date  # the first meeting that decided: what agencies hold since then is weighed
    decisions: tuple[Decision, ...] = ()
    final: bool = False  # the meeting is closed: its outcomes do not change any more

    @property
    def decision(self) -> Decision | None:
        """The latest, which counts."""
        return self.decisions[-1] if self.decisions else None


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks. How to reach them is sealed."""

    name: str
    is_: str  # to the person at risk
    identity: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """An application with everything that is known of it."""

    id: UUID
    reference: str
    agency_id: UUID
    agency: str
    told: scheme.Application
    entry: Incident
    row: ApplicationRow  # for the use cases, to write on
    access: str  # to a child, unsupervised; of that scheme alone
    applicant: Applicant | None  # none where the police act of themselves
    made_by: str
    listed: Listed | None
    dues: tuple[Due, ...]

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return self.told.stage

    @property
    def to_confirm(self) -> Decision | None:
        """What a chair has to confirm before anybody acts on it: of a closed meeting, which does not change
        any more (Rulebook C4)."""
        listed = self.listed
        return to_confirm(self.told, listed.decisions) if listed and listed.final else None

    @property
    def may_tell_from(self) -> date:
        """The first day on which somebody can have been told (Rulebook Y1)."""
        return scheme.may_tell_from(self.told, self.listed.sits_on if self.listed else None)

    def late(self, now: datetime) -> tuple[Due, ...]:
        """What is overdue."""
        return tuple(due for due in self.dues if due.late(now))


def clocks(area: AreaRow) -> Clocks:
    """How long each stage may take in this area (Rulebook Y1)."""
    told = areas.settings_of(area)
    return Clocks(told.disclosure_days, told.disclosure_checks_hours, told.disclosure_meet_days)


def acts_as(who: Principal) -> Who | None:
    """In whose name a person takes steps (security.md B): the police's representatives alone for the police.

    The decision is the chair's at the daily meeting, is recorded in its outcome, and confirmed by a chair.
    """
    if who.role is Role.COORDINATOR:
        return Who.COORDINATOR
    if who.role is Role.CHAIR:
        return Who.CHAIR
    if who.role is Role.REPRESENTATIVE and who.agency_id in dict(police(who.area_id)):
        return Who.POLICE
    return None


def police(area_id: UUID) -> list[tuple[UUID, str]]:
    """The area's police forces, who may deal with an application."""
    row = AgencyRow
    rows = select(row.id, row.name).where(row.area_id == area_id, row.kind == AgencyKind.POLICE)
    return [(key, name) for key, name in db.session.execute(rows.order_by(row.name))]


def one(reader: Reader, application_id: UUID) -> Kept | None:
    """One application, where the reader may open it."""
    return next(iter(kept(reader, ApplicationRow.id == application_id)), None)


def waiting(reader: Reader) -> list[Kept]:
    """Those that have not ended, or of which a chair has to confirm what was decided, the oldest first."""
    found = [one for one in kept(reader, ~surely_ended()) if not one.stage.ended or one.to_confirm]
    return sorted(found, key=lambda one: one.told.applied_at)


def ended(reader: Reader, limit: int) -> list[Kept]:
    """The newest of those that have ended."""
    found = kept(reader, ended_by_some(), limit=limit)
    return [one for one in found if one.stage.ended and not one.to_confirm]


def turned(reader: Reader, since: datetime) -> list[Kept]:
    """Those of which a daily meeting has decided since then not to disclose, after an earlier one had decided
    to (Rulebook C4, Y1); also where somebody was told by then."""
    found = kept(reader, decided_so(False), decided_so(True))
    last = ((one, disclosure_meetings.turned(one.listed.decisions)) for one in found if one.listed)
    return [one for one, decision in last if decision and decision.at >= since]


def on(reader: Reader, references: Collection[str]) -> list[Kept]:
    """Those that are these entries of a case."""
    return kept(reader, ApplicationRow.reference.in_(references)) if references else []


def same(reader: Reader, row: ApplicationRow, entry: Incident, since: datetime) -> Kept | None:
    """The same application made by the same person a moment ago: a form that was sent twice."""
    one = ApplicationRow
    alike = (one.made_by == row.made_by, one.made_at > since, one.applied_at == row.applied_at,
             one.right_to == row.right_to, one.applicant == row.applicant)  # fmt: skip
    parties = entry.victim, entry.perpetrator
    found = (one for one in kept(reader, *alike) if (one.entry.victim, one.entry.perpetrator) == parties)
    return next(found, None)


def kept(reader: Reader, *where: Any, limit: int | None = None) -> list[Kept]:
    """Those that the reader may open, narrowed, the newest first."""
    row, maker = ApplicationRow, AccountRow
    rows = (
        select(row, AgencyRow.name, maker.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(maker, maker.id == row.made_by)
        .where(applications_of(reader), *where)
        .order_by(row.applied_at.desc(), row.reference)
        .limit(limit)
    )
    found = db.session.execute(rows).all()
    if not found:
        return []
    steps = _steps(reader, [application.id for application, *_ in found])
    area = areas.by_id(reader.area_id)
    off, rule = days_off(areas.settings_of(area), holidays.known()), clocks(area)
    with acting.whole_area(reader.area_id):  # whoever may open it may read its entry, listed or not
        entries, listed = _entries([one for one, *_ in found]), _listed([one for one, *_ in found])
    told_of = []
    for application, agency, by in found:
        on_list = listed.get(application.reference)
        told = _told(application, steps[application.id], on_list)
        told_of.append(
            Kept(application.id, application.reference, application.agency_id, agency, told,
                 entries[application.reference], application, application.access, _applicant(application),
                 by, on_list,
                 scheme.dues(told, rule, off))
        )  # fmt: skip
    return told_of


def _applicant(row: ApplicationRow) -> Applicant | None:
    if row.right_to != Right.ASK:
        return None
    return Applicant(row.applicant, row.applicant_is, row.identity, row.contact is not None)


def _told(
    row: ApplicationRow, steps: Sequence[ApplicationStepRow], listed: Listed | None
) -> scheme.Application:
    made = tuple(Made(one, step.at, Who.CHAIR if one in CHAIRS else Who.POLICE, step.reason)
                 for step in steps for one in [Step(step.step)])  # fmt: skip
    told = scheme.Application(Scheme(row.scheme), Right(row.right_to), row.applied_at, row.met_on, made)
    return decided(told, listed.decisions if listed else ())


def _steps(reader: Reader, ids: Collection[UUID]) -> dict[UUID, list[ApplicationStepRow]]:
    row, found = ApplicationStepRow, defaultdict[UUID, list[ApplicationStepRow]](list)
    rows = select(row).where(told_of_application(reader, row.application_id), row.application_id.in_(ids))
    for step in db.session.scalars(rows.order_by(row.place)):
        found[step.application_id].append(step)
    return found


def _entries(rows: Collection[ApplicationRow]) -> dict[str, Incident]:
    """The newest version of each one's entry."""
    row, numbers = IncidentRow, [one.reference for one in rows]
    area_ids = {one.area_id for one in rows}
    newest = select(row.id).where(row.area_id.in_(area_ids), row.occurrence_number.in_(numbers), row.current)
    contents = incidents.contents(db.session.scalars(newest))
    return {told.occurrence_number: told for told in contents.values()}


def _listed(rows: Collection[ApplicationRow]) -> dict[str, Listed]:
    """The latest daily meeting that decided; where none has, the first list that took it."""
    area_ids, numbers = {one.area_id for one in rows}, [one.reference for one in rows]
    found: dict[str, Listed] = {}
    lines = (
        select(EntryRow, ItemRow.case_id, MeetingRow, OutcomeRow.recorded_at, AccountRow.name)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .outerjoin(AccountRow, AccountRow.id == OutcomeRow.recorded_by)
        .where(ItemRow.area_id.in_(area_ids), EntryRow.occurrence_number.in_(numbers))
        .where(MeetingRow.kind == MeetingKind.DRAMM)
        .order_by(MeetingRow.sits_on, EntryRow.id)
    )  # fmt: skip
    for entry, case_id, meeting, at, by in db.session.execute(lines):
        known, number = found.get(entry.occurrence_number), entry.occurrence_number
        if at is not None and entry.disclose is not None:
            decision = Decision(entry.disclose, at, entry.disclose_why, by or "")
            made = (*(known.decisions if known else ()), decision)
            final = meeting.state != MeetingState.OPEN
            since = known.since if known and known.decisions else meeting.sits_on
            found[number] = Listed(entry.item_id, case_id, meeting.sits_on, since, made, final)
        elif known is None:
            found[number] = Listed(entry.item_id, case_id, meeting.sits_on, meeting.sits_on)
    return found
