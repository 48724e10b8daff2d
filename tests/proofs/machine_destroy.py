"""Destroying a case for proof 3, as the service's own work will: its rows are gone, the trail's lines stay.

There is no use case for it yet. So the guard that keeps every note is taken off meanwhile, by whom the tables
belong to. What a pack was once built with is left as it is: nothing of it may come out any more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, create_engine, delete, or_, select

from meetingsvc.models import (
    ActionRow,
    AssociateRow,
    Base,
    CaseRow,
    EntryRow,
    FeedbackRow,
    FlagRow,
    IncidentRow,
    ItemRow,
    OutcomeRow,
    db,
)
from meetingsvc.models import PersonRow as Person
from tests.servers.databases import OWNER

_TRIGGER = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'note_no_delete'"


def destroy(case_id: UUID) -> None:
    """Everything that hangs on a case, its incidents and its people. Call it as the service."""
    doomed = _doomed(case_id)
    db.session.rollback()
    with _owning() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            here = [key.parent.in_(doomed[key.column.table]) for key in table.foreign_keys
                    if key.column.table in doomed]  # fmt: skip
            if table in doomed:
                (key,) = table.primary_key.columns
                here.append(key.in_(doomed[table]))
            if here:
                connection.execute(delete(table).where(or_(*here)))


def _doomed(case_id: UUID) -> dict[Table, list[Any]]:
    case = db.session.get_one(CaseRow, case_id)

    def keys(column: Any, *where: Any) -> list[Any]:
        return list(db.session.scalars(select(column).where(*where)))

    items = keys(ItemRow.id, ItemRow.case_id == case_id)
    numbers = keys(EntryRow.occurrence_number, EntryRow.item_id.in_(items))
    people = [case.victim_id, case.perpetrator_id, *keys(AssociateRow.person_id,
                                                         AssociateRow.case_id == case_id)]  # fmt: skip
    incidents = keys(
        IncidentRow.id, IncidentRow.area_id == case.area_id, IncidentRow.occurrence_number.in_(numbers)
    )
    found: dict[Any, list[Any]] = {
        CaseRow: [case_id], ItemRow: items, OutcomeRow: items, IncidentRow: incidents, Person: people,
        ActionRow: keys(ActionRow.id, ActionRow.item_id.in_(items)),
        FeedbackRow: keys(FeedbackRow.id, FeedbackRow.item_id.in_(items)),
        FlagRow: keys(FlagRow.id, FlagRow.case_id == case_id),
    }  # fmt: skip
    return {row.__table__: keys for row, keys in found.items()}


@contextmanager
def _owning() -> Iterator[Connection]:
    if db.engine.dialect.name == "postgresql":
        engine = create_engine(db.engine.url.set(username=OWNER, password=OWNER))
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE note DISABLE TRIGGER note_no_delete")
            yield connection
            connection.exec_driver_sql("ALTER TABLE note ENABLE TRIGGER note_no_delete")
        engine.dispose()
        return
    with db.engine.begin() as connection:
        made = connection.exec_driver_sql(_TRIGGER).scalar_one()
        connection.exec_driver_sql("DROP TRIGGER note_no_delete")
        yield connection
        connection.exec_driver_sql(made)
