"""What was gathered for somebody's one message a day, and the message that tells of it."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from meetingsvc.models import DigestLineRow, OutboxRow, db
from meetingsvc.store import outbox
from meetingsvc.store.outbox import Message, State
from notifications.messages import Notice
from notifications.schedule import moment_of

#: Such a daily message reached nobody, or was withdrawn: what it was to tell of, or what is left of that
#: because whoever withdrew it may not see it (Rulebook M6), is told in the next.
_OVER = (State.FAILED, State.REFUSED, State.WITHDRAWN)


def due(area_id: UUID, now: datetime) -> dict[UUID, list[Message]]:
    """By account, what is gathered, due, and in no daily message that still goes; the earliest first."""
    row, line, digest = OutboxRow, DigestLineRow, aliased(OutboxRow)
    told = exists().where(line.message_id == row.id, digest.id == line.digest_id, digest.state.not_in(_OVER))
    rows = (
        select(row)
        .where(row.area_id == area_id, row.state == State.GATHERED, row.not_before <= now, ~told)
        .order_by(row.account_id, row.created_at, row.id)
        .with_for_update()
    )
    found: dict[UUID, list[Message]] = defaultdict(list)
    for one in db.session.scalars(rows):
        found[one.account_id].append(outbox.read(one))
    return found


def told_on(account_id: UUID, day: date) -> bool:
    """Whether somebody was made a daily message on that day: there is one a day, be it given up. A mail
    server that refuses for good would else be asked again at each run. One the door refused counts for none.
    """
    row = OutboxRow
    mine = row.account_id == account_id, row.notice == Notice.DIGEST, row.state != State.REFUSED
    start, end = (moment_of(one, time.min) for one in (day, day + timedelta(days=1)))
    that_day = row.created_at >= start, row.created_at < end
    return db.session.scalar(select(row.id).where(*mine, *that_day).limit(1)) is not None


def put_off(messages: list[Message], until: datetime) -> None:
    """They go with a later one."""
    row = OutboxRow
    ids = [one.id for one in messages]
    db.session.execute(update(row).where(row.id.in_(ids)).values(not_before=until))


def join(messages: list[Message], digest_id: UUID) -> None:
    """From now on this daily message tells of them, and no other."""
    for one in messages:
        row = db.session.get(DigestLineRow, one.id)
        if row is None:
            db.session.add(DigestLineRow(message_id=one.id, digest_id=digest_id, area_id=one.area_id))
        else:
            row.digest_id = digest_id
    db.session.flush()


def of(digest_id: UUID) -> list[Message]:
    """What a daily message is to tell of, as far as nobody took it back."""
    row, line = OutboxRow, DigestLineRow
    rows = (
        select(row)
        .join(line, line.message_id == row.id)
        .where(line.digest_id == digest_id, row.state == State.GATHERED)
        .order_by(row.created_at, row.id)
    )
    return [outbox.read(one) for one in db.session.scalars(rows.with_for_update(of=row))]


def settle(message: Message, state: State, why: str, now: datetime) -> None:
    """How a gathered one ended."""
    row = OutboxRow
    values = {"state": state, "why": why, "sent_at": now if state is State.SENT else None}
    db.session.execute(update(row).where(row.id == message.id, row.state == State.GATHERED).values(values))
