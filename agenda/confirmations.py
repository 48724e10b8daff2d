"""What agencies confirm about update-only cases before a MARAC, and what follows where one does not (C3)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agenda.area import AreaSettings
from agenda.calendar import add_working_days, days_off
from agenda.circulation import Group
from agenda.meetings import MeetingState
from agenda.moves import REASON_LENGTH


class Said(StrEnum):
    """What an agency says of one case."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not confirmed"
    LATER = "later"  # nothing yet


class Stage(StrEnum):
    """How far the time to answer is; when it was asked, the agenda's own notice told of it."""

    REMINDER = "reminder"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer about one case as somebody gave it."""

    said: Said
    reason: str = ""


def is_asked(group: Group, moved_reason: str) -> bool:
    """Update-only cases are circulated for agencies to confirm; what is discussed is not (Rulebook C3)."""
    return not group.for_discussion and not moved_reason


def question(group: Group) -> str:
    """What every agency is asked: of groups 3 and 4, and of group 5 (Rulebook C3)."""
    if group is Group.DISCLOSURE:
        return "Your agency holds nothing that affects the disclosure, or how it is made"
    return "As far as your agency knows, the safeguards are still in place"


def reason_problem(told: Told) -> str | None:
    """An agency that does not confirm says what, and why (Rulebook C3)."""
    if told.said is Said.NOT_CONFIRMED and not told.reason.strip():
        return "Say what your agency cannot confirm, and why"
    if len(told.reason) > REASON_LENGTH:
        return f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return None


def answer_problem(state: MeetingState, ended: bool) -> str | None:
    """Why a meeting takes no confirmation now; None where it does: they answer before it (Rulebook C3)."""
    if state is MeetingState.CANCELLED:
        return "This MARAC did not sit. Its cases go on the next one, and your agency is asked again there."
    if ended or state is MeetingState.HEARD:
        return "This MARAC has sat, so there is nothing to confirm any more. Tell the coordinator instead."
    if state is not MeetingState.PUBLISHED:
        return "This agenda has not been published yet. Agencies confirm once it is."
    return None


def due_on(sits_on: date, settings: AreaSettings, holidays: AbstractSet[date]) -> date:
    """The day by which agencies answer: so many working days before the meeting (Rulebook C3, M4)."""
    return add_working_days(sits_on, -settings.confirm_days, days_off(settings, holidays))


def stage(sits_on: date, today: date, settings: AreaSettings, holidays: AbstractSet[date]) -> Stage | None:
    """What an agency that has not answered is told: a reminder from the working day before its answer is due,
    and that it is late once that day is over (Rulebook C3; practice)."""
    due = due_on(sits_on, settings, holidays)
    if today > due:
        return Stage.LATE
    before = add_working_days(due, -1, days_off(settings, holidays))
    return Stage.REMINDER if today >= before else None


def moved_words(agency: str, reason: str, before: str = "") -> str:
    """Why a case is discussed: which agency did not confirm, and its reason, after those said before (C3)."""
    return " ".join(filter(None, (before, f"{agency}: {reason.strip()}")))


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the agencies are with one case."""

    confirmed: tuple[str, ...]
    not_confirmed: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def all_confirmed(self) -> bool:
        """Every agency that was asked has, and at least one was: nobody is taken to agree (Rulebook C3)."""
        return bool(self.confirmed) and not self.not_confirmed and not self.waiting

    @property
    def words(self) -> str:
        """`12 of 14 confirmed`."""
        asked = len(self.confirmed) + len(self.not_confirmed) + len(self.waiting)
        return f"{len(self.confirmed)} of {asked} confirmed"
