"""Builds what a test is about; it names only what matters, the rest is usual."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.triage import Narrow
from meetingsvc.models import Base, db
from meetingsvc.usecases import feed, history
from meetingsvc.usecases.imports import Tally

BEFORE_ALL = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
A_MEGABYTE = 1024 * 1024
_number = count(1)

Row = Mapping[str, str]


def a_row(**told: str) -> dict[str, str]:
    """A row of the feed: high risk, recorded early on Tuesday 3 November 2026, between two known people."""
    number = next(_number)
    usual = {
        "occurrence_number": f"13260{number:06d}",
        "domestic": "Y",
        "recorded_at": "2026-11-03T07:00:00+00:00",
        "incident_at": "2026-11-02T22:15:00+00:00",
        "risk": "high",
        "victim_nominal": f"V{number}",
        "victim_forename": "Niamh",
        "victim_surname": f"Thistlewood{number}",
        "victim_dob": "1991-03-04",
        "perpetrator_nominal": f"P{number}",
        "perpetrator_forename": "Gareth",
        "perpetrator_surname": f"Moss{number}",
        "perpetrator_dob": "1988-11-30",
    }
    return usual | told


def a_hearing(**told: str) -> dict[str, str]:
    """A row of the history."""
    number = next(_number)
    usual = {
        "case_reference": f"NM/{number}",
        "heard_on": "2026-06-04",
        "victim_nominal": f"V{number}",
        "victim_surname": f"Thistlewood{number}",
        "perpetrator_nominal": f"P{number}",
        "perpetrator_surname": f"Moss{number}",
    }
    return usual | told


def feed_csv(*rows: Row) -> bytes:
    """The rows as a file, with every column that one of them has."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def take_in(area_id: UUID, *rows: Row, at: datetime = BEFORE_ALL) -> Tally:
    """Imports the rows as a feed."""
    return feed.take_in(area_id, io.BytesIO(feed_csv(*rows)), "feed.csv", A_MEGABYTE, at)


def take_in_history(area_id: UUID, *rows: Row, today: date = date(2026, 11, 1)) -> Tally:
    """Imports the rows as past hearings."""
    return history.take_in(area_id, io.BytesIO(feed_csv(*rows)), "history.csv", A_MEGABYTE, BEFORE_ALL, today)


def a_narrow(**told: Any) -> Narrow:
    """What triage reads of an incident: standard risk, nobody known, nothing else to list it by."""
    usual = {
        "key": next(_number),
        "domestic": True,
        "risk": "standard",
        "children": False,
        "consents": False,
        "day": date(2026, 11, 3),
        "victim_nominal": "",
        "victim_name": "",
        "perpetrator_nominal": "",
        "perpetrator_name": "",
    }
    values = usual | told
    if strange := told.keys() - usual.keys():
        raise TypeError(f"no such part: {strange}")
    return tuple(values.values())  # type: ignore[return-value]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, to see that nothing changed."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }
