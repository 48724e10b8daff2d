"""Agencies that have not signed, in a named case: as the panel and as they themselves read it (V1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.named_case import LIVE, Direction, Part, State
from agenda.pack import NoteKind
from agenda.transfer_record import TookPart
from meetingsvc.models import AccountRow, AgencyRow, NamedCaseEntryRow, NamedCasePartRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_named_cases import entries_of, parts_of

_proposer, _decider, _accepter, _ender = (aliased(AccountRow) for _ in range(4))


@dataclass(frozen=True, slots=True)
class Kept:
    """One agency's part in one case, as far as it is."""

    id: UUID
    told: Part
    agency: str
    why: str
    proposed_id: UUID
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    accepted_by: str
    accepted_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    ended_why: str

    @property
    def case_id(self) -> UUID:
        """The one case."""
        return self.told.case_id

    @property
    def agency_id(self) -> UUID:
        """Whose part it is."""
        return self.told.agency_id

    @property
    def state(self) -> State:
        """How far it is."""
        return self.told.state

    @property
    def until(self) -> date:
        """Its last day, which still counts."""
        return self.told.until

    @property
    def waits(self) -> bool:
        """For the chair."""
        return self.state is State.PROPOSED

    @property
    def live(self) -> bool:
        """Not refused, and not over."""
        return self.state in LIVE

    @property
    def takes_part(self) -> bool:
        """The agency has accepted the terms."""
        return self.state is State.TAKING_PART


@dataclass(frozen=True, slots=True)
class Entry:
    """What the panel told the agency, or what it answered."""

    direction: Direction
    words: str
    kind: NoteKind | None
    source: str
    known_on: date | None
    by: str
    at: datetime

    @property
    def told(self) -> bool:
        """By the panel."""
        return self.direction is Direction.TOLD


def one(reader: Reader, part_id: UUID) -> Kept | None:
    """One of them, where the reader may read it."""
    return next(iter(_kept(reader, NamedCasePartRow.id == part_id)), None)


def on_case(reader: Reader, case_id: UUID) -> list[Kept]:
    """Those of one case, the newest first."""
    return _kept(reader, NamedCasePartRow.case_id == case_id)


def live(reader: Reader) -> list[Kept]:
    """Those that are not over: of the area for who runs its meetings, else of one's own agency."""
    return _kept(reader, NamedCasePartRow.state.in_(LIVE))


def waiting(who: Principal) -> list[Kept]:
    """For a chair: what waits for one, less what they proposed themselves."""
    mine = NamedCasePartRow.proposed_by != who.account_id
    return _kept(who, NamedCasePartRow.state == State.PROPOSED, mine)


def took_part(reader: Reader, case_id: UUID) -> list[TookPart]:
    """Who accepted the terms on a case, and from when to when, for a record of it: nobody's words."""
    told = [one for one in on_case(reader, case_id) if one.accepted_at is not None]
    return [
        TookPart(one.agency, one.told.since,
                 min(one.until, local_day(one.ended_at)) if one.ended_at else one.until)
        for one in reversed(told)
    ]  # fmt: skip


def entries(reader: Reader, part_id: UUID) -> list[Entry]:
    """What was told and said, the oldest first; none to who may not read it."""
    row = NamedCaseEntryRow
    rows = select(row, AccountRow.name).join(AccountRow, AccountRow.id == row.by)
    rows = rows.where(entries_of(reader), row.part_id == part_id).order_by(row.at, row.id)
    return [
        Entry(Direction(told.direction), told.words, NoteKind(told.kind) if told.kind else None, told.source,
              told.known_on, by, told.at)
        for told, by in db.session.execute(rows)
    ]  # fmt: skip


def held(reader: Reader, part_id: UUID) -> NamedCasePartRow | None:
    """One to be changed, until the transaction ends."""
    rows = select(NamedCasePartRow).where(parts_of(reader), NamedCasePartRow.id == part_id).with_for_update()
    return db.session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def over(reader: Reader, today: date) -> Sequence[NamedCasePartRow]:
    """Those whose days are over, held until the transaction ends."""
    row = NamedCasePartRow
    rows = select(row).where(parts_of(reader), row.state.in_(LIVE), row.until < today).order_by(row.id)
    return db.session.scalars(rows.with_for_update()).all()


def unsigned(area_id: UUID) -> list[Agency]:
    """The agencies of an area that have never signed, by name."""
    rows = select(AgencyRow).where(AgencyRow.area_id == area_id, AgencyRow.signed_on.is_(None))
    return [accounts.agency_of(row) for row in db.session.scalars(rows.order_by(AgencyRow.name))]


def _kept(reader: Reader, *where: Any) -> list[Kept]:
    row = NamedCasePartRow
    rows = (
        select(row, AgencyRow.name, _proposer.name, _decider.name, _accepter.name, _ender.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(_proposer, _proposer.id == row.proposed_by)
        .outerjoin(_decider, _decider.id == row.decided_by)
        .outerjoin(_accepter, _accepter.id == row.accepted_by)
        .outerjoin(_ender, _ender.id == row.ended_by)
        .where(parts_of(reader), *where)
        .order_by(row.proposed_at.desc(), row.id)
    )
    return [
        Kept(told.id, part(told), agency, told.why, told.proposed_by, proposer, told.proposed_at,
             decider or "", told.decided_at, accepter or "", told.accepted_at, ender or "", told.ended_at,
             told.ended_why)
        for told, agency, proposer, decider, accepter, ender in db.session.execute(rows)
    ]  # fmt: skip


def part(row: NamedCasePartRow) -> Part:
    """The row as the core knows it."""
    return Part(row.agency_id, row.case_id, State(row.state), row.since, row.until)
