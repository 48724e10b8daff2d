"""Notices that wait to be sent: put there in the transaction of the change, taken by one worker at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from agenda.meetings import MeetingKind
from meetingsvc.models import OutboxRow, db
from meetingsvc.store import refusals
from meetingsvc.store.recipients import Outgoing
from notifications.messages import Notice, Waiting
from notifications.outgoing import What
from notifications.recipients import Ground

#: How long to wait after each attempt that failed. When these are used up a person has to look.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
#: A worker that claimed a message this long ago has died.
STALE = timedelta(minutes=15)


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """One notice to one account, as a worker claimed it. `attempt` tells one claim from the next."""

    id: UUID
    area_id: UUID
    account_id: UUID
    notice: Notice
    waiting: Waiting
    attempt: int
    about: frozenset[UUID] = frozenset()
    meeting_id: UUID | None = None

    @property
    def thing(self) -> Outgoing:
        """As the door is asked about it."""
        return Outgoing(self.area_id, self.account_id, What.NOTICE, self.notice, self.waiting.panel,
                        self.about, self.meeting_id, self.id)  # fmt: skip


def put(
    area_id: UUID,
    account_id: UUID,
    notice: Notice,
    context: Mapping[str, str],
    now: datetime,
    *,
    about: Collection[UUID] = (),
    meeting_id: UUID | None = None,
) -> None:
    """Queues a notice; call it inside the transaction of the change it tells of.

    `about` are the cases it would not exist without: where every one of them is kept from the recipient when
    it is to leave, it does not (Rulebook F3, M6).
    `context` is exactly `{"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs/<id>"}`. Anything else
    is refused here, so that nothing about a person can lie in the queue (Rulebook S2).
    """
    _waiting(context)
    db.session.add(
        OutboxRow(
            id=uuid4(), area_id=area_id, account_id=account_id, notice=notice, context=dict(context),
            created_at=now, state=State.WAITING, about=sorted(map(str, about)), meeting_id=meeting_id,
        )
    )  # fmt: skip


def _waiting(context: Mapping[str, str]) -> Waiting:
    if set(context) != {"panel", "sits_on", "path"}:
        raise ValueError("a notice carries its panel, its day and its page")
    return Waiting(MeetingKind(context["panel"]), date.fromisoformat(context["sits_on"]), context["path"])


def claim(now: datetime) -> Message | None:
    """Takes the oldest message that is due, for this worker alone; None where nothing is."""
    due = (
        select(OutboxRow).where(OutboxRow.state == State.WAITING, _is_due(now))
        .order_by(OutboxRow.created_at, OutboxRow.id).limit(1).with_for_update(skip_locked=True)
    )  # fmt: skip
    row = db.session.scalars(due).one_or_none()
    if row is None:
        return None
    row.state, row.claimed_at, row.attempts = State.CLAIMED, now, row.attempts + 1
    return _message(row)


def _message(row: OutboxRow) -> Message:
    return Message(row.id, row.area_id, row.account_id, Notice(row.notice), _waiting(row.context),
                   row.attempts, frozenset(map(UUID, row.about or ())), row.meeting_id)  # fmt: skip


def _is_due(now: datetime) -> ColumnElement[bool]:
    paused = (
        and_(OutboxRow.attempts == number, OutboxRow.claimed_at <= now - pause)
        for number, pause in enumerate(PAUSES, 1)
    )
    return or_(OutboxRow.attempts == 0, *paused)


def settle(message: Message, state: State, why: str, now: datetime) -> bool:
    """Says how a message ended; False where somebody else has taken it over since."""
    row = OutboxRow
    mine = (row.id == message.id, row.state == State.CLAIMED, row.attempts == message.attempt)
    values = {"state": state, "why": why, "sent_at": now if state is State.SENT else None}
    return db.session.scalar(update(row).where(*mine).values(values).returning(row.id)) is not None


def after_failure(attempt: int) -> State:
    """Whether another attempt is worth it."""
    return State.WAITING if attempt <= len(PAUSES) else State.FAILED


def sweep(now: datetime) -> int:
    """Frees what dead workers claimed. The message is sent again under the same Message-ID."""
    row, why = OutboxRow, "The worker stopped while sending."
    stale = update(row).where(row.state == State.CLAIMED, row.claimed_at <= now - STALE).returning(row.id)
    spent = stale.where(row.attempts > len(PAUSES)).values(state=State.FAILED, why=why)
    freed = stale.values(state=State.WAITING, why=why)
    return len(db.session.scalars(spent).all()) + len(db.session.scalars(freed).all())


def cancel_for(account_ids: Collection[UUID], ground: Ground, now: datetime) -> int:
    """Takes back what is queued for people who are disabled, or whose agency has withdrawn (Rulebook V1).

    Each is kept as refused. What a worker holds at this moment is refused by the door when it asks. Call it
    inside the transaction of the change.
    """
    row = OutboxRow
    theirs = select(row).where(row.account_id.in_(list(account_ids)), row.state == State.WAITING)
    queued = db.session.scalars(theirs.with_for_update()).all()
    for found in queued:
        found.state, found.why = State.REFUSED, ground.words
        refusals.cancelled(_message(found).thing, ground, now)
    return len(queued)


def counts() -> dict[str, int]:
    """How many messages stand where."""
    rows = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)
    return {state: number for state, number in db.session.execute(rows)}
