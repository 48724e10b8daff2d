"""Flags in the records of Northmoor's agencies: those of the first MARAC are added, the rest are to add."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from meetingsvc.permissions import Principal
from meetingsvc.store import acting, flags
from meetingsvc.usecases import flags as usecase
from meetingsvc.usecases import flags_done
from minutes.flags import Said, State

A_WEEK = timedelta(days=7)


def tell(people: Iterable[Principal], now: datetime) -> None:
    """One evening: flags are asked for, and what has waited for a week is done; one person is not known."""
    usecase.follow_all(now)
    for who in people:
        with acting.acting(who):
            found = [one for one in flags.to_do(who) if one.flag.heard_on <= (now - A_WEEK).date()]
        waiting = [one for one in found if one.flag.state is State.TO_ADD]
        for one in waiting[:1]:
            flags_done.say(who, one.id, State.TO_ADD, Said.NOT_HELD, now)
        flags_done.all_done(who, [one.id for one in waiting[1:]], State.TO_ADD, now)
