"""Taking in a police feed: new incidents, new versions of known ones, and rejected rows (Rulebook T13)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from agenda.daily_list import CLOCKS_DIFFER, due_at
from agenda.feed import Accepted, Feed, open_feed
from agenda.feed_json import Message
from agenda.feed_table import Warnings
from agenda.incidents import Risk
from meetingsvc.models import IncidentRow, IncidentTextRow
from meetingsvc.store import acting, areas, bulk, incidents
from meetingsvc.store.incidents import Known
from meetingsvc.usecases import feed_destroyed, feed_people, imports, order_register, walls
from meetingsvc.usecases.feed_changes import Changes, Update
from meetingsvc.usecases.imports import Importing, Outcome, Progress, Tally
from meetingsvc.usecases.transaction import saved

_COLUMNS = (
    "id", "area_id", "occurrence_number", "version", "current", "considered", "import_id", "received_at",
    "digest", "domestic", "recorded_at", "recorded_day", "risk", "children", "consents", "victim_nominal",
    "victim_name", "perpetrator_nominal", "perpetrator_name", "perpetrator_known", "has_order",
    "victim_surname", "perpetrator_surname", "due_at",
)  # fmt: skip
_RANK = {risk.value: risk.rank for risk in Risk}
_AHEAD = "recorded_at is in the future: it waits for that day's list"
_HISTORY = "recorded before the area's first list: kept as history, and never listed by itself"
_HIGH = "high risk, and recorded before the area's first list: kept as history all the same"


def take_in(
    area_id: UUID,
    stream: BinaryIO,
    filename: str,
    limit: int,
    now: datetime,
    by: UUID | None = None,
    progress: Progress = imports.no_progress,
    waiting: UUID | None = None,
) -> Tally:
    """The whole file or nothing. Raises `agenda.feed_file.Refused` on one that is not what it says.

    A known occurrence number with the same content changes nothing; with another it becomes a new version,
    which the next list considers again; so a feed may be sent twice, or cut off and sent again. A version
    that was destroyed is put aside with that as the reason (Rulebook L2). `waiting` names the import that an
    upload left to be taken in.
    """
    feed = open_feed(stream, limit)
    with saved(), acting.whole_area(area_id):
        importing = imports.begin(area_id, "feed", filename, feed.header, now, by, waiting)
        warnings = write(importing, feed, lambda: progress(stream.tell()))
        return importing.finish(by or "command line", warnings)


def write(importing: Importing, feed: Feed | Message, chunk_done: Callable[[], None]) -> list[str]:
    """Every row of an open feed, inside the transaction of its import; the warnings that came up."""
    writer = _Writer(importing)
    for chunk in importing.chunks(feed.rows(), chunk_done):
        writer.take(chunk)
    if importing.tally.created or importing.tally.updated:
        walls.check_incidents(importing.row.area_id, writer.first_id)
        order_register.follow(importing.row.area_id, writer.first_id, importing.now)
    return [*feed.warnings, *writer.warnings.texts()]


class _Writer:
    """Sorts rows into new, newer and unchanged, and writes a chunk of them with four statements."""

    def __init__(self, importing: Importing) -> None:
        self._importing = importing
        self._next_id = self.first_id = bulk.next_id(IncidentRow.__table__)  # type: ignore[arg-type]
        self._unchanged = bytearray(self.first_id)  # by id: whether this file has repeated that version
        self._first_start = areas.by_id(importing.row.area_id).first_window_start
        self._ahead = importing.now + CLOCKS_DIFFER
        self.warnings = Warnings()
        self._changes = Changes(importing, self.first_id, self.warnings)

    def take(self, rows: list[Accepted]) -> None:
        """One chunk. A number that comes twice in it is taken as two feeds would be, one after the other."""
        known = incidents.known(self._importing.row.area_id, [row.occurrence_number for row in rows])
        rows = feed_destroyed.taken(self._importing, rows, known, self.warnings)
        tell = self._importing.tell
        updates: list[Update] = []
        narrow: list[tuple[Any, ...]] = []
        texts: list[tuple[int, str]] = []
        for row in rows:
            newest = known.get(row.occurrence_number)
            if newest is not None and newest.digest == row.digest:
                self._importing.tally.unchanged += 1
                if newest.id < self.first_id:
                    self._unchanged[newest.id] = 1
                if tell is not None:
                    tell(Outcome(row.line, row.occurrence_number, "unchanged"))
                continue
            due = due_at(row.recorded_at, self._first_start, newest and newest.due_at, self._importing.now)
            if newest is None:
                version = 1
                self._importing.tally.created += 1
                if tell is not None:
                    tell(Outcome(row.line, row.occurrence_number, "created"))
            else:
                version = newest.version + 1
                self._importing.tally.updated += 1
                updates.append(Update(row, newest, due, self._is_in_file(newest), self._next_id))
            if due < self._first_start or due > self._ahead:
                self._never_or_later(row)
            narrow.append(self._narrow(row, version, due))
            texts.append((self._next_id, row.content))
            known[row.occurrence_number] = Known(
                self._next_id, version, row.digest, row.risk, due, row.domestic
            )
            self._next_id += 1
        replacing = feed_people.replacing(self._importing.row, updates, texts)
        self._changes.tell(updates, replacing.others)
        bulk.insert(IncidentRow.__table__, _COLUMNS, narrow)  # type: ignore[arg-type]
        bulk.insert(IncidentTextRow.__table__, ("incident_id", "content"), texts)  # type: ignore[arg-type]
        incidents.outdate([one.before.id for one in updates])
        incidents.overtake(replacing.overtaken)

    def _is_in_file(self, newest: Known) -> bool:
        return newest.id >= self.first_id or bool(self._unchanged[newest.id])

    def _never_or_later(self, row: Accepted) -> None:
        if row.recorded_at > self._ahead:
            self.warnings.note(_AHEAD, row.line)
            return
        self.warnings.note(_HISTORY, row.line)
        if row.domestic and row.risk == Risk.HIGH:
            self.warnings.note(_HIGH, row.line)

    def _narrow(self, row: Accepted, version: int, due: datetime) -> tuple[Any, ...]:
        received = self._importing.row
        return (
            self._next_id, received.area_id, row.occurrence_number, version, True, False, received.id,
            received.received_at, row.digest, row.domestic, row.recorded_at, row.recorded_day, row.risk,
            row.children, bool(row.consents), row.victim_nominal, row.victim_name, row.perpetrator_nominal,
            row.perpetrator_name, row.perpetrator_known, row.has_order,
            row.victim_surname, row.perpetrator_surname, due,
        )  # fmt: skip
