"""What becomes of decisions to share that stand on no case: whose they are to review, and when (K4, L1).

A line says whose agency's it is and of which day; nothing of what was decided, for whoever reads none of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from agenda.calendar import days_off, local_day
from agenda.moves import Who
from meetingsvc import holidays
from meetingsvc.models import AgencyRow, SharingReviewRow, SharingRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import accounts, acting, areas
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_sharing import sharing_of, steps_of_sharing
from minutes.sharing_review import Made, Review, Rules, State, Step

_OPEN = (State.PROPOSED, State.TO_DESTROY)


@dataclass(frozen=True, slots=True)
class Line:
    """One decision, without its content."""

    id: UUID
    agency: str
    made_on: date
    made_by: UUID
    review: Review
    gone: bool  # who made it is there no more
    late: bool

    @property
    def state(self) -> State:
        """How far it is."""
        return self.review.state

    def agrees(self, who: Principal) -> bool:
        """Whether this person may be the second to say that it goes."""
        said = self.review.proposed
        return self.state is State.PROPOSED and said is not None and said.by != str(who.account_id)


def rules(area_id: UUID) -> Rules:
    """What the area has set for the yearly reviews of cases."""
    told = areas.settings_of(areas.by_id(area_id))
    return Rules(told.review_months, told.retention_answer_days)


def off(area_id: UUID) -> frozenset[date]:
    """The days on which nobody works."""
    return frozenset(days_off(areas.settings_of(areas.by_id(area_id)), holidays.known()))


def steps(reader: Reader, decisions: Collection[UUID]) -> dict[UUID, tuple[Made, ...]]:
    """Every step that was taken, of each decision in its order."""
    row, found = SharingReviewRow, dict[UUID, tuple[Made, ...]]()
    of_them = row.sharing_id.in_(decisions)
    rows = select(row).where(steps_of_sharing(reader), of_them).order_by(row.sharing_id, row.place)
    for one in db.session.scalars(rows):
        told = Made(Step(one.step), one.at, Who(one.who), str(one.account_id), one.reason)
        found[one.sharing_id] = (*found.get(one.sharing_id, ()), told)
    return found


def review_of(reader: Reader, row: SharingRow) -> Review:
    """Its review, from the table. Call it where the whole of the area is read."""
    taken = steps(reader, [row.id]).get(row.id, ())
    return Review(row.decided_at or row.made_at, rules(row.area_id), taken)


def write(row: SharingRow, review: Review) -> None:
    """Its last step, which is new."""
    step = review.steps[-1]
    db.session.add(
        SharingReviewRow(area_id=row.area_id, sharing_id=row.id, place=len(review.steps), step=step.step,
                         at=step.at, who=step.who, account_id=UUID(step.by), reason=step.reason.strip())
    )  # fmt: skip
    db.session.flush()


def is_gone(account_id: UUID, now: datetime) -> bool:
    """Their account is disabled, or decides on sharing no more: they cannot review what they made."""
    found = accounts.principal(account_id, now)
    return found is None or not found.may(Permission.SHARING_DECIDE)


def mine(who: Principal, now: datetime) -> list[Line]:
    """One's own whose review is due, or that are to be destroyed, the oldest first."""
    if not who.may(Permission.SHARING_DECIDE):
        return []
    own = SharingRow.made_by == who.account_id
    return [one for one in _lines(who, now, own) if one.review.is_due(local_day(now)) or one.state in _OPEN]


def overseen(who: Principal, now: datetime) -> list[Line]:
    """Those that two people have to say something of; and, for information governance, those that their
    makers review no more or not in time (Rulebook L1)."""
    if not who.may(Permission.SHARING_REVIEW):
        return []
    governs, today = who.role is Role.INFORMATION_GOVERNANCE, local_day(now)
    with acting.whole_area(who.area_id):
        found = _lines(Host(who.area_id), now)
    return [
        one for one in found
        if one.state in _OPEN or (governs and one.review.is_due(today) and (one.gone or one.late))
    ]  # fmt: skip


def hold(reader: Reader, decision_id: UUID) -> SharingRow | None:
    """One on no case, to be written on until the transaction ends."""
    row = SharingRow
    rows = select(row).where(sharing_of(reader), row.id == decision_id, row.case_id.is_(None))
    return db.session.scalars(rows.with_for_update().execution_options(populate_existing=True)).one_or_none()


def to_destroy() -> list[tuple[UUID, UUID]]:
    """Those that two people said go, the oldest first, each with its area. Call it as the service."""
    row, step = SharingRow, aliased(SharingReviewRow)
    last = select(func.max(step.place)).where(step.sharing_id == row.id).scalar_subquery()
    rows = (
        select(row.id, row.area_id)
        .join(SharingReviewRow, SharingReviewRow.sharing_id == row.id)
        .where(row.case_id.is_(None), SharingReviewRow.place == last, SharingReviewRow.step == Step.AGREE)
        .order_by(row.made_at, row.id)
    )
    return [(key, area_id) for key, area_id in db.session.execute(rows)]


def _lines(reader: Reader, now: datetime, *where: Any) -> list[Line]:
    row, told = SharingRow, rules(reader.area_id)
    since = func.coalesce(row.decided_at, row.made_at)
    rows = (
        select(row, AgencyRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(sharing_of(reader), row.case_id.is_(None), *where)
        .where(since <= now - timedelta(days=28 * told.months))
        .order_by(since, row.id)
    )
    found = db.session.execute(rows).all()
    if not found:
        return []
    none, today = off(reader.area_id), local_day(now)
    gone = {key: is_gone(key, now) for key in {one.made_by for one, _ in found}}
    taken = steps(reader, [one.id for one, _ in found])
    reviews = [(one, agency, Review(one.decided_at or one.made_at, told, taken.get(one.id, ())))
               for one, agency in found]  # fmt: skip
    return [
        Line(one.id, agency, local_day(review.decided_at), one.made_by, review, gone[one.made_by],
             review.is_late(today, none))
        for one, agency, review in reviews
    ]  # fmt: skip
