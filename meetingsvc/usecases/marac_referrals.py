"""What a daily meeting refers goes on the next MARAC's agenda, a line a case; none is lost (Rulebook M1)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda import timetable
from agenda.calendar import day_words, local_day
from agenda.circulation import Group, to_discussion
from agenda.meetings import MeetingKind, MeetingState
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store import audit, marac, transfers_moved
from meetingsvc.store.areas import settings_of


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
    outcome.marac_item_id = None
    db.session.flush()
    if _behind(line):
        line.risk, line.repeat, line.group = _as_left(line)
    else:
        db.session.delete(line)
    audit.record(actor, area_id, "marac.withdrawn", f"item/{line.id}", now, meeting=line.meeting_id)


def open_meeting(area: AreaRow, day: date, actor: UUID | str, now: datetime) -> MeetingRow:
    """A MARAC that takes referrals, beginning with those that wait. The caller has locked the area."""
    row = MeetingRow(
        id=uuid4(), area_id=area.id, kind=MeetingKind.MARAC, sits_on=day,
        starts_at=timetable.marac_starts_at(day, settings_of(area)), state=MeetingState.OPEN, built_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, area.id, "marac.planned", f"meeting/{row.id}", now, sits_on=day)
    for referral in _waiting(area.id):
        put_on(row.id, referral, actor, now)
    return row


def put_on(
    meeting_id: UUID, outcome: OutcomeRow, actor: UUID | str, now: datetime, carried: ItemRow | None = None
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
    outcome.marac_item_id = line.id
    db.session.flush()
    line.risk, line.repeat, line.group = _as_left(line)
    audit.record(actor, heard.area_id, "marac.referred", f"item/{line.id}", now, meeting=meeting_id)
    return line


def carry(line: ItemRow, meeting_id: UUID, actor: UUID | str, now: datetime) -> tuple[ItemRow, int]:
    """Moves a case to another MARAC with every referral behind it; its line there, and how many referrals."""
    behind = db.session.scalars(select(OutcomeRow).where(OutcomeRow.marac_item_id == line.id)).all()
    for outcome in behind:
        new = put_on(meeting_id, outcome, actor, now, carried=line)
    if not _is_shared(line):
        db.session.delete(line)
        db.session.flush()
    return new, len(behind)


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
    """The earliest MARAC still to sit whose agenda is open, or one newly opened; None where none has a date.

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
    return there or _open_by_timetable(area, actor, now)


def _open_by_timetable(area: AreaRow, actor: UUID | str, now: datetime) -> MeetingRow | None:
    """Opens one on the first day of the timetable that has none, if the area has set a timetable."""
    taken, settings = marac.days(area.id), settings_of(area)
    day = timetable.next_marac(local_day(now), settings, holidays.known())
    while day in taken:
        day = timetable.next_marac(day, settings, holidays.known())
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
