"""Building a list asks the database as often for many incidents as for few."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from sqlalchemy import event

from meetingsvc.models import AreaRow, db
from meetingsvc.store import audit
from meetingsvc.usecases import lists
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL, a_hearing, a_row, take_in, take_in_history


@contextmanager
def _statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def test_T11_a_list_of_forty_cases_takes_no_more_statements_than_one_of_four(area_id):
    few = _building(area_id, date(2026, 11, 3), 4)
    many = _building(area_id, date(2026, 11, 4), 40)
    assert len(many) == len(few), "\n".join(many)


def _building(area_id: UUID, day: date, count: int) -> list[str]:
    """Half of the cases have been heard before, half are new."""
    heard = [a_hearing() for _ in range(count // 2)]
    take_in_history(area_id, *heard)
    of_heard = [{name: told[name] for name in told if name.startswith(("victim", "perp"))} for told in heard]
    moment = f"{day}T05:00:00+00:00"
    rows = [a_row(recorded_at=moment, incident_at=moment) | told for told in of_heard + [{}] * (count // 2)]
    take_in(area_id, *rows)
    with _statements() as said, saved():
        built = lists.build(db.session.get_one(AreaRow, area_id), day, audit.COMMAND_LINE, BEFORE_ALL)
    assert built.items == count
    return said
