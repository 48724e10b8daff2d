"""Areas, their settings and their agencies."""

from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.agencies import Agency
from agenda.area import AreaSettings
from meetingsvc.models import AgencyRow, AreaRow, db
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.rehearsals import REAL

_READ: dict[Any, Callable[[Any], Any]] = {
    time: time.fromisoformat,
    date: date.fromisoformat,
    date | None: date.fromisoformat,
    int: int,
    bool: bool,
    str: str,
    tuple[date, ...]: lambda days: tuple(map(date.fromisoformat, days)),
    tuple[str, ...]: lambda words: tuple(map(str, words)),
}


def by_name(name: str) -> AreaRow | None:
    """The area of that name; never a rehearsal, which nothing outside it names."""
    return db.session.scalars(select(AreaRow).where(AreaRow.name == name, REAL)).one_or_none()


def by_id(area_id: UUID) -> AreaRow:
    """The area a signed-in person belongs to, kept as long as the session: it is asked for once."""
    row = db.session.get_one(AreaRow, area_id)
    db.session.info[area_id] = row
    return row


def hold(area_id: UUID) -> None:
    """Until the transaction ends, nobody else builds, imports or finds cases in this area."""
    db.session.execute(select(AreaRow.id).where(AreaRow.id == area_id).with_for_update())


def names() -> list[str]:
    """Every area's name, in order; of rehearsals none."""
    return list(db.session.scalars(select(AreaRow.name).where(REAL).order_by(AreaRow.name)))


def settings_of(area: AreaRow) -> AreaSettings:
    """The area's settings: the rulebook's, but for what it set otherwise."""
    return settings_from(area.settings)


def settings_from(told: dict[str, Any]) -> AreaSettings:
    """From what the table keeps as JSON."""
    fields = AreaSettings.__dataclass_fields__
    values = {name: _READ[fields[name].type](value) for name, value in told.items() if name in fields}
    return AreaSettings(**values)


def settings_json(settings: AreaSettings) -> dict[str, Any]:
    """What differs from the rulebook, as the table keeps it."""
    plain: dict[str, Any] = {}
    for name in AreaSettings.__dataclass_fields__:
        value = getattr(settings, name)
        if value == getattr(AreaSettings(), name):
            continue
        plain[name] = list(map(_written, value)) if isinstance(value, tuple) else _written(value)
    return plain


def _written(value: date | time | int | str) -> str | int:
    return value if isinstance(value, int | str) else value.isoformat()


def agencies(area_id: UUID) -> list[Agency]:
    """The area's agencies, by name."""
    rows = select(AgencyRow).where(AgencyRow.area_id == area_id).order_by(AgencyRow.name)
    return [agency_of(row) for row in db.session.scalars(rows)]
