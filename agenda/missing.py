"""Missing episodes of a child: from when to when, and who talks to the child afterwards (Rulebook E1)."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from agenda.calendar import LONDON
from agenda.clocks import Length, Met, Unit, ends, stands

PLACE_LENGTH = 400
#: Who knows the day alone tells of it from the one to the other, on the wall clock.
DAY_BEGINS, DAY_ENDS = time(), time(23, 59)


@dataclass(frozen=True, slots=True)
class Repeats:
    """So many episodes in so many days are a pattern of their own. Settings (practice)."""

    episodes: int = field(default=3, metadata={"rule": "E1", "label": "Missing repeatedly: episodes"})
    days: int = field(default=90, metadata={"rule": "E1", "label": "Missing repeatedly: within days"})


REPEATS = Repeats()


#: Return home interview: offered within so long of the return. A setting (practice).
INTERVIEW = Length(72, Unit.HOURS)


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that a child was missing. `returned_at` is None while they are."""

    reference: str
    child_id: UUID
    missing_from: datetime
    reported_at: datetime
    returned_at: datetime | None = None
    from_where: str = ""
    found_where: str = ""
    interviewed_at: datetime | None = None  # or it was refused: then `refused` says how
    refused: str = ""

    def was_missing_at(self, moment: datetime) -> bool:
        """Whether the child was missing then."""
        return self.missing_from <= moment and (self.returned_at is None or moment < self.returned_at)

    def lasted(self, now: datetime) -> timedelta:
        """How long, up to the return or to now."""
        return (self.returned_at or now) - self.missing_from


def as_told(at: datetime) -> datetime | date:
    """The moment; or its day, where that is all that was told."""
    wall = at.astimezone(LONDON)
    return wall.date() if wall.time() in (DAY_BEGINS, DAY_ENDS) else at


def problems(told: Episode, now: datetime) -> dict[str, str]:
    """What keeps an episode from being kept, by field (Rulebook E1)."""
    found: dict[str, str] = {}
    if told.missing_from > now:
        found["missing_from"] = "When the child went missing must be in the past"
    elif told.reported_at < told.missing_from:
        found["reported_at"] = "The child was reported missing before they were. Change one or the other"
    if told.returned_at is not None:
        if told.returned_at < told.missing_from:
            found["returned_at"] = "The child returned before they were missing. Change one or the other"
        elif told.returned_at > now:
            found["returned_at"] = "When the child returned must be in the past"
    elif told.found_where.strip() or told.interviewed_at:
        found["returned_at"] = "Enter when the child returned"
    if told.interviewed_at and told.returned_at and told.interviewed_at < told.returned_at:
        found["interviewed_at"] = "The interview comes after the return"
    for name, text in (("from_where", told.from_where), ("found_where", told.found_where)):
        if len(text) > PLACE_LENGTH:
            found[name] = f"Use {PLACE_LENGTH} characters or fewer"
    return found


def still_missing(episodes: Iterable[Episode], moment: datetime) -> frozenset[UUID]:
    """The children missing at that moment: they are on every daily list until they are found (E1, E3)."""
    return frozenset(one.child_id for one in episodes if one.was_missing_at(moment))


def repeatedly(
    episodes: Iterable[Episode], moment: datetime, rule: Repeats, alike: Iterable[tuple[UUID, UUID]] = ()
) -> frozenset[UUID]:
    """The children who went missing so many times in so many days up to that moment (practice).

    `alike`: whom each may be, of whom nothing says that they are: their episodes count as well, so that a
    child who was told of by name alone is not seen anew each time.
    """
    since = moment - timedelta(days=rule.days)
    counted: dict[UUID, int] = {}
    for one in episodes:
        if since < one.missing_from <= moment:
            counted[one.child_id] = counted.get(one.child_id, 0) + 1
    beside = Counter[UUID]()
    for one_id, other_id in set(alike):
        beside[one_id] += counted.get(other_id, 0)
    return frozenset(child for child, count in counted.items() if count + beside[child] >= rule.episodes)


def interview(told: Episode, now: datetime, length: Length, off: AbstractSet[date]) -> Met | None:
    """How the return interview stands; None while the child is missing. A refusal ends it too (practice)."""
    if told.returned_at is None:
        return None
    done = told.interviewed_at or (told.returned_at if told.refused.strip() else None)
    return stands(ends(told.returned_at, length, off), done, now)
