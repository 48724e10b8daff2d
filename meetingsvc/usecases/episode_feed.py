"""Taking in a file of missing episodes: new ones, newer versions, and rejected rows (Rulebook E1, E3)."""

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from agenda.feed_table import Rejected, Warnings
from agenda.missing_feed import ANOTHER, ANOTHER_SOURCE, COLUMNS, Feed, Told, as_typed, open_feed
from agenda.missing_json import Message
from meetingsvc.store import acting, areas, episodes
from meetingsvc.store.episodes import By, Version
from meetingsvc.usecases import episode_notices, episode_versions, imports
from meetingsvc.usecases.episode_versions import AnotherChild
from meetingsvc.usecases.imports import Importing, Outcome, Progress, Tally
from meetingsvc.usecases.subjects import Machine
from meetingsvc.usecases.transaction import saved

KIND = "episodes"


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

    A row that was sent before changes nothing, so a file may be sent twice, or cut off and sent again; one
    that is older than what is held is kept beside it. What breaks a rule is put aside with the reason.
    """
    feed = open_feed(stream, limit, now)
    who = by or "command line"
    with saved(), acting.whole_area(area_id):
        areas.hold(area_id)
        importing = imports.begin(area_id, KIND, filename, feed.header, now, by, waiting)
        warnings = write(importing, feed, who, lambda: progress(stream.tell()))
        return importing.finish(who, warnings)


def write(
    importing: Importing, feed: Feed | Message, actor: UUID | str, chunk_done: Callable[[], None]
) -> list[str]:
    """Every row of an open feed, inside the transaction of its import, with the area held; the warnings that
    came up. Who may be missing by a row that was put aside is told of as the others are (E3)."""
    writer, area_id = _Writer(importing, actor), importing.row.area_id
    for chunk in importing.chunks(feed.rows(), chunk_done):
        writer.take(chunk)
    still = episodes.still_missing(acting.Host(area_id), writer.missing)
    episode_notices.tell(area_id, still, importing.now, aside=importing.row)
    return [*feed.warnings, *writer.warnings.texts()]


class _AnotherSource(Exception):
    """By a row of one force's system a child is back of whom another's, a file or a page told first."""


class _Writer:
    """Takes the rows of one import, one after the other."""

    def __init__(self, importing: Importing, actor: UUID | str) -> None:
        self._importing, self.warnings = importing, Warnings()
        self._who = Machine(importing.row.area_id, actor)
        self.missing: set[UUID] = set()  # children who went missing; a later row may say that they are back

    def take(self, rows: list[Told]) -> None:
        """One chunk. A number that comes twice in it is taken as two files would be, one after the other."""
        aside: list[Rejected] = []
        for row in rows:
            try:
                self._take(row)
            except AnotherChild:
                aside.append(Rejected(row.line, "reference", ANOTHER, (), self._cells(row)))
            except _AnotherSource:
                aside.append(Rejected(row.line, "returned_at", ANOTHER_SOURCE, (), self._cells(row)))
        self._importing.put_aside(aside)

    def _take(self, row: Told) -> None:
        area_id, number = self._who.area_id, row.reference
        held = episodes.of_references(acting.Host(area_id), [number]).get(number, [])
        if self._is_anothers(row, held):
            raise _AnotherSource
        by = By(import_id=self._importing.row.id)
        came = episode_versions.take(self._who, row, held, by, self._importing.now)
        tally = self._importing.tally
        setattr(tally, came.result, getattr(tally, came.result) + 1)
        for what in came.warnings:
            self.warnings.note(what, row.line, number)
        if self._importing.tell is not None:
            self._importing.tell(Outcome(row.line, number, came.result, warnings=came.warnings))
        if came.case_id and came.is_missing:
            self.missing.add(came.case_id)

    def _is_anothers(self, row: Told, held: list[Version]) -> bool:
        """Whether a system would take off the list whom another's, a file or a page put there."""
        machine, away = self._importing.row.machine, any(one.is_missing for one in held)
        if not machine or not away or row.episode.returned_at is None:
            return False
        return episodes.first_system(acting.Host(self._who.area_id), row.reference) != machine

    def _cells(self, row: Told) -> list[str]:
        """The row in the order of the file's header, to be mended and sent again."""
        child, episode = row.child, row.episode
        said = (
            row.reference, as_typed(row.said_at), child.surname, child.forename,
            child.dob.isoformat() if child.dob else "", child.nominal, as_typed(episode.missing_from),
            as_typed(episode.reported_at), episode.from_where, as_typed(episode.returned_at),
            episode.found_where, as_typed(episode.interviewed_at), episode.refused,
        )  # fmt: skip
        told = dict(zip(COLUMNS, said, strict=True))
        return [told.get(name, "") for name in self._importing.row.header]
