"""Telling agencies what they are asked and have not answered, by notices without content (D1, M2, S2)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import select

from agenda import research as rules
from agenda.area import AreaSettings
from agenda.calendar import local_day
from agenda.panels import Works
from agenda.research import Stage
from meetingsvc import holidays
from meetingsvc.models import (
    ItemRow,
    MeetingRow,
    ResearchDraftRow,
    ResearchNoticeRow,
    ResearchRequestRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    accounts,
    acting,
    areas,
    audit,
    research,
    research_drafts,
    research_late,
    unattended,
)
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.late_told import LateTold
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.research import TAKES
from meetingsvc.usecases import notices, research_asking
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice
from notifications.outgoing import What

#: What nobody sent of a meeting is kept so long after it, and then forgotten.
DRAFTS_KEPT = timedelta(days=28)


def chase(now: datetime) -> int:
    """Asks whom nobody has asked, and tells agencies of each stage of a request once, and once it is late of
    each question that comes up; says how many notices.

    An agency that has left is told nothing (V1), nor is anybody of a case that is kept from them (M6); and
    nobody once the day of the meeting is over. Safe to run twice. An area that cannot be done does not keep
    those after it waiting.
    """
    return in_turn("chasing research", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    _forget(area_id, now)
    settings, told = areas.settings_of(areas.by_id(area_id)), 0
    ahead = MeetingRow.sits_on >= local_day(now)
    rows = select(MeetingRow).where(MeetingRow.area_id == area_id, TAKES, ahead)
    for meeting in db.session.scalars(rows.order_by(MeetingRow.starts_at)).all():
        research_asking.ask(area_id, meeting.id, WORKER, now)
        told += _tell_all(meeting, settings, now)
    if told:
        audit.record(WORKER, area_id, "research.chased", f"area/{area_id}", now, notices=told)
    return told


def _tell_all(meeting: MeetingRow, settings: AreaSettings, now: datetime) -> int:
    door = _Door(meeting, now)
    told = 0
    for request, stage, again in _due(meeting, settings, now):
        agency_id = request.agency_id
        if again and not door.has_news(agency_id):
            continue
        people = accounts.who_attend(agency_id, Permission.RESEARCH_SEND, now)
        count = sum([door.tell(who, agency_id, stage, again=again) for who in people])
        if count and not again:
            db.session.add(
                ResearchNoticeRow(request_id=request.id, stage=stage, area_id=meeting.area_id, told_at=now)
            )
        told += count
    db.session.flush()
    return told


def _due(
    meeting: MeetingRow, settings: AreaSettings, now: datetime
) -> Iterable[tuple[ResearchRequestRow, Stage, bool]]:
    """The requests of which an agency has not been told at the stage that they are at; and those that are
    late, of which it was: something may have come up since."""
    row, notice = ResearchRequestRow, ResearchNoticeRow
    requests = db.session.scalars(select(row).where(row.meeting_id == meeting.id).order_by(row.id)).all()
    told = select(notice.request_id, notice.stage).join(row, row.id == notice.request_id)
    done = set(map(tuple, db.session.execute(told.where(row.meeting_id == meeting.id))))
    for request in requests:
        remind = rules.remind_at(Works(meeting.works), request.due_at, settings, holidays.known())
        stage = rules.stage(request.asked_at, remind, request.due_at, now)
        again = (request.id, stage) in done
        if not again or stage is Stage.LATE:
            yield request, stage, again


class _Door:
    """Puts notices about one meeting to the one way out."""

    def __init__(self, meeting: MeetingRow, now: datetime) -> None:
        self.meeting, self.now = meeting, now
        self._parties: Parties | None = None

    @cached_property
    def _asked(self) -> research_late.Asked:
        return research_late.asked(self.meeting.id)

    @cached_property
    def _late(self) -> LateTold:
        return LateTold(self.meeting.area_id, Notice.RESEARCH, self._asked.boxes.keys(), self.now)

    def has_news(self, agency_id: UUID) -> bool:
        """Whether somebody there was not told of a question that their agency has not answered."""
        left = self._asked.left(agency_id)
        return any(self._late.fresh(account_id, left) for account_id, _ in accounts.attending(agency_id))

    def tell(self, who: Principal, agency_id: UUID, stage: Stage, *, again: bool) -> bool:
        """Queues the notice for somebody who sees a case that their agency has not answered; `again` only
        where they were not told of it."""
        with acting.acting(who):
            left = research.open_boxes(who, agency_id, self.meeting.id)
        boxes = {one.box_id for one in left}
        if again:
            boxes = self._late.fresh(who.account_id, boxes)
        told = self._queue(who, frozenset(one.case_id for one in left if one.box_id in boxes))
        if stage is Stage.LATE:
            self._late.keep(who.account_id, boxes, told=told)
        return told

    def _queue(self, who: Principal, about: frozenset[UUID]) -> bool:
        if not about:
            return False
        thing = Outgoing(who.area_id, who.account_id, What.NOTICE, Notice.RESEARCH, self.meeting.kind,
                         about, self.meeting.id)  # fmt: skip
        path = f"/research/{self.meeting.id}"
        return notices.queue(thing, self.meeting.sits_on, path, self.now, self._near())

    def _near(self) -> Parties:
        if self._parties is None:
            cases = select(ItemRow.case_id).where(ItemRow.meeting_id == self.meeting.id)
            self._parties = Parties(self.meeting.area_id, db.session.scalars(cases).all())
        return self._parties


def _forget(area_id: UUID, now: datetime) -> None:
    """What was typed and never sent is nobody's record."""
    row = ResearchDraftRow
    rows = (
        select(row.item_id)
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(row.area_id == area_id, MeetingRow.sits_on < local_day(now - DRAFTS_KEPT))
    )
    old: Sequence[UUID] = db.session.scalars(rows.distinct()).all()
    if old:
        research_drafts.forget(old)
