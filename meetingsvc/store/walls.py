"""Queries on walls: who is kept from a case because it is about them or people they know (Rulebook M6)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from agenda.need_to_know import WallGround, WallState
from agenda.walls import NameKeys, because
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    CaseRow,
    EntryRow,
    IncidentRow,
    IncidentWallRow,
    ItemRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope import open_to


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall, as who runs meetings sees it."""

    id: UUID
    account_id: UUID
    name: str
    agency: str
    ground: WallGround
    shared: str
    state: WallState
    by_service: bool
    put_at: datetime
    decided_by: str
    decided_at: datetime | None
    why: str

    @property
    def stands(self) -> bool:
        """Whether it keeps the person from the case."""
        return self.state is WallState.STANDS

    @property
    def said_so(self) -> bool:
        """They said themselves that they know somebody: nothing was compared."""
        return not self.by_service or (self.ground is WallGround.DECLARED and not self.shared)

    @property
    def because(self) -> str:
        """Why they are kept from the case."""
        return because(self.ground, self.shared, by_service=self.by_service)

    @property
    def is_new(self) -> bool:
        """The service found it, and nobody has looked at it yet."""
        return self.stands and self.by_service and self.decided_at is None


#: Not the table's own name, which `open_to` asks about the reader's walls.
_wall = aliased(WallRow)


def walls_of(reader: Principal) -> ColumnElement[bool]:
    """Walls of one's area on cases that one may open: nobody learns of their own."""
    return and_(_wall.area_id == reader.area_id, open_to(reader, _wall.case_id))


def on_case(reader: Principal, case_id: UUID) -> list[Wall]:
    """Every wall there was on a case, those that stand first. For who runs meetings."""
    return [
        _told(*found)
        for found in db.session.execute(_people().where(walls_of(reader), _wall.case_id == case_id))
    ]


def standing_on(reader: Principal, case_ids: Collection[UUID]) -> dict[UUID, list[Wall]]:
    """Who is kept from each of these cases now. For who runs meetings."""
    rows = _people().where(walls_of(reader), _wall.case_id.in_(case_ids), _wall.state == WallState.STANDS)
    found: dict[UUID, list[Wall]] = {}
    for row, *names in db.session.execute(rows):
        found.setdefault(row.case_id, []).append(_told(row, *names))
    return found


def _people() -> Any:
    decider = AccountRow.__table__.alias("decider")
    return (
        select(_wall, AccountRow.name, AgencyRow.name, decider.c.name)
        .join(AccountRow, AccountRow.id == _wall.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .outerjoin(decider, decider.c.id == _wall.decided_by)
        .order_by(_wall.state.desc(), AccountRow.name, _wall.id)
    )


def _told(row: WallRow, name: str, agency: str, decider: str | None) -> Wall:
    return Wall(
        row.id, row.account_id, name, agency, WallGround(row.ground), row.shared, WallState(row.state),
        row.put_by is None, row.put_at, decider or "", row.decided_at, row.why,
    )  # fmt: skip


def one(reader: Principal, case_id: UUID, wall_id: UUID) -> WallRow | None:
    """A wall on a case that the reader may open."""
    rows = select(_wall).where(walls_of(reader), _wall.id == wall_id, _wall.case_id == case_id)
    return db.session.scalars(rows).one_or_none()


def _new() -> ColumnElement[bool]:
    return and_(_wall.state == WallState.STANDS, _wall.put_by.is_(None), _wall.decided_at.is_(None))


def to_look_at(reader: Principal) -> list[tuple[UUID, int, int]]:
    """Cases with walls that nobody has looked at yet: their id, number and how many."""
    rows = (
        select(CaseRow.id, CaseRow.number, func.count(_wall.id))
        .join(_wall, _wall.case_id == CaseRow.id)
        .where(walls_of(reader), _new())
        .group_by(CaseRow.id, CaseRow.number)
        .order_by(CaseRow.number)
    )
    return [(case_id, number, count) for case_id, number, count in db.session.execute(rows)]


def count_to_look_at(reader: Principal) -> int:
    """How many walls nobody has looked at yet."""
    return db.session.scalar(select(func.count(_wall.id)).where(walls_of(reader), _new())) or 0


# What follows is the service's own matching: call it inside `acting.whole_area`.


def case_ids(area_id: UUID) -> list[UUID]:
    """Every case of an area."""
    return list(db.session.scalars(select(CaseRow.id).where(CaseRow.area_id == area_id)))


def there(cases: Collection[UUID], account_id: UUID | None = None) -> dict[tuple[UUID, UUID], WallRow]:
    """The walls there are on these cases, whether they stand or not, by case and account."""
    found: dict[tuple[UUID, UUID], WallRow] = {}
    for chunk in _chunks(cases):
        rows = select(WallRow).where(WallRow.case_id.in_(chunk))
        if account_id is not None:
            rows = rows.where(WallRow.account_id == account_id)
        found.update({(row.case_id, row.account_id): row for row in db.session.scalars(rows)})
    return found


def standing(cases: Collection[UUID]) -> list[WallRow]:
    """The walls that stand on these cases."""
    found: list[WallRow] = []
    for chunk in _chunks(cases):
        rows = select(WallRow).where(WallRow.case_id.in_(chunk), WallRow.state == WallState.STANDS)
        found.extend(db.session.scalars(rows.order_by(WallRow.id)))
    return found


def standing_beside(cases: Collection[UUID]) -> list[tuple[WallRow, UUID]]:
    """The walls that stand on these cases, and on every other case of their victims, each with its victim."""
    found: list[tuple[WallRow, UUID]] = []
    for chunk in _chunks(cases):
        victims = select(CaseRow.victim_id).where(CaseRow.id.in_(chunk))
        rows = select(WallRow, CaseRow.victim_id).join(CaseRow, CaseRow.id == WallRow.case_id)
        rows = rows.where(CaseRow.victim_id.in_(victims), WallRow.state == WallState.STANDS)
        told = db.session.execute(rows.order_by(WallRow.id))
        found.extend((row, victim) for row, victim in told if victim)  # of no victim there is no other case
    return found


def cases_of_victims(victims: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Every case of each of these victims."""
    found: dict[UUID, list[UUID]] = {}
    for chunk in _chunks(victims):
        rows = select(CaseRow.victim_id, CaseRow.id).where(CaseRow.victim_id.in_(chunk))
        for victim, case_id in db.session.execute(rows.order_by(CaseRow.id)):
            if victim:
                found.setdefault(victim, []).append(case_id)
    return found


def cases_of_incidents(area_id: UUID, numbers: Collection[str]) -> set[UUID]:
    """The cases under which lists have put these incidents."""
    found: set[UUID] = set()
    for chunk in _chunks(numbers):
        rows = select(ItemRow.case_id).join(EntryRow, EntryRow.item_id == ItemRow.id)
        found.update(
            db.session.scalars(rows.where(ItemRow.area_id == area_id, EntryRow.occurrence_number.in_(chunk)))
        )
    return found


def employers(area_id: UUID, today: date) -> dict[UUID, UUID]:
    """Which signatory each member of staff works for; a leaver works for none."""
    rows = (
        select(AccountRow.id, AgencyRow)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id, AccountRow.disabled_at.is_(None))
    )
    return {
        account_id: agency.id
        for account_id, agency in db.session.execute(rows)
        if agency_of(agency).is_signatory(today)
    }


def incidents_named(area_id: UUID, first_id: int, keys: NameKeys) -> set[int]:
    """Incidents from this one on that name somebody by one of these names, with any birth date or none."""
    found: set[int] = set()
    for names in _chunks(keys.names):
        found |= _ids(area_id, first_id, _begins(IncidentRow.victim_name, names),
                      _begins(IncidentRow.perpetrator_name, names))  # fmt: skip
    for surnames in _chunks(keys.surnames):
        found |= _ids(area_id, first_id, IncidentRow.victim_surname.in_(surnames),
                      IncidentRow.perpetrator_surname.in_(surnames))  # fmt: skip
    return found


def _ids(area_id: UUID, first_id: int, *either: ColumnElement[bool]) -> set[int]:
    row = IncidentRow
    return set(
        db.session.scalars(select(row.id).where(row.area_id == area_id, row.id >= first_id, or_(*either)))
    )


def _begins(key: Any, names: Collection[str]) -> ColumnElement[bool]:
    """A name key less the birth date at its end; the length of an empty one must not become negative."""
    begin = func.substr(key, 1, func.abs(func.length(key) - len("1991-03-04")))
    return begin.in_(names)


def incident_walls(ids: Iterable[int]) -> dict[tuple[int, UUID], IncidentWallRow]:
    """The walls there are on these incidents."""
    found: dict[tuple[int, UUID], IncidentWallRow] = {}
    for chunk in _chunks(ids):
        rows = select(IncidentWallRow).where(IncidentWallRow.incident_id.in_(chunk))
        found.update({(row.incident_id, row.account_id): row for row in db.session.scalars(rows)})
    return found


def walls_of_incidents_in(cases: Collection[UUID]) -> list[tuple[UUID, IncidentWallRow]]:
    """Walls on incidents that are under one of these cases now."""
    found: list[Any] = []
    for chunk in _chunks(cases):
        found += db.session.execute(_under().where(ItemRow.case_id.in_(chunk))).all()
    return [(case_id, row) for case_id, row in found]


def _under() -> Any:
    return (
        select(ItemRow.case_id, IncidentWallRow)
        .join(EntryRow, EntryRow.item_id == ItemRow.id)
        .join(IncidentWallRow, IncidentWallRow.incident_id == EntryRow.incident_id)
        .order_by(ItemRow.case_id, IncidentWallRow.incident_id, IncidentWallRow.account_id)
    )


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    wanted = list(values)
    for at in range(0, len(wanted), CHUNK):
        yield wanted[at : at + CHUNK]
