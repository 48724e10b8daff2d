"""Referrals that were sent, as those who run the meetings see them: by their clock (Rulebook T12)."""

from dataclasses import dataclass
from datetime import date, timedelta

from agenda.area_rules import returns
from agenda.calendar import add_working_days, days_off, local_day
from agenda.referral_state import State
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, exploitation_referrals, referral_lists, referrals
from meetingsvc.store.referrals import Line

#: How long one that was dealt with stays on the page.
KEPT = timedelta(days=28)
_COUNTS = (
    *("to_look_at", "forgotten", "mine", "drafts"),
    *("children", "children_now", "my_children", "children_unsent"),
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One that was sent."""

    line: Line
    waits_days: int  # since it was first sent
    listed_on: date | None
    forgotten: bool  # with its referrer for longer than the area's setting
    returned_on: date | None


def lines(who: Principal) -> list[Incoming]:
    """What waits first, by when it was first sent; then what was dealt with lately."""
    now = clock.now()
    found = referrals.incoming(who, now - KEPT)
    keys = [line.id for line in found]
    lists, returned = referral_lists.lists(who, keys), referral_lists.returned_since(who, keys)
    settings = areas.settings_of(areas.by_id(who.area_id))
    off, allowed = days_off(settings, holidays.known()), returns(settings).working_days
    told = []
    for line in found:
        back = local_day(returned[line.id]) if line.state is State.RETURNED else None
        overdue = back is not None and add_working_days(back, allowed, off) <= clock.today()
        sent = local_day(line.first_sent_at or now)
        told.append(Incoming(line, (clock.today() - sent).days, lists.get(line.id), overdue, back))
    waiting = (State.SENT, State.RETURNED)
    return sorted(told, key=lambda one: (one.line.state not in waiting, not one.forgotten))


def on_home(who: Principal) -> dict[str, int]:
    """What waits on somebody's first page: counts alone."""
    if not who.may(Permission.REFERRAL_MAKE):
        return dict.fromkeys(_COUNTS, 0)
    mine = referrals.mine(who)
    children = exploitation_referrals.mine(who) if who.may(Permission.EXPLOITATION_REFER) else []
    sent = lines(who) if who.may(Permission.REFERRAL_DECIDE) else []
    waiting, cannot_wait = exploitation_referrals.waiting(who) if who.runs_exploitation else (0, 0)
    return {
        "to_look_at": sum(one.line.state is State.SENT for one in sent),
        "forgotten": sum(one.forgotten for one in sent),
        "mine": sum(line.state is State.RETURNED for line in mine),
        "drafts": sum(line.state is State.DRAFT for line in mine),
        "children": waiting,
        "children_now": cannot_wait,
        "my_children": sum(line.state is State.RETURNED for line in children),
        "children_unsent": sum(line.state is State.DRAFT for line in children),
    }
