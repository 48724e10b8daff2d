"""Which cells of the matrix the short form asks."""

from collections.abc import Mapping

from tests.proofs import drawn, oracle
from tests.proofs.oracle import Answer, Relation

#: Of all that hides an object, what keeps a person from more than this one case: an area, an agreement, a
#: destruction. On PostgreSQL one of them is asked; a wall, a restriction, another meeting always are.
_AWAY = frozenset({Relation.OTHER_AREA, Relation.WITHDRAWN, Relation.DESTROYED})
#: One in so many of the doors that close to a role is asked on PostgreSQL; to who is disabled, on both.
_CLOSING = 4


def asked(cell: str, due: Mapping[Relation, Answer], whole: bool, narrowed: bool) -> set[Relation]:
    """Which relations the short form has of a route and a principal: drawn by their names, always the same.

    `whole`, on SQLite: all that works, is hidden or refused; of what the door refuses before it looks at the
    object, one. Else, on PostgreSQL: all that a wall, a restriction or another meeting hides, also of what is
    on a meeting's page (`narrowed`), and all that is refused; one of the other things that hide it (`_AWAY`);
    one of those in which it works; of the doors that close to a role, one in four.
    """
    shut = [one for one, answer in due.items() if answer is Answer.NEVER]
    out = [one for one, answer in due.items() if answer is Answer.SIGN_IN]
    open_ = [one for one, answer in due.items() if answer is Answer.WORKS]
    rest = [one for one in due if one not in (*shut, *out, *open_)]
    away = [one for one in rest if one in _AWAY]
    closes = drawn(f"closes {cell}", _CLOSING) == 0
    found = {one for one in rest if whole or one not in _AWAY}
    found |= oracle.NARROWED & set(open_) if narrowed else set()
    found |= set(open_) if whole else _one_of(open_, f"works {cell}") | _one_of(away, f"away {cell}")
    if whole or closes:
        found |= _one_of(shut, f"shut {cell}")
    if closes or len(out) == len(due):
        found |= _one_of(out, f"out {cell}")
    return found


def _one_of(some: list[Relation], name: str) -> set[Relation]:
    return {some[drawn(name, len(some))]} if some else set()
