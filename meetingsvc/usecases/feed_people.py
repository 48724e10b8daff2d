"""Which versions a new one takes the place of: those about its own people, and nobody else's (T12, T13)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from agenda.feed_content import incident
from agenda.incidents import Incident
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
    one that another force's system sends, or anybody with its token, of what a list might not take. Who
    overtook another sender's version answers for that one, too: not even in two steps does it go.

    To be asked before `written`, the contents of this chunk by their ids, are.
    """
    if not updates:
        return Replacing()
    new = dict(written)
    numbers = [one.row.occurrence_number for one in updates]
    waiting = incidents.waiting(source.area_id, numbers)
    behind = incidents.overtaken(source.area_id, numbers)
    of_others = {
        number: [one.id for one in held if one.machine != source.machine] for number, held in behind.items()
    }
    old = {one.id for held in waiting.values() for one in held} | {one.before.id for one in updates}
    old |= {key for keys in of_others.values() for key in keys}
    told = incidents.contents(old - new.keys())
    told |= {key: incident(new[key]) for one in updates for key in (one.before.id, one.id) if key in new}
    overtaken, others = list[int](), set[int]()
    for one in updates:
        number, now = one.row.occurrence_number, told[one.id]
        held, others_before = waiting[number], of_others.setdefault(number, [])
        if one.before.id in new and one.before.id not in {key for key, _ in held}:
            held.append(Waiting(one.before.id, source.machine))  # created by this very chunk
        mine = not any(_drops(told[key], now) for key in others_before)
        gone = [
            was
            for was in held
            if same_people(told[was.id], now)
            and (not may_drop(told[was.id], now) or (mine and was.machine == source.machine))
        ]
        overtaken += [was.id for was in gone]
        others_before += [was.id for was in gone if was.machine != source.machine]
        held[:] = [*(was for was in held if was not in gone), Waiting(one.id, source.machine)]
        if not same_people(told[one.before.id], now):
            others.add(one.id)
    return Replacing(overtaken, others)


def _drops(before: Incident, now: Incident) -> bool:
    return same_people(before, now) and may_drop(before, now)
