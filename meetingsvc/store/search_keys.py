"""Whom a typed line may mean, by the keys people are filed under: ids alone, in the service's own capacity.

Of a key that very many share only the first
are read: it tells nobody apart, and a rarer key finds them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log2
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, String, TextClause, Uuid, bindparam, text

from agenda.matching_search import Asked
from meetingsvc.models import db
from meetingsvc.store import matching_keys

#: How many people are read of one key, and of one beginning.
MOST = 200
_STEP = 8  # ranges are asked for in eights, so that few statements differ
_AFTER = "\U0010ffff"


def likeliest(area_id: UUID, what: Asked, most: int) -> list[UUID]:
    """Those who share most of what was asked for, a rare key counting for more."""
    numbers, begun = matching_keys.begun(what.beginnings)
    whole = sorted({*matching_keys.looked_up(what.keys), *numbers})
    met: Counter[UUID] = Counter()
    for them in _filed(area_id, whole, sorted(begun)):
        worth = log2(4 * MOST / len(them))
        for person_id in them:
            met[person_id] += worth  # type: ignore[assignment]
    return [person_id for person_id, _ in met.most_common(most)]


def _filed(area_id: UUID, whole: Sequence[str], begun: Sequence[str]) -> Iterable[list[UUID]]:
    """The people under each key and each beginning."""
    ranges = [(key, key) for key in whole] + [(key, key + _AFTER) for key in begun]
    if not ranges:
        return ()
    found: dict[int, list[UUID]] = {}
    asked = _on_postgresql if db.engine.dialect.name == "postgresql" else _on_sqlite
    for place, person_id in asked(area_id, ranges):
        found.setdefault(place, []).append(person_id)
    return found.values()


_FUNCTION = (
    text("SELECT place, who FROM people_filed_under(:area, :firsts, :lasts, :most)")
    .bindparams(bindparam("area", type_=Uuid()), bindparam("firsts", type_=ARRAY(String())),
                bindparam("lasts", type_=ARRAY(String())))
    .columns(place=Integer(), who=Uuid())
)  # fmt: skip


def _on_postgresql(area_id: UUID, ranges: Sequence[tuple[str, str]]) -> Iterable[Any]:
    firsts, lasts = [first for first, _ in ranges], [last for _, last in ranges]
    asked = {"area": area_id, "firsts": firsts, "lasts": lasts, "most": MOST}
    return db.session.execute(_FUNCTION, asked)


def _on_sqlite(area_id: UUID, ranges: Sequence[tuple[str, str]]) -> Iterable[Any]:
    padded = [*ranges, *[("", "")] * (-len(ranges) % _STEP)]
    asked: dict[str, Any] = {"area": area_id, "most": MOST}
    for place, (first, last) in enumerate(padded):
        asked |= {f"first_{place}": first, f"last_{place}": last}
    return db.session.execute(_statement(len(padded)), asked)


@lru_cache(maxsize=16)
def _statement(ranges: int) -> TextClause:
    """SQLite plans so many parts in a moment, and has no LATERAL."""
    parts = (
        f"SELECT * FROM (SELECT {at} AS place, person_id AS who FROM person_key "  # noqa: S608 numbers alone
        f"WHERE area_id = :area AND key >= :first_{at} AND key <= :last_{at} LIMIT :most) AS p{at}"
        for at in range(ranges)
    )
    told = text(" UNION ALL ".join(parts)).bindparams(bindparam("area", type_=Uuid()))
    return told.columns(place=Integer(), who=Uuid())  # type: ignore[return-value]
