"""What is dealt with by decision, on the first page of whom it concerns (Rulebook V1, V2, V3, V4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agenda.calendar import local_day
from agenda.clocks import Running, end_of
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import breaches, complaints, disagreements, named_case_held, named_cases
from meetingsvc.usecases import breach_notices, disclosure_following
from meetingsvc.web.clock_lines import lines

NOBODY = (
    "Third parties’ requests that nobody can decide or release: another chair has to be appointed, or named "
    "on every restricted case that they need"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be dealt with: how many, how many of them late, and what is due first, in words."""

    title: str
    href: str
    open: int
    late: int
    next: str


def of(who: Principal, now: datetime) -> list[Line]:
    """One line for each sort of thing that waits for this person."""
    found: list[Line | None] = []
    if who.may(Permission.BREACH_RUN):
        told = [one.running for one in breaches.waiting(who)]
        found.append(_line("Breaches", "/breaches", told, who, now))
    if who.may(Permission.ALARM_READ):
        left = [one.running for one in (*breach_notices.seconds(who, now), *breach_notices.nobodys(who, now))]
        found.append(_line("Breaches that wait for a chair", "/alarms", left, who, now))
    if stuck := disclosure_following.undecided(who, now):
        due = [[Running("To be answered", one.due_at)] if one.due_at else [] for one in stuck]
        found.append(_line(NOBODY, "/accounts", due, who, now))
    if who.may(Permission.COMPLAINT_HANDLE):
        told = [one.running for one in complaints.waiting(who)]
        found.append(_line("Complaints", "/complaints", told, who, now))
    if who.may(Permission.DISAGREEMENT_READ):
        told = [one.running for one in disagreements.waiting(who)]
        found.append(_line("Disagreements", "/disagreements", told, who, now))
    if who.may(Permission.PART_DECIDE):
        days = [one.until for one in named_cases.waiting(who)]
        parts = [[Running("To be decided before its last day is over", end_of(day))] for day in days]
        found.append(_line("Agencies in one case alone", "/parts", parts, who, now))
    if who.may(Permission.PART_RUN):
        held = named_case_held.waiting(who)
        dues = [named_case_held.clearing(who.area_id, one, local_day(now)).due for one in held]
        asked = [[Running("To be destroyed or returned", end_of(due))] for due in dues]
        found.append(_line("Agencies asked what became of what they were told", "/parts", asked, who, now))
    return [line for line in found if line]


def _line(
    title: str, href: str, waiting: Sequence[Sequence[Running]], who: Principal, now: datetime
) -> Line | None:
    """What waits, by the clocks that run in each of it."""
    if not waiting:
        return None
    late = sum(any(clock.due < now for clock in its) for its in waiting)
    ahead = [clock for its in waiting for clock in its if clock.due >= now]
    first = min(ahead, key=lambda clock: clock.due, default=None)
    ((what, when, _),) = lines(who, [first], now) if first else [("", "", False)]
    return Line(title, href, len(waiting), late, f"{what}: {when}" if first else "")
