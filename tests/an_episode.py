"""A missing episode of an invented child, as a force sends it and as a page takes it (Rulebook E1)."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from agenda.missing_feed import COLUMNS
from meetingsvc.models import ImmediateAskedRow, MissingEpisodeRow, db
from meetingsvc.permissions import Principal
from meetingsvc.usecases import episode_feed, episodes
from meetingsvc.usecases.episodes import Answered
from meetingsvc.usecases.imports import Tally

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RUNG = Answered("yes", "Rang the front door", True)
ROW = {
    "reference": "MP/26/0071", "updated_at": "2026-11-22T20:00", "child_surname": "Valewright",
    "child_forename": "Kit", "child_dob": "2011-07-01", "missing_from": "2026-11-22T17:30",
    "reported_at": "2026-11-22T19:10", "from_where": "1 Fell Lane, Northmoor",
}  # fmt: skip
BACK = {"updated_at": "2026-11-23T07:00", "returned_at": "2026-11-23T06:15", "found_where": "Moor Park"}
TYPED = {
    "child_surname": "Valewright", "child_forename": "Kit", "child_dob": "01/07/2011",
    "missing_from": "22/11/2026 17:30", "reported_at": "22/11/2026 19:10", "from_where": "1 Fell Lane",
}  # fmt: skip


def a_file(*rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> io.BytesIO:
    """A CSV of these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(out.getvalue().encode())


def sent(area_id: UUID, *rows: dict[str, str], now: datetime = NOW) -> Tally:
    """What became of a file of them."""
    return episode_feed.take_in(area_id, a_file(*rows), "missing.csv", 10**6, now)


def told(who: Principal, now: datetime = NOW, answered: Answered = RUNG, **typed: str) -> UUID:
    """One that was told on the page."""
    kept = episodes.add(who, TYPED | typed, answered, now)
    assert isinstance(kept, UUID), kept
    return kept


def put_episode(
    area_id: UUID, case_id: UUID, person: UUID, now: datetime, text: str = "Quillfeather", **other: Any
) -> UUID:
    """One of a child who is missing, with what was said before it; call it inside a transaction."""
    key = uuid4()
    values: dict[str, Any] = {
        "id": key, "area_id": area_id, "case_id": case_id, "reference": f"MP-{key.hex[:12]}", "version": 1,
        "current": True, "said_at": now, "told_at": now, "child": f"{text} missing", "missing_from": now,
        "reported_at": now, "from_where": f"{text} from", "found_where": f"{text} found",
        "refused": f"{text} refused", "digest": b"0" * 16, "account_id": person,
    }  # fmt: skip
    db.session.add(MissingEpisodeRow(**values | other))
    db.session.flush()
    db.session.add(ImmediateAskedRow(area_id=area_id, episode_id=key, answer="yes", said="Call 999",
                                     said_at=now, done=f"{text} done", account_id=person))  # fmt: skip
    db.session.flush()
    return key
