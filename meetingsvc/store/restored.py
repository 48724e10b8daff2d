"""Whether the service is closed because its database came out of a backup, and what is ended then.

It stands as a turn of timed work that ends when a person opens the service again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import URL, NullPool, create_engine, delete, insert, inspect, select, update

from meetingsvc.models import (
    CalendarFeedRow,
    FeedTokenRow,
    JobSlotRow,
    OutboxRow,
    PublicLetterRow,
    PublicSessionRow,
    SessionRow,
    db,
)
from meetingsvc.store.outbox import State
from notifications.outgoing import What

_ROW, _JOB = JobSlotRow, "restore"
CLOSES = JobSlotRow.__tablename__
_SAID = select(_ROW.said).where(_ROW.job == _JOB, _ROW.ended_at.is_(None)).limit(1)
_UNSENT = (State.WAITING, State.CLAIMED)
WHY = "The database was restored: it may have been sent since the backup was made."


class Closed(StrEnum):
    """To whom. The value is stored."""

    TO_ALL = "closed"
    TO_OTHERS = "closed but to those who run meetings"


@dataclass(frozen=True, slots=True)
class Ended:
    """How much was ended, in numbers."""

    sessions: int
    links: int
    tokens: int
    letters: int


def closed() -> Closed | None:
    """Whether it is, and to whom; None where it is open. Asked at every request."""
    said = db.session.scalar(_SAID)
    return Closed(said) if said else None


def since() -> datetime | None:
    """The moment of the backup that the database came out of; None where the service is open."""
    found = select(_ROW.planned_at).where(_ROW.job == _JOB, _ROW.ended_at.is_(None)).order_by(_ROW.planned_at)
    return db.session.scalars(found.limit(1)).one_or_none()


def close_at_once(url: URL, made_at: datetime, now: datetime) -> int:
    """Before anything else is done with what was just put in: whoever dies halfway leaves nothing open (L2).

    How many rows that took: a backup from before there were turns has no place for it.
    """
    engine = create_engine(url, poolclass=NullPool)
    try:
        if not inspect(engine).has_table(CLOSES):
            return 0
        with engine.begin() as connection:
            connection.execute(insert(_ROW).values(_closed(made_at, now)))
        return 1
    finally:
        engine.dispose()


def close(made_at: datetime, now: datetime) -> None:
    """From this transaction on, until a person opens it."""
    db.session.merge(_ROW(**_closed(made_at, now)))


def _closed(made_at: datetime, now: datetime) -> dict[str, Any]:
    return {"job": _JOB, "slot": f"{now:%Y-%m-%dT%H:%M:%SZ}", "planned_at": made_at, "token": 1,
            "lease_until": now, "started_at": now, "ended_at": None, "outcome": "",
            "said": Closed.TO_ALL.value, "missed": 0, "made_up": False}  # fmt: skip


def let_in(to: Closed | None, now: datetime) -> None:
    """Opens it to those who run meetings, or to everybody."""
    mine = update(_ROW).where(_ROW.job == _JOB, _ROW.ended_at.is_(None))
    db.session.execute(mine.values(said=to) if to else mine.values(ended_at=now, outcome="done"))


def end_what_may_be_over(now: datetime) -> tuple[Ended, list[OutboxRow]]:
    """Whatever lets somebody in, and letters that may have left: each may have been ended since the backup.

    Answers the letters, which a person decides on.
    """
    letter, token = PublicLetterRow, FeedTokenRow
    sessions = [*_gone(delete(SessionRow).returning(SessionRow.key)),
                *_gone(delete(PublicSessionRow).returning(PublicSessionRow.key))]  # fmt: skip
    links = [*_gone(delete(CalendarFeedRow).returning(CalendarFeedRow.account_id)),
             *_gone(update(letter).where(letter.digest.is_not(None)).values(digest=None, link_until=None)
                    .returning(letter.id))]  # fmt: skip
    unsent = update(letter).where(letter.state.in_(_UNSENT))
    db.session.execute(unsent.values(state=State.REFUSED, why=WHY))
    tokens = _gone(update(token).where(token.revoked_at.is_(None)).values(revoked_at=now).returning(token.id))
    letters = _park()
    return Ended(len(sessions), len(links), len(tokens), len(letters)), letters


def _gone(statement: object) -> list[object]:
    return list(db.session.scalars(statement))  # type: ignore[call-overload]


def _park() -> list[OutboxRow]:
    row = OutboxRow
    unsent = select(row).where(row.what == What.LETTER, row.state.in_(_UNSENT)).order_by(row.id)
    letters = list(db.session.scalars(unsent.with_for_update()))
    for found in letters:
        found.state, found.why = State.PARKED, WHY
    return letters
