"""How an action goes on after a meeting set it: what was recorded of it, when it is reminded of, and when it
goes to the chair."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from agenda.calendar import add_working_days, day_words, is_working_day
from minutes.actions import Status, settle_problem, status_problems

EVIDENCE_LENGTH = 500
#: Working days between one reminder of an overdue action and the next.
AGAIN_AFTER = 5
#: So often reminded of and still open, it is the coordinator's to ask about.
REMINDED_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was recorded of an action: settled, opened again, looked at by the chair, or given to
    somebody while it was open."""

    at: datetime
    by: str
    was: Status
    status: Status
    text: str

    @property
    def looked(self) -> bool:
        """Whether it changed nothing: the chair said what was done about one not done twice."""
        return self.was is self.status and not self.given

    @property
    def given(self) -> bool:
        """Whether somebody else does it from here on: the chair looks only at what is not open."""
        return self.was is self.status is Status.OPEN

    @property
    def words(self) -> str:
        """`Not done`, `Opened again`, `The chair looked at it` or `Who does it`."""
        if self.given:
            return "Who does it"
        if self.looked:
            return "The chair looked at it"
        return "Opened again" if self.status is Status.OPEN else self.status.label


def settle_problems(was: Status, status: Status, said: str) -> dict[str, str]:
    """What keeps an owner from recording what became of an action, by field (Rulebook A1).

    Done needs what shows it, in a sentence; not possible and not done each need why.
    """
    if problem := settle_problem(was, status):
        return {"status": problem}
    if status is Status.DONE and not said.strip():
        return {"reason": "Say in a sentence what shows that it was done"}
    if status is Status.DONE and len(said) > EVIDENCE_LENGTH:
        return {"reason": f"What shows that it was done must be {EVIDENCE_LENGTH} characters or fewer"}
    return status_problems(status, said)


def reopen_problem(was: Status) -> str | None:
    """Why an action cannot be opened again; None where it can."""
    return "This action is open. Nothing changed." if was is Status.OPEN else None


def not_done_twice(steps: Iterable[Step]) -> bool:
    """Whether an action that was not done, and was set again, was not done again: it goes to the chair, until
    the chair has looked at it (practice; Rulebook A1)."""
    missed = 0
    for step in sorted(steps, key=lambda step: step.at):
        if step.looked:
            missed = 0
        elif step.status is Status.NOT_DONE:
            missed += 1
    return missed >= 2


def due_warning(due: date, days_off: AbstractSet[date]) -> str | None:
    """That nobody works on the day an action is due: it is said, and allowed."""
    return None if is_working_day(due, days_off) else f"{day_words(due)} is no working day."


def reminder_days(set_on: date, due: date, before: int, days_off: AbstractSet[date]) -> Iterator[date]:
    """The days on which the owner is reminded: so many working days before it is due, the working day after,
    and then each week (Rulebook A2). None on or before the day the action was set."""
    first = add_working_days(due, -before, days_off)
    if first > set_on:
        yield first
    overdue = add_working_days(due, 1, days_off)
    for _ in range(REMINDED_AT_MOST):
        yield overdue
        overdue = add_working_days(overdue, AGAIN_AFTER, days_off)


def to_remind(days: Iterable[date], told: AbstractSet[date], today: date) -> Sequence[date]:
    """Of the reminder days, those that have come and of which nobody was told: what was missed is made up."""
    return [day for day in days if day <= today and day not in told]
