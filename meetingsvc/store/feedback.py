"""Who tells a victim what a meeting decided of one case, and what became of it (Rulebook F1 to F5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from meetingsvc.models import AccountRow, AgencyRow, AllocationRow, FeedbackRow, FeedbackTryRow, ItemRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope import Reader, told_at
from minutes.feedback import Result, Standing, Telling, Try, due_on, is_overdue, standing


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt as it was kept."""

    told: Try
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was kept, with the attempts made under it."""

    id: UUID
    item_id: UUID
    version: int
    telling: Telling
    agency: str
    by: str
    at: datetime
    tries: tuple[Tried, ...] = ()

    @property
    def standing(self) -> Standing:
        """To tell, told or unsafe."""
        return standing(self.telling, [tried.told for tried in self.tries])

    @property
    def due(self) -> date | None:
        """By when something is to happen next."""
        return due_on(self.telling, [tried.told for tried in self.tries])

    def is_overdue(self, today: date) -> bool:
        """After its day, and still to tell."""
        return self.standing is Standing.TO_TELL and is_overdue(self.due, today)


def decided(reader: Reader, item_ids: Collection[UUID]) -> set[UUID]:
    """Those of the items, as far as the reader may read about them, for which it is decided who tells the
    victim, or why that is unsafe (Rulebook F1)."""
    wanted, found = list(item_ids), set[UUID]()
    row = FeedbackRow
    for at in range(0, len(wanted), CHUNK):
        mine = told_at(reader, row.item_id), row.item_id.in_(wanted[at : at + CHUNK])
        found |= set(db.session.scalars(select(row.item_id).where(*mine)))
    return found


def history(reader: Reader, item_id: UUID) -> list[Decided]:
    """Every decision about one case, the one that counts first, each with its attempts."""
    row, by = FeedbackRow, AccountRow
    rows = (
        select(row, AgencyRow.name, by.name)
        .outerjoin(AgencyRow, AgencyRow.id == row.agency_id)
        .join(by, by.id == row.decided_by)
        .where(told_at(reader, row.item_id), row.item_id == item_id)
        .order_by(row.version.desc())
    )
    found = db.session.execute(rows).all()
    tries = _tries(reader, item_id) if found else {}
    return [
        Decided(one.id, one.item_id, one.version, telling(one), agency or "", name, one.decided_at,
                tuple(tries.get(one.id, ())))
        for one, agency, name in found
    ]  # fmt: skip


def current(reader: Reader, item_id: UUID) -> Decided | None:
    """The decision that counts."""
    return next(iter(history(reader, item_id)), None)


def telling(row: FeedbackRow) -> Telling:
    """A row as the rules read it."""
    unsafe = row.unsafe or None
    return Telling(row.agency_id, row.name, row.account_id, row.due, row.instead_of_idva, unsafe)


def _tries(reader: Reader, item_id: UUID) -> dict[UUID, list[Tried]]:
    row, found = FeedbackTryRow, dict[UUID, list[Tried]]()
    rows = (
        select(row, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.recorded_by)
        .where(told_at(reader, row.item_id), row.item_id == item_id)
        .order_by(row.place)
    )
    for one, name in db.session.execute(rows):
        told = Try(Result(one.result), one.on_day, one.by_whom, one.how, one.again_on)
        found.setdefault(one.feedback_id, []).append(Tried(told, name, one.recorded_at))
    return found


_own = aliased(ItemRow)  # not the table's own name, which the scope asks about the reader


def theirs(reader: Principal) -> ColumnElement[bool]:
    """Whose it is to tell: the professional who is named; for one without an account, who represents their
    agency; and the IDVAs of that agency, or whom the case is given to (security.md B).

    Who runs the meetings reads every one of their area.
    """
    row = FeedbackRow
    if reader.runs_meetings:
        return row.area_id == reader.area_id
    named = or_(
        row.account_id == reader.account_id,
        and_(row.account_id.is_(None), row.agency_id == reader.agency_id),
    )
    if reader.role is not Role.IDVA:
        return named
    given = (
        select(_own.id)
        .join(AllocationRow, AllocationRow.case_id == _own.case_id)
        .where(AllocationRow.account_id == reader.account_id)
    )
    return or_(named, row.agency_id == reader.agency_id, row.item_id.in_(given))


def is_theirs(reader: Principal, item_id: UUID) -> bool:
    """Whether the decision that counts is one of `theirs`; a case without one is who runs the meetings'."""
    if not reader.may(Permission.FEEDBACK_READ):
        return False
    if reader.runs_meetings:
        return True
    row = FeedbackRow
    newest = select(row.id).where(told_at(reader, row.item_id), row.item_id == item_id)
    latest = newest.order_by(row.version.desc()).limit(1).scalar_subquery()
    mine = select(row.id).where(told_at(reader, row.item_id), theirs(reader), row.id == latest)
    return db.session.scalar(mine) is not None
