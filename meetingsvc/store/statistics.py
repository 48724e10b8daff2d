"""The true numbers that statistics are made of. Asked as the service; a person is told them rounded alone."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingKind, MeetingState
from agenda.periods import Period, month_of
from agenda.referral_entry import EntryKind
from meetingsvc.models import ActionRow, IncidentRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store.scope_statistics import open_to_all, told_to_all
from minutes.actions import Status
from minutes.statistics import Counts


def counts(area_id: UUID, period: Period) -> Counts:
    """Of one area and period, by month. Call it inside `acting.whole_area`."""
    return Counts(
        _incidents(area_id, period.first, period.last),
        _heard(area_id, period.first, period.last),
        _actions(area_id, period.first, period.last),
    )


def _incidents(area_id: UUID, first: date, last: date) -> Counter[tuple[date, Risk]]:
    """What the police flagged domestic, in its newest version, by the local day of recording (T2, T6)."""
    row = IncidentRow
    rows = (
        select(row.recorded_day, row.risk, func.count())
        .where(told_to_all(row.id), row.area_id == area_id, row.recorded_day.between(first, last))
        .where(row.current, row.domestic, row.kind == EntryKind.POLICE_INCIDENT)
        .group_by(row.recorded_day, row.risk)
    )
    found: Counter[tuple[date, Risk]] = Counter()
    for day, risk, number in db.session.execute(rows):
        found[month_of(day).first, Risk(risk)] += number
    return found


def _heard(area_id: UUID, first: date, last: date) -> Counter[tuple[date, Group, Risk | None]]:
    """The cases that a MARAC reached, by their group there and the level of risk it recorded (C, D3)."""
    item, sat = ItemRow, MeetingRow
    rows: Select[*tuple[Any, ...]] = (
        select(sat.sits_on, item.group, OutcomeRow.risk, func.count())
        .join(sat, sat.id == item.meeting_id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == item.id)
        .where(open_to_all(item.case_id), item.area_id == area_id, sat.sits_on.between(first, last))
        .where(sat.kind == MeetingKind.MARAC, sat.state.in_((MeetingState.PUBLISHED, MeetingState.HEARD)))
        .where(item.not_reached == "", item.supplement <= sat.supplements)
        .group_by(sat.sits_on, item.group, OutcomeRow.risk)
    )
    found: Counter[tuple[date, Group, Risk | None]] = Counter()
    for day, group, risk, number in db.session.execute(rows):
        found[month_of(day).first, Group(group), Risk(risk) if risk else None] += number
    return found


def _actions(area_id: UUID, first: date, last: date) -> Counter[tuple[date, Status]]:
    """By the day they were due, as they stand now (A1)."""
    row = ActionRow
    rows = (
        select(row.due, row.status, func.count())
        .join(ItemRow, ItemRow.id == row.item_id)
        .where(open_to_all(ItemRow.case_id), row.area_id == area_id, row.due.between(first, last))
        .group_by(row.due, row.status)
    )
    found: Counter[tuple[date, Status]] = Counter()
    for day, status, number in db.session.execute(rows):
        found[month_of(day).first, Status(status)] += number
    return found
