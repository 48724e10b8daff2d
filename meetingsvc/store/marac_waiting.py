"""Cases that daily meetings referred and no agenda has heard: what waits, and what could join late (M1)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from agenda.calendar import local_day
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingKind, MeetingState, case_reference
from meetingsvc.models import CaseRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store import marac_people, marac_round, transfers_moved
from meetingsvc.store.marac_people import NAMES, with_people
from meetingsvc.store.scope import Reader, items_of, open_to

_agenda_item, _agenda_meeting = aliased(ItemRow), aliased(MeetingRow)
_later, _later_meeting = aliased(ItemRow), aliased(MeetingRow)
_own = aliased(OutcomeRow)  # of the MARAC itself


@dataclass(frozen=True, slots=True)
class WaitingReferral:
    """A case a daily meeting referred, or an emergency MARAC did not hear, that no closed agenda holds. `on`
    is the open MARAC it is on."""

    outcome_id: UUID  # of the daily meeting's item; of the MARAC's own, where no daily meeting sent it
    case_id: UUID
    case: str
    people: str
    risk: Risk
    group: Group | None
    referred_on: date
    on: date | None = None


def left_unheard(today: date, item: Any = ItemRow, meeting: Any = MeetingRow) -> ColumnElement[bool]:
    """Lines of a MARAC that did not hear them: it did not sit, its day passed with their list unpublished, or
    it ended and had not reached them.

    Nobody has heard these cases, so they go on the next MARAC (Rulebook M1).
    """
    unpublished = or_(meeting.published_at.is_(None), item.supplement > meeting.supplements)
    return or_(
        and_(meeting.state == MeetingState.CANCELLED, ~is_decided(item)),
        and_(meeting.sits_on < today, unpublished),
        was_not_reached(today, item, meeting),
    )


def is_decided(item: Any = ItemRow) -> ColumnElement[bool]:
    """Lines with an outcome of that MARAC's own: it heard them, whatever is said of it later (T6)."""
    return select(_own.item_id).where(_own.item_id == item.id).exists()


def has_decided(reader: Reader, meeting_id: UUID) -> bool:
    """Whether a MARAC recorded what becomes of a case that the reader may see; of others nothing (M6)."""
    rows = select(ItemRow.id).where(items_of(reader), ItemRow.meeting_id == meeting_id, is_decided())
    return db.session.scalar(rows.limit(1)) is not None


def was_not_reached(today: date, item: Any = ItemRow, meeting: Any = MeetingRow) -> ColumnElement[bool]:
    """Cases that a MARAC had no time for, from its end on; from the next day where nobody ended it."""
    return and_(or_(meeting.ended_at.is_not(None), meeting.sits_on < today), item.not_reached != "")


def called() -> ColumnElement[bool]:
    """Lines of MARACs that no daily meeting sent: somebody asked for an emergency one about the case, and it
    is on none since (Rulebook M4)."""
    behind = select(OutcomeRow.item_id).where(OutcomeRow.marac_item_id == ItemRow.id)
    again = (
        select(_later.id)
        .join(_later_meeting, _later_meeting.id == _later.meeting_id)
        .where(_later.case_id == ItemRow.case_id, _later_meeting.kind == MeetingKind.MARAC)
        .where(_later_meeting.sits_on > MeetingRow.sits_on)
    )
    ours = transfers_moved.is_ours(ItemRow.case_id, MeetingRow.built_at)
    return and_(
        MeetingRow.kind == MeetingKind.MARAC, ItemRow.added_by.is_not(None), ~behind.exists(),
        ~again.exists(), ours,
    )  # fmt: skip


def waiting_referrals(reader: Reader, today: date | None = None) -> list[WaitingReferral]:
    """Cases referred to the MARAC that no agenda has taken: there was no date for one (Rulebook M1).

    Told `today`, those also that a MARAC left unheard and that the next one has not taken yet.
    """
    waits: ColumnElement[bool] = OutcomeRow.marac_item_id.is_(None)
    if today:
        waits = or_(waits, left_unheard(today, _agenda_item, _agenda_meeting))
    left = _called(reader, left_unheard(today)) if today else {}
    return list((left | _referrals(reader, waits)).values())


def any_left(reader: Reader, meeting_id: UUID) -> bool:
    """Whether cases of a MARAC that did not sit still wait there, because none has a date (Rulebook M1)."""
    here = ItemRow.meeting_id == meeting_id
    referred = select(OutcomeRow.item_id).where(OutcomeRow.marac_item_id == ItemRow.id).exists()
    rows = select(ItemRow.id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    rows = rows.where(open_to(reader, ItemRow.case_id), here, ~is_decided(), or_(referred, called()))
    return db.session.scalar(rows.limit(1)) is not None


def late_referrals(reader: Reader, meeting_id: UUID) -> list[WaitingReferral]:
    """Cases that could join a published agenda late: they wait, or are on one that still takes referrals.
    None that a sitting of its round hears (Rulebook M1)."""
    there = select(ItemRow.case_id).where(ItemRow.meeting_id.in_(marac_round.ids(meeting_id)))
    elsewhere = CaseRow.id.not_in(there)
    waits = or_(OutcomeRow.marac_item_id.is_(None), _still_free(_agenda_item, _agenda_meeting))
    left = _called(reader, _still_free(ItemRow, MeetingRow), elsewhere)
    return list((left | _referrals(reader, waits, elsewhere)).values())


def _still_free(item: Any, meeting: Any) -> ColumnElement[bool]:
    free = meeting.state.in_((MeetingState.OPEN, MeetingState.CANCELLED))
    return or_(and_(free, ~is_decided(item)), was_not_reached(date.min, item, meeting))


def _called(reader: Reader, *conditions: ColumnElement[bool]) -> dict[UUID, WaitingReferral]:
    """By case: those that no daily meeting sent, as their last MARAC left them."""
    rows = (
        with_people(
            select(
                ItemRow.id, CaseRow.id, CaseRow.number, ItemRow.risk, ItemRow.group, MeetingRow.built_at,
                MeetingRow.state, MeetingRow.sits_on, *NAMES,
            )
            .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
            .join(CaseRow, CaseRow.id == ItemRow.case_id)
        )
        .where(open_to(reader, ItemRow.case_id), ItemRow.area_id == reader.area_id)
        .where(called(), *conditions)
        .order_by(MeetingRow.sits_on, CaseRow.number)
    )  # fmt: skip
    found = {}
    for key, case_id, number, risk, group, built_at, state, day, *names in db.session.execute(rows):
        found[case_id] = WaitingReferral(
            key, case_id, case_reference(number), marac_people.words(names), Risk(risk),
            group and Group(group), local_day(built_at), day if state == MeetingState.OPEN else None,
        )  # fmt: skip
    return _with_people(reader, found)


def _with_people(reader: Reader, found: dict[UUID, WaitingReferral]) -> dict[UUID, WaitingReferral]:
    people = marac_people.told(reader, found) if found else {}
    return {key: replace(one, people=people.get(key, one.people)) for key, one in found.items()}


def _referrals(reader: Reader, *conditions: ColumnElement[bool]) -> dict[UUID, WaitingReferral]:
    """One a case, as its latest daily meeting left it; the earliest referred first."""
    rows = (
        with_people(
            select(
                OutcomeRow.item_id, CaseRow.id, CaseRow.number, OutcomeRow.risk, OutcomeRow.group,
                MeetingRow.sits_on, _agenda_meeting.sits_on, *NAMES,
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
            key, case_id, case_reference(number), marac_people.words(names), Risk(risk),
            group and Group(group), day, on,
        )  # fmt: skip
    return _with_people(reader, latest)
