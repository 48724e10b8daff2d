"""What a daily meeting refers goes on the next MARAC's agenda, a line a case; none is lost (Rulebook M1)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.calendar import day_words, local_day
from agenda.circulation import Group, to_discussion
from agenda.meetings import MeetingKind, MeetingState
from agenda.panel_kept import of_meeting
from agenda.panels import MARAC
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store import audit, meeting_dates, transfers_moved
from meetingsvc.usecases import invitations


def refer(area_id: UUID, item_id: UUID, actor: UUID | str, now: datetime) -> None:
    """Puts the case of a daily item on the MARAC that takes referrals, or brings its line up to date.

    To be called inside the transaction that saved the outcome, after it is flushed and before its audit line.
    Where no MARAC has a date the referral waits. Raises RuleBroken where the line would change and its agenda
    is closed.
    """
    area, outcome = locked(area_id), _outcome(item_id)
    if outcome.marac_item_id is None:
        if (meeting := taking_referrals(area, actor, now)) and outcome.marac_item_id is None:
            put_on(meeting.id, outcome, actor, now)
        return
    line = db.session.get_one(ItemRow, outcome.marac_item_id)
    wanted = _as_left(line)
    if (line.risk, line.repeat, line.group) == wanted:
        return
    _refuse_if_closed(line)
    line.risk, line.repeat, line.group = wanted
    audit.record(actor, area_id, "marac.line_changed", f"item/{line.id}", now, meeting=line.meeting_id)


def withdraw(area_id: UUID, item_id: UUID, actor: UUID | str, now: datetime) -> None:
    """Takes back a daily meeting's referral; the line stays while another daily meeting's stands behind it.

    To be called as `refer` is, with the outcome saying that it no longer refers. Raises RuleBroken where the
    agenda that holds the case is closed.
    """
    locked(area_id)
    outcome = _outcome(item_id)
    if outcome.marac_item_id is None:
        return
    line = db.session.get_one(ItemRow, outcome.marac_item_id)
    _refuse_if_closed(line)
    said = {"meeting": line.meeting_id, "case": line.case_id, "sent_by": item_id}  # the line may go
    audit.record(actor, area_id, "marac.withdrawn", f"item/{line.id}", now, **said)
    outcome.marac_item_id = None
    db.session.flush()
    if _behind(line):
        line.risk, line.repeat, line.group = _as_left(line)
    else:
        db.session.delete(line)
    db.session.flush()


def left_by(line: ItemRow) -> None:
    """A line that a referral has left stands as those still behind it do; one with none goes, unless agencies
    were told of it."""
    if _behind(line):
        line.risk, line.repeat, line.group = _as_left(line)
    elif not _is_shared(line):
        db.session.delete(line)
    db.session.flush()


def open_meeting(area: AreaRow, day: date, actor: UUID | str, now: datetime) -> MeetingRow:
    """A MARAC that takes referrals; those that wait go on the earliest that does. The caller has locked the
    area."""
    row = add_meeting(area, day, actor, now)
    if _waiting(area.id):
        earliest = taking_referrals(area, actor, now) or row
        for referral in _waiting(area.id):
            put_on(earliest.id, referral, actor, now)
    return row


def add_meeting(
    area: AreaRow, day: date, actor: UUID | str, now: datetime, extra_of: UUID | None = None
) -> MeetingRow:
    """A MARAC without a case. An extra sitting takes no referrals: its round has closed (Rulebook M1, M4)."""
    row = MeetingRow(
        id=uuid4(), area_id=area.id, **of_meeting(MARAC), sits_on=day, extra_of=extra_of,
        starts_at=meeting_dates.marac_starts_at(area, day), built_at=now,
        state=MeetingState.CLOSED if extra_of else MeetingState.OPEN, closed_at=now if extra_of else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, area.id, "marac.planned", f"meeting/{row.id}", now, sits_on=day)
    if not extra_of:
        invitations.invite(row, now)  # to an extra sitting once its agenda is shared
    return row


def put_on(
    meeting_id: UUID,
    outcome: OutcomeRow,
    actor: UUID | str,
    now: datetime,
    carried: ItemRow | None = None,
    unheard: bool = False,
) -> ItemRow:
    """The one line of the outcome's case on that meeting, made where it is not there yet.

    What people said of the line it is `carried` from stays said: one moved to discussion stays so (C3).
    """
    heard = db.session.get_one(ItemRow, outcome.item_id)
    line = db.session.scalar(
        select(ItemRow).where(ItemRow.meeting_id == meeting_id, ItemRow.case_id == heard.case_id)
    )
    if line is None:
        line = ItemRow(
            id=uuid4(), area_id=heard.area_id, meeting_id=meeting_id, case_id=heard.case_id, position=0,
            repeat=heard.repeat, victim_known=heard.victim_known, risk=outcome.risk, group=outcome.group,
            moved_reason="", added_reason="",
        )  # fmt: skip
        db.session.add(line)
        db.session.flush()
    if carried:
        line.moved_reason = line.moved_reason or carried.moved_reason
        line.added_reason = line.added_reason or carried.added_reason
        line.added_by = line.added_by or carried.added_by
        line.came_back = max(line.came_back, carried.came_back + unheard)
        line.put_off = line.put_off or carried.put_off
    outcome.marac_item_id = line.id
    db.session.flush()
    line.risk, line.repeat, line.group = _as_left(line)
    audit.record(actor, heard.area_id, "marac.referred", f"item/{line.id}", now, meeting=meeting_id)
    return line


def carry(
    line: ItemRow, meeting_id: UUID, actor: UUID | str, now: datetime, unheard: bool = False
) -> tuple[ItemRow, int]:
    """Moves a case to another MARAC with every referral behind it; its line there, and how many referrals.

    One that its MARAC left `unheard`, for whatever reason, comes first on the next (Rulebook M1).
    """
    was = db.session.get_one(MeetingRow, line.meeting_id)
    unheard = unheard or bool(line.not_reached) or was.state == MeetingState.CANCELLED
    behind = db.session.scalars(select(OutcomeRow).where(OutcomeRow.marac_item_id == line.id)).all()
    new = line if behind else _as_it_stood(line, meeting_id, unheard)
    for outcome in behind:
        new = put_on(meeting_id, outcome, actor, now, line, unheard)
    if not _is_shared(line):
        db.session.delete(line)
        db.session.flush()
    return new, len(behind)


def _as_it_stood(line: ItemRow, meeting_id: UUID, unheard: bool) -> ItemRow:
    """The line on another MARAC of a case that no daily meeting sent: an emergency's."""
    there = db.session.scalar(
        select(ItemRow).where(ItemRow.meeting_id == meeting_id, ItemRow.case_id == line.case_id)
    )
    new = there or ItemRow(
        id=uuid4(), area_id=line.area_id, meeting_id=meeting_id, case_id=line.case_id, position=0,
        repeat=line.repeat, victim_known=line.victim_known, risk=line.risk, group=line.group,
        moved_reason=line.moved_reason, added_reason=line.added_reason, added_by=line.added_by,
        came_back=line.came_back + unheard, put_off=line.put_off,
    )  # fmt: skip
    db.session.add(new)
    db.session.flush()
    return new


def _is_shared(line: ItemRow) -> bool:
    """Whether agencies were told of it: then it stays on the record of a MARAC that did not sit."""
    meeting = db.session.get_one(MeetingRow, line.meeting_id)
    return meeting.published_at is not None and line.supplement <= meeting.supplements


def locked(area_id: UUID) -> AreaRow:
    """The area, held until the transaction ends, so that two referrals make one MARAC and one line a case.

    `key_share`: a row that points at the area holds its key already, and two of those would wait in a ring.
    """
    held = select(AreaRow).where(AreaRow.id == area_id).with_for_update(key_share=True)
    return db.session.scalars(held).one()


def _outcome(item_id: UUID) -> OutcomeRow:
    return db.session.get_one(OutcomeRow, item_id)


def taking_referrals(area: AreaRow, actor: UUID | str, now: datetime) -> MeetingRow | None:
    """The earliest MARAC still to sit: one whose agenda is open, or one newly opened where the timetable
    plans one before that; None where none has a date (Rulebook M1).

    One that is opened takes at once every referral that waits. The caller has locked the area.
    """
    row = MeetingRow
    there = db.session.scalar(
        select(row)
        .where(row.area_id == area.id, row.kind == MeetingKind.MARAC, row.state == MeetingState.OPEN,
               row.sits_on >= local_day(now), row.starts_at > now)
        .order_by(row.sits_on)
        .limit(1)
    )  # fmt: skip
    day = meeting_dates.next_free_day(area, local_day(now))
    if there and (day is None or there.sits_on < day):
        return there
    return open_meeting(area, day, actor, now) if day else None


def _waiting(area_id: UUID) -> Sequence[OutcomeRow]:
    ours = transfers_moved.is_ours(ItemRow.case_id, OutcomeRow.recorded_at)
    rows = select(OutcomeRow).join(ItemRow, ItemRow.id == OutcomeRow.item_id).where(
        OutcomeRow.area_id == area_id, OutcomeRow.refer, OutcomeRow.marac_item_id.is_(None), ours
    )  # fmt: skip
    return db.session.scalars(rows.order_by(OutcomeRow.recorded_at)).all()


def _behind(line: ItemRow) -> list[tuple[OutcomeRow, ItemRow]]:
    """What daily meetings decided about a line, the latest first."""
    rows = (
        select(OutcomeRow, ItemRow)
        .join(ItemRow, ItemRow.id == OutcomeRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(OutcomeRow.marac_item_id == line.id)
        .order_by(MeetingRow.sits_on.desc())
    )
    return [(outcome, heard) for outcome, heard in db.session.execute(rows)]


def _as_left(line: ItemRow) -> tuple[str, bool, int]:
    """Risk, repeat and group as the latest daily meeting left them; one moved to discussion stays so (C3)."""
    (outcome, heard), *_ = _behind(line)
    if outcome.group is None:
        raise RuleBroken("A referral needs its circulation group.")
    group = Group(outcome.group)
    if line.moved_reason and not group.for_discussion:
        group = to_discussion(group, line.moved_reason).group
    return outcome.risk, heard.repeat, group.value


def _refuse_if_closed(line: ItemRow) -> None:
    meeting = db.session.get_one(MeetingRow, line.meeting_id)
    if meeting.state != MeetingState.OPEN:
        raise RuleBroken(
            f"The agenda of the MARAC of {day_words(meeting.sits_on)} is {meeting.state} and holds it. "
            "Its risk, group and referral can no longer be changed here. Leave them as they were to save the "
            "rest, and tell the MARAC what has changed."
        )
