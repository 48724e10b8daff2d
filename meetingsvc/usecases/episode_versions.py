"""A version of a missing episode that came in, by whichever way: kept, taken as current, or neither (E1).

To be called inside a transaction, for the whole area and with the area held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from agenda.missing_feed import Told, fate
from meetingsvc.store import episodes as store
from meetingsvc.store.episodes import By, Version
from meetingsvc.usecases import subjects
from meetingsvc.usecases.subjects import Maker

OLDER = "older than what is held of its number: kept, and not taken over what is newer"
AGAIN_MISSING = "the child had returned by the version before, and has not by this one: missing again"


class AnotherChild(Exception):
    """The same reference, and not the same child: nobody may leave the list by a number that was mistyped."""


@dataclass(frozen=True, slots=True)
class Came:
    """What became of one version."""

    result: str  # created, updated or unchanged, as an import counts
    episode_id: UUID | None = None  # of the version that was kept
    case_id: UUID | None = None
    warnings: tuple[str, ...] = ()
    is_missing: bool = False  # from now on, and not before


def take(who: Maker, told: Told, held: Sequence[Version], by: By, now: datetime) -> Came:
    """Keeps one version beside those held of its reference. Raises AnotherChild."""
    before = next((one for one in held if one.current), None)
    if before is None:
        case_id = subjects.make_child(who, told.child, now)
        key = store.add(who.area_id, case_id, told, len(held) + 1, by, now, is_current=True)
        return Came("created", key, case_id, is_missing=told.episode.returned_at is None)
    if not subjects.is_child(who.area_id, before.episode.child_id, told.child, before.child):
        raise AnotherChild
    what = fate(told, [one.held for one in held])
    if not what.is_kept:
        if told.digest == before.digest:
            store.said_again(before.id, told.said_at)
        return Came("unchanged")
    case_id, by = before.episode.child_id, replace(by, agency_id=before.agency_id)
    kept = _with_interview(told, before) if what.is_current and by.import_id else told
    key = store.add(who.area_id, case_id, kept, len(held) + 1, by, now, is_current=what.is_current)
    if not what.is_current:
        return Came("updated", key, case_id, (OLDER,))
    gone = told.episode.returned_at is None and before.episode.returned_at is not None
    return Came("updated", key, case_id, (AGAIN_MISSING,) if gone else (), gone)


def beside(area_id: UUID, told: Told, held: Sequence[Version], by: By, now: datetime) -> Came:
    """A newer version by somebody who told of the child, and from whom the child's case is kept by now: kept
    as they told it. It may put the child on the list of those missing, and takes nobody off it (M6, E3)."""
    before = next(one for one in held if one.current)
    case_id, missing = before.episode.child_id, told.episode.returned_at is None
    by = replace(by, agency_id=before.agency_id)
    key = store.add(area_id, case_id, told, len(held) + 1, by, now, is_current=missing)
    return Came("updated", key, case_id, is_missing=missing and before.episode.returned_at is not None)


def _with_interview(told: Told, before: Version) -> Told:
    """What was recorded of the interview here stays, where a force says nothing of it and the child is back;
    what the force said is what the digest tells. Whoever takes it back on a page has it before them."""
    new, old = told.episode, before.episode
    if new.returned_at is None or new.interviewed_at or new.refused or old.returned_at is None:
        return told
    fits = old.interviewed_at is not None and old.interviewed_at >= new.returned_at
    held = old.interviewed_at if fits else None
    return told._replace(episode=replace(new, interviewed_at=held, refused=old.refused))
