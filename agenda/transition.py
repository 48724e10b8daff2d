"""Growing out of the panel: planned before the age ceiling, and nobody leaves by a birthday alone (E1)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agenda.calendar import add_months
from agenda.clocks import Length, Unit
from agenda.moves import REASON_LENGTH
from agenda.panels import Panel

_YEAR = 12


class Stage(StrEnum):
    """How the transition of a child stands; the value is what pages say."""

    NONE = "no transition due"
    NOT_KNOWN = "date of birth not known"
    DUE = "transition to be planned"
    PLANNED = "transition planned"
    OVERDUE = "past the age ceiling without a transition"

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something."""
        return self in (Stage.NOT_KNOWN, Stage.DUE, Stage.OVERDUE)


@dataclass(frozen=True, slots=True)
class Transition:
    """Who goes on working with the young person, and from when."""

    to: str
    on: date


def problems(told: Transition, today: date) -> dict[str, str]:
    """What keeps a plan from being recorded, by field."""
    found: dict[str, str] = {}
    if not told.to.strip():
        found["to"] = "Enter who goes on working with the young person"
    elif len(told.to) > REASON_LENGTH:
        found["to"] = f"Use {REASON_LENGTH:,} characters or fewer"
    if told.on < today:
        found["on"] = "The day must be today or later"
    return found


def ceiling_on(dob: date, panel: Panel) -> date | None:
    """The birthday on which a child reaches the panel's age ceiling; None where it has none.

    Of a 29 February it is the 28th of another year: rather a day early (Rulebook T6 alike).
    """
    return add_months(dob, panel.age_ceiling * _YEAR) if panel.age_ceiling else None


def plan_from(dob: date, panel: Panel) -> date | None:
    """From which day on the transition is planned (practice); None where there is no ceiling."""
    ceiling = ceiling_on(dob, panel)
    return None if ceiling is None else _before(ceiling, panel.transition)


def _before(day: date, length: Length) -> date:
    if length.unit is Unit.MONTHS:
        return add_months(day, -length.count)
    return date.fromordinal(day.toordinal() - length.count)


def stage(dob: date | None, panel: Panel, today: date, planned: Transition | None) -> Stage:
    """How it stands today (Rulebook E1). Who is past the ceiling without a plan stays on the agenda."""
    if not panel.age_ceiling:
        return Stage.NONE
    if dob is None:
        return Stage.NOT_KNOWN
    ceiling, begins = ceiling_on(dob, panel), plan_from(dob, panel)
    if ceiling is None or begins is None or today < begins:
        return Stage.NONE
    if planned is not None:
        return Stage.PLANNED
    return Stage.OVERDUE if today >= ceiling else Stage.DUE
