"""An area's own weights, estimated from its people (`meetingsvc people calibrate`), and everybody filed."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from math import isfinite
from random import Random
from typing import NamedTuple
from uuid import UUID

from agenda.matching import levels
from agenda.matching_calibration import estimated
from agenda.matching_evidence import Field, Level, Levels
from agenda.matching_person import Known
from agenda.matching_weights import DEFAULT, FIELDS, Kind, Weights, score
from meetingsvc.store import (
    acting,
    areas,
    audit,
    children_keys,
    incidents,
    matching,
    matching_details,
    matching_keys,
    matching_near,
    matching_weights,
)
from meetingsvc.usecases.transaction import saved

#: People, and pairs that share a key: of fewer, chance would speak.
ENOUGH_PEOPLE, ENOUGH_PAIRS = 1000, 500
_BATCH, _DRAWN, _MOST_PAIRS = 200, 20_000, 500_000
#: What is done, and of how many.
Progress = Callable[[str, int, int], None]


class Calibrated(NamedTuple):
    """What came of it. `own` is False where the area keeps the weights everybody begins with."""

    own: bool
    people: int
    pairs: int
    why_not: str = ""


def index(area_id: UUID, progress: Progress) -> int:
    """Files whoever an earlier version made and did not file; a second time there is nobody left."""
    with acting.whole_area(area_id):
        total, done = matching_near.count_not_filed(area_id), 0
    while True:
        with saved(), acting.whole_area(area_id):
            areas.hold(area_id)
            wanted = matching_near.not_filed(area_id)
            matching_near.file(area_id, wanted)
        if not wanted:
            return done
        done += len(wanted)
        progress("filed", done, max(total, done))


def index_children(area_id: UUID) -> int:
    """Files the children whom incidents named to an earlier version; says of how many incidents."""
    last = done = 0
    while True:
        with saved(), acting.whole_area(area_id):
            areas.hold(area_id)
            wanted = children_keys.not_filed(area_id, last, _BATCH)
            told = incidents.contents(wanted)
            children_keys.file(area_id, told)
        if not wanted:
            return done
        last, done = wanted[-1], done + sum(map(children_keys.can_be_found, told.values()))


def calibrate(area_id: UUID, now: datetime, progress: Progress) -> Calibrated:
    """Estimates the area's weights from its own pairs, and keeps them, unless it has too few or they are odd.

    Nobody says which pairs are one person: what agrees together tells.
    """
    with acting.whole_area(area_id):
        people = _everybody(area_id)
        met = _candidates(area_id, people, progress) if len(people) >= ENOUGH_PEOPLE else Counter[Levels]()
    found, pairs = len(people), sum(met.values())
    if found < ENOUGH_PEOPLE or pairs < ENOUGH_PAIRS:
        why = f"{found:,} people and {pairs:,} pairs that share a key are too few to estimate from"
        return Calibrated(False, found, pairs, why)
    all_pairs = found * (found - 1) // 2
    weights = estimated(DEFAULT, met, _drawn(people), all_pairs, _rounds(progress))
    if not is_sane(weights):
        return Calibrated(False, found, pairs, "what came of it would not tell people apart")
    with saved(), acting.whole_area(area_id):
        areas.hold(area_id)
        matching_weights.keep(area_id, weights, found, now)
        audit.record(audit.COMMAND_LINE, area_id, "people.calibrated", f"area/{area_id}", now,
                     people=found, pairs=pairs)  # fmt: skip
    return Calibrated(True, found, pairs)


def is_sane(weights: Weights) -> bool:
    """Whether what agrees speaks for one person, and what differs against it, as anybody would expect."""
    alike, apart = (score(weights, (level,) * len(FIELDS)) for level in (Level.SAME, Level.DIFFERS))
    finite = isfinite(alike) and isfinite(apart)
    return finite and alike > 0 > apart and all(_tells(weights, field) for field in FIELDS)


def _tells(weights: Weights, field: Field) -> bool:
    same, strangers = (weights.chances[kind][field] for kind in (Kind.SAME, Kind.STRANGERS))
    return same[Level.SAME] > strangers[Level.SAME] and same[Level.DIFFERS] < strangers[Level.DIFFERS]


def _everybody(area_id: UUID) -> dict[UUID, Known]:
    ids = sorted(set(matching.everybody(area_id)) - matching_near.gone(area_id))
    return matching_details.known(ids)


def _candidates(area_id: UUID, people: dict[UUID, Known], progress: Progress) -> Counter[Levels]:
    """Pairs that share a key, each once, by how far they agree; no more than memory and patience allow."""
    met: Counter[Levels] = Counter()
    ids, pairs = list(people), 0
    for at in range(0, len(ids), _BATCH):
        sought = {key: matching_keys.filed(people[key]) for key in ids[at : at + _BATCH]}
        for one, near in matching_near.sharing(area_id, sought).items():
            later = [other for other in near if other > one and other in people]
            met.update(levels(people[one], people[other]) for other in later)
            pairs += len(later)
        progress("compared", min(at + _BATCH, len(ids)), len(ids))
        if pairs >= _MOST_PAIRS:
            break
    return met


def _drawn(people: dict[UUID, Known]) -> Counter[Levels]:
    chance, everybody = Random(1), list(people.values())  # noqa: S311 a sample, no secret
    pairs = (chance.sample(everybody, 2) for _ in range(_DRAWN))
    return Counter(levels(one, other) for one, other in pairs)


def _rounds(progress: Progress) -> Callable[[int, int, float], None]:
    return lambda number, most, moved: progress("estimated", number, most)
