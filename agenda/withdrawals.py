"""What follows when an agency withdraws: who is told; what it held, chased by dates (Rulebook V1; DM, FD)."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from agenda.calendar import working_day_from
from agenda.clocks import Met, end_of, stands

#: Said to who withdraws, and with every question after it (Rulebook V1).
STILL_BOUND = (
    "For as long as your agency holds anything it was given here, it stays bound by the protocol’s terms. "
    "Destroy or return all of it, and tell us which, when, and who did it."
)


class Told(StrEnum):
    """Who is told that an agency withdraws, and why (DM and FD, "Withdrawal")."""

    CHAIR = "chair"
    PARTNERSHIP = "partnership"
    PARTNERS = "partners"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            Told.CHAIR: "The chair",
            Told.PARTNERSHIP: "The strategic partnership, at its next meeting",
            Told.PARTNERS: "The other agencies that signed",
        }[self]


def untold(told: Collection[Told]) -> tuple[Told, ...]:
    """Who has not been told yet."""
    return tuple(one for one in Told if one not in told)


@dataclass(frozen=True, slots=True)
class Chase:
    """When an agency that withdrew is asked again. Settings of the area (Rulebook V1, practice)."""

    answer_days: int = field(
        default=28,
        metadata={"rule": "V1", "label": "Destruction or return confirmed within, days (practice)"},
    )
    again_days: int = field(
        default=7, metadata={"rule": "V1", "label": "Asked again for it every, days (practice)"}
    )


@dataclass(frozen=True, slots=True)
class Clearing:
    """How the question of what it held stands."""

    due: date
    met: Met
    asked: tuple[date, ...]  # so far, the first on the day it left
    next_on: date | None  # none once it has answered


def clearing(
    left_on: date, cleared_on: date | None, today: date, rule: Chase, holidays: AbstractSet[date]
) -> Clearing:
    """Asked on the day it left, at once or after its notice, and on working days until it answers (V1)."""
    due = left_on + timedelta(days=rule.answer_days)
    done = end_of(cleared_on) if cleared_on and cleared_on <= today else None
    met = stands(end_of(due), done, end_of(today))
    asked, day, upto = [left_on], left_on, min(today, cleared_on or today)
    while (day := _again(day, rule, holidays)) <= upto:
        asked.append(day)
    if today < left_on:
        return Clearing(due, met, (), left_on)
    return Clearing(due, met, tuple(asked), None if done else day)


def _again(day: date, rule: Chase, holidays: AbstractSet[date]) -> date:
    return working_day_from(day + timedelta(days=max(1, rule.again_days)), holidays)
