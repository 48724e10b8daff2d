"""Whom a typed line may mean, by the keys people are filed under, in the service's own capacity.

Of a key that very many share only the first are read: it tells nobody apart, and a rarer key finds them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log2
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, Uuid, bindparam, text

from agenda.matching_search import Asked
from meetingsvc.models import db
from meetingsvc.store import matching_keys

#: How many people are read of one key, and of one beginning.
MOST = 200
_RARE = "d"  # each is of so few that they are asked for, and count, as one
_STEP = 8  # ranges are asked for in eights, so that few statements differ
_AFTER = "\U0010ffff"


class Keys(NamedTuple):
    """What is looked up: ranges from the first key to the last, both counted in, and keys of few people."""

    ranges: Sequence[tuple[str, str]]
    rare: Sequence[str]


def wanted(what: Asked, besides: Iterable[str] = ()) -> Keys:
    """The keys a line asks for, as they are kept; and beginnings of others."""
    numbers, begun = matching_keys.begun({*what.beginnings, *besides})
    whole = sorted({*matching_keys.looked_up(what.keys), *numbers})
    ranges = [(key, key) for key in whole if key[0] not in _RARE] + [
        (key, key + _AFTER) for key in sorted(begun)
    ]
    return Keys(ranges, [key for key in whole if key[0] in _RARE])


def likeliest(area_id: UUID, keys: Keys, most: int) -> list[UUID]:
    """Those who share most of what was asked for, a rare key counting for more. PostgreSQL counts them itself
    (migration 0034)."""
    if not keys.ranges and not keys.rare:
        return []
    padded = [*keys.ranges, *[("", "")] * (-len(keys.ranges) % _STEP)]
    asked: dict[str, Any] = {"area": area_id, "most": MOST, "rare": json.dumps(keys.rare)}
    for place, (first, last) in enumerate(padded):
        asked |= {f"first_{place}": first, f"last_{place}": last}
    met: Counter[str] = Counter()
    for written in db.session.scalars(_statement(len(padded)), asked):
        them = written.split(",") if written else []
        worth = log2(4 * MOST / min(len(them), 2 * MOST)) if them else 0
        for person_id in them:
            met[person_id] += worth  # type: ignore[assignment]
    return [UUID(person_id) for person_id, _ in met.most_common(most)]


@lru_cache(maxsize=16)
def _statement(ranges: int) -> TextClause:
    """SQLite plans so many parts in a moment, and has no LATERAL. Each answers one line: very many rows take
    longer to hand over than to find."""
    parts = [
        "SELECT group_concat(who) FROM (SELECT person_id AS who FROM person_key "  # noqa: S608 numbers alone
        f"WHERE area_id = :area AND key >= :first_{at} AND key <= :last_{at} LIMIT :most)"
        for at in range(ranges)
    ]
    parts += [
        "SELECT group_concat(who) FROM (SELECT person_id AS who FROM person_key "
        "WHERE area_id = :area AND key IN (SELECT value FROM json_each(:rare)) LIMIT 2 * :most)"
    ]
    return text(" UNION ALL ".join(parts)).bindparams(bindparam("area", type_=Uuid()))
