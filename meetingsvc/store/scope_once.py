"""A page asks by the same conditions many times over: within a transaction each is made once."""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from weakref import ref

from sqlalchemy.orm import SessionTransaction

from meetingsvc.models import db

P = ParamSpec("P")
T = TypeVar("T")
_KEPT = "meetingsvc.scope"
#: Whoever asks about very many readers in one transaction keeps no more of them than this.
_MOST = 300
_Kept = tuple[ref[SessionTransaction], dict[Hashable, Any]]


def once(make: Callable[P, T]) -> Callable[P, T]:
    """For a condition that follows from its reader and columns alone, and reads no row: what it lets through
    is asked of the database each time. Nothing of it outlives the transaction, nor serves another reader."""

    @wraps(make)
    def made(*asked: P.args, **named: P.kwargs) -> T:
        transaction = db.session().get_transaction()
        if transaction is None:
            return make(*asked, **named)
        known = _known_in(transaction)
        key = make, asked, tuple(named.items())
        if key not in known:
            if len(known) >= _MOST:
                known.clear()
            known[key] = make(*asked, **named)
        found: T = known[key]
        return found

    return made


def _known_in(transaction: SessionTransaction) -> dict[Hashable, Any]:
    info = db.session().info
    kept: _Kept | None = info.get(_KEPT)
    if kept is None or kept[0]() is not transaction:
        kept = info[_KEPT] = ref(transaction), {}
    return kept[1]
