"""What did not reach somebody: kept, logged and in the audit trail, and shown to who runs the meetings."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, MeetingRow, RefusalRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, audit
from meetingsvc.store.recipients import Answer, Outgoing
from meetingsvc.store.scope import cases_of, meetings_of
from notifications.messages import Notice
from notifications.outgoing import (
    ACTIONS_LIST,
    DISAGREEMENT_FORM,
    FLAGS_LIST,
    MAIL_TEST,
    NAMED_CASE,
    NAMED_CASE_HELD,
    PACK_LETTER,
    Stage,
    What,
)
from notifications.recipients import Ground

#: Who refuses, in the audit trail: never the recipient, who reads there what they did themselves.
DOOR = "dispatch"
#: A restriction keeps its case from all who are not named: where the rest goes, that is no refusal.
_TOLD_OF = frozenset({Ground.WALL, Ground.COLLISION})
_OF_A_CASE = frozenset({Ground.WALL, Ground.COLLISION, Ground.CLOSED})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line of the page: what did not reach whom, and why."""

    id: UUID
    at: datetime
    person: str
    agency: str
    what: What
    kind: str
    stage: Stage
    ground: Ground
    case_id: UUID | None
    case: str
    meeting_id: UUID | None
    panel: str | None
    sits_on: date | None
    seen_by: str
    seen_at: datetime | None
    note: str

    @property
    def thing(self) -> str:
        """What it was, as people say it."""
        return _THINGS.get(self.kind, "a message")


_THINGS: dict[str, str] = {
    Notice.AGENDA_PUBLISHED: "the message that an agenda is shared",
    Notice.SUPPLEMENTARY_LIST: "the message that a supplementary list is shared",
    Notice.PACK_READY: "the message that a pack waits",
    Notice.BREAK_GLASS: "the message that a review waits",
    Notice.CORRECTION: "the message that a correction waits",
    Notice.FLAGS: "the message that flags are to be added or taken off",
    Notice.MINUTES: "the message that minutes are issued",
    "feedback": "how to tell the victim, as a page",
    Notice.ORDER_ENDING: "the message that an order ends soon",
    Notice.REFERRAL_RETURNED: "the message that a referral came back to its referrer",
    Notice.ALARM: "the message that an alarm waits",
    Notice.STILL_MISSING: "the message that somebody is missing",
    Notice.CHILD_REFERRED: "the message that somebody was referred who may not be able to wait",
    Notice.TRANSFER: "the message that a transfer waits",
    Notice.CRIME_DISCLOSED: "the message that a crime was disclosed in a meeting",
    Notice.EMERGENCY: "the message that an emergency MARAC is asked for",
    Notice.INVITATION: "the invitation to a MARAC, for a calendar",
    "calendar feed": "the calendar that one subscribes to",
    Notice.LIST_READY: "the message that the daily list can be read",
    Notice.RESEARCH: "the message that research is asked for",
    Notice.CONFIRMATIONS: "the message that cases are to be confirmed",
    Notice.ACTIONS: "the message that an action is due",
    Notice.PACK_NOT_FETCHED: "the message that a pack was not fetched",
    Notice.OFFLINE_PACK_READY: "the message that an offline pack waits",
    Notice.OFFLINE_PACK_FAILED: "the message that an offline pack could not be made",
    Notice.MEETING_CHANGED: "the message that a meeting was moved or cancelled",
    Notice.EXPECTED: "the message that a referrer’s time at a meeting has changed",
    Notice.FEEDBACK: "the message that a task after a meeting is due",
    Notice.DISCLOSURE: "the message that a disclosure is to be decided",
    Notice.REQUEST: "the message that a third party’s request waits",
    Notice.LEGAL_ADVICE: "the message that an agency takes legal advice",
    Notice.RECORDS: "the message that an agency is asked what it holds",
    "release": "what is released to a third party, as a file",
    Notice.AGREEMENTS: "the message that an agreement waits",
    Notice.BREACH: "the message that a breach waits",
    Notice.DISAGREEMENT: "the message that a disagreement waits",
    Notice.NAMED_CASE: "the message about an agency in a named case",
    NAMED_CASE: "what an agency that has not signed was told of a case, as a page",
    NAMED_CASE_HELD: "what such an agency is asked once its part is over, as a page",
    Notice.COMPLAINT: "the message that a complaint waits",
    Notice.DIGEST: "one message a day",
    "pack": "the pack, as a page",
    "pack copy": "a copy of the pack",
    PACK_LETTER: "a copy of the pack by e-mail",
    MAIL_TEST: "a test message",
    "minutes copy": "a copy of minutes",
    "offline pack": "an offline pack",
    FLAGS_LIST: "the list of flags, as a file",
    ACTIONS_LIST: "the list of actions, as a file",
    DISAGREEMENT_FORM: "the record of a disagreement, as a file",
}


def keep(answer: Answer, now: datetime) -> None:
    """Keeps, logs and audits what was refused, a line for each case it was about; inside a transaction.

    Of something that goes without some of its cases, those are kept that a wall or a collision keeps back,
    once until somebody has looked.
    """
    refused: dict[UUID | None, Ground] = {None: answer.ground} if answer.ground else {}
    if answer.ground in _OF_A_CASE:
        refused = dict(answer.kept.items())
    elif answer.ground is None and answer.thing.what.has_content:
        refused = {case_id: why for case_id, why in answer.kept.items() if why in _TOLD_OF}
    with acting.whole_area(answer.thing.area_id):
        for case_id, ground in refused.items():
            if answer.ground or not _stands(answer, case_id, ground):
                _add(answer.thing, answer.stage, ground, case_id, now)


def cancelled(thing: Outgoing, ground: Ground, now: datetime) -> None:
    """Keeps that something queued was taken back because of who the recipient is now."""
    with acting.whole_area(thing.area_id):
        _add(thing, Stage.SEND, ground, None, now)


def kept_back(thing: Outgoing, stage: Stage, case_id: UUID, ground: Ground, now: datetime) -> None:
    """Keeps that it was for somebody without an account whom nothing of the case may reach (Rulebook F3), or
    was done by somebody to whom the case is closed (M6)."""
    with acting.whole_area(thing.area_id):
        _add(thing, stage, ground, case_id, now)


def _stands(answer: Answer, case_id: UUID | None, ground: Ground) -> bool:
    """Whether the same is on the page already and nobody has looked at it."""
    row, thing = RefusalRow, answer.thing
    same = select(row.id).where(
        row.account_id == thing.account_id, row.case_id == case_id, row.kind == thing.kind,
        row.meeting_id == thing.meeting_id, row.stage == answer.stage, row.ground == ground,
        row.seen_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(same.limit(1)) is not None


def _add(thing: Outgoing, stage: Stage, ground: Ground, case_id: UUID | None, now: datetime) -> None:
    if case_id and db.session.get(CaseRow, case_id) is None:
        case_id = None  # destroyed since the thing was made: no row speaks of it any more
    row = RefusalRow(id=uuid4(), area_id=thing.area_id, account_id=thing.account_id, what=thing.what,
                     kind=thing.kind, stage=stage, ground=ground, case_id=case_id,
                     meeting_id=thing.meeting_id, outbox_id=thing.outbox_id, at=now)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(DOOR, thing.area_id, "outgoing.refused", f"refusal/{row.id}", now,
                 what=thing.what, kind=thing.kind, stage=stage)  # fmt: skip
    log.warning(
        "outgoing refused", refusal=str(row.id), account=str(thing.account_id), what=thing.what,
        kind=thing.kind, stage=stage, ground=ground, message=str(thing.outbox_id or ""),
    )  # fmt: skip


def refusals_of(principal: Principal) -> ColumnElement[bool]:
    """Those of one's area, of cases one may open and of meetings one may see, never one's own: of a wall
    nobody learns it stands, and of an emergency MARAC only who may open its case (M4, M6)."""
    seen = select(CaseRow.id).where(cases_of(principal)).correlate(None)
    meetings = select(MeetingRow.id).where(meetings_of(principal)).correlate(None)
    return and_(
        RefusalRow.area_id == principal.area_id,
        RefusalRow.account_id != principal.account_id,
        or_(RefusalRow.case_id.is_(None), RefusalRow.case_id.in_(seen)),
        or_(RefusalRow.meeting_id.is_(None), RefusalRow.meeting_id.in_(meetings)),
    )


def unseen(principal: Principal) -> int:
    """How many nobody has looked at."""
    row = RefusalRow
    rows = select(func.count(row.id)).where(refusals_of(principal), row.seen_at.is_(None))
    return db.session.scalar(rows) or 0


def count(principal: Principal) -> int:
    """How many there are."""
    return db.session.scalar(select(func.count(RefusalRow.id)).where(refusals_of(principal))) or 0


def page(principal: Principal, number: int, size: int) -> list[Refusal]:
    """The newest first."""
    rows = _rows(principal).order_by(RefusalRow.at.desc(), RefusalRow.id)
    return [_refusal(*found) for found in db.session.execute(rows.offset((number - 1) * size).limit(size))]


def one(principal: Principal, refusal_id: UUID) -> Refusal | None:
    """One of them; None where there is none for this person."""
    found = db.session.execute(_rows(principal).where(RefusalRow.id == refusal_id)).one_or_none()
    return None if found is None else _refusal(*found)


_SEER = aliased(AccountRow)


def _rows(principal: Principal) -> Select[*tuple[Any, ...]]:
    row = RefusalRow
    return (
        select(row, AccountRow.name, AgencyRow.name, CaseRow.number, MeetingRow.kind, MeetingRow.sits_on,
               _SEER.name)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .outerjoin(CaseRow, CaseRow.id == row.case_id)
        .outerjoin(MeetingRow, MeetingRow.id == row.meeting_id)
        .outerjoin(_SEER, _SEER.id == row.seen_by)
        .where(refusals_of(principal))
    )  # fmt: skip


def _refusal(
    row: RefusalRow, person: str, agency: str, number: int | None, panel: str | None, sits_on: date | None,
    seer: str | None,
) -> Refusal:  # fmt: skip
    return Refusal(
        row.id, row.at, person, agency, What(row.what), row.kind, Stage(row.stage), Ground(row.ground),
        row.case_id, case_reference(number) if number else "", row.meeting_id,
        panel, sits_on, seer or "", row.seen_at, row.note,
    )  # fmt: skip
