"""Asking agencies what they still hold of a case, and telling them that they are asked (Rulebook L3, S2)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import or_, select

from agenda.calendar import days_off, local_day
from meetingsvc import holidays
from meetingsvc.models import RetentionAskRow, ReviewRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit, notice_times, retention, retention_case
from meetingsvc.store.acting import Host
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.retention import Asked
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, Unfinished
from meetingsvc.usecases.transaction import saved
from minutes import retention_asks
from minutes.retention_asks import Ask, Outstanding
from notifications.messages import Notice
from notifications.outgoing import What

log = structlog.get_logger()
NOTICE = Notice.RECORDS
#: In one night: a service that has kept records for years has as many to begin with.
MOST = 500
AGAIN = timedelta(days=7)


def ask_all(now: datetime) -> None:
    """Asks for each review that is due, in a transaction of its own: what is read of a case takes a while.

    While it is open once a week again, but no agency twice: one may have supplied something since, and a
    review would wait for ever for one that nobody asks.
    """
    row, failed, today = ReviewRow, 0, local_day(now)
    again = or_(row.asked_on.is_(None), row.asked_on <= today - AGAIN)
    due = (row.state.in_(retention.OPEN), again, row.due_on <= today)
    first = (row.asked_on.is_not(None), row.due_on, row.id)
    rows = select(row.id, row.area_id).where(*due).order_by(*first).limit(MOST)
    with saved(), acting.service():
        waiting = db.session.execute(rows).all()
    for review_id, area_id in waiting:
        try:
            with saved(), acting.whole_area(area_id):
                areas.hold(area_id)
                _ask(db.session.get_one(row, review_id), now)
        except Exception as failure:  # its words may name a person: only its kind is logged
            failed += 1
            log.error("asking what is held failed", area=str(area_id), kind=type(failure).__name__)
    if failed:
        raise Unfinished(f"{failed} reviews")


def _ask(row: ReviewRow, now: datetime) -> None:
    """Every agency that supplied or received anything is asked once for each review, and again where it has
    agreed and supplied something since: what it has not thought of is not covered (Rulebook R2)."""
    *_, holds = retention.rules(row.area_id)
    whole = retention_case.read(row.area_id, row.case_id, row.due_on, holds, now)
    if whole is None:
        return
    names = retention_case.agencies(row.area_id)
    told, today = retention_case.asks(row.case_id, names), local_day(now)
    wanted = retention_asks.to_ask(row.due_on, retention_case.supplied(whole), whole.received, told, today)
    keys = {name: key for key, name in names.items()}
    for name in wanted:
        db.session.add(RetentionAskRow(id=uuid4(), area_id=row.area_id, case_id=row.case_id,
                                       agency_id=keys[name], due_on=row.due_on, asked_on=today))  # fmt: skip
    _ask_again(row, {keys[name] for name in whole.again}, today)
    before, row.asked_on = row.asked_on, today
    db.session.flush()
    if before and not wanted and not whole.again:
        return
    audit.record(WORKER, row.area_id, "retention.asked", f"retention_review/{row.id}", now,
                 case=row.case_id, agencies=len(wanted) + len(whole.again))  # fmt: skip


def _ask_again(review: ReviewRow, agency_ids: Collection[UUID], today: date) -> None:
    row = RetentionAskRow
    mine = row.case_id == review.case_id, row.due_on == review.due_on, row.agency_id.in_(agency_ids)
    for asked in db.session.scalars(select(row).where(*mine)):
        asked.holds = asked.may_go = asked.answered_by = asked.answered_at = asked.answered_why = None
        asked.asked_on = today
        notice_times.forget_told(review.area_id, NOTICE, asked.id)


def tell(area_id: UUID, now: datetime) -> int:
    """Tells who answers for an agency when it is asked, and again while it is late; of no case by name."""
    told = 0
    open_ = retention.unanswered(Host(area_id))
    done = notice_times.told(area_id, NOTICE, [one.id for one in open_])
    for one in open_:
        stage = _stage(area_id, one, now)
        for who in people(one.agency_id, now):
            if (one.id, stage, who.account_id) not in done and _queued(one, who, now):
                notice_times.keep_told(area_id, NOTICE, one.id, stage, who.account_id, now)
                told += 1
    return told


def is_late(one: Asked, now: datetime) -> bool:
    """Whether the time in which an agency was to answer is over (Rulebook L3)."""
    return _waited(one.row.area_id, one, now).late


def _waited(area_id: UUID, one: Asked, now: datetime) -> Outstanding:
    _, rules, _ = retention.rules(area_id)
    off = days_off(areas.settings_of(areas.by_id(area_id)), holidays.known())
    asked = Ask(one.agency, one.due_on, one.asked_on)
    (waited,) = retention_asks.outstanding([asked], rules, off, local_day(now))
    return waited


def _stage(area_id: UUID, one: Asked, now: datetime) -> str:
    waited = _waited(area_id, one, now)
    if not waited.late:
        return "asked"
    return "late" if waited.chased == 1 else f"late {waited.chased}"


def people(agency_id: UUID, now: datetime) -> list[Principal]:
    """Who may answer for an agency, as far as they can sign in; each for what they may open."""
    found = (accounts.principal(key, now) for key, _ in accounts.attending(agency_id))
    return [who for who in found if who is not None and who.may(Permission.RETENTION_ANSWER)]


def is_open_to(who: Principal, one: Asked) -> bool:
    """Whether that person finds what their agency is asked."""
    with acting.acting(who):
        return retention.ask(who, one.id) is not None


def _queued(one: Asked, who: Principal, now: datetime) -> bool:
    """Only whom the case is open to: a notice about a hidden one would tell that there is one."""
    if not is_open_to(who, one):
        return False
    about = frozenset({one.case_id})
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, NOTICE, who.a_panel, about)
    return notices.queue(thing, local_day(now), "/retention/asked", now)
