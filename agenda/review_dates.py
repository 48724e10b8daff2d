"""When a child is heard again: within the panel's interval, and at once where nobody decided (E1)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda import rhythm, transition
from agenda.calendar import day_words, local_day
from agenda.clocks import end_of, ends
from agenda.panels import Panel


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child at a panel. `review_by` is None where it was sent there, or heard without a decision."""

    child_id: UUID
    review_by: date | None
    dob: date | None = None


def review_by(heard_on: date, panel: Panel, dob: date | None, off: AbstractSet[date]) -> date | None:
    """By which day a child that stays is heard again (Rulebook E1; the interval is practice).

    The day on which the transition is to be planned comes first where it is sooner. None where the panel has
    no interval: the child is at each sitting.
    """
    if panel.review is None:
        return None
    by = local_day(ends(end_of(heard_on), panel.review, off))
    begins = transition.plan_from(dob, panel) if dob else None
    return min(by, begins) if begins is not None and begins > heard_on else by


def chosen_problem(chosen: date, heard_on: date, latest: date | None) -> str | None:
    """Why a meeting cannot choose this review date; None where it can: sooner than due, never later (E1)."""
    if chosen <= heard_on:
        return "The review comes after the meeting"
    if latest is not None and chosen > latest:
        return f"The review is due by {day_words(latest)} at the latest"
    return None


def due(
    waiting: Iterable[Waiting], panel: Panel, sits_on: date, off: AbstractSet[date]
) -> tuple[Waiting, ...]:
    """Whom the sitting of that day hears: those whose review cannot wait for the next one (Rulebook E1).

    With those nobody has decided on. So each is heard in time, or at the first sitting after, and none is
    dropped.
    """
    after = rhythm.day_after(panel.rhythm, sits_on, off)
    return tuple(one for one in waiting if one.review_by is None or after is None or one.review_by < after)


def overdue(waiting: Iterable[Waiting], today: date) -> tuple[Waiting, ...]:
    """Those whose review date is over: shown to whoever runs the panel, and on the next agenda (E1)."""
    return tuple(one for one in waiting if one.review_by is not None and one.review_by < today)


def heard_at(one: Waiting, panel: Panel, after: date, off: AbstractSet[date]) -> date | None:
    """The sitting at which a child will be heard, seen from the day `after`; None where it never sits."""
    sits_on = rhythm.day_after(panel.rhythm, after, off)
    while sits_on is not None and not due([one], panel, sits_on, off):
        sits_on = rhythm.day_after(panel.rhythm, sits_on, off)
    return sits_on
