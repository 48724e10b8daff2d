"""Where children stand on the ladder of panels, and what was decided of each (Rulebook E1).

The service's own work for an area: call it inside `acting.whole_area`, with the area held.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from agenda.calendar import local_day
from agenda.incidents import Risk
from agenda.review_dates import Waiting
from agenda.transition import Transition
from meetingsvc.models import (
    AccountRow,
    CaseRow,
    ExploitationEntryRow,
    ItemRow,
    LadderPlaceRow,
    LadderStepRow,
    LevelSaidRow,
    MeetingRow,
    PersonRow,
    ScreeningRow,
    db,
)
from minutes.ladder import Course, Decided, Decision, Ground, Made, Screened


def place(case_id: UUID) -> LadderPlaceRow | None:
    """Where a child stands now, held until the transaction ends; None of one who is not on the ladder."""
    row = LadderPlaceRow
    rows = select(row).where(row.case_id == case_id).with_for_update()
    return db.session.scalar(rows.execution_options(populate_existing=True))


def forget_leaving(place: LadderPlaceRow) -> None:
    """Nobody is asked any more to confirm that the child leaves."""
    place.leaving = place.leaving_item = place.leaving_by = place.leaving_at = None
    db.session.flush()


def news_since(case_id: UUID, day: date) -> bool:
    """Whether something that came in about a child is on a list of a later day, and nothing was decided on it
    there: a list that is over hears nothing any more, but the next one does."""
    entry, item, step = ExploitationEntryRow, ItemRow, LadderStepRow
    decided = select(step.id).where(step.item_id == item.id).exists()
    rows = (
        select(entry.id)
        .join(item, item.id == entry.item_id)
        .join(MeetingRow, MeetingRow.id == item.meeting_id)
        .where(item.case_id == case_id, entry.source_id != "", ~decided)
        .where(MeetingRow.sits_on > day)
    )
    return db.session.scalar(rows.limit(1)) is not None


def on_ladder(area_id: UUID) -> frozenset[UUID]:
    """The children of an area who are on the ladder, at whichever panel."""
    rows = select(LadderPlaceRow.case_id).where(LadderPlaceRow.area_id == area_id)
    return frozenset(db.session.scalars(rows))


def waiting(area_id: UUID, panel: str) -> list[Waiting]:
    """The children at a panel, each with the day by which it hears them."""
    row = LadderPlaceRow
    rows = (
        select(row.case_id, row.review_by, PersonRow.dob)
        .join(CaseRow, CaseRow.id == row.case_id)
        .outerjoin(PersonRow, PersonRow.id == CaseRow.victim_id)
        .where(row.area_id == area_id, row.panel == panel)
        .order_by(CaseRow.number)
    )
    return [Waiting(case_id, by, dob) for case_id, by, dob in db.session.execute(rows)]


def any_at(area_id: UUID, panel: str) -> bool:
    """Whether any child is at a panel, or waits to be: then it is not taken off (Rulebook E1)."""
    row = LadderPlaceRow
    rows = select(row.case_id).where(row.area_id == area_id, row.panel == panel)
    return db.session.scalar(rows.limit(1)) is not None


def born(case_id: UUID) -> date | None:
    """The child's date of birth, where it is known."""
    rows = select(PersonRow.dob).join(CaseRow, CaseRow.victim_id == PersonRow.id)
    return db.session.scalar(rows.where(CaseRow.id == case_id))


def planned(case_ids: Collection[UUID]) -> dict[UUID, Transition]:
    """To whom each of these children goes on as they grow out of the panels, and from when, where it is
    planned."""
    row = LadderPlaceRow
    rows = select(row.case_id, row.transition_to, row.transition_on).where(row.case_id.in_(case_ids))
    return {case_id: Transition(to, on) for case_id, to, on in db.session.execute(rows) if to and on}


def mark(case_id: UUID) -> str:
    """How far the decisions on a child have come: a page that shows an older mark decides nothing."""
    row, last = LadderPlaceRow, select(func.max(LadderStepRow.id)).where(LadderStepRow.case_id == case_id)
    asked = db.session.scalar(select(row.leaving_at).where(row.case_id == case_id))
    return f"{db.session.scalar(last) or 0}{f' {asked.isoformat()}' if asked else ''}"


def last_of(item_id: UUID) -> LadderStepRow | None:
    """The last decision at one item."""
    row = LadderStepRow
    rows = select(row).where(row.item_id == item_id).order_by(row.id.desc())
    return db.session.scalars(rows.limit(1)).first()


def sent_on(item: ItemRow, place: LadderPlaceRow, now: datetime) -> bool:
    """Whether what the meeting said last sent the child to the panel that has them now, today, and no meeting
    of that one has begun since, nor anything been decided: then the meeting can still correct it."""
    last, row = last_of(item.id), LadderStepRow
    if last is None or last.leads_to != place.panel or last.leads_to == last.panel or place.leaving:
        return False
    later = select(row.id).where(row.case_id == item.case_id, row.id > last.id)
    begun = (
        select(ItemRow.id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(ItemRow.case_id == item.case_id, MeetingRow.kind == place.panel)
        .where(MeetingRow.starts_at > last.made_at, MeetingRow.starts_at <= now)
    )
    today = local_day(now) == last.heard_on
    return today and not any(db.session.scalar(one.limit(1)) for one in (later, begun))


def course(case_id: UUID, joined: str) -> Course:
    """Everything that was decided of a child since they joined the ladder last."""
    row, by, second = LadderStepRow, AccountRow, AccountRow.__table__.alias()
    rows = (
        select(row, by.name, second.c.name)
        .join(by, by.id == row.made_by)
        .outerjoin(second, second.c.id == row.confirmed_by)
        .where(row.case_id == case_id)
        .order_by(row.id)
    )
    made: list[Made] = []
    left_at: Risk | None = None
    for step, name, confirmed in db.session.execute(rows):
        made.append(_made(step, name, confirmed))
        if not step.leads_to:
            made.clear()  # they left: what came since is another course
            left_at = Risk(step.level)
    return Course(joined, tuple(made), left_at)


def screened(case_id: UUID) -> tuple[Screened, ...]:
    """Every level that a screening said of a child since they left the ladder last, in order."""
    row, step = ScreeningRow, LadderStepRow
    left = select(func.max(step.made_at)).where(step.case_id == case_id, step.leads_to == "")
    since = db.session.scalar(left)
    rows = select(row.at, row.level).where(row.case_id == case_id).order_by(row.at, row.id)
    told = db.session.execute(rows if since is None else rows.where(row.at > since))
    return tuple(Screened(at, Risk(level)) for at, level in told)


def _made(step: LadderStepRow, by: str, confirmed: str | None) -> Made:
    told = told_of(step)
    return Made(told, step.panel, step.heard_on, step.made_at, by, confirmed or "", step.leads_to)


def told_of(step: LadderStepRow) -> Decided:
    """What one step says."""
    ground = Ground(step.ground) if step.ground else None
    return Decided(
        Decision(step.decision), Risk(step.level), step.reason, ground, step.goes_on, step.review_on
    )


def kept(told: Decided) -> dict[str, Any]:
    """A decision as the table keeps one that waits for a second person."""
    return {
        "decision": told.decision and told.decision.value, "level": told.level and told.level.value,
        "reason": told.reason, "ground": told.ground and told.ground.value, "goes_on": told.goes_on,
        "review_on": told.review_on and told.review_on.isoformat(),
    }  # fmt: skip


def read(told: Mapping[str, Any]) -> Decided:
    """The inverse of `kept`."""
    return Decided(
        Decision(told["decision"]),
        Risk(told["level"]),
        told["reason"],
        Ground(told["ground"]) if told["ground"] else None,
        told["goes_on"],
        date.fromisoformat(told["review_on"]) if told["review_on"] else None,
    )


def levels(case_ids: Collection[UUID]) -> dict[UUID, Risk]:
    """The level that stands of each of these children, where one is known: what was said last, as a screening
    raises it and a meeting alone lowers it (`agenda.level_history`), also of who left (Rulebook E1)."""
    row = LevelSaidRow
    rows = select(row.case_id, row.level).where(row.case_id.in_(case_ids)).order_by(row.at, row.id)
    return {case_id: Risk(level) for case_id, level in db.session.execute(rows)}
