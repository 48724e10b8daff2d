"""Yearly reviews of records, on the first page (Rulebook L1, L3)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from agenda.calendar import days_off
from meetingsvc import holidays
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, jobs, retention, retention_overseen, sharing_reviews, wiped
from minutes import retention_asks
from minutes.retention import State
from minutes.retention_asks import Ask


@dataclass(frozen=True, slots=True)
class Reviews:
    """What of them waits for a person, in counts of what they may open, and since or by when."""

    due: int = 0
    since: date | None = None
    proposed: int = 0
    to_destroy: int = 0
    asked: int = 0
    by: date | None = None
    unable: int = 0  # agencies that information governance answers for
    to_stop: int = 0  # cases that go tonight, unless it stops that
    sharing: int = 0  # one's own decisions to share on no case, to review
    sharing_overseen: int = 0  # those of others, of which one reads nothing
    broken: tuple[str, ...] = ()  # promises of the service itself that are not kept, for who looks after it


def on_home(who: Principal, today: date, now: datetime) -> Reviews:
    """With the reviews of decisions to share that stand on no case (Rulebook K4)."""
    own = sum(not one.review.proposed for one in sharing_reviews.mine(who, now))
    others = [one for one in sharing_reviews.overseen(who, now)
              if not one.review.proposed or one.agrees(who)]  # fmt: skip
    return replace(_of_cases(who, today), sharing=own, sharing_overseen=len(others))


def _of_cases(who: Principal, today: date) -> Reviews:
    """Proposing is a coordinator's, deciding a chair's; who answers is asked for their own agency."""
    asked = retention.asked_of(who, open_only=True) if who.may(Permission.RETENTION_ANSWER) else []
    by = None
    if asked:
        off = days_off(areas.settings_of(areas.by_id(who.area_id)), holidays.known())
        asks = [Ask(one.agency, one.due_on, one.asked_on) for one in asked]
        _, rules, _ = retention.rules(who.area_id)
        by = retention_asks.outstanding(asks, rules, off, today)[0].by
    if not who.may(Permission.RETENTION_READ):
        broken = _broken() if who.may(Permission.JOB_READ) else ()
        if not who.may(Permission.HOLD_SET):
            return Reviews(asked=len(asked), by=by, broken=broken)
        unable = sum(not one.able for one in retention_overseen.waited_for(who, today))
        return Reviews(broken=broken, unable=unable, to_stop=len(retention_overseen.to_destroy(who)))
    open_ = retention.to_do(who, today)
    due = [one.review.due_on for one in open_ if one.state is State.DUE]
    return Reviews(
        len(due), min(due, default=None), sum(one.state is State.PROPOSED for one in open_),
        sum(one.state is State.TO_DESTROY for one in open_), len(asked), by,
    )  # fmt: skip


def _broken() -> tuple[str, ...]:
    """A destruction that is not complete, or a backup that was not made: said until it is mended (L2, D8)."""
    found = []
    if wiped.waiting():
        found.append("What was destroyed may still lie in the database’s own files: it is not complete.")
    if jobs.failed_last("back-up"):
        found.append("The last nightly backup was not made.")
    return tuple(found)
