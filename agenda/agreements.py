"""The register of agreements: yearly review, four weeks' notice, and what is left behind (Rulebook V1)."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from agenda.rules import RuleBroken

#: How long before it leaves an agency says so (Rulebook V1, FD "Withdrawal").
NOTICE = timedelta(weeks=4)


class Clearance(StrEnum):
    """What an agency that withdrew did with what it held."""

    DESTROYED = "destroyed"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        """As people read it."""
        return f"It has {self.value} it"


def review_due(signed_on: date, reviewed_on: date | None) -> date:
    """A year after the signing or, where it was looked at again since, after that (Rulebook V1)."""
    last = max(signed_on, reviewed_on or signed_on)
    return last.replace(year=last.year + 1, day=min(last.day, monthrange(last.year + 1, last.month)[1]))


def leaves_on(notice_on: date, at_once: bool, today: date) -> date:
    """From when on a withdrawn agency reads nothing: today, or once its four weeks' notice is over (V1).

    Raises RuleBroken for a notice that has not been given yet.
    """
    if notice_on > today:
        raise RuleBroken("The day on which it gave notice cannot be in the future.")
    return today if at_once else max(today, notice_on + NOTICE)
