"""The MARAC's update on a decision to disclose, from its agenda and what agencies said of it (C3, C4, Y1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from agenda import marac
from agenda.circulation import Group
from agenda.confirmations import Said, is_asked
from agenda.disclosure_scheme import Stage
from agenda.disclosure_update import MOVES, State, Step, sits_too_late, stands, state_words
from agenda.meetings import MeetingKind, MeetingState
from agenda.moves import Who, open_to
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    ConfirmationRow,
    EntryRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    UpdateStepRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, confirmations, marac_waiting
from meetingsvc.store.confirmations import Answer
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.store.scope import Reader, told_at
from meetingsvc.store.scope_schemes import told_of_application

_TELLS_NEXT = frozenset({Stage.DISCLOSE, Stage.UNSIGNED})
_SHARED = frozenset({MeetingState.PUBLISHED, MeetingState.HEARD})


@dataclass(frozen=True, slots=True)
class Taken:
    """One step of the police, and why."""

    step: Step
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What an agency says it holds that affects the disclosure."""

    agency: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Update:
    """How far the MARAC's update is, before anybody is told."""

    state: State
    sits_on: date | None  # of the MARAC that has it on its agenda
    sent: bool  # a daily meeting that decided so referred it: it is on an agenda, or waits for one
    holds: tuple[Holding, ...]
    discussed: bool  # by the MARAC that has it, so that no agency is asked before it
    unanswered: bool  # agencies were asked, and some have not answered
    waiting: tuple[str, ...]  # which, for who runs the meetings
    taken: tuple[Taken, ...]
    too_late: str  # where waiting for it would take too long

    @property
    def seen(self) -> str:
        """What is held, as a page shows it: whoever weighs it weighs all of it, and no more than that."""
        newest = max((one.at.isoformat() for one in self.holds), default="")
        return f"{len(self.holds)} {newest}" if newest else ""

    @property
    def never_sent(self) -> bool:
        """No daily meeting referred what it decided to disclose, so no MARAC will be told of it: as outcomes
        from before that was refused stand (Rulebook C4)."""
        return not self.sent and self.state in (State.NOT_TOLD, State.URGENT)

    @property
    def words(self) -> str:
        """How far it is, after `The decision is`."""
        return state_words(self.state, self.discussed)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What the police may do about it now."""
        return open_to(MOVES, self.state, Who.POLICE)


@dataclass(frozen=True, slots=True)
class _Agenda:
    """The case on the MARAC's agenda that a daily meeting sent it to."""

    asked: bool
    discussed: bool
    sat: bool
    sits_on: date | None
    said: Sequence[tuple[str, Answer | None]]
    sent: bool = True


def of(reader: Reader, kept: Kept, today: date) -> Update | None:
    """Of one that is to be disclosed, where the area's MARAC has its say; None of any other (Rulebook C4)."""
    listed = kept.listed
    if listed is None or kept.stage not in _TELLS_NEXT:
        return None
    if not areas.settings_of(areas.by_id(reader.area_id)).disclosure_tells_marac:
        return None
    taken = _taken(reader, kept.id)
    with acting.whole_area(reader.area_id):  # whoever may open the application may know how far it is
        there = _agenda(reader.area_id, kept.reference, listed.item_id, today)
        holds = _holds(reader.area_id, listed.item_id, listed.since)
    answers = [one.said if one else Said.LATER for _, one in there.said]
    state = stands(there.asked, there.sat, answers, [one.at for one in holds],
                   [(one.step, one.at) for one in taken])  # fmt: skip
    silent = () if there.discussed else tuple(name for name, one in there.said if one is None)
    names = silent if isinstance(reader, Principal) and reader.runs_meetings else ()
    too_late = _too_late(state, there.sits_on, kept)
    return Update(
        state, there.sits_on, there.sent, holds, there.discussed, bool(silent), names, taken, too_late
    )  # fmt: skip


def _holds(area_id: UUID, item_id: UUID, day: date) -> tuple[Holding, ...]:
    """What agencies hold by their newest word, at every MARAC that has the case since its daily meeting:
    whatever became of that MARAC, and whether or not the agency is still expected at one (Rulebook C3)."""
    row, its = ConfirmationRow, aliased(ItemRow)
    case_id = select(its.case_id).where(its.id == item_id).scalar_subquery()
    rows = (
        select(row.item_id, row.agency_id, AgencyRow.name, row.confirmed, row.reason, row.said_at)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(told_at(acting.Host(area_id), row.item_id), ItemRow.case_id == case_id)
        .where(MeetingRow.kind == MeetingKind.MARAC, MeetingRow.sits_on >= day)
        .order_by(row.said_at, row.confirmed.desc(), row.id)  # in doubt, it is weighed
    )
    newest = {(line, key): (confirmed, Holding(name, why, at))
              for line, key, name, confirmed, why, at in db.session.execute(rows)}  # fmt: skip
    return tuple(one for confirmed, one in newest.values() if not confirmed)


def _too_late(state: State, sits_on: date | None, kept: Kept) -> str:
    if state not in (State.NOT_TOLD, State.ASKED):
        return ""
    overall = kept.dues[-1].by
    by = overall.date() if isinstance(overall, datetime) else overall
    return sits_too_late(sits_on, by) or ""


def _taken(reader: Reader, application_id: UUID) -> tuple[Taken, ...]:
    row = UpdateStepRow
    rows = (
        select(row.step, row.at, AccountRow.name, row.reason)
        .join(AccountRow, AccountRow.id == row.account_id)
        .where(told_of_application(reader, row.application_id), row.application_id == application_id)
        .order_by(row.at, row.id)
    )
    return tuple(Taken(Step(step), at, by, why) for step, at, by, why in db.session.execute(rows))


def weighed_last(area_id: UUID) -> datetime | None:
    """When the police last weighed what agencies hold, on any application of the area: what is answered from
    then on they have not weighed (Rulebook C3)."""
    row = UpdateStepRow
    with acting.whole_area(area_id):
        weighed = (row.area_id == area_id, row.step == Step.WEIGH)
        host = acting.Host(area_id)
        return db.session.scalar(
            select(func.max(row.at)).where(told_of_application(host, row.application_id), *weighed)
        )


def _agenda(area_id: UUID, reference: str, item_id: UUID, today: date) -> _Agenda:
    """Not before it is shared with the agencies; one that a MARAC left unheard is on the next.

    Of a case that its deciding meeting `item_id` did not refer, as another that decided so too referred it.
    It is known once the record is ended; by its day alone only where the MARAC recorded something of this
    very case: that nobody ended it proves nothing (Rulebook C3, C4).
    """
    rows = (
        select(ItemRow, MeetingRow, marac_waiting.is_decided())
        .select_from(OutcomeRow)
        .join(EntryRow, EntryRow.item_id == OutcomeRow.item_id)
        .outerjoin(ItemRow, ItemRow.id == OutcomeRow.marac_item_id)
        .outerjoin(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(OutcomeRow.area_id == area_id, OutcomeRow.refer.is_(True))
        .where(EntryRow.occurrence_number == reference, EntryRow.disclose.is_(True))
        .order_by(ItemRow.id.is_(None), OutcomeRow.item_id != item_id, OutcomeRow.recorded_at.desc())
        .limit(1)
    )
    found = db.session.execute(rows).one_or_none()
    if found is None or found[0] is None:
        return _Agenda(False, False, False, None, (), sent=found is not None)
    item, meeting, decided = found
    asked = meeting.state in _SHARED and item.supplement <= meeting.supplements
    over = marac.stands(MeetingState(meeting.state), meeting.sits_on, today) is MeetingState.HEARD
    ended = meeting.state == MeetingState.HEARD or meeting.ended_at is not None
    sat = ended or (over and decided)
    discussed = asked and not (item.group and is_asked(Group(item.group), item.moved_reason))
    said = confirmations.said_of(item, meeting) if asked else ()
    on = None if meeting.state == MeetingState.CANCELLED else meeting.sits_on
    return _Agenda(asked, discussed, sat and not item.not_reached, on, said)
