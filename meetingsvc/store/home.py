"""What waits for a person today: a few counts, each scoped before it is counted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from agenda.meetings import MeetingKind, MeetingState
from agenda.panels import Family, Works
from meetingsvc.models import (
    ActionRow,
    ImportRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    RejectedRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import kept_rejects
from meetingsvc.store.marac_waiting import waiting_referrals
from meetingsvc.store.scope import Reader, actions_of, imports_of, incidents_of, items_of, meetings_of
from meetingsvc.store.withdrawn import off_list
from minutes.actions import Status

#: Rejected rows are counted no further: all of them would have to be read.
MANY = 100
#: What children's meetings decide is no outcome of the daily meeting: their own page says what is left (E1).
_OF_ABUSE = MeetingRow.family == Family.ABUSE


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting, and how far it is."""

    id: UUID
    sits_on: date
    starts_at: datetime
    state: MeetingState
    held: bool  # a daily list that its agencies do not see yet
    cases: int
    without_outcome: int


@dataclass(frozen=True, slots=True)
class Actions:
    """Open actions of one agency, or of the whole area for who runs its meetings."""

    open: int
    overdue: int


class OfList(NamedTuple):
    """So many cases of the list of a day."""

    day: date
    cases: int
    kind: str = MeetingKind.DRAMM  # the panel's code


def daily_meeting(principal: Principal, day: date) -> Sitting | None:
    """That day's list, where it is built and may be seen."""
    return _sitting(principal, MeetingKind.DRAMM, MeetingRow.sits_on == day)


def open_daily_meetings(principal: Principal, before: date) -> list[OfList]:
    """Lists whose meeting was never closed, with the cases without an outcome: not to be forgotten."""
    rows = (
        select(MeetingRow.sits_on, func.count(ItemRow.id) - func.count(OutcomeRow.item_id), MeetingRow.kind)
        .outerjoin(ItemRow, and_(ItemRow.meeting_id == MeetingRow.id, items_of(principal), ~off_list()))
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(
            meetings_of(principal),
            _OF_ABUSE,
            MeetingRow.works == Works.LIST,
            MeetingRow.state == MeetingState.OPEN,
            MeetingRow.sits_on < before,
        )
        .group_by(MeetingRow.sits_on, MeetingRow.kind)
        .order_by(MeetingRow.sits_on, MeetingRow.kind)
    )
    return [OfList(*found) for found in db.session.execute(rows)]


def without_outcome(principal: Principal) -> list[tuple[date, UUID, str]]:
    """The cases of open lists that wait for their outcome, with day and panel, the earliest first."""
    rows = (
        select(MeetingRow.sits_on, ItemRow.case_id, MeetingRow.kind)
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(items_of(principal), _OF_ABUSE, MeetingRow.works == Works.LIST, ~off_list())
        .where(MeetingRow.state == MeetingState.OPEN, OutcomeRow.item_id.is_(None))
        .order_by(MeetingRow.sits_on, ItemRow.id)
    )
    return [(day, case_id, kind) for day, case_id, kind in db.session.execute(rows)]


def closed_without_outcome(principal: Principal) -> list[OfList]:
    """Lists that were closed by somebody who may not see every case (M6), with those that wait for their
    outcome."""
    rows = (
        select(MeetingRow.sits_on, func.count(ItemRow.id), MeetingRow.kind)
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(items_of(principal), _OF_ABUSE, MeetingRow.works == Works.LIST, ~off_list())
        .where(MeetingRow.state == MeetingState.CLOSED, OutcomeRow.item_id.is_(None))
        .group_by(MeetingRow.sits_on, MeetingRow.kind)
        .order_by(MeetingRow.sits_on, MeetingRow.kind)
    )
    return [OfList(*found) for found in db.session.execute(rows)]


def not_referred(principal: Principal, since: datetime) -> list[OfList]:
    """Lists with the cases kept from the MARAC with a reason, by what was saved `since`: of
    high risk, or a referral taken back (D3, T13)."""
    row = OutcomeRow
    rows = (
        select(MeetingRow.sits_on, func.count(), MeetingRow.kind)
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .join(row, row.item_id == ItemRow.id)
        .where(items_of(principal), ~row.refer, row.not_referred != "", row.recorded_at >= since)
        .group_by(MeetingRow.sits_on, MeetingRow.kind)
        .order_by(MeetingRow.sits_on, MeetingRow.kind)
    )
    return [OfList(*found) for found in db.session.execute(rows)]


def heard_without_outcome(principal: Principal) -> list[tuple[UUID, date, int]]:
    """MARACs that were ended by somebody who may not see every case (M6), with those that were heard and wait
    for their outcome."""
    rows = (
        select(MeetingRow.id, MeetingRow.sits_on, func.count(ItemRow.id))
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(items_of(principal), MeetingRow.kind == MeetingKind.MARAC, MeetingRow.ended_at.is_not(None))
        .where(ItemRow.not_reached == "", OutcomeRow.item_id.is_(None))
        .group_by(MeetingRow.id, MeetingRow.sits_on)
        .order_by(MeetingRow.sits_on)
    )
    return [(key, day, waiting) for key, day, waiting in db.session.execute(rows)]


def next_marac(principal: Principal, day: date) -> Sitting | None:
    """The next MARAC of the timetable from `day` on that has not ended, as far as the person may see them."""
    return _sitting(principal, MeetingKind.MARAC, and_(_is_ahead(day), MeetingRow.emergency == 0))


def emergencies(principal: Principal, day: date) -> list[Sitting]:
    """Emergency MARACs from `day` on that have not ended, the first to sit first; none whose case is kept
    from the person. They stand apart, so that none reads as the fortnightly one (Rulebook M4, M6)."""
    row = MeetingRow
    rows = _sittings(principal, MeetingKind.MARAC, and_(_is_ahead(day), row.emergency > 0))
    return [_as_sitting(found) for found in db.session.execute(rows)]


def _is_ahead(day: date) -> ColumnElement[bool]:
    row = MeetingRow
    return and_(row.sits_on >= day, row.state != MeetingState.CANCELLED, row.ended_at.is_(None))


def _sitting(principal: Principal, kind: str, when: ColumnElement[bool]) -> Sitting | None:
    found = db.session.execute(_sittings(principal, kind, when).limit(1)).one_or_none()
    return None if found is None else _as_sitting(found)


def _sittings(principal: Principal, kind: str, when: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            MeetingRow.id, MeetingRow.sits_on, MeetingRow.starts_at, MeetingRow.state, MeetingRow.held,
            func.count(ItemRow.id), func.count(ItemRow.id) - func.count(OutcomeRow.item_id),
        )
        .outerjoin(ItemRow, and_(ItemRow.meeting_id == MeetingRow.id, items_of(principal), ~off_list()))
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(meetings_of(principal), MeetingRow.kind == kind, when)
        .group_by(MeetingRow.id)
        .order_by(MeetingRow.starts_at, MeetingRow.id)
    )  # fmt: skip


def _as_sitting(found: Any) -> Sitting:
    key, sits_on, starts_at, state, held, *counts = found
    return Sitting(key, sits_on, starts_at, MeetingState(state), held, *counts)


def not_on_an_agenda(principal: Principal, day: date) -> int:
    """Cases referred to the MARAC that wait for one with a date (Rulebook M1)."""
    return len(waiting_referrals(principal, day)) if principal.may(Permission.AGENDA_EDIT) else 0


def lists_to_publish(principal: Principal, day: date) -> list[tuple[UUID, date, int]]:
    """Published MARACs still to sit with late cases that nobody has been told of yet, and how many."""
    if not principal.may(Permission.AGENDA_PUBLISH):
        return []
    row = MeetingRow
    rows = (
        select(row.id, row.sits_on, func.count())
        .join(ItemRow, ItemRow.meeting_id == row.id)
        .where(meetings_of(principal), items_of(principal), row.kind == MeetingKind.MARAC)
        .where(row.state == MeetingState.PUBLISHED)
        .where(row.sits_on >= day, ItemRow.supplement > row.supplements)
        .group_by(row.id, row.sits_on)
    )
    return [(key, sits_on, count) for key, sits_on, count in db.session.execute(rows)]


def unconsidered(reader: Reader, start: datetime) -> int:
    """Incidents recorded since the area's first window that no list has considered yet."""
    row = IncidentRow
    return _count(incidents_of(reader), row.considered.is_(False), row.due_at >= start)


def rejected_rows(principal: Principal) -> int:
    """Rows the feed rejected that nobody has dealt with yet, counted to MANY."""
    if not principal.may(Permission.FEED_IMPORT):
        return 0
    waits = and_(or_(ImportRow.dealt_with_at.is_(None), ImportRow.left_over), ImportRow.rejected > 0)
    if not db.session.scalar(select(ImportRow.id).where(imports_of(principal), waits).limit(1)):
        return 0
    sought, left = kept_rejects.sought_for(principal), RejectedRow.left_over
    return kept_rejects.count_shown(
        principal, sought, MANY, waits, or_(ImportRow.dealt_with_at.is_(None), left)
    )


def actions(principal: Principal, day: date) -> Actions:
    """Those that the page of actions shows."""
    mine = (actions_of(principal), ActionRow.status == Status.OPEN)
    return Actions(_count(*mine), _count(*mine, ActionRow.due < day))


def _count(*where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*where)) or 0
