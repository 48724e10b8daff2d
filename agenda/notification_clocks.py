"""By when other agencies must have been told of an incident, and have looked at it (Rulebook P1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agenda.agencies import AgencyKind
from agenda.calendar import LONDON, day_words
from agenda.clocks import Length, Met, Unit, ends, stands
from agenda.incidents import Risk

#: Who is told of every domestic incident, and who looks at a standard one (DERBY, section 5).
TOLD = (AgencyKind.CHILDRENS_SOCIAL_CARE, AgencyKind.HEALTH, AgencyKind.EDUCATION)
REVIEWS = AgencyKind.CHILDRENS_SOCIAL_CARE


@dataclass(frozen=True, slots=True)
class Notifications:
    """Settings of an area that uses these clocks; others leave `used` off, and none runs."""

    used: bool = field(default=False, metadata={"rule": "P1", "label": "Notification clocks are used"})
    high_hours: int = field(default=24, metadata={"rule": "P1", "label": "High risk: told within, hours"})
    medium_days: int = field(default=3, metadata={"rule": "P1", "label": "Medium risk: told within, days"})
    standard_days: int = field(
        default=7, metadata={"rule": "P1", "label": "Standard risk: reviewed within, days of receipt"}
    )


class Task(StrEnum):
    """What a clock runs for."""

    NOTIFY = "notify"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Clock:
    """One agency's clock for one incident; the last moment still counts."""

    task: Task
    agency: AgencyKind
    due: datetime
    done_at: datetime | None = None

    def stands(self, now: datetime) -> Met:
        """How it stands at a moment."""
        return stands(self.due, self.done_at, now)

    @property
    def words(self) -> str:
        """`Health to be told by Monday 23 November 2026, 14:05`."""
        wall = self.due.astimezone(LONDON)
        what = "to be told" if self.task is Task.NOTIFY else "to review it"
        return f"{self.agency.label} {what} by {day_words(wall.date())}, {wall:%H:%M}"


def told_by(risk: Risk, assessed_at: datetime, rule: Notifications) -> datetime | None:
    """By when agencies are told, from the police's assessment: high in hours, medium in days (P1).

    A standard one is sent too, and no time is set for that: its clock is the review's.
    """
    match risk:
        case Risk.HIGH:
            return ends(assessed_at, Length(rule.high_hours, Unit.HOURS), frozenset())
        case Risk.MEDIUM:
            return ends(assessed_at, Length(rule.medium_days, Unit.DAYS), frozenset())
        case Risk.STANDARD:
            return None


def clocks(
    risk: Risk,
    assessed_at: datetime,
    told_at: dict[AgencyKind, datetime],
    reviewed_at: datetime | None,
    rule: Notifications,
) -> tuple[Clock, ...]:
    """Every clock that runs for an incident, each agency's own (Rulebook P1); none where none are used.

    `told_at`: when each was sent it, and so has it. The review of a standard one runs from that.
    """
    if not rule.used:
        return ()
    if due := told_by(risk, assessed_at, rule):
        return tuple(Clock(Task.NOTIFY, agency, due, told_at.get(agency)) for agency in TOLD)
    if received_at := told_at.get(REVIEWS):
        due = ends(received_at, Length(rule.standard_days, Unit.DAYS), frozenset())
        return (Clock(Task.REVIEW, REVIEWS, due, reviewed_at),)
    return ()


def late(running: Iterable[Clock], now: datetime) -> tuple[Clock, ...]:
    """Those that show: late, or done too late; the earliest due first (Rulebook P1)."""
    return tuple(sorted((clock for clock in running if clock.stands(now).is_late), key=lambda c: c.due))
