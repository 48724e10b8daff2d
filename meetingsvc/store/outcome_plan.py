"""What a MARAC has before it: its agenda’s order, the daily meetings that sent a case, and their plan."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import (
    ActionRow,
    ActionStepRow,
    AgencyRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PlanReviewRow,
    db,
)
from meetingsvc.store import acting, marac, marac_unreferred
from meetingsvc.store.case_page import told_here
from meetingsvc.store.scope import Reader, items_of, told_at, told_items_of
from meetingsvc.store.scope_actions import steps_of
from minutes.actions import Action, Category, Status
from minutes.plan import Review, Verdict
from minutes.worksheet import Line, Place, Planned


def line_of(item: ItemRow, meeting: MeetingRow) -> Line:
    """Where the case stands on the agenda."""
    shared = meeting.published_at is not None and item.supplement <= meeting.supplements
    group = Group(item.group or Group.NEW_NO_SAFEGUARDS)
    return Line(group, item.moved_reason, shared, item.not_reached, meeting.emergency > 0)


def place_of(reader: Reader, meeting: MeetingRow, item_id: UUID) -> Place:
    """In the order of the agenda with its published supplementary lists, among those the reader may see."""
    shared = [
        line for line in marac.lines(meeting.id, items_of(reader)) if line.supplement <= meeting.supplements
    ]
    order = [line.item_id for line in shared]
    if item_id not in order:
        return Place("", None, None, None)  # it gathers for a list that is not published yet
    at, plain = order.index(item_id), sum(not line.restricted for line in shared)
    return Place(
        number=shared[at].number,
        of=None if shared[at].restricted else plain,
        previous=order[at - 1] if at else None,
        next=order[at + 1] if at + 1 < len(order) else None,
    )


def sent_by(reader: Reader, item_id: UUID) -> list[tuple[UUID, date]]:
    """The daily items that sent a case to this line of a MARAC, with their days, the latest first (M1).

    Where none did, since it was called in an emergency: what is known of it, as far as the reader may read.
    """
    row = OutcomeRow
    rows = select(row.item_id).where(told_at(reader, row.item_id), row.marac_item_id == item_id)
    told = list(db.session.scalars(rows)) or _known(reader, item_id)
    days = select(ItemRow.id, MeetingRow.sits_on).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    with acting.whole_area(reader.area_id):  # their meetings are not attended by every agency at a MARAC
        found = db.session.execute(days.where(ItemRow.id.in_(told)).order_by(MeetingRow.sits_on.desc()))
        return [(key, day) for key, day in found]


def _known(reader: Reader, item_id: UUID) -> list[UUID]:
    """Of a line that no daily meeting sent (Rulebook M4)."""
    with acting.whole_area(reader.area_id):
        found = marac_unreferred.before(reader.area_id, [item_id]).get(item_id, ())
    keys = [one.item.id for one in found]
    return list(db.session.scalars(select(ItemRow.id).where(told_items_of(reader), ItemRow.id.in_(keys))))


def plan(reader: Reader, item: ItemRow, until: datetime | None = None) -> tuple[Planned, ...]:
    """What earlier meetings set about the case and is open, or is reviewed here; the first due first.

    Of a meeting that is over, as it stood then (`until`): what later meetings set is not its plan, and what
    was done since was open (Rulebook R1, M3).
    """
    said = reviews(reader, item.id)
    rows = (
        select(ActionRow, AgencyRow.name, MeetingRow.sits_on)
        .join(AgencyRow, AgencyRow.id == ActionRow.agency_id)
        .join(ItemRow, ItemRow.id == ActionRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(ActionRow.item_id != item.id)
        .order_by(ActionRow.due, ActionRow.id)
    )
    with told_here(reader, item.case_id) as here:
        rows = rows if until is None else rows.where(ActionRow.set_at <= until)
        found = db.session.execute(rows.where(here)).all()
    was = {} if until is None else statuses_then(reader, [row.id for row, _, _ in found], until)
    return tuple(
        Planned(row.id, as_it_stood(_action(row), was.get(row.id)), agency, day, said.get(row.id),
                Status(row.status) if was.get(row.id, row.status) != row.status else None)
        for row, agency, day in found
        if was.get(row.id, row.status) == Status.OPEN or row.id in said
    )  # fmt: skip


def statuses_then(reader: Reader, action_ids: Collection[UUID], until: datetime) -> dict[UUID, Status]:
    """What these actions were at that moment, where something was recorded of them since (A1, R1)."""
    step = ActionStepRow
    rows = select(step.action_id, step.was).where(
        steps_of(reader), step.action_id.in_(action_ids), step.at > until
    )
    found: dict[UUID, Status] = {}
    for key, status in db.session.execute(rows.order_by(step.at, step.id)):
        found.setdefault(key, Status(status))
    return found


def as_it_stood(action: Action, was: Status | None) -> Action:
    """With the status it had, where another was recorded since."""
    return action if was in (None, action.status) else replace(action, status=was or action.status, reason="")


def worked_on(reader: Reader, item_id: UUID) -> set[UUID]:
    """The actions of a case of which something was recorded since: they are taken away no more (A1)."""
    step, row = ActionStepRow, ActionRow
    rows = select(step.action_id).join(row, row.id == step.action_id)
    return set(db.session.scalars(rows.where(steps_of(reader), row.item_id == item_id)))


def _action(row: ActionRow) -> Action:
    return Action(Category(row.category), row.agency_id, row.what, row.due, Status(row.status), row.reason)


def reviews(reader: Reader, item_id: UUID) -> dict[UUID, Review]:
    """What a MARAC said of the actions set before, by their id."""
    row = PlanReviewRow
    rows = select(row).where(told_at(reader, row.item_id), row.item_id == item_id)
    return dict(_reviews(db.session.scalars(rows)))


def _reviews(rows: Iterator[PlanReviewRow]) -> Iterator[tuple[UUID, Review]]:
    for row in rows:
        yield row.action_id, Review(Verdict(row.verdict), row.text)
