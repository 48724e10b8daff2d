"""Which versions a new one takes the place of: those about its own people, and nobody else's (T12, T13)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from agenda.feed_content import incident
from agenda.referral_entry import may_drop, same_people
from meetingsvc.models import ImportRow
from meetingsvc.store import incidents
from meetingsvc.store.incidents import Waiting
from meetingsvc.usecases.feed_changes import Update


class Replacing(NamedTuple):
    """What becomes of the versions that waited for a list."""

    overtaken: Sequence[int] = ()
    others: Collection[int] = ()  # new versions about other people than the version before


def replacing(source: ImportRow, updates: Sequence[Update], written: Sequence[tuple[int, str]]) -> Replacing:
    """Nobody leaves every list by a number that comes again about others: those who waited stay due; nor by
    one that another force's system sends, or anybody with its token, of what a list might not take.

    To be asked before `written`, the contents of this chunk by their ids, are.
    """
    if not updates:
        return Replacing()
    new = dict(written)
    waiting = incidents.waiting(source.area_id, [one.row.occurrence_number for one in updates])
    old = {one.id for held in waiting.values() for one in held} | {one.before.id for one in updates}
    told = incidents.contents(old - new.keys())
    told |= {key: incident(new[key]) for one in updates for key in (one.before.id, one.id) if key in new}
    overtaken, others = list[int](), set[int]()
    for one in updates:
        held, now = waiting[one.row.occurrence_number], told[one.id]
        if one.before.id in new and one.before.id not in {key for key, _ in held}:
            held.append(Waiting(one.before.id, source.machine))  # created by this very chunk
        gone = [
            key
            for key, machine in held
            if same_people(told[key], now) and (machine == source.machine or not may_drop(told[key], now))
        ]
        overtaken += gone
        held[:] = [*(was for was in held if was.id not in gone), Waiting(one.id, source.machine)]
        if not same_people(told[one.before.id], now):
            others.add(one.id)
    return Replacing(overtaken, others)
