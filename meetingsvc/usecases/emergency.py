"""Asking for an emergency MARAC; the chair accepts, and agencies are told at once (Rulebook M4)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda import emergency as rules
from agenda.calendar import local_day
from agenda.circulation import propose
from agenda.emergency import Soon
from agenda.meetings import MeetingState
from agenda.panel_kept import of_meeting
from agenda.panels import MARAC
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, CaseRow, EmergencyAskRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, marac
from meetingsvc.store import emergency as store
from meetingsvc.store.scope import cases_of
from meetingsvc.store.subject_people import OF_ABUSE
from meetingsvc.usecases import emergency_chasing
from meetingsvc.usecases.marac_publishing import share
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice

WAITS = "An emergency MARAC about this case has been asked for already, and waits for the chair."


def ask(principal: Principal, case_id: UUID, reason: str, soon: Soon, now: datetime) -> UUID:
    """Any signatory's representative or IDVA, coordinator or chair, about a case they may open (M4).

    Raises NotFound where it is hidden, RuleBroken without a reason, or where one waits already.
    """
    with saved_by(principal, Permission.EMERGENCY_ASK, now) as who:
        locked(who.area_id)
        kind = db.session.scalar(select(CaseRow.kind).where(cases_of(who), CaseRow.id == case_id))
        if kind is None:
            raise NotFound
        if kind != OF_ABUSE:
            raise RuleBroken("A MARAC hears cases of domestic abuse alone. Nothing was asked for.")
        if problem := rules.reason_problem(reason):
            raise RuleBroken(problem + ".")
        with acting.whole_area(who.area_id):
            waits = store.waits(who, case_id)
        if waits:
            raise RuleBroken(WAITS)
        row = EmergencyAskRow(
            id=uuid4(), area_id=who.area_id, case_id=case_id, agency_id=who.agency_id, reason=reason.strip(),
            soon=soon, asked_by=who.account_id, asked_at=now, why="",
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        with acting.whole_area(who.area_id):
            told = emergency_chasing.tell(row, now)
        audit.record(who.account_id, who.area_id, "emergency.asked", f"case/{case_id}", now, ask=row.id,
                     notices=told)  # fmt: skip
        return row.id


def nobody_decides(principal: Principal, ask_id: UUID, now: datetime) -> bool:
    """Whether no chair can decide what somebody asked for: who asked has to know it at once (M4)."""
    with acting.acting(principal):
        row = store.row(principal, ask_id)
    with acting.whole_area(principal.area_id):
        return row is not None and not emergency_chasing.chairs(row, now)


def refuse(principal: Principal, ask_id: UUID, why: str, now: datetime) -> None:
    """The chair refuses, and says why to who asked (Rulebook M4)."""
    with saved_by(principal, Permission.EMERGENCY_DECIDE, now) as who:
        locked(who.area_id)
        row = _waiting(who, ask_id)
        if problem := rules.reason_problem(why, "Say why it is refused"):
            raise RuleBroken(problem + ".")
        row.decided_by, row.decided_at, row.accepted, row.why = who.account_id, now, False, why.strip()
        db.session.flush()
        audit.record(who.account_id, who.area_id, "emergency.refused", f"case/{row.case_id}", now, ask=ask_id)


def accept(principal: Principal, ask_id: UUID, starts_at: datetime, now: datetime) -> UUID:
    """The chair accepts: a MARAC of its own, with that case for discussion, shared at once (Rulebook M4, T6).

    Its pack is built, research is asked, and agencies are told. To whom the case is hidden, so is the
    meeting (M6). Raises NotFound, or RuleBroken.
    """
    with saved_by(principal, Permission.EMERGENCY_DECIDE, now) as who:
        area, row = locked(who.area_id), _waiting(who, ask_id)
        if problem := rules.start_problem(starts_at, now):
            raise RuleBroken(problem + ".")
        with acting.whole_area(area.id):
            meeting = _sitting(area, row, starts_at, now)
            told = share(who, area, meeting, marac.lines(meeting.id), Notice.AGENDA_PUBLISHED, now)
        row.decided_by, row.decided_at, row.accepted = who.account_id, now, True
        row.meeting_id = meeting.id
        db.session.flush()
        audit.record(
            who.account_id, who.area_id, "emergency.accepted", f"meeting/{meeting.id}", now,
            ask=ask_id, case=row.case_id, notices=told,
        )  # fmt: skip
        return meeting.id


def _waiting(who: Principal, ask_id: UUID) -> EmergencyAskRow:
    row = store.row(who, ask_id)
    if row is None:
        raise NotFound
    if problem := rules.decide_problem(row.asked_by, row.decided_at is not None, who.account_id):
        raise RuleBroken(problem)
    return row


def _sitting(area: AreaRow, asked: EmergencyAskRow, starts_at: datetime, now: datetime) -> MeetingRow:
    """The meeting, published, and its one line."""
    day = local_day(starts_at)
    meeting = MeetingRow(
        id=uuid4(), area_id=area.id, **of_meeting(MARAC), sits_on=day, starts_at=starts_at,
        state=MeetingState.PUBLISHED, built_at=now, closed_at=now, published_at=now,
        emergency=store.last_number(area.id, day) + 1, case_id=asked.case_id,
    )  # fmt: skip
    found = store.known(asked.case_id, day, areas.settings_of(area).repeat_months)
    group = propose(disclosure_only=False, repeat=found.repeat, safeguards_in_place=False).group
    db.session.add(meeting)
    db.session.flush()
    db.session.add(
        ItemRow(id=uuid4(), area_id=area.id, meeting_id=meeting.id, case_id=asked.case_id, position=0,
                repeat=found.repeat, victim_known=found.victim_known, risk=found.risk, group=group,
                added_reason=asked.reason, added_by=asked.asked_by)
    )  # fmt: skip
    db.session.flush()
    return meeting
