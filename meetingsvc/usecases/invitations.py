"""Invitations: whoever attends a MARAC or runs it has it in their calendar, as it stands (Rulebook M4, S3).
So has whoever attends a panel of exploitation that hears an agenda, once that is shared (E1).

Part of the change itself, in its transaction, with the area held: call `invite`, `moved` or `cancelled` once
the meeting's row says what is true now. Called again where nothing changed, they only ask whom nobody has
asked yet. Daily meetings are in the feed alone: a message for each would be one a day. So are ordinary MARACs
for who chose that while they subscribe to it: they are invited, and answer in the service. What a mail has
put into a calendar is brought up to date and taken out by mail, whatever was chosen since.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from agenda import series, timetable
from agenda.area import AreaSettings
from agenda.calendar import local_day
from agenda.meetings import MeetingKind, MeetingState
from agenda.panels import Family, Works
from meetingsvc import holidays, mail
from meetingsvc.models import CalendarEntryRow, InvitationRow, MeetingRow, db
from meetingsvc.store import acting, areas, meeting_dates, notice_times, outbox, packs, unattended
from meetingsvc.store import invitations as store
from meetingsvc.store.heard_at import heard_at
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases.area_by_area import in_turn
from notifications.invites import method_of
from notifications.messages import Notice
from notifications.outgoing import Stage, What
from notifications.schedule import How

#: Instead of a sequence: invited, and never by mail.
NOT_MAILED = -1
#: Where a calendar's own words lead: the page of one's meetings, the same for all of them.
PAGE = "/calendar"
_OVER = frozenset({MeetingState.CANCELLED, MeetingState.HEARD})


def invite(meeting: MeetingRow, now: datetime) -> int:
    """The meeting has a date, or its agenda is shared: everyone who attends is asked (Rulebook M4, S3).

    Says how many messages are queued.
    """
    return _follow(meeting, now)


def invite_who_joined(now: datetime) -> int:
    """Whoever attends by now and was not there to be asked is asked to each MARAC that is still to sit and
    that others were asked to (Rulebook M4); says how many messages are queued. Safe to run twice."""
    return in_turn("inviting who joined", unattended.area_ids(), lambda area_id: _invite(area_id, now))


def _invite(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    row = MeetingRow
    ahead = row.area_id == area_id, row.sits_on >= local_day(now), row.state.not_in(_OVER)
    known = exists().where(CalendarEntryRow.meeting_id == row.id)
    rows = select(row).where(*ahead, row.works == Works.AGENDA, known).order_by(row.starts_at)
    return sum([_follow(meeting, now) for meeting in db.session.scalars(rows).all()])


def moved(meeting: MeetingRow, now: datetime) -> int:
    """It sits at another time: the same entry with a higher SEQUENCE, which asks anew who comes (M4)."""
    return _follow(meeting, now)


def cancelled(meeting: MeetingRow, now: datetime) -> int:
    """It does not sit: whoever was invited is told to take it out, and nobody else (Rulebook M4)."""
    return _follow(meeting, now, gone=True)


def _follow(meeting: MeetingRow, now: datetime, gone: bool = False) -> int:
    early = meeting.extra_of or meeting.family != Family.ABUSE
    if meeting.works != Works.AGENDA or (early and not meeting.published_at):
        return 0  # of an extra sitting, or of one on children, nobody is told before its agenda is shared
    gone = gone or meeting.state == MeetingState.CANCELLED
    with acting.whole_area(meeting.area_id):
        db.session.flush()
        entry = _brought_up_to_date(meeting, now, gone)
        invited = store.of_meeting(meeting.id)
        asked = packs.receivers(meeting.area_id, meeting.kind, now)
        if gone:
            asked = [one for one in asked if one in invited]
        return _tell(meeting, entry, asked, invited, now)


def _brought_up_to_date(meeting: MeetingRow, now: datetime, gone: bool) -> CalendarEntryRow:
    """The entry that says what is true now: the last one, or a further one where that says otherwise.

    Its organiser stays, whatever addresses the area sets since: calendars take a change, or that it does not
    sit, from the same one alone (RFC 5546).
    """
    last = store.latest(meeting.id)
    if last and (last.starts_at, last.cancelled) == (meeting.starts_at, gone):
        return last
    settings = areas.settings_of(areas.by_id(meeting.area_id))
    if last:
        uid, replaces, sequence, organiser = last.uid, last.replaces, last.sequence + 1, last.organiser
    else:
        uid, replaces, sequence = _first(meeting, settings)
        organiser = settings.mail_reply_to or settings.mail_sender
    entry = CalendarEntryRow(
        meeting_id=meeting.id, sequence=sequence, area_id=meeting.area_id, uid=uid, replaces=replaces,
        starts_at=meeting.starts_at, minutes=settings.marac_minutes, cancelled=gone, at=now,
        organiser=organiser,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def _first(meeting: MeetingRow, settings: AreaSettings) -> tuple[str, datetime | None, int]:
    """Which sitting of the series it is, where the timetable plans it and no other stands for that day; else
    one of its own. One that was moved before it was there has that many changes behind it."""
    if meeting.kind != MeetingKind.MARAC:
        return store.own_uid(meeting.id), None, 0
    moves = meeting_dates.moves(meeting.area_id, MeetingKind.MARAC)
    planned = meeting_dates.stands_for(meeting, settings, moves)
    slot = planned and series.slot_of(planned, settings, holidays.known())
    if not planned or not slot:
        return store.own_uid(meeting.id), None, 0
    uid, replaces = store.series_uid(meeting.area_id), timetable.marac_starts_at(slot, settings)
    if store.is_taken(uid, replaces):
        return store.own_uid(meeting.id), None, 0
    return uid, replaces, len(moves.of_day.get(planned, ()))


def _tell(
    meeting: MeetingRow, entry: CalendarEntryRow, asked: Collection[UUID],
    invited: dict[UUID, InvitationRow], now: datetime,
) -> int:  # fmt: skip
    about = _about(meeting, entry)
    parties, told = Parties(meeting.area_id, about), 0
    without = set() if meeting.emergency else notice_times.in_feed_alone(asked)
    for account_id in asked:
        mine = invited.get(account_id)
        sent = mine.sequence if mine else NOT_MAILED
        by_mail = sent != NOT_MAILED or not (entry.cancelled or account_id in without)
        if sent >= entry.sequence or (mine and not by_mail):
            continue
        thing = Outgoing(meeting.area_id, account_id, What.INVITATION, Notice.INVITATION, meeting.kind,
                         about, meeting.id)  # fmt: skip
        if not mail.dispatch(thing, Stage.BUILD, now, parties):
            continue
        if mine is None:
            mine = InvitationRow(meeting_id=meeting.id, account_id=account_id, area_id=meeting.area_id,
                                 sequence=NOT_MAILED, answer="")  # fmt: skip
            db.session.add(mine)
        if by_mail:
            mine.sequence = entry.sequence
            _queue(thing, meeting, entry, now)
            told += 1
    db.session.flush()
    return told


def _about(meeting: MeetingRow, entry: CalendarEntryRow) -> frozenset[UUID]:
    """What is kept from somebody keeps their invitation (F3). That an agenda of exploitation does not sit
    goes to who was invited, whatever came between: else the entry would stay in their calendar."""
    if entry.cancelled and meeting.family != Family.ABUSE:
        return frozenset()
    return heard_at(meeting)


def _queue(thing: Outgoing, meeting: MeetingRow, entry: CalendarEntryRow, now: datetime) -> None:
    leaves = notice_times.leaves(thing.area_id, thing.account_id, Notice.INVITATION, meeting.sits_on, now)
    urgent = bool(meeting.emergency) or leaves.how is How.URGENT
    waiting = {"panel": meeting.kind, "sits_on": meeting.sits_on.isoformat(), "path": PAGE}
    outbox.put(
        thing.area_id, thing.account_id, Notice.INVITATION, waiting, now, about=thing.about,
        meeting_id=meeting.id, what=What.INVITATION, method=method_of(store.entry(entry)),
        sequence=entry.sequence, urgent=urgent, not_before=None if urgent or leaves.at <= now else leaves.at,
    )  # fmt: skip
