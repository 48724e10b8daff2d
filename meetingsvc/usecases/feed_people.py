"""Which versions a new one takes the place of: those about its own people, and nobody else's (T12, T13)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from agenda.feed_content import incident
from agenda.referral_entry import same_people
from meetingsvc.store import incidents
from meetingsvc.usecases.feed_changes import Update


class Replacing(NamedTuple):
    """What becomes of the versions that waited for a list."""

    overtaken: Sequence[int] = ()
    others: Collection[int] = ()  # new versions about other people than the version before


def replacing(area_id: UUID, updates: Sequence[Update], written: Sequence[tuple[int, str]]) -> Replacing:
    """Nobody leaves every list by a number that comes again about others: those who waited stay due.

    To be asked before `written`, the contents of this chunk by their ids, are.
    """
    if not updates:
        return Replacing()
    new = dict(written)
    waiting = incidents.waiting(area_id, [one.row.occurrence_number for one in updates])
    old = {key for keys in waiting.values() for key in keys} | {one.before.id for one in updates}
    told = incidents.contents(old - new.keys())
    told |= {key: incident(new[key]) for one in updates for key in (one.before.id, one.id) if key in new}
    overtaken, others = list[int](), set[int]()
    for one in updates:
        held, now = waiting[one.row.occurrence_number], told[one.id]
        if one.before.id in new and one.before.id not in held:
            held.append(one.before.id)  # created by this very chunk
        gone = [key for key in held if same_people(told[key], now)]
        overtaken += gone
        held[:] = [*(key for key in held if key not in gone), one.id]
        if not same_people(told[one.before.id], now):
            others.add(one.id)
    return Replacing(overtaken, others)
