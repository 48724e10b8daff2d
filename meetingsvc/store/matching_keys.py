"""The keys people are found by, as the database keeps them (`agenda/matching_keys.py`).

Those made of names and birth dates stand as they are, as names do everywhere. Those made of an address, a
number or a mailbox are keyed digests: a copy of the database must not tell where somebody lives.
"""

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from agenda.matching_keys import keys, lookups
from agenda.matching_person import Known
from meetingsvc import seal
from meetingsvc.config import Unsafe
from meetingsvc.models import PersonKeyRow, db
from meetingsvc.store.incidents import CHUNK

_PURPOSE = "person key"
_SECRET = frozenset("pcawe")
_SHORTEST_TAIL = 4  # digits of a number that somebody types
_AFTER = "\U0010ffff"
#: A key that so many share tells nobody apart.
TOO_COMMON = 200


def can_seal() -> bool:
    """Whether there is a key to seal with: a command may run without one, and then keeps nothing secret."""
    try:
        seal.marks(_PURPOSE, "")
    except Unsafe:
        return False
    return True


def filed(who: Known) -> set[str]:
    """What somebody is filed under."""
    return {each for key in _without_secrets(keys(who)) for each in _kept(key)}


def sought(who: Known) -> set[str]:
    """What somebody is looked for under."""
    return looked_up(lookups(who))


def looked_up(whole: Iterable[str]) -> set[str]:
    """Whole keys as they may be kept: under each key of the service, where they are secret."""
    return {each for key in _without_secrets(whole) for each in _wanted(key)}


def _without_secrets(whole: Iterable[str]) -> list[str]:
    told = list(whole)
    secret = any(key[0] in _SECRET for key in told)
    return [key for key in told if key[0] not in _SECRET] if secret and not can_seal() else told


def begun(beginnings: Iterable[str]) -> tuple[set[str], set[str]]:
    """Beginnings of keys as the database finds them: whole keys for the ends of telephone numbers, and the
    beginnings of the others."""
    numbers = {one for one in beginnings if one[0] in _SECRET}
    return looked_up(numbers), {one for one in beginnings if one not in numbers}


def persons(
    area_id: UUID, whole: Iterable[str], beginnings: Iterable[str] = (), most: int = 1000
) -> set[UUID]:
    """Whom these keys find, in the service's own capacity; a key too many share finds nobody by itself.

    Where all of them are too common, the rarest still finds the first it has.
    """
    wanted, found = sorted(whole), set[UUID]()
    for at in range(0, len(wanted), CHUNK):
        row = PersonKeyRow
        few = rare(area_id, wanted[at : at + CHUNK])
        rows = select(row.person_id).where(row.area_id == area_id, row.key.in_(few)).limit(most)
        found.update(db.session.scalars(rows))
    return found | _begun_with(area_id, beginnings, most)


def rare(area_id: UUID, keys: Collection[str]) -> Select[str]:
    """Of these keys those that are not too common to say anything.

    Counted once, whatever the database knows of the table: before it has counted the rows of a new area, it
    would count again for each row it finds.
    """
    row = PersonKeyRow
    mine = and_(row.area_id == area_id, row.key.in_(keys))
    few = select(row.key).where(mine).group_by(row.key).having(func.count() <= TOO_COMMON).cte()
    return select(few.prefix_with("MATERIALIZED", dialect="postgresql").c.key)


def _begun_with(area_id: UUID, beginnings: Iterable[str], most: int) -> set[UUID]:
    row = PersonKeyRow
    ranges = [and_(row.key >= one, row.key < one + _AFTER) for one in beginnings]
    if not ranges:
        return set()
    rows = select(row.person_id).where(row.area_id == area_id, or_(*ranges)).limit(most)
    return set(db.session.scalars(rows))


def _kept(key: str) -> Iterator[str]:
    """The sealing key's digests; of a number one for each end of it that somebody may type."""
    kind, _, rest = key.partition(":")
    if kind not in _SECRET:
        yield key
    elif kind == "p":
        yield from (_digest(kind, rest[:length], 0) for length in range(_SHORTEST_TAIL, len(rest) + 1))
    else:
        yield _digest(kind, rest, 0)


def _wanted(key: str) -> Iterator[str]:
    kind, _, rest = key.partition(":")
    if kind not in _SECRET:
        yield key
        return
    yield from (f"{kind}:{mark.hex()}" for mark in seal.marks(_PURPOSE, f"{kind}:{rest}"))


def _digest(kind: str, rest: str, place: int) -> str:
    return f"{kind}:{seal.marks(_PURPOSE, f'{kind}:{rest}')[place].hex()}"
