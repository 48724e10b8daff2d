"""Whether a meeting still takes what is typed about one of its cases."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import day_words, local_day
from agenda.meetings import MeetingState
from agenda.panels import Family, Works
from agenda.rules import RuleBroken
from meetingsvc.models import ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import areas
from meetingsvc.store.scope import items_of, meetings_of, told_at
from minutes.outcome import Outcome, untold_problems
from minutes.recording import Facts


class MeetingClosed(RuleBroken):
    """Outcomes are final once the meeting is closed."""


def item_of(who: Principal, item_id: UUID) -> ItemRow:
    """The case on its meeting; one that is hidden from the person is missing."""
    item = db.session.scalar(select(ItemRow).where(items_of(who), ItemRow.id == item_id))
    if item is None:
        raise NotFound
    return item


def opened(who: Principal, item: ItemRow, row: OutcomeRow | None) -> MeetingRow:
    """The item's meeting, while it takes outcomes. They are final once it is closed (D3, M3). A case still
    without one was hidden from whoever closed it (M6): those who may see it give it its one outcome."""
    rows = select(MeetingRow).where(meetings_of(who), MeetingRow.id == item.meeting_id)
    meeting = db.session.scalars(rows.with_for_update(read=True)).one()
    if meeting.family != Family.ABUSE:
        raise NotFound  # of a child a meeting decides on the ladder (Rulebook E1)
    if meeting.works == Works.AGENDA:
        _refuse_at_marac(meeting, item, row)
    elif meeting.state != MeetingState.OPEN and row is not None:
        raise MeetingClosed(
            f"The daily meeting of {day_words(meeting.sits_on)} is closed, so its outcomes are final. "
            "What you typed was not saved."
        )
    return meeting


def _refuse_at_marac(meeting: MeetingRow, item: ItemRow, row: OutcomeRow | None) -> None:
    on = f"The MARAC of {day_words(meeting.sits_on)}"
    if meeting.state == MeetingState.CANCELLED and row is None:
        raise MeetingClosed(f"{on} did not sit: nothing was decided there. What you typed was not saved.")
    if meeting.published_at is None or item.supplement > meeting.supplements:
        raise RuleBroken(
            f"{on} does not hear this case yet: publish the list that it is on, then record its outcome."
        )
    if meeting.state == MeetingState.HEARD and (row is not None or item.not_reached):
        raise MeetingClosed(f"{on} is closed, so its outcomes are final. What you typed was not saved.")


def refuse_early(meeting: MeetingRow, now: datetime) -> None:
    """A MARAC decides nothing before the day it sits (Rulebook M3): raises RuleBroken. What is typed before
    then is a draft."""
    if meeting.works == Works.AGENDA and local_day(now) < meeting.sits_on:
        raise RuleBroken(
            f"The MARAC of {day_words(meeting.sits_on)} has not sat yet. Outcomes are saved from that day "
            "on: none was saved now."
        )


def untold(who: Principal, outcome: Outcome, facts: Facts) -> dict[str, str]:
    """Areas differ in whether the MARAC is told of what is disclosed; where it is, of all of it (C4)."""
    if not facts.applications:
        return {}
    tells = areas.settings_of(areas.by_id(who.area_id)).disclosure_tells_marac
    return untold_problems(outcome, facts.applications) if tells else {}


def outcome_of(who: Principal, item_id: UUID) -> OutcomeRow | None:
    """The outcome as it was saved last."""
    row = OutcomeRow
    return db.session.scalar(select(row).where(told_at(who, row.item_id), row.item_id == item_id))
