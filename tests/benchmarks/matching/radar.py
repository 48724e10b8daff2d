"""The repeat radar: of victims heard in the last 12 months, how many come back unnoticed (Rulebook T6)?"""

from collections import defaultdict
from collections.abc import Callable
from random import Random

from agenda.matching_keys import keys, lookups
from agenda.matching_person import Known
from agenda.matching_proposals import RADAR_MOST, radar
from tests.benchmarks.matching import people
from tests.benchmarks.matching.search import person

_HEARD = 1500  # victims in 12 months: a large area
_ROUNDS = 8


def run(say: Callable[[str], None]) -> None:
    """Incoming victims: some heard before, written down anew; some their relatives; some nobody known."""
    repeats = missed = cases = shown = most = 0
    for seed in range(_ROUNDS):
        chance = Random(100 + seed)
        everybody = people.households(_HEARD * 2, chance)
        heard = dict(enumerate(chance.sample(everybody, _HEARD)))
        ids = {one.person: str(at) for at, one in heard.items()}
        filed = {str(at): person(one) for at, one in heard.items()}
        under: defaultdict[str, set[str]] = defaultdict(set)
        for at, who in filed.items():
            for key in keys(who):
                under[key].add(at)
        for one in chance.sample(everybody, 1500):
            found = [at for at, _ in _found(person(people.written_again(one, chance)), filed, under)]
            cases, shown, most = cases + 1, shown + len(found), max(most, len(found))
            if one.person in ids:
                repeats += 1
                missed += ids[one.person] not in found
    recall = 1 - missed / repeats
    met = "met" if recall >= 0.995 and most <= RADAR_MOST else "MISSED"
    say(
        f"\nradar: {repeats} repeats in {cases} cases; found {recall:.4f}; "
        f"proposals a case {shown / cases:.2f}, at most {most}: {met}"
    )


def _found(who: Known, filed: dict[str, Known], under: dict[str, set[str]]) -> list[tuple[str, float]]:
    near = {at for key in lookups(who) for at in under.get(key, ())}
    return radar(who, {at: filed[at] for at in near})
