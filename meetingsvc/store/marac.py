"""Queries on MARAC meetings, their agendas, and referrals that no agenda has taken yet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from agenda import marac
from agenda.circulation import Group, purpose
from agenda.incidents import Risk
from agenda.list_numbers import numbers
from agenda.marac import Referral
from agenda.meetings import MeetingKind, MeetingState, case_reference
from meetingsvc.models import ActionRow, CaseRow, ItemRow, MeetingRow, OutcomeRow, PersonRow, db
from meetingsvc.store import transfers_moved
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, items_of, meetings_of, open_to

UNKNOWN = "perpetrator not known"
_UNKNOWN_SINCE = datetime.max.replace(tzinfo=UTC)  # referred by nobody that is still here: last
_Victim, _Perpetrator = aliased(PersonRow), aliased(PersonRow)
_agenda_item, _agenda_meeting = aliased(ItemRow), aliased(MeetingRow)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A MARAC, and how far it is."""

    id: UUID
    sits_on: date
    starts_at: datetime
    state: MeetingState
    closed_at: datetime | None
    published_at: datetime | None
    supplements: int  # supplementary lists published so far
    not_sat_reason: str  # why it did not sit, though published
    cases: int  # on the agenda and all its supplementary lists, as far as the reader may see them

    @property
    def is_shared(self) -> bool:
        """Whether agencies hold its agenda."""
        return self.published_at is not None


@dataclass(frozen=True, slots=True)
class Line:
    """One case on an agenda, as its page shows it."""

    item_id: UUID
    case_id: UUID
    case: str
    people: str
    risk: Risk
    repeat: bool
    group: Group
    supplement: int
    moved_reason: str
    added_reason: str
    referred_on: tuple[date, ...]  # the daily meetings that sent it
    actions: int
    restricted: bool  # kept from anybody at all
    number: str = ""  # as everybody calls it (agenda.list_numbers)

    @property
    def purpose(self) -> str:
        """An update-only case that an agency did not confirm is discussed (Rulebook C3)."""
        return purpose(self.group.for_discussion or bool(self.moved_reason))


@dataclass(frozen=True, slots=True)
class Agenda:
    """A MARAC with its lines in the order of the agenda."""

    sitting: Sitting
    lines: tuple[Line, ...]

    def list(self, supplement: int) -> tuple[Line, ...]:
        """The lines of the agenda itself (0), or of one supplementary list."""
        return tuple(line for line in self.lines if line.supplement == supplement)

    @property
    def gathering(self) -> tuple[Line, ...]:
        """Late additions that have not been published yet."""
        return self.list(self.sitting.supplements + 1) if self.sitting.is_shared else ()


@dataclass(frozen=True, slots=True)
class WaitingReferral:
    """A case a daily meeting referred that no closed agenda holds. `on` is the open MARAC it is on."""

    outcome_id: UUID  # of the daily meeting's item
    case_id: UUID
    case: str
    people: str
    risk: Risk
    group: Group | None
    referred_on: date
    on: date | None = None


def _sittings(reader: Reader) -> Select[*tuple[Any, ...]]:
    row = MeetingRow
    counted = func.count(ItemRow.id)
    columns = (
        row.id,
        row.sits_on,
        row.starts_at,
        row.state,
        row.closed_at,
        row.published_at,
        row.supplements,
        row.not_sat_reason,
    )
    return (
        select(*columns, counted)
        .outerjoin(ItemRow, and_(ItemRow.meeting_id == row.id, items_of(reader)))
        .where(row.kind == MeetingKind.MARAC)
        .group_by(*columns)
    )


def _sitting(found: Sequence[Any]) -> Sitting:
    key, sits_on, starts_at, state, *rest = found
    return Sitting(key, sits_on, starts_at, MeetingState(state), *rest)


def meetings(reader: Reader) -> list[Sitting]:
    """Every MARAC a reader may see, the earliest first."""
    rows = _sittings(reader).where(meetings_of(reader)).order_by(MeetingRow.sits_on)
    return [_sitting(found) for found in db.session.execute(rows)]


def sitting(reader: Reader, meeting_id: UUID) -> Sitting | None:
    """One MARAC; None where there is none for this reader."""
    rows = _sittings(reader).where(meetings_of(reader), MeetingRow.id == meeting_id)
    found = db.session.execute(rows).one_or_none()
    return None if found is None else _sitting(found)


def agenda(reader: Reader, meeting_id: UUID) -> Agenda | None:
    """A MARAC's agenda. What gathers for a supplementary list is seen only by who may put it there."""
    found = sitting(reader, meeting_id)
    return Agenda(found, lines(meeting_id, items_of(reader))) if found else None


def lines(meeting_id: UUID, *seen: ColumnElement[bool]) -> tuple[Line, ...]:
    """The lines of a meeting in the order of the agenda: all of them for the service's own work, or those
    that the scope says are `seen`."""
    row = ItemRow
    rows = db.session.execute(
        _with_people(
            select(
                row.id, row.case_id, CaseRow.number, row.risk, row.repeat, row.group, row.supplement,
                row.moved_reason, row.added_reason, row.position, *_NAMES,
            )
            .join(MeetingRow, MeetingRow.id == row.meeting_id)
            .join(CaseRow, CaseRow.id == row.case_id)
        ).where(row.meeting_id == meeting_id, *seen)
    ).all()  # fmt: skip
    referred, actions = _referred(meeting_id, *seen), _actions(meeting_id, *seen)
    made, places, at_all = {}, [], kept_at(meeting_id)
    for key, case_id, number, risk, repeat, group, supplement, moved, added, position, *names in rows:
        days, kept = sorted(referred[key]), case_id in at_all
        line = Line(key, case_id, case_reference(number), _people(names), Risk(risk), repeat, Group(group),
                    supplement, moved, added, tuple(day for _, day in days), actions.get(key, 0),
                    kept)  # fmt: skip
        made[key] = line
        since = days[0][0] if days else _UNKNOWN_SINCE
        places.append(
            Referral(key, line.case, line.group, line.risk, since, position or None, supplement, kept)
        )
    ordered = [made[place.item_id] for place in marac.compile_agenda(places)]
    said = numbers(line.restricted for line in ordered)
    return tuple(replace(line, number=number) for line, number in zip(ordered, said, strict=True))


_NAMES = (_Victim.forename, _Victim.surname, _Perpetrator.forename, _Perpetrator.surname)


def _with_people(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return rows.join(_Victim, _Victim.id == CaseRow.victim_id).outerjoin(
        _Perpetrator, _Perpetrator.id == CaseRow.perpetrator_id
    )


def _people(names: Sequence[str | None]) -> str:
    victim, perpetrator = (" ".join(filter(None, names[at : at + 2])) for at in (0, 2))
    return f"{victim or '(no name given)'} and {perpetrator or UNKNOWN}"


def _referred(meeting_id: UUID, *seen: ColumnElement[bool]) -> dict[UUID, list[tuple[datetime, date]]]:
    """When, and at which daily meeting, each line was referred."""
    line, heard, daily = ItemRow, aliased(ItemRow), aliased(MeetingRow)
    rows = (
        select(line.id, OutcomeRow.recorded_at, daily.sits_on)
        .join(OutcomeRow, OutcomeRow.marac_item_id == line.id)
        .join(heard, heard.id == OutcomeRow.item_id)
        .join(daily, daily.id == heard.meeting_id)
        .where(line.meeting_id == meeting_id, *seen)
    )
    found: dict[UUID, list[tuple[datetime, date]]] = defaultdict(list)
    for key, at, day in db.session.execute(rows):
        found[key].append((at, day))
    return found


def _actions(meeting_id: UUID, *seen: ColumnElement[bool]) -> dict[UUID, int]:
    """How many actions the daily meetings recommended for each line."""
    line = ItemRow
    rows = (
        select(line.id, func.count())
        .join(OutcomeRow, OutcomeRow.marac_item_id == line.id)
        .join(ActionRow, ActionRow.item_id == OutcomeRow.item_id)
        .where(line.meeting_id == meeting_id, *seen)
        .group_by(line.id)
    )
    return {key: count for key, count in db.session.execute(rows)}


def left_unheard(today: date, item: Any = ItemRow, meeting: Any = MeetingRow) -> ColumnElement[bool]:
    """Lines of a MARAC that did not hear them: it did not sit, or its day passed with their list unpublished.

    Nobody has heard these cases, so they go on the next MARAC (Rulebook M1).
    """
    unpublished = or_(meeting.published_at.is_(None), item.supplement > meeting.supplements)
    return or_(meeting.state == MeetingState.CANCELLED, and_(meeting.sits_on < today, unpublished))


def waiting_referrals(reader: Reader, today: date | None = None) -> list[WaitingReferral]:
    """Cases referred to the MARAC that no agenda has taken: there was no date for one (Rulebook M1).

    Told `today`, those also that a MARAC left unheard and that the next one has not taken yet.
    """
    waits: ColumnElement[bool] = OutcomeRow.marac_item_id.is_(None)
    if today:
        waits = or_(waits, left_unheard(today, _agenda_item, _agenda_meeting))
    return _referrals(reader, waits)


def late_referrals(reader: Reader, meeting_id: UUID) -> list[WaitingReferral]:
    """Cases that could join a published agenda late: they wait, or are on one that still takes referrals."""
    there = select(ItemRow.case_id).where(ItemRow.meeting_id == meeting_id)
    return _referrals(
        reader,
        or_(
            OutcomeRow.marac_item_id.is_(None),
            _agenda_meeting.state.in_((MeetingState.OPEN, MeetingState.CANCELLED)),
        ),
        CaseRow.id.not_in(there),
    )


def _referrals(reader: Reader, *conditions: ColumnElement[bool]) -> list[WaitingReferral]:
    """One a case, as its latest daily meeting left it; the earliest referred first."""
    rows = (
        _with_people(
            select(
                OutcomeRow.item_id, CaseRow.id, CaseRow.number, OutcomeRow.risk, OutcomeRow.group,
                MeetingRow.sits_on, _agenda_meeting.sits_on, *_NAMES,
            )
            .join(ItemRow, ItemRow.id == OutcomeRow.item_id)
            .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
            .join(CaseRow, CaseRow.id == ItemRow.case_id)
        )
        .outerjoin(_agenda_item, _agenda_item.id == OutcomeRow.marac_item_id)
        .outerjoin(_agenda_meeting, _agenda_meeting.id == _agenda_item.meeting_id)
        .where(open_to(reader, ItemRow.case_id), OutcomeRow.area_id == reader.area_id, OutcomeRow.refer)
        .where(transfers_moved.is_ours(ItemRow.case_id, OutcomeRow.recorded_at))
        .where(*conditions)
        .order_by(MeetingRow.sits_on, CaseRow.number)
    )  # fmt: skip
    latest = {}
    for key, case_id, number, risk, group, day, on, *names in db.session.execute(rows):
        latest[case_id] = WaitingReferral(
            key, case_id, case_reference(number), _people(names), Risk(risk), group and Group(group), day, on
        )
    return list(latest.values())


def days(area_id: UUID) -> set[date]:
    """The days that have a MARAC."""
    row = MeetingRow
    rows = select(row.sits_on).where(row.area_id == area_id, row.kind == MeetingKind.MARAC)
    return set(db.session.scalars(rows))
