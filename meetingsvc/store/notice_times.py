"""How somebody chose to be told, when a notice to them leaves, and what they were told of."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, select

from agenda.area import AreaSettings
from agenda.panels import LISTS, of_children
from meetingsvc import holidays
from meetingsvc.models import CalendarFeedRow, MeetingRow, NoticeChoiceRow, NoticeToldRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, areas
from notifications import schedule
from notifications.messages import Notice
from notifications.schedule import SCHEDULE, Choice, Leaves
from notifications.scheduled import Audience, Scheduled


def leaves(area_id: UUID, account_id: UUID, notice: Notice, sits_on: date, now: datetime) -> Leaves:
    """When a notice leaves that is queued for somebody at this moment."""
    settings = areas.settings_of(areas.by_id(area_id))
    may_choose = SCHEDULE[notice].may_wait_a_day
    choice = choice_of(account_id, notice) if may_choose else Choice.AT_ONCE
    return schedule.leaves_at(notice, choice, settings, holidays.known(), now, sits_on)


def of_emergency(area_id: UUID, meeting_ids: Collection[UUID]) -> bool:
    """Whether one of these is an emergency MARAC: what is of it waits for nothing (Rulebook M4)."""
    if not meeting_ids:
        return False
    found = exists().where(MeetingRow.id.in_(list(meeting_ids)), MeetingRow.emergency > 0)
    with acting.whole_area(area_id):
        return bool(db.session.scalar(select(found)))


def choice_of(account_id: UUID, notice: Notice) -> Choice:
    """How somebody wants to be told of one kind."""
    return Choice.ONCE_A_DAY if notice in once_a_day(account_id) else Choice.AT_ONCE


def once_a_day(account_id: UUID) -> set[Notice]:
    """The kinds that somebody wants once a day."""
    return {kind for kind in chosen(account_id) if SCHEDULE[kind].may_wait_a_day}


def chosen(account_id: UUID) -> set[Notice]:
    """The kinds that somebody wants otherwise than at once: once a day, or in their calendar's feed alone."""
    row = NoticeChoiceRow
    rows = select(row.notice).where(row.account_id == account_id)
    return {Notice(kind) for kind in db.session.scalars(rows)}


def in_feed_alone(account_ids: Collection[UUID]) -> set[UUID]:
    """Who of them does without invitations by mail. It holds while they have a link to subscribe to: nobody's
    calendar learns of nothing (Rulebook M4)."""
    row, feed = NoticeChoiceRow, CalendarFeedRow
    rows = select(row.account_id).join(feed, feed.account_id == row.account_id)
    mine = row.notice == Notice.INVITATION, row.account_id.in_(list(account_ids))
    return set(db.session.scalars(rows.where(*mine)))


def choose(who: Principal, kinds: Collection[Notice], now: datetime) -> int:
    """From now on these come otherwise, and all else at once; says how many changed."""
    row, before = NoticeChoiceRow, chosen(who.account_id)
    gone = before - set(kinds)
    db.session.execute(delete(row).where(row.account_id == who.account_id, row.notice.in_(gone)))
    for kind in sorted(set(kinds) - before):
        db.session.add(row(account_id=who.account_id, notice=kind, area_id=who.area_id, chosen_at=now))
    db.session.flush()
    return len(before ^ set(kinds))


def told(area_id: UUID, notice: Notice, subject_ids: Collection[UUID]) -> set[tuple[UUID, str, UUID]]:
    """Of these, what was told before: the subject, the stage, and the account that was told."""
    row = NoticeToldRow
    mine = row.area_id == area_id, row.notice == notice, row.subject_id.in_(list(subject_ids))
    return {
        (one.subject_id, one.stage, one.account_id) for one in db.session.scalars(select(row).where(*mine))
    }


def keep_told(
    area_id: UUID, notice: Notice, subject_id: UUID, stage: str, account_id: UUID, now: datetime
) -> None:
    """Somebody was told of it, and is not told again."""
    db.session.add(
        NoticeToldRow(notice=notice, subject_id=subject_id, stage=stage, account_id=account_id,
                      area_id=area_id, told_at=now)
    )  # fmt: skip
    db.session.flush()


def forget_told(
    area_id: UUID, notice: Notice, subject_id: UUID, account_ids: Collection[UUID] | None = None
) -> None:
    """Who was told of it, or who of these was, is told anew, from its first stage."""
    row = NoticeToldRow
    mine = [row.area_id == area_id, row.notice == notice, row.subject_id == subject_id]
    if account_ids is not None:
        mine.append(row.account_id.in_(list(account_ids)))
    db.session.execute(delete(row).where(*mine))


def reaching(who: Principal) -> list[Scheduled]:
    """The notices that can reach this person, as they and their agency are."""
    return [row for row in SCHEDULE.values() if _reaches(who, row.audience)]


def settings(who: Principal) -> AreaSettings:
    """What this person's area has set."""
    return areas.settings_of(areas.by_id(who.area_id))


_BY_PERMISSION = {
    Audience.REQUESTS: Permission.DISCLOSURE_READ,
    Audience.RESEARCHES: Permission.RESEARCH_SEND,
    Audience.ACTS: Permission.ACTION_UPDATE,
    Audience.TELLS_VICTIM: Permission.FEEDBACK_RECORD,
    Audience.FLAGS: Permission.FLAG_DONE,
    Audience.OFFLINE: Permission.PACK_OFFLINE,
    Audience.OFFLINE_FAILS: Permission.PACK_OFFLINE,
    Audience.REVIEWS: Permission.GLASS_REVIEW,
    Audience.ALARMS: Permission.ALARM_READ,
    Audience.GOVERNANCE: Permission.BREACH_RUN,
    Audience.DISAGREEMENTS: Permission.DISAGREEMENT_READ,
    Audience.NAMED_CASES: Permission.PART_READ,
    Audience.COMPLAINTS: Permission.COMPLAINT_HANDLE,
    Audience.REFERRERS: Permission.REFERRAL_MAKE,
    Audience.TRANSFERS: Permission.TRANSFER_READ,
    Audience.POLICE: Permission.CRIME_RECEIVE,
    Audience.READERS: Permission.ITEM_OWN,
}


def _reaches(who: Principal, audience: Audience) -> bool:
    """Whether somebody can ever be among those a notice is for; the door decides of each one."""
    if permission := _BY_PERMISSION.get(audience):
        return who.may(permission)
    runs, sits = who.runs_meetings, who.may(Permission.PACK_FETCH)
    match audience:
        case Audience.LISTS:
            return runs or (sits and any(one in LISTS or of_children(one) for one in who.attends))
        case Audience.AGENDAS:
            hears = (code for code in who.attends if of_children(code) and code not in LISTS)
            return runs or (sits and (who.attends_marac or any(hears)))
        case Audience.MARAC:
            return runs or (sits and who.attends_marac)
        case Audience.CONFIRMS:
            return who.may(Permission.CONFIRM_SEND) and who.attends_marac
        case Audience.CHAIRS:
            return runs and who.role is Role.CHAIR
        case Audience.RUNS | Audience.COORDINATORS:
            return runs
        case Audience.EXPLOITATION:
            return who.runs_exploitation
        case Audience.ANYBODY:
            return bool(once_a_day(who.account_id))
        case _:
            return runs or (sits and bool(who.attends))
