"""What daily meetings left of a case that none of them sent to this MARAC: it was called (Rulebook M4)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import dropwhile
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from agenda import reasons
from agenda.meetings import MeetingKind
from agenda.pack import PackIncident
from agenda.panels import Works
from meetingsvc.models import ActionRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store import case_incidents, case_page, incidents
from meetingsvc.store.acting import Host
from minutes.actions import Status

#: How many incidents that no list took stand for a case of which no list tells anything.
NEWEST = 5
_SENT = aliased(OutcomeRow)


class Before(NamedTuple):
    """A case on a daily list; without an outcome where its meeting has not heard it."""

    outcome: OutcomeRow | None
    item: ItemRow
    day: date


def before(area_id: UUID, line_ids: Collection[UUID]) -> dict[UUID, list[Before]]:
    """By line that no daily meeting sent: the latest daily meeting that heard its case, and what is listed
    since; all that is listed of it where none heard it. Asked as the service (Rulebook M1, M4)."""
    line, sits, daily, item = aliased(ItemRow), aliased(MeetingRow), aliased(MeetingRow), aliased(ItemRow)
    listed_by_then = or_(daily.sits_on <= sits.sits_on, daily.built_at <= sits.built_at)
    rows = (
        select(line.id, OutcomeRow, item, daily.sits_on)
        .join(sits, sits.id == line.meeting_id)
        .join(item, item.case_id == line.case_id)
        .join(daily, and_(daily.id == item.meeting_id, daily.works == Works.LIST, listed_by_then))
        .outerjoin(OutcomeRow, OutcomeRow.item_id == item.id)
        .where(line.area_id == area_id, line.id.in_(line_ids), daily.area_id == area_id)
        .where(sits.kind == MeetingKind.MARAC, ~daily.held, ~exists().where(_SENT.marac_item_id == line.id))
        .order_by(daily.sits_on)
    )
    found: dict[UUID, list[Before]] = defaultdict(list)
    for key, outcome, its, day in db.session.execute(rows):
        found[key].append(Before(outcome, its, day))
    return {key: _since_heard(told) for key, told in found.items()}


def is_emergency(meeting_id: UUID) -> bool:
    """Whether a MARAC was called in an emergency (Rulebook M4)."""
    row = MeetingRow
    return bool(db.session.scalar(select(row.emergency).where(row.id == meeting_id)))


def _since_heard(told: Sequence[Before]) -> list[Before]:
    heard = [one.item.id for one in told if one.outcome]
    return list(dropwhile(lambda one: bool(heard) and one.item.id != heard[-1], told))


def open_actions(area_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The items of these cases at which an action was set that is open. Asked as the service."""
    row = ActionRow
    rows = (
        select(ItemRow.case_id, ItemRow.id, MeetingRow.sits_on)
        .join(row, row.item_id == ItemRow.id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(row.area_id == area_id, ItemRow.case_id.in_(case_ids), row.status == Status.OPEN)
        .distinct()
        .order_by(MeetingRow.sits_on, ItemRow.id)
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for case_id, item_id, _ in db.session.execute(rows):
        found[case_id].append(item_id)
    return found


def on_no_list(area_id: UUID, case_id: UUID, told: Collection[PackIncident]) -> list[PackIncident]:
    """Domestic incidents of a case newer than those told of it, the oldest first: no list took them."""
    found = newer(area_id, case_id, {one.reference: one.recorded_at for one in told})
    contents = incidents.contents(one.id for one in found)
    return [PackIncident.of(contents[one.id], (_why(one),)) for one in reversed(found)]


def newer(area_id: UUID, case_id: UUID, known: Mapping[str, datetime]) -> list[case_incidents.CaseIncident]:
    """The newest of them, the newest first; `known`: by number, when those told of it were recorded. Asked as
    the service."""
    host = Host(area_id)
    case = case_page.case(host, case_id)
    if case is None:
        return []
    latest = max(known.values(), default=None)
    found = [
        one for one in case_incidents.incidents_on(host, case)
        if one.reference not in known and one.stands != reasons.NOT_DOMESTIC
        and (latest is None or one.recorded_at > latest)
    ]  # fmt: skip
    return found[:NEWEST]


def _why(one: case_incidents.CaseIncident) -> str:
    return one.stands if one.list_day else "On no daily list"
