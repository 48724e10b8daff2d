"""Decisions to share or not, as their makers and who runs the meetings read them (Rulebook K2 to K4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from agenda.addresses import Part
from agenda.incidents import Party
from agenda.meetings import case_reference
from agenda.referral_consent import Ground, Lawful
from agenda.referral_fields import parts
from agenda.sharing import Question, Reply, Walk, walk
from agenda.sharing_decision import Considered, Informed, State
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, SharingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, details
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_sharing import sharing_of

_UNDECIDED = (State.OPEN, State.ADVICE)
Member = TypeVar("Member", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Kept:
    """One decision as far as it is."""

    id: UUID
    case_id: UUID | None
    case: str  # its reference
    state: State
    told: Considered
    by: str
    agency: str
    made_by: UUID
    made_at: datetime
    advice_asked: str
    advice_asked_at: datetime | None
    decided_at: datetime | None
    version: int

    @property
    def walk(self) -> Walk:
        """How far the questions are answered."""
        return walk(self.told.replies)

    @property
    def open(self) -> bool:
        """Not decided yet: its answers may change."""
        return self.state in _UNDECIDED

    @property
    def waited(self) -> bool:
        """Advice was asked for, and what came of it is part of the decision."""
        return self.state is State.ADVICE


def one(reader: Reader, decision_id: UUID) -> Kept | None:
    """One decision, where the reader may read it."""
    return next(iter(_kept(reader, SharingRow.id == decision_id)), None)


def mine(who: Principal) -> list[Kept]:
    """One's own that are not decided yet, the oldest first."""
    own = (SharingRow.made_by == who.account_id, SharingRow.state.in_(_UNDECIDED))
    return sorted(_kept(who, *own), key=lambda one: one.made_at)


def decided(who: Principal, limit: int) -> list[Kept]:
    """Those that the reader may read, the newest first."""
    return _kept(who, SharingRow.decided_at.is_not(None), limit=limit)


def on_case(who: Principal, case_id: UUID) -> list[Kept]:
    """Decided on one case."""
    return _kept(who, SharingRow.case_id == case_id, SharingRow.decided_at.is_not(None))


def count_open(who: Principal) -> int:
    """How many of one's own are not decided yet."""
    if not who.may(Permission.SHARING_DECIDE):
        return 0
    row = SharingRow
    rows = select(func.count()).select_from(row)
    own = (row.made_by == who.account_id, row.state.in_(_UNDECIDED))
    return db.session.scalar(rows.where(sharing_of(who), *own)) or 0


def _kept(reader: Reader, *where: Any, limit: int | None = None) -> list[Kept]:
    row = SharingRow
    rows = (
        select(row, AccountRow.name, AgencyRow.name, CaseRow.number)
        .join(AccountRow, AccountRow.id == row.made_by)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .outerjoin(CaseRow, CaseRow.id == row.case_id)
        .where(sharing_of(reader), *where)
        .order_by(row.made_at.desc(), row.id)
        .limit(limit)
    )
    return [
        Kept(told.id, told.case_id, case_reference(number) if number else "", State(told.state),
             considered(told), by, agency, told.made_by, told.made_at, told.advice_asked,
             told.advice_asked_at, told.decided_at, told.version)
        for told, by, agency, number in db.session.execute(rows)
    ]  # fmt: skip


def considered(row: SharingRow) -> Considered:
    """All that was answered, from the table."""
    return Considered(
        row.asked_by, row.about, row.what, row.with_whom, row.purpose, row.why,
        {Question(asked): Reply(said) for asked, said in row.replies.items()},
        row.limits, _members(Ground, row.grounds), _members(Lawful, row.lawful), row.other_law,
        row.authorised_by, Informed(row.informed) if row.informed else None, row.advice,
    )  # fmt: skip


def write(row: SharingRow, told: Considered) -> None:
    """The same into the table."""
    row.asked_by, row.about, row.what, row.with_whom = told.asked_by, told.about, told.what, told.with_whom
    row.purpose, row.why, row.limits = told.purpose, told.why, told.limits
    row.replies = {asked.value: said.value for asked, said in told.replies.items()}
    row.grounds, row.lawful = _joined(told.grounds), _joined(told.lawful)
    row.other_law, row.authorised_by, row.advice = told.other_law, told.authorised_by, told.advice
    row.informed = told.informed.value if told.informed else ""


def held(who: Principal, decision_id: UUID) -> SharingRow | None:
    """One to be changed, until the transaction ends."""
    row = SharingRow
    rows = select(row).where(sharing_of(who), row.id == decision_id).with_for_update()
    return db.session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def perpetrators(area_id: UUID, case_id: UUID | None) -> list[Party]:
    """Who on a case is never told, by every name that is known of them (Rulebook F3): for the rule alone."""
    if case_id is None:
        return []
    with acting.whole_area(area_id):
        told = details.of_cases([case_id]).get(case_id, [])
    return [Party(one.details.surname or one.details.forename, one.details.forename)
            for one in told if one.part is Part.PERPETRATOR]  # fmt: skip


def _members(kind: type[Member], said: str) -> frozenset[Member]:
    return frozenset(map(kind, parts(said)))


def _joined(members: Iterable[str]) -> str:
    return ",".join(sorted(members))
