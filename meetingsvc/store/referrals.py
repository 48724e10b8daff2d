"""Referrals: what was typed, sealed where it tells where somebody is found, and what was done with each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from agenda.moves import Who
from agenda.pack_words import moment
from agenda.referral_fields import Draft, Sight
from agenda.referral_kept import read_back, together
from agenda.referral_risk import Filled
from agenda.referral_risk import read as read_risk
from agenda.referral_state import Course, Made, State, Step, course
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    ReferralCaseRow,
    ReferralMoveRow,
    ReferralRow,
    ReferralToldRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.referral_texts import as_sent, opened
from meetingsvc.store.scope import Reader, told_on
from meetingsvc.store.scope_referrals import referrals_of, sent_to, told_of_referral, walled_from


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral as its pages show it."""

    id: UUID
    account_id: UUID | None
    reference: str
    draft: Draft
    risk: Filled
    changes: int
    warned: str
    begun_at: datetime
    saved_at: datetime
    first_sent_at: datetime | None
    course: Course
    asked: tuple[str, ...]  # questions it was last returned with; none where it is not with the referrer
    readable: bool = True  # False: the key of its sealed part is not here

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.course.state

    @property
    def can_be_changed(self) -> bool:
        """Whether its referrer may type."""
        return self.state in (State.DRAFT, State.RETURNED)


@dataclass(frozen=True, slots=True)
class Line:
    """One referral in a list of them. It names nobody but who referred."""

    id: UUID
    reference: str
    state: State
    referrer: str
    agency: str
    begun_at: datetime
    saved_at: datetime
    first_sent_at: datetime | None
    cannot_wait: bool = False  # of a child: at immediate risk, or nobody knows (E3)


def row_of(reader: Reader, referral_id: UUID) -> ReferralRow | None:
    """One that is open to the reader, held until the transaction ends."""
    return _held(referrals_of(reader), referral_id)


def row_sent(who: Principal, referral_id: UUID) -> ReferralRow | None:
    """The same of one that was sent, for who runs the meetings."""
    return _held(sent_to(who), referral_id)


def _held(readable: ColumnElement[bool], referral_id: UUID) -> ReferralRow | None:
    found = select(ReferralRow).where(readable, ReferralRow.id == referral_id)
    return db.session.scalar(found.with_for_update(of=ReferralRow))


def one(reader: Reader, referral_id: UUID) -> Referral | None:
    """One that is open to the reader."""
    row = db.session.scalar(select(ReferralRow).where(referrals_of(reader), ReferralRow.id == referral_id))
    return read(reader, row) if row else None


def sent(who: Principal, referral_id: UUID) -> Referral | None:
    """One that was sent, as it was sent, for who runs the meetings."""
    row = db.session.scalar(select(ReferralRow).where(sent_to(who), ReferralRow.id == referral_id))
    return replace(read(who, row), draft=as_sent(row)) if row else None


def own(reader: Principal, referral_id: UUID) -> Referral | None:
    """One's own."""
    found = one(reader, referral_id)
    return found if found and found.account_id == reader.account_id else None


def read(reader: Reader, row: ReferralRow) -> Referral:
    """A row as its pages show it. What cannot be opened is shown as not readable, and never written over."""
    moves = _moves(reader, row.id)
    if isinstance(reader, Principal) and db.session.scalar(
        walled_from(reader).where(ReferralRow.id == row.id)
    ):
        moves = _till_sent(moves)
    done, sealed = course([_made(move) for move in moves]), opened(row)
    draft = read_back(row.answers)
    draft = draft if sealed is None else together(draft, read_back(sealed))
    return Referral(
        row.id, row.account_id, row.reference or "", draft,
        read_risk(row.risk), row.changes, row.warned, row.begun_at, row.saved_at, row.first_sent_at, done,
        tuple(moves[-1].fields) if done.state is State.RETURNED else (), sealed is not None,
    )  # fmt: skip


def _till_sent(moves: list[ReferralMoveRow]) -> list[ReferralMoveRow]:
    return moves[: 1 + max((n for n, move in enumerate(moves) if move.step == Step.SEND), default=-1)]


def _moves(reader: Reader, referral_id: UUID) -> list[ReferralMoveRow]:
    row = ReferralMoveRow
    rows = select(row).where(told_of_referral(reader, row.referral_id), row.referral_id == referral_id)
    return list(db.session.scalars(rows.order_by(row.id)))


def _made(move: ReferralMoveRow) -> Made:
    return Made(Step(move.step), move.at, Who(move.who), move.reason)


_LINES = (
    select(
        ReferralRow.id, ReferralRow.reference, ReferralRow.state, AccountRow.name, AgencyRow.name,
        ReferralRow.begun_at, ReferralRow.saved_at, ReferralRow.first_sent_at,
    )
    .outerjoin(AccountRow, AccountRow.id == ReferralRow.account_id)
    .outerjoin(AgencyRow, AgencyRow.id == ReferralRow.agency_id)
)  # fmt: skip


def mine(who: Principal) -> list[Line]:
    """One's own, what was saved last first; without those that one threw away."""
    rows = _LINES.where(referrals_of(who), ReferralRow.account_id == who.account_id)
    rows = rows.where(ReferralRow.state != State.WITHDRAWN)
    kept = set(db.session.scalars(walled_from(who)))
    found = [_line(*one) for one in db.session.execute(rows.order_by(ReferralRow.saved_at.desc()))]
    return [replace(one, state=State.SENT) if one.id in kept else one for one in found]


def incoming(who: Principal, since: datetime) -> list[Line]:
    """What was sent and nobody has taken on yet, by its clock; and of the others, those first sent since."""
    row = ReferralRow
    waits = row.state.in_((State.SENT, State.RETURNED))
    late = waits | (row.first_sent_at >= since)
    rows = _LINES.where(sent_to(who), row.first_sent_at.is_not(None), late)
    return [_line(*found) for found in db.session.execute(rows.order_by(row.first_sent_at, row.id))]


def _line(
    key: UUID, reference: str | None, state: str, name: str | None, agency: str | None, begun: datetime,
    saved: datetime, sent: datetime | None,
) -> Line:  # fmt: skip
    by = name or "By the public form"
    return Line(key, reference or "", State(state), by, agency or "", begun, saved, sent)


def cases(reader: Reader, referral_id: UUID) -> list[tuple[str, UUID]]:
    """The number of each of its incidents, and its case, where that is open to the reader."""
    row = ReferralCaseRow
    rows = select(row.occurrence_number, row.case_id).where(told_on(reader, row.case_id))
    rows = rows.where(row.referral_id == referral_id).order_by(row.occurrence_number)
    return [(number, case_id) for number, case_id in db.session.execute(rows)]


@dataclass(frozen=True, slots=True)
class Said:
    """What a referral tells that is shown in one place alone, and who told it (Rulebook R2)."""

    label: str
    text: str
    author: str
    at: datetime


def told(reader: Reader, case_ids: Iterable[UUID], sight: Sight) -> dict[UUID, list[Said]]:
    """What referrals tell for one place, by case: what would increase the risk (T7), how to make contact
    safely (F4), who asks to attend (T14)."""
    row = ReferralToldRow
    rows = select(row.case_id, row.label, row.text, row.author, row.at).where(
        told_on(reader, row.case_id), row.case_id.in_(list(case_ids)), row.sight == sight
    )
    found: dict[UUID, list[Said]] = defaultdict(list)
    for case_id, label, text, author, at in db.session.execute(rows.order_by(row.at.desc(), row.id)):
        found[case_id].append(Said(label, text, author, at))
    return found


def warned(reader: Reader, case_ids: Sequence[UUID], sight: Sight) -> dict[UUID, tuple[str, ...]]:
    """The same in lines for what is printed: what was told, by whom and when."""
    return {
        case_id: tuple(f"{one.label}: {one.text} ({one.author}, {moment(one.at)})" for one in said)
        for case_id, said in told(reader, case_ids, sight).items()
    }


def said_of(reader: Reader, case_id: UUID) -> Mapping[str, list[Said]]:
    """Everything of the kind about one case, by where it is shown."""
    row, found = ReferralToldRow, defaultdict[str, list[Said]](list)
    rows = select(row.sight, row.label, row.text, row.author, row.at).where(
        told_on(reader, row.case_id), row.case_id == case_id
    )
    for sight, label, text, author, at in db.session.execute(rows.order_by(row.at.desc(), row.id)):
        found[sight].append(Said(label, text, author, at))
    return found


def asks_to_attend(who: Principal, case_ids: Iterable[UUID]) -> dict[UUID, list[Said]]:
    """Referrers who ask to attend, for who runs the meetings (Rulebook T14)."""
    return told(who, case_ids, Sight.PANEL) if who.runs_meetings else {}
