"""What was put on agendas of exploitation panels, and why (Rulebook E1, E2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda import level_history
from agenda.incidents import Risk
from agenda.meetings import MeetingState
from meetingsvc.models import AccountRow, AgendaPutRow, ItemRow, LadderStepRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, ladder, subject_levels, subject_near
from meetingsvc.store.scope_exploitation import puts_of


@dataclass(frozen=True, slots=True)
class Put:
    """Why something was put on an agenda; `off_reason` where it was taken off again."""

    panel: str
    reason: str
    by: str
    at: datetime
    off_reason: str


def of(who: Principal, case_id: UUID) -> list[Put]:
    """Why it was put on agendas, the latest first: for who runs these panels."""
    row = AgendaPutRow
    rows = select(row, AccountRow.name).join(AccountRow, AccountRow.id == row.put_by)
    found = db.session.execute(rows.where(puts_of(who), row.case_id == case_id).order_by(row.id.desc()))
    return [Put(one.panel, one.reason, name, one.put_at, one.off_reason) for one, name in found]


# What follows is the service's own work for an area: call it inside `acting.whole_area`, with the area held.


def last(case_id: UUID) -> AgendaPutRow | None:
    """The last time it was put on an agenda and not taken off again."""
    row = AgendaPutRow
    rows = select(row).where(row.case_id == case_id, row.off_at.is_(None)).order_by(row.id.desc())
    return db.session.scalars(rows.limit(1)).first()


def was_shared(case_id: UUID) -> bool:
    """Whether it was on an agenda that agencies could read, since a meeting closed it last."""
    row, step = MeetingRow, LadderStepRow
    closed = select(step.heard_on).where(step.case_id == case_id, step.leads_to == "")
    since = db.session.scalar(closed.order_by(step.id.desc()).limit(1))
    rows = select(ItemRow.id).join(row, row.id == ItemRow.meeting_id)
    rows = rows.where(ItemRow.case_id == case_id, row.published_at.is_not(None))
    if since is not None:
        rows = rows.where(row.sits_on > since)
    return db.session.scalar(rows.limit(1)) is not None


def is_awaited(case_id: UUID, panel: str, now: datetime) -> bool:
    """Whether agencies were told that a coming meeting of the panel hears it."""
    row = MeetingRow
    rows = select(ItemRow.id).join(row, row.id == ItemRow.meeting_id)
    coming = (row.kind == panel, row.state == MeetingState.PUBLISHED, row.starts_at > now)
    return db.session.scalar(rows.where(ItemRow.case_id == case_id, *coming).limit(1)) is not None


def levels_near(area_id: UUID, case_id: UUID) -> list[Risk | None]:
    """The levels of the children near somebody; None of one of whom none is known."""
    children = subject_near.children_near([case_id]).get(case_id, set())
    stands, here = ladder.levels(children), ladder.on_ladder(area_id)
    return [stands.get(one) if one in here else _said(area_id, one) for one in sorted(children)]


def _said(area_id: UUID, child: UUID) -> Risk | None:
    return level_history.now(subject_levels.history(child, acting.Host(area_id)))
