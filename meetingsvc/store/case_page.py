"""What is known of one case, for its page: every query starts from what the reader may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingState, case_reference, list_address, meeting_name
from agenda.need_to_know import RestrictionState
from agenda.panels import EXPLOITATION, Works
from agenda.relationships import Role
from meetingsvc.models import (
    ActionRow,
    AgencyRow,
    CaseRow,
    HearingRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PersonRow,
    RestrictionRow,
    db,
)
from meetingsvc.store import acting
from meetingsvc.store.acting import Host
from meetingsvc.store.half_seen import as_told, half_seen
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import Reader, cases_of, meetings_of, told_items_of, told_on
from meetingsvc.store.subject_people import NAME, OF_ABUSE
from minutes.actions import Status


@dataclass(frozen=True, slots=True)
class Person:
    """A party. Where they live and how to reach them is not told here."""

    id: UUID
    name: str
    dob: date | None


@dataclass(frozen=True, slots=True)
class Case:
    """A victim with a perpetrator, or with an unknown one.

    Where exploitation panels hear somebody or something without a victim, that stands in her place, under the
    case's own id: no person has it (Rulebook E2).
    """

    id: UUID
    reference: str
    victim: Person
    perpetrator: Person | None
    restriction: RestrictionState | None
    kind: str = OF_ABUSE

    @property
    def restricted(self) -> bool:
        """It is open to named people only."""
        return self.restriction is RestrictionState.RESTRICTED


_OF_CHILDREN = frozenset(one.code for one in EXPLOITATION)


@dataclass(frozen=True, slots=True)
class OnMeeting:
    """The case on one meeting, and what was decided."""

    item_id: UUID
    sits_on: date
    kind: str
    works: Works
    repeat: bool
    risk: Risk
    decided: bool
    referred: bool
    group: Group | None
    heard_on: date | None  # the MARAC that took the referral
    did_not_sit: bool

    @property
    def of_child(self) -> bool:
        """Of a panel of exploitation: what it decided is a step of the ladder (Rulebook E1)."""
        return self.kind in _OF_CHILDREN

    @property
    def name(self) -> str:
        """What people call it."""
        return meeting_name(self.kind)

    @property
    def list_address(self) -> str:
        """Of a list."""
        return list_address(self.kind, self.sits_on)


@dataclass(frozen=True, slots=True)
class Hearing:
    """The case heard at MARAC, or to be heard by one whose agenda is published (Rulebook T6)."""

    heard_on: date
    source: str
    reference: str
    starts_at: datetime | None  # of the MARAC here, where the reader may know the meeting

    def has_sat(self, now: datetime) -> bool:
        """Only then it is called heard; T6 counts the day of an agenda that is published."""
        past = self.source != "marac" or self.heard_on < now.date()
        return past or (self.starts_at is not None and self.starts_at <= now)


@dataclass(frozen=True, slots=True)
class Action:
    """Something an agency is to do about the case."""

    what: str
    agency: str
    due: date
    status: Status


_victim, _perpetrator = aliased(PersonRow), aliased(PersonRow)
_marac_item, _marac = aliased(ItemRow), aliased(MeetingRow)
_restriction = aliased(RestrictionRow)  # not the table's own name, which `cases_of` asks about the reader
#: Made once, and narrowed for each reader: making them anew for each page took longer than running them.
_CASE = (
    select(
        CaseRow.id, CaseRow.number,
        _victim.id, _victim.forename, _victim.surname, _victim.dob,
        _perpetrator.id, _perpetrator.forename, _perpetrator.surname, _perpetrator.dob,
        select(_restriction.state).where(_restriction.case_id == CaseRow.id).scalar_subquery(),
        CaseRow.kind, NAME,
    )
    .outerjoin(_victim, _victim.id == CaseRow.victim_id)
    .outerjoin(_perpetrator, _perpetrator.id == CaseRow.perpetrator_id)
)  # fmt: skip
_MEETINGS = (
    select(
        ItemRow.id, MeetingRow.sits_on, MeetingRow.kind, MeetingRow.works, ItemRow.repeat, ItemRow.risk,
        ItemRow.group, OutcomeRow.risk, OutcomeRow.refer, OutcomeRow.group, _marac.sits_on, MeetingRow.state,
    )
    .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
    .outerjoin(_marac_item, _marac_item.id == OutcomeRow.marac_item_id)
    .outerjoin(_marac, _marac.id == _marac_item.meeting_id)
    .order_by(MeetingRow.sits_on.desc(), MeetingRow.kind)
)  # fmt: skip
_ACTIONS = (
    select(ActionRow.what, AgencyRow.name, ActionRow.due, ActionRow.status)
    .join(AgencyRow, AgencyRow.id == ActionRow.agency_id)
    .join(ItemRow, ItemRow.id == ActionRow.item_id)
    .order_by(ActionRow.due.desc(), ActionRow.id)
)


def case(reader: Reader, case_id: UUID) -> Case | None:
    """The case, where `reader` may see it; of who is in a kept one too, only what this one tells (M6)."""
    found = db.session.execute(_CASE.where(cases_of(reader), CaseRow.id == case_id)).one_or_none()
    if found is None:
        return None
    key, number, v, v_forename, v_surname, v_dob, p, p_forename, p_surname, p_dob, state, kind, name = found
    other = Person(p, named(p_forename, p_surname), p_dob) if p else None
    called = named(v_forename, v_surname) if v else name or ""
    victim, half = Person(v or key, called, v_dob), half_seen(reader)
    if v in half:
        victim = Person(v, *as_told(reader, v, {key: Role.VICTIM}))
    if p in half:
        other = Person(p, *as_told(reader, p, {key: Role.PERPETRATOR}))
    restriction = RestrictionState(state) if state else None
    return Case(key, case_reference(number), victim, other, restriction, kind)


def meetings(reader: Reader, case_id: UUID) -> list[OnMeeting]:
    """The meetings it was on, the latest first."""
    with told_here(reader, case_id) as here:
        rows = db.session.execute(_MEETINGS.where(here)).all()
    return [
        OnMeeting(item, day, kind, Works(works), repeat, Risk(decided or risk), decided is not None,
                  bool(refer), _group(group or own), on, state == MeetingState.CANCELLED and decided is None)
        for item, day, kind, works, repeat, risk, own, decided, refer, group, on, state in rows
    ]  # fmt: skip


@contextmanager
def told_here(reader: Reader, case_id: UUID) -> Iterator[ColumnElement[bool]]:
    """The items of a case that a reader may read about, beside which the days of their meetings may be read:
    a case opened or given to somebody was on meetings that their agency does not attend, which row-level
    security would leave out."""
    with told_beside(reader, ItemRow.id, and_(told_items_of(reader), ItemRow.case_id == case_id)) as here:
        yield here


@contextmanager
def told_item(reader: Reader, item_id: UUID) -> Iterator[ColumnElement[bool]]:
    """The same of one item."""
    with told_beside(reader, ItemRow.id, and_(told_items_of(reader), ItemRow.id == item_id)) as here:
        yield here


@contextmanager
def told_beside(
    reader: Reader, key: InstrumentedAttribute[Any], mine: ColumnElement[bool]
) -> Iterator[ColumnElement[bool]]:
    """The rows that `mine` leaves a reader, by their key, with what else their meetings tell of them."""
    if isinstance(reader, Host) or reader.runs_meetings:
        yield mine
        return
    told = list(db.session.scalars(select(key).where(mine)))
    with acting.whole_area(reader.area_id):
        yield key.in_(told)


def lists_of(reader: Reader) -> set[str]:
    """The addresses of the lists that are the reader's to open: a case given to somebody was on others, too
    (Rulebook S3)."""
    rows = select(MeetingRow.kind, MeetingRow.sits_on)
    found = db.session.execute(rows.where(meetings_of(reader), MeetingRow.works == Works.LIST))
    return {list_address(kind, day) for kind, day in found}


def _group(number: int | None) -> Group | None:
    return Group(number) if number else None


def hearings(reader: Reader, case_id: UUID) -> list[Hearing]:
    """When it was heard at MARAC, the latest first."""
    row = HearingRow
    rows = select(row.heard_on, row.source, row.external_reference, MeetingRow.starts_at)
    rows = rows.outerjoin(MeetingRow, MeetingRow.id == row.meeting_id)
    rows = rows.order_by(row.heard_on.desc(), row.id)
    with told_beside(reader, row.id, and_(told_on(reader, row.case_id), row.case_id == case_id)) as here:
        return [Hearing(*found) for found in db.session.execute(rows.where(here))]


def actions(reader: Reader, case_id: UUID) -> list[Action]:
    """Its actions, the latest due first."""
    rows = _ACTIONS.where(told_items_of(reader), ItemRow.case_id == case_id)
    return [Action(what, who, due, Status(status)) for what, who, due, status in db.session.execute(rows)]
