"""One use case, one transaction: the change, its audit line and its outgoing messages, or none of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from werkzeug.exceptions import Forbidden

from meetingsvc.models import db, writing
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting


@contextmanager
def saved() -> Iterator[None]:
    """Commits at the end, or rolls everything back.

    What the request has read so far is let go first: SQLite cannot turn a read into a write without risk.
    """
    db.session.rollback()
    token = writing.set(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        writing.reset(token)


@contextmanager
def saved_by(principal: Principal, permission: Permission, now: datetime) -> Iterator[Principal]:
    """The same for a person: who they are, and that they still may, is read again inside the transaction.

    Everything inside is read and written as this person; where the service does its own work, it says so with
    `acting.whole_area`.
    """
    with saved():
        fresh = accounts.principal(principal.account_id, now)
        if fresh is None or not fresh.may(permission):
            raise Forbidden
        with acting.acting(fresh):
            yield fresh
