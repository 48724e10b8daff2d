"""Queries on what agencies confirmed of a MARAC's update-only cases, and who has not answered (C3)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from agenda import confirmations as rules
from agenda.agencies import Agency
from agenda.circulation import Group
from agenda.confirmations import Said, Standing, Told
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc.models import ConfirmationRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, Principal
from meetingsvc.store import acting, marac, meeting_record, outcomes
from meetingsvc.store.marac import Line
from meetingsvc.store.scope import Reader, items_of, meetings_of, told_at
from minutes.outcome import Tick
from minutes.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Answer:
    """What one agency said last of one case."""

    agency_id: UUID
    said: Said
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Box:
    """One update-only case as an agency is asked of it, with what it said."""

    line: Line
    mine: Answer | None

    @property
    def question(self) -> str:
        """What is to be confirmed."""
        return rules.question(self.line.group)

    @property
    def is_asked(self) -> bool:
        """Not any more once an agency has had it moved to discussion."""
        return rules.is_asked(self.line.group, self.line.moved_reason)

    @property
    def told(self) -> Told:
        """What the page shows at first: what was said, or nothing yet: the page says nothing for anybody."""
        return Told(self.mine.said, self.mine.reason) if self.mine else Told(Said.LATER)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an agency is asked to stand by: the safeguards that a daily meeting found in place (C2, C3)."""

    found_on: date
    safeguards: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A MARAC for which the reader's agency has cases to confirm."""

    meeting_id: UUID
    sits_on: date
    cases: int


def boxes(who: Principal, meeting_id: UUID) -> list[Box]:
    """What the reader's agency is asked to confirm, and what was moved to discussion since, in order."""
    found = marac.agenda(who, meeting_id)
    lines = [one for one in found.lines if _was_asked(one)] if found else []
    said = _answers(who, [one.item_id for one in lines])
    return [Box(one, said.get((one.item_id, who.agency_id))) for one in lines]


def evidence(who: Principal, item_ids: Collection[UUID]) -> dict[UUID, Evidence]:
    """By line of a MARAC, the safeguards of the latest daily meeting that sent the case there."""
    row = OutcomeRow
    rows = select(row.item_id, row.marac_item_id).where(
        told_at(who, row.item_id), row.marac_item_id.in_(item_ids)
    )
    line_of = {key: line for key, line in db.session.execute(rows) if line}
    days = select(ItemRow.id, MeetingRow.sits_on).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    with acting.whole_area(who.area_id):  # their meetings are not attended by every agency at a MARAC
        days = days.where(ItemRow.id.in_(line_of)).order_by(MeetingRow.sits_on, ItemRow.id)
        latest = {line_of[key]: (key, day) for key, day in db.session.execute(days)}
    ticks = outcomes.ticks(who, [key for key, _ in latest.values()])
    there = {key: tuple(one for one in told if one.in_place) for key, told in ticks.items()}
    return {line: Evidence(day, there.get(key, ())) for line, (key, day) in latest.items()}


def _was_asked(line: Line) -> bool:
    return bool(line.moved_reason) or rules.is_asked(line.group, line.moved_reason)


def _answers(reader: Reader, item_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], Answer]:
    """By item and agency, what stands: the latest."""
    if not item_ids:
        return {}
    row = ConfirmationRow
    rows = select(row.item_id, row.agency_id, row.confirmed, row.reason, row.author, row.said_at)
    rows = rows.where(told_at(reader, row.item_id), row.item_id.in_(item_ids))
    return {
        (item_id, agency_id): Answer(
            agency_id, Said.CONFIRMED if confirmed else Said.NOT_CONFIRMED, reason, by, at
        )
        for item_id, agency_id, confirmed, reason, by, at in db.session.execute(
            rows.order_by(row.said_at, row.confirmed.desc(), row.id)  # in doubt, it is discussed
        )
    }


def waiting(who: Principal, today: date) -> list[Waiting]:
    """The MARACs ahead with cases that the reader's agency has not answered, the soonest first."""
    row, item, said = MeetingRow, ItemRow, ConfirmationRow
    answered = exists().where(said.item_id == item.id, said.agency_id == who.agency_id)
    asked = (item.group >= Group.NEW_SAFEGUARDS, item.moved_reason == "", ~answered)
    rows = (
        select(row.id, row.sits_on, func.count())
        .join(item, item.meeting_id == row.id)
        .where(meetings_of(who), items_of(who), row.kind == MeetingKind.MARAC)
        .where(row.state == MeetingState.PUBLISHED, row.sits_on >= today, row.ended_at.is_(None), *asked)
        .group_by(row.id, row.sits_on)
        .order_by(row.sits_on)
    )
    return [Waiting(*found) for found in db.session.execute(rows)]


def standings(reader: Principal, meeting_id: UUID, lines: Iterable[Line]) -> dict[UUID, Standing]:
    """How far every agency is with each update-only case, of the lines the reader sees; for who runs the
    meeting. Nobody waits for an agency in which nobody may open the case (Rulebook M6)."""
    asked, row = [one for one in lines if _was_asked(one)], meeting_record.meeting(reader, meeting_id)
    if not asked or row is None:
        return {}
    agencies = [one for one in meeting_record.expected_agencies(row) if _signed(one, row.sits_on)]
    said = _answers(reader, [one.item_id for one in asked])
    may = _who_may([one for one in asked if one.restricted], agencies)
    return {
        line.item_id: _standing(
            [(one.name, said.get((line.item_id, one.id)))
             for one in agencies
             if one.id in may.get(line.item_id, {one.id}) or (line.item_id, one.id) in said]
        )
        for line in asked
    }  # fmt: skip


def standing_of(who: Principal, sheet: Worksheet) -> Standing | None:
    """The same of one case as the meeting works on it; None where nothing is to be confirmed any more."""
    if sheet.line is None or not sheet.line.update_only or sheet.recorded or not who.runs_meetings:
        return None
    found = marac.agenda(who, sheet.meeting_id)
    lines = [one for one in found.lines if one.item_id == sheet.item_id] if found else []
    return standings(who, sheet.meeting_id, lines).get(sheet.item_id)


def said_of(item: ItemRow, meeting: MeetingRow) -> list[tuple[str, Answer | None]]:
    """Each agency that is asked of one case, with what it said last: for the service's own work (C3, C4).

    Nobody waits for an agency in which nobody may open the case (Rulebook M6).
    """
    agencies = [one for one in meeting_record.expected_agencies(meeting) if _signed(one, meeting.sits_on)]
    said = _answers(acting.Host(item.area_id), [item.id])
    people = [one for one in meeting_record.expected_people([one.id for one in agencies])
              if one.role in ATTENDS_MEETINGS]  # fmt: skip
    kept = meeting_record.kept_from(item.case_id, {one.account_id for one in people})
    may = {one.agency_id for one in people if one.account_id not in kept}
    some = {one.agency_id for one in people}
    return [
        (one.name, said.get((item.id, one.id)))
        for one in agencies
        if one.id in may or one.id not in some or (item.id, one.id) in said
    ]


def _signed(agency: Agency, sits_on: date) -> bool:
    return agency.signed_on is not None and agency.signed_on <= sits_on


def _standing(told: Collection[tuple[str, Answer | None]]) -> Standing:
    def of(wanted: Said | None) -> tuple[str, ...]:
        return tuple(name for name, one in told if (one.said if one else None) is wanted)

    return Standing(of(Said.CONFIRMED), of(Said.NOT_CONFIRMED), of(None))


def _who_may(kept: Iterable[Line], agencies: Iterable[Agency]) -> dict[UUID, set[UUID]]:
    """By item, of cases that are kept from somebody, the agencies in which somebody may open it."""
    kept = list(kept)
    if not kept:
        return {}
    everybody = meeting_record.expected_people([one.id for one in agencies])
    people = [one for one in everybody if one.role in ATTENDS_MEETINGS]
    ids = {one.account_id for one in people}
    return {
        line.item_id: {one.agency_id for one in people
                       if one.account_id not in meeting_record.kept_from(line.case_id, ids)}
        for line in kept
    }  # fmt: skip
