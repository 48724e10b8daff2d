"""Messages that wait to be sent: put there in the transaction of the change, taken by one worker at a time.

Order is kept per recipient: nothing to an account is taken while something earlier to it waits or is with a
worker. What is urgent overtakes what is not, and what pauses after an attempt that failed; but no invitation
overtakes another about the same meeting. What failed for good, is parked, withdrawn or gathered for a digest
holds nothing up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from meetingsvc.models import AreaRow, OutboxRow, db
from meetingsvc.store import areas, refusals, rehearsals
from meetingsvc.store.recipients import Outgoing
from notifications.messages import Notice, Waiting
from notifications.outgoing import PACK_LETTER, What
from notifications.recipients import Ground

#: How long to wait after each attempt that failed. When these are used up a person has to look.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
#: What is urgent pauses no longer than this, for as long in all: the daily list an hour late is too late.
LONGEST_URGENT = PAUSES[1]
_URGENT_ATTEMPTS = sum(PAUSES, timedelta()) // LONGEST_URGENT
_EARLIER = aliased(OutboxRow)  # once: its columns take longer to make than the rest of the condition
#: A worker that claimed a message this long ago has died; one that did so as far ahead had a wrong clock.
STALE = timedelta(minutes=4)
_STOPPED = "The worker stopped while sending."


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    GATHERED = "gathered"  # for a daily digest
    CLAIMED = "claimed"  # by a worker
    SENT = "sent"
    REFUSED = "refused"  # by the door
    FAILED = "failed"  # given up
    PARKED = "parked"  # content that may have arrived, or not: a person decides
    WITHDRAWN = "withdrawn"


#: What can still be taken back by a person, and what only a person sends again.
STILL_HERE = (State.WAITING, State.GATHERED)
LEFT_TO_A_PERSON = (State.FAILED, State.PARKED)


_MESSAGES = (What.NOTICE, What.INVITATION, What.LETTER)


class Told(TypedDict):
    """What a message is, where it is no notice that leaves at once.

    `urgent`: it waits for no quiet hours and no digest. `state`: waiting, or gathered.
    """

    what: NotRequired[What]
    urgent: NotRequired[bool]
    not_before: NotRequired[datetime | None]
    state: NotRequired[State]
    copy_id: NotRequired[UUID]  # letter
    method: NotRequired[str]  # invitation
    sequence: NotRequired[int]  # invitation


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one account, as a worker claimed it. `claim` tells one claim from the next."""

    id: UUID
    area_id: UUID
    account_id: UUID
    notice: Notice
    waiting: Waiting
    attempt: int
    about: frozenset[UUID] = frozenset()
    meeting_id: UUID | None = None
    what: What = What.NOTICE
    claim: int = 1
    urgent: bool = False
    copy_id: UUID | None = None
    method: str = ""
    sequence: int = 0
    sender: str = ""  # its area's, where it has one
    reply_to: str = ""
    content: bytes = field(default=b"", repr=False)  # of a letter, read when it leaves

    @property
    def thing(self) -> Outgoing:
        """As the door is asked about it."""
        return Outgoing(self.area_id, self.account_id, self.what, self.kind, self.waiting.panel,
                        self.about, self.meeting_id, self.id)  # fmt: skip

    @property
    def kind(self) -> str:
        """What it is called, and where its templates are."""
        return PACK_LETTER if self.what is What.LETTER else self.notice


def put(
    area_id: UUID,
    account_id: UUID,
    notice: Notice,
    context: Mapping[str, str],
    now: datetime,
    *,
    about: Collection[UUID] = (),
    meeting_id: UUID | None = None,
    **told: Unpack[Told],
) -> UUID | None:
    """Queues a message; call it inside the transaction of the change it tells of. Answers its id.

    `about` are the cases it would not exist without: where every one of them is kept from the recipient when
    it is to leave, it does not (Rulebook F3, M6).
    `context` is exactly `{"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs/<id>"}`. Anything else
    is refused here, so that nothing about a person can lie in the queue (Rulebook S2).
    """
    _waiting(context)
    if rehearsals.is_one(area_id):
        return None  # nobody is told of what is invented
    kind = told.get("what", What.NOTICE)
    if (kind is What.LETTER) != (told.get("copy_id") is not None) or kind not in _MESSAGES:
        raise ValueError("a letter has a copy as its content, and nothing else has")
    values = {"what": kind, "state": State.WAITING, **told}
    row = OutboxRow(
        id=uuid4(), area_id=area_id, account_id=account_id, notice=notice, context=dict(context),
        created_at=now, about=sorted(map(str, about)), meeting_id=meeting_id, **values,
    )  # fmt: skip
    db.session.add(row)
    return row.id


def _waiting(context: Mapping[str, str]) -> Waiting:
    if set(context) != {"panel", "sits_on", "path"}:
        raise ValueError("a notice carries its panel, its day and its page")
    return Waiting(context["panel"], date.fromisoformat(context["sits_on"]), context["path"])


def claim(now: datetime) -> Message | None:
    """Takes the next message that is due, for this worker alone; None where nothing is."""
    row = OutboxRow
    due = (
        select(row).where(row.state == State.WAITING, _is_due(now), ~_is_held_up(now))
        .order_by(row.urgent.desc(), row.created_at, row.id).limit(1).with_for_update(skip_locked=True)
    )  # fmt: skip
    found = db.session.scalars(due).one_or_none()
    if found is None:
        return None
    found.state, found.claimed_at = State.CLAIMED, now
    found.attempts, found.claims = found.attempts + 1, found.claims + 1
    return _message(found)


def _message(row: OutboxRow) -> Message:
    own = areas.settings_of(db.session.get_one(AreaRow, row.area_id))
    return Message(
        row.id, row.area_id, row.account_id, Notice(row.notice), _waiting(row.context), row.attempts,
        frozenset(map(UUID, row.about or ())), row.meeting_id, What(row.what), row.claims, row.urgent,
        row.copy_id, row.method, row.sequence, own.mail_sender, own.mail_reply_to,
    )  # fmt: skip


def read(row: OutboxRow) -> Message:
    """A message that nobody claims, as a worker would have it."""
    return _message(row)


def _is_due(now: datetime) -> ColumnElement[bool]:
    row = OutboxRow
    paused = (
        and_(row.attempts == number, row.claimed_at <= now - pause) for number, pause in enumerate(PAUSES, 1)
    )
    begun = or_(row.not_before.is_(None), row.not_before <= now)
    urgent = and_(row.urgent, row.attempts > 0, row.claimed_at <= now - LONGEST_URGENT)
    return and_(begun, or_(row.attempts == 0, row.claimed_at > now + STALE, urgent, *paused))


def _is_held_up(now: datetime) -> ColumnElement[bool]:
    """Whether something earlier to the same account waits or is with a worker, and is not overtaken.

    What is to leave on another day holds up nothing but the same entry in the same calendar.
    """
    row, earlier = OutboxRow, _EARLIER
    is_earlier = or_(
        earlier.created_at < row.created_at,
        and_(earlier.created_at == row.created_at, earlier.id < row.id),
    )
    same_entry = and_(
        row.what == What.INVITATION, earlier.what == What.INVITATION, earlier.meeting_id == row.meeting_id
    )
    pauses = and_(earlier.state == State.WAITING, earlier.attempts > 0)
    has_begun = or_(earlier.not_before.is_(None), earlier.not_before <= now)
    return exists().where(
        earlier.account_id == row.account_id, earlier.state.in_((State.WAITING, State.CLAIMED)), is_earlier,
        or_(
            and_(row.urgent.is_(False), has_begun), same_entry, and_(earlier.urgent.is_(True), ~pauses)
        ),
    )  # fmt: skip


def put_off(area_id: UUID, until: datetime) -> None:
    """What waits in an area, and is not urgent, leaves no earlier."""
    row = OutboxRow
    early = or_(row.not_before.is_(None), row.not_before < until)
    waits = (row.area_id == area_id, row.state == State.WAITING, row.urgent.is_(False), early)
    db.session.execute(update(row).where(*waits).values(not_before=until))


def settle(message: Message, state: State, why: str, now: datetime) -> bool:
    """Says how a message ended; False where somebody else has taken it over since."""
    row = OutboxRow
    mine = (row.id == message.id, row.state == State.CLAIMED, row.claims == message.claim)
    values = {"state": state, "why": why, "sent_at": now if state is State.SENT else None}
    return db.session.scalar(update(row).where(*mine).values(values).returning(row.id)) is not None


def after_failure(attempt: int, urgent: bool = False) -> State:
    """Whether another attempt is worth it."""
    return State.WAITING if attempt <= (_URGENT_ATTEMPTS if urgent else len(PAUSES)) else State.FAILED


def sweep(now: datetime) -> list[tuple[Message, State]]:
    """Frees what dead workers claimed, and says what became of it.

    What has no content is sent again, under the same Message-ID; content may have arrived, so it is parked.
    """
    row = OutboxRow
    long_ago = or_(row.claimed_at <= now - STALE, row.claimed_at > now + STALE)
    stale = select(row).where(row.state == State.CLAIMED, long_ago)
    freed = db.session.scalars(stale.with_for_update(skip_locked=True)).all()
    for found in freed:
        found.why = _STOPPED
        again = after_failure(found.attempts, found.urgent)
        found.state = State.PARKED if found.what == What.LETTER else again
    return [(_message(found), State(found.state)) for found in freed]


def cancel_for(account_ids: Collection[UUID], ground: Ground, now: datetime) -> int:
    """Takes back what is queued for people who are disabled, or whose agency has withdrawn (Rulebook V1).

    Each is kept as refused. What a worker holds at this moment is refused by the door when it asks. Call it
    inside the transaction of the change.
    """
    row = OutboxRow
    theirs = select(row).where(row.account_id.in_(list(account_ids)), row.state.in_(STILL_HERE))
    queued = db.session.scalars(theirs.with_for_update()).all()
    for found in queued:
        found.state, found.why = State.REFUSED, ground.words
        refusals.cancelled(_message(found).thing, ground, now)
    return len(queued)


def counts() -> dict[str, int]:
    """How many messages stand where."""
    rows = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)
    return {state: number for state, number in db.session.execute(rows)}
