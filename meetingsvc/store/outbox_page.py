"""What waits, was sent or was not, as whoever runs the meetings may see it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, cast, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from agenda.panels import EXPLOITATION
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, MeetingRow, OutboxRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.outbox import LEFT_TO_A_PERSON, STILL_HERE, State
from meetingsvc.store.scope import cases_of, meetings_of
from notifications.messages import Notice
from notifications.outgoing import What
from notifications.schedule import SCHEDULE

#: What is over is shown for so long; what is not, however old it is.
SHOWN_FOR = timedelta(days=60)
_ENDED = (State.SENT, State.REFUSED, State.WITHDRAWN)
#: What is urgent, and failed so often, is told of on the first page while it is still tried.
LATE_AFTER = 2
#: Somebody looked at what they should not have: whom it tells of must not learn that it was told.
OF_OVERSIGHT = (Notice.ALARM, Notice.BREAK_GLASS, Notice.ALARM_NOT_SENT, Notice.BREACH,
                Notice.COMPLAINT)  # fmt: skip
#: What chases a duty to keep somebody safe, and is not queued again at that stage: one person alone would end
#: the chase (practice).
CHASES = (
    Notice.ACTIONS, Notice.FEEDBACK, Notice.FLAGS, Notice.CRIME_DISCLOSED, Notice.EMERGENCY,
    Notice.RESEARCH, Notice.CONFIRMATIONS, Notice.PACK_NOT_FETCHED, Notice.PACK_RECALLED,
    Notice.ORDER_ENDING, Notice.AGREEMENTS, Notice.DISCLOSURE, Notice.REQUEST, Notice.NOT_SENT,
    Notice.LEGAL_ADVICE, Notice.DISAGREEMENT, Notice.CORRECTION, Notice.RECORDS, Notice.TRANSFER,
    Notice.NAMED_CASE, Notice.REFERRAL_RETURNED, Notice.STILL_MISSING, Notice.CHILD_REFERRED,
)  # fmt: skip
NOT_TAKEN_BACK = (*OF_OVERSIGHT, *CHASES)
_OF_CHILDREN = [one.code for one in EXPLOITATION]


class Closing(StrEnum):
    """Why what chases a duty, and was given up, is not sent again. The value is what the audit trail keeps;
    the label says it: free text could name somebody (Rulebook S2)."""

    TOLD = "told"
    ANOTHER = "another"
    DONE = "done"

    @property
    def label(self) -> str:
        """As it is chosen, and shown."""
        return _CLOSED[self]


_CLOSED = {
    Closing.TOLD: "They were told in another way",
    Closing.ANOTHER: "Somebody else of their agency was told",
    Closing.DONE: "What it asks for is done",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message."""

    id: UUID
    what: What
    notice: Notice
    person: str
    agency: str
    panel: str | None
    sits_on: date | None
    created_at: datetime
    not_before: datetime | None
    sent_at: datetime | None
    state: State
    attempts: int
    why: str
    urgent: bool

    @property
    def thing(self) -> str:
        """What it is, in the words of the schedule."""
        if self.what is What.LETTER:
            return "A copy of the pack by e-mail"
        return SCHEDULE[self.notice].tells

    @property
    def can_be_resent(self) -> bool:
        """Whether the service has stopped trying, pauses, or somebody took it back."""
        taken_back = self.state is State.WITHDRAWN and comes_back(self.notice, self.what, self.attempts)
        return self.state in LEFT_TO_A_PERSON or taken_back or self.pauses

    @property
    def pauses(self) -> bool:
        """Whether an attempt failed, and the service tries again by itself."""
        return self.state is State.WAITING and self.attempts > 0

    @property
    def is_late(self) -> bool:
        """Whether it is urgent and keeps failing: somebody may have to be told in another way."""
        return self.pauses and self.urgent and self.attempts >= LATE_AFTER

    @property
    def may_have_arrived(self) -> bool:
        """Whether a person is asked first if it did."""
        return self.state is State.PARKED

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether it has not left; what tells of oversight, or chases a duty, nobody takes back."""
        return self.state in (*STILL_HERE, *LEFT_TO_A_PERSON) and self.notice not in NOT_TAKEN_BACK

    @property
    def can_be_closed(self) -> bool:
        """Whether it chases a duty and was given up: somebody says why it need not be sent again."""
        return self.state is State.FAILED and self.notice in CHASES


def comes_back(notice: Notice, what: What, attempts: int) -> bool:
    """Whether what somebody took back can be sent after all: not one message a day, as what it told of is
    sent by itself, nor content that may have arrived."""
    return notice is not Notice.DIGEST and not (what is What.LETTER and attempts)


def messages_of(who: Principal) -> ColumnElement[bool]:
    """Those of one's area about cases one may open and meetings one may see, no others: what is about hidden
    cases alone is neither listed nor counted (Rulebook M4, M6).

    What is about others too is: the door sends it for their sake, and that an agenda's messages were missing
    would tell whoever runs the meeting that it has a case they may not open.
    None of one's own that the door refused: of a wall nobody learns that it stands. And of what tells of
    oversight only what one was told oneself, so that one reviewer sees that another was not (V5, M6). What is
    of panels of exploitation is for who runs those (D1, E4).
    """
    row = OutboxRow
    seen, panel = select(MeetingRow.id).where(meetings_of(who)).correlate(None), row.context["panel"]
    return and_(
        row.area_id == who.area_id,
        row.about.is_not(None),
        or_(~_tells_of(None), _tells_of(who)),
        or_(row.meeting_id.is_(None), row.meeting_id.in_(seen)),
        or_(row.notice.not_in(OF_OVERSIGHT), _was_told_it(who)),
        or_(row.state != State.REFUSED, row.account_id != who.account_id),
        true() if who.runs_exploitation else func.coalesce(panel.as_string(), "").not_in(_OF_CHILDREN),
    )


def _was_told_it(who: Principal) -> ColumnElement[bool]:
    """Whether a message at the same moment told this person the same: whom it is about got none."""
    own = aliased(OutboxRow)
    return exists().where(own.account_id == who.account_id, _same(own))


def _same(other: type[OutboxRow]) -> ColumnElement[bool]:
    row = OutboxRow
    return and_(
        other.area_id == row.area_id, other.notice == row.notice, other.created_at == row.created_at,
        cast(other.about, Text) == cast(row.about, Text), other.state != State.REFUSED,
        # whom a complaint is about is told of another one of the same case (V2)
        or_(row.notice != Notice.COMPLAINT, cast(other.context, Text) == cast(row.context, Text)),
    )  # fmt: skip


def told_the_same(message_id: UUID) -> dict[UUID, str]:
    """Who else was told the same at the same moment, and by which page."""
    row, other = OutboxRow, aliased(OutboxRow)
    rows = (
        select(other.account_id, other.context)
        .join(row, and_(_same(other), other.account_id != row.account_id))
        .where(row.id == message_id)
        .order_by(other.account_id)
    )
    return {account_id: context["path"] for account_id, context in db.session.execute(rows)}


def _tells_of(who: Principal | None) -> ColumnElement[bool]:
    """Whether it is about any case; for a person, about one that they may open."""
    if db.engine.dialect.name == "postgresql":
        told = func.json_array_elements_text(OutboxRow.about).table_valued("value")
        case_id: ColumnElement[Any] = cast(told.c.value, Uuid)
    else:  # which keeps an identifier without its hyphens
        told = func.json_each(OutboxRow.about).table_valued("value")
        case_id = func.replace(told.c.value, "-", "")
    rows = select(told.c.value).correlate(OutboxRow)
    if who is not None:
        rows = rows.where(case_id.in_(select(CaseRow.id).where(cases_of(who)).correlate(None)))
    return exists(rows)


def _shown(who: Principal, now: datetime, states: Collection[State]) -> ColumnElement[bool]:
    row = OutboxRow
    recent = or_(row.state.not_in(_ENDED), row.created_at > now - SHOWN_FOR)
    return and_(messages_of(who), recent, row.state.in_(list(states or State)))


def counts(who: Principal, now: datetime) -> dict[State, int]:
    """How many stand where."""
    rows = select(OutboxRow.state, func.count()).where(_shown(who, now, ())).group_by(OutboxRow.state)
    return {State(state): number for state, number in db.session.execute(rows)}


def for_a_person(who: Principal) -> int:
    """How many wait for a decision; what is urgent and keeps failing counts while it is still tried."""
    row = OutboxRow
    late = and_(row.state == State.WAITING, row.urgent, row.attempts >= LATE_AFTER)
    mine = (or_(row.state.in_(LEFT_TO_A_PERSON), late), messages_of(who))
    return db.session.scalar(select(func.count(row.id)).where(*mine)) or 0


def page(who: Principal, now: datetime, states: Collection[State], number: int, size: int) -> list[Line]:
    """The newest first."""
    rows = _rows().where(_shown(who, now, states)).order_by(OutboxRow.created_at.desc(), OutboxRow.id)
    return [_line(*found) for found in db.session.execute(rows.offset((number - 1) * size).limit(size))]


def one(who: Principal, message_id: UUID) -> Line | None:
    """One of them; None where there is none for this person."""
    rows = _rows().where(messages_of(who), OutboxRow.id == message_id)
    found = db.session.execute(rows).one_or_none()
    return None if found is None else _line(*found)


def locked(who: Principal, message_id: UUID) -> OutboxRow | None:
    """The row of one of them, for who changes it."""
    mine = select(OutboxRow).where(messages_of(who), OutboxRow.id == message_id)
    return db.session.scalars(mine.with_for_update(of=OutboxRow)).one_or_none()


def given_up(who: Principal) -> list[OutboxRow]:
    """The rows of all that failed for good, for who changes them, the oldest first. What is parked is not
    among them: of it somebody says first whether it arrived."""
    mine = select(OutboxRow).where(messages_of(who), OutboxRow.state == State.FAILED)
    ordered = mine.order_by(OutboxRow.created_at, OutboxRow.id)
    return list(db.session.scalars(ordered.with_for_update(of=OutboxRow)))


def _rows() -> Select[*tuple[Any, ...]]:
    row = OutboxRow
    return (
        select(row, AccountRow.name, AgencyRow.name, MeetingRow.kind, MeetingRow.sits_on)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .outerjoin(MeetingRow, MeetingRow.id == row.meeting_id)
    )


def _line(row: OutboxRow, person: str, agency: str, panel: str | None, sits_on: date | None) -> Line:
    return Line(
        row.id, What(row.what), Notice(row.notice), person, agency, panel,
        sits_on, row.created_at, row.not_before, row.sent_at, State(row.state), row.attempts, row.why,
        row.urgent,
    )  # fmt: skip


def seen(who: Principal, message_ids: Collection[UUID]) -> set[UUID]:
    """Those of some messages that a person may see."""
    mine = select(OutboxRow.id).where(messages_of(who), OutboxRow.id.in_(list(message_ids)))
    return set(db.session.scalars(mine))
