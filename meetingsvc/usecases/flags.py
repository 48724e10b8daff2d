"""Bringing the flags to what hearings, incidents and the calendar say (Rulebook G1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.models import FlagRow, FlagStepRow, db
from meetingsvc.store import acting, areas, audit, flags_facts, flags_told, notice_times, unattended
from meetingsvc.store.flags import flag_of
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import in_turn
from meetingsvc.usecases.restrictions import SERVICE
from minutes import flags as rules
from minutes.flags import Flag, Whose
from notifications.messages import Notice
from notifications.outgoing import What

#: A removal is overdue for so long before its agency is told again (practice).
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Case:
    """When a case was last heard, and until when its flags hold today."""

    heard_on: date | None = None
    ends: date | None = None


def follow_all(now: datetime) -> int:
    """Ends the flags whose time is over, asks for new and changed ones, and tells each agency once that
    something is to do, and weekly of what should be off and is not; says how many moved. Safe to run
    twice."""
    return in_turn("following flags", unattended.area_ids(), lambda area_id: _follow(area_id, now))


def _follow(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    moved = follow(area_id, now)
    _tell(area_id, now)
    _tell_again(area_id, now)
    return moved


def follow(area_id: UUID, now: datetime, meeting_id: UUID | None = None) -> int:
    """The same for one area, or for the cases of one meeting there, without telling anybody: inside the
    caller's transaction. Says how many moved."""
    with acting.whole_area(area_id):
        today, moved = local_day(now), defaultdict[UUID, int](int)
        only = flags_facts.on(meeting_id) if meeting_id else None
        heard = flags_facts.heard(area_id, today, only)
        cases = _cases(area_id, heard, today)
        kept = flags_facts.kept(area_id, today, only)
        for row in kept:
            moved[row.case_id] += _move(row, cases.get(row.case_id, _Case()), today, now)
        for row in _missing(area_id, cases, kept, today):
            db.session.add(row)
            step(row, now, None)
            moved[row.case_id] += 1
        db.session.flush()
        for case_id, count in sorted(moved.items()):
            if count:
                audit.record(SERVICE, area_id, "flags.followed", f"case/{case_id}", now, flags=count)
        return sum(moved.values())


def _cases(area_id: UUID, heard: Mapping[UUID, date], today: date) -> dict[UUID, _Case]:
    settings = areas.settings_of(areas.by_id(area_id))
    days = flags_facts.happened(heard)
    found = {}
    for case_id, heard_on in heard.items():
        latest = rules.counted(heard_on, days.get(case_id, ()), settings.repeat_months)
        found[case_id] = _Case(heard_on, rules.due(heard_on, latest, today, settings.flag_months))
    return found


def _move(row: FlagRow, case: _Case, today: date, now: datetime) -> int:
    was, ends = flag_of(row), case.ends
    if was.whose is Whose.PERPETRATOR:  # no repeat makes it longer (G3)
        ends = row.until if case.heard_on and today < row.until else None
    flag = rules.followed(was, case.heard_on, ends)
    if flag is None or flag == was:
        return 0
    write(row, flag)
    if flag.state is was.state:
        return 0
    row.notify = flag.state.is_to_do
    step(row, now, None)
    return 1


def _missing(
    area_id: UUID, cases: Mapping[UUID, _Case], kept: Iterable[FlagRow], today: date
) -> list[FlagRow]:
    """The victim's, for every agency that attends the MARAC and had signed when the case was heard."""
    there = {(row.case_id, row.agency_id) for row in kept if row.whose == Whose.VICTIM}
    signed = [one for one in areas.agencies(area_id) if one.is_signatory(today)]
    wanted = [
        (case_id, agency, flag)
        for case_id, case in sorted(cases.items())
        if case.heard_on and (flag := rules.followed(None, case.heard_on, case.ends))
        for agency in signed
        if agency.attends_marac and agency.is_signatory(case.heard_on) and (case_id, agency.id) not in there
    ]
    settings = areas.settings_of(areas.by_id(area_id))
    contacts = flags_facts.contacts({case_id for case_id, *_ in wanted}, signed, settings)
    return [_row(area_id, case_id, agency, flag, contacts[case_id]) for case_id, agency, flag in wanted]


def _row(area_id: UUID, case_id: UUID, agency: Agency, flag: Flag, contact: str) -> FlagRow:
    row = FlagRow(id=uuid4(), area_id=area_id, case_id=case_id, agency_id=agency.id, whose=flag.whose, key="",
                  name="", contact=contact, necessary="", cannot_reach="", notify=True)  # fmt: skip
    write(row, flag)
    return row


def write(row: FlagRow, flag: Flag) -> None:
    """What the rules say of a flag, into its row."""
    row.state, row.heard_on, row.until = flag.state, flag.heard_on, flag.until
    row.noted_heard_on, row.noted_until = flag.noted or (None, None)


def step(row: FlagRow, now: datetime, account_id: UUID | None) -> None:
    """Keeps that a flag moved, when and by whom: nobody for the service."""
    db.session.add(FlagStepRow(area_id=row.area_id, flag_id=row.id, state=row.state, until=row.until, at=now,
                               account_id=account_id))  # fmt: skip


def _tell(area_id: UUID, now: datetime) -> None:
    """One notice without content for each person who acts for an agency with something new to do (G1, S2).

    Where none of them is reached, it stays to be told: to whoever joins.
    """
    untold = flags_told.untold(area_id)
    for agency_id, rows in untold.items():
        about, people = frozenset(row.case_id for row in rows), flags_told.people(agency_id)
        reached = [account_id for account_id in people if _queue(area_id, account_id, about, now)]
        for row in rows:
            row.notify = not reached


def _tell_again(area_id: UUID, now: datetime) -> None:
    """A flag is never longer: while one stands that should have been off a week ago, its agency is told once
    in each week of the calendar (Rulebook G1)."""
    today = local_day(now)
    overdue = flags_told.overdue(area_id, today - WEEK)
    year, week, _ = today.isocalendar()
    stage, done = f"late {year}-{week:02}", notice_times.told(area_id, Notice.FLAGS, list(overdue))
    for agency_id, cases in sorted(overdue.items()):
        for account_id in flags_told.people(agency_id):
            new = (agency_id, stage, account_id) not in done
            if new and _queue(area_id, account_id, frozenset(cases), now):
                notice_times.keep_told(area_id, Notice.FLAGS, agency_id, stage, account_id, now)


def _queue(area_id: UUID, account_id: UUID, about: frozenset[UUID], now: datetime) -> bool:
    thing = Outgoing(area_id, account_id, What.NOTICE, Notice.FLAGS, MeetingKind.MARAC, about)
    return notices.queue(thing, local_day(now), "/flags", now)
