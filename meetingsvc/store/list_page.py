"""Queries of the daily list's pages: few, narrow, and none for each row."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from agenda import reasons
from agenda.daily_list import Notice
from agenda.headline import Headline, headline
from agenda.incidents import Risk
from agenda.list_numbers import called, numbers
from agenda.meetings import MeetingKind, MeetingState, Window, case_reference, list_address, list_name
from agenda.panels import Works
from meetingsvc.models import (
    CaseRow,
    EntryRow,
    IncidentRow,
    IncidentTextRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    TriageRow,
    db,
)
from meetingsvc.store import lists
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, items_of, meetings_of
from meetingsvc.store.withdrawn import off_list


@dataclass(frozen=True, slots=True)
class Built:
    """A built list, as a page says it."""

    id: UUID
    day: date
    state: MeetingState
    window: Window
    starts_at: datetime
    built_at: datetime
    closed_at: datetime | None
    not_domestic: int
    kind: str = MeetingKind.DRAMM  # the panel's code

    @property
    def is_daily(self) -> bool:
        """Whether it is the daily meeting's, and no other panel's (P3)."""
        return self.kind == MeetingKind.DRAMM

    @property
    def called(self) -> str:
        """What kind of list it is."""
        return list_name(self.kind)

    def at(self, page: str = "") -> str:
        """Its address, or that of a page of it."""
        return list_address(self.kind, self.day, page)

    @property
    def is_open(self) -> bool:
        """Whether outcomes can be recorded and cases added."""
        return self.state is MeetingState.OPEN


@dataclass(frozen=True, slots=True)
class Figures:
    """A built list among others."""

    window: Window
    state: MeetingState
    cases: int
    without_outcome: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident under its case."""

    reference: str
    recorded_at: datetime
    reasons: tuple[str, ...]  # in words
    late: bool
    changed: bool
    offence: str
    added_reason: str
    withdrawn_at: datetime | None  # an application withdrawn since (Y1)


@dataclass(frozen=True, slots=True)
class Line:
    """A case on the list."""

    item_id: UUID
    case_id: UUID
    case: str
    number: str  # as everybody calls it (agenda.list_numbers)
    risk: Risk
    repeat: bool
    victim_known: bool
    recorded: bool  # it has an outcome
    withdrawn: bool  # it was applications alone, all withdrawn since: it has left the list (Y1)
    victim: str  # as the newest incident names them
    perpetrator: str
    children: str
    entries: tuple[Entry, ...]

    @property
    def called(self) -> str:
        """Its number and its reference."""
        return called(self.number, self.case)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the case is listed: each rule once, in words (Rulebook T11)."""
        return reasons.in_order(words for entry in self.entries for words in entry.reasons)


@dataclass(frozen=True, slots=True)
class NotListed:
    """A domestic incident that the list left out, and why (Rulebook T5)."""

    reference: str
    recorded_at: datetime
    risk: Risk
    why: str
    victim_known: bool
    headline: Headline


#: Made once, and narrowed for each reader.
_LINES = (
    select(
        ItemRow.id, ItemRow.case_id, CaseRow.number, ItemRow.risk, ItemRow.repeat, ItemRow.victim_known,
        OutcomeRow.item_id, off_list(),
    )
    .join(CaseRow, CaseRow.id == ItemRow.case_id)
    .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
    .where(ItemRow.meeting_id == bindparam("meeting"))
    .order_by(ItemRow.position)
)  # fmt: skip
_ENTRIES = (
    select(
        EntryRow.item_id, EntryRow.occurrence_number, IncidentRow.recorded_at, EntryRow.reasons,
        EntryRow.late, EntryRow.changed, EntryRow.added_reason, EntryRow.withdrawn_at,
        IncidentTextRow.content,
    )
    .join(ItemRow, ItemRow.id == EntryRow.item_id)
    .join(IncidentRow, IncidentRow.id == EntryRow.incident_id)
    .join(IncidentTextRow, IncidentTextRow.incident_id == EntryRow.incident_id)
    .where(ItemRow.meeting_id == bindparam("meeting"))
    .order_by(IncidentRow.recorded_at, EntryRow.occurrence_number)
)  # fmt: skip


def built(reader: Reader, day: date, kind: str = MeetingKind.DRAMM) -> Built | None:
    """That day's list of a panel, where it is built and `reader` may see it."""
    row = MeetingRow
    rows = select(
        row.id, row.sits_on, row.state, row.window_start, row.window_end, row.starts_at, row.built_at,
        row.closed_at, row.not_domestic,
    ).where(meetings_of(reader), row.works == Works.LIST, row.kind == kind, row.sits_on == day)  # fmt: skip
    found = db.session.execute(rows).one_or_none()
    if found is None:
        return None
    key, sits_on, state, start, end, starts_at, built_at, closed_at, not_domestic = found
    if start is None or end is None:
        raise ValueError(f"a daily list without a window: {key}")
    window, not_domestic = Window(start, end), not_domestic - lists.kept_from(reader, key)
    return Built(
        key, sits_on, MeetingState(state), window, starts_at, built_at, closed_at, not_domestic, kind
    )


def figures(reader: Reader, first: date, last: date, kind: str = MeetingKind.DRAMM) -> dict[date, Figures]:
    """The built lists from `first` to `last`, each with its cases and those that have no outcome."""
    rows = (
        select(
            MeetingRow.sits_on,
            MeetingRow.window_start,
            MeetingRow.window_end,
            MeetingRow.state,
            func.count(ItemRow.id),
            func.count(ItemRow.id) - func.count(OutcomeRow.item_id),
        )
        .outerjoin(ItemRow, and_(ItemRow.meeting_id == MeetingRow.id, items_of(reader), ~off_list()))
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(meetings_of(reader), MeetingRow.works == Works.LIST, MeetingRow.kind == kind)
        .where(MeetingRow.sits_on >= first, MeetingRow.sits_on <= last)
        .group_by(MeetingRow.id)
    )
    found = db.session.execute(rows)
    return {
        day: Figures(Window(start, end), MeetingState(state), cases, left)
        for day, start, end, state, cases, left in found
        if start is not None and end is not None
    }


def open_days(reader: Reader) -> list[date]:
    """The days whose list is built and not closed, the latest first."""
    row = MeetingRow
    open_ = (meetings_of(reader), row.kind == MeetingKind.DRAMM, row.state == MeetingState.OPEN)
    return list(db.session.scalars(select(row.sits_on).where(*open_).order_by(row.sits_on.desc())))


def lines(reader: Reader, meeting: Built) -> tuple[Line, ...]:
    """The cases of a list that the reader may see, those kept from anybody last: three queries."""
    entries, kept = _entries(reader, meeting), kept_at(meeting.id)
    rows = db.session.execute(_LINES.where(items_of(reader)), {"meeting": meeting.id})
    found = sorted(rows, key=lambda row: row.case_id in kept)
    names = numbers(row.case_id in kept for row in found)
    return tuple(
        Line(
            key, case_id, case_reference(number), name, Risk(risk), repeat, known, outcome is not None, gone,
            *_under(entries[key]),
        )
        for name, (key, case_id, number, risk, repeat, known, outcome, gone) in zip(names, found, strict=True)
    )  # fmt: skip


def named(forename: str | None, surname: str | None) -> str:
    """A name as people write it."""
    return f"{forename or ''} {surname or ''}".strip()


def notices(reader: Reader, meeting: Built) -> tuple[Notice, ...]:
    """The protection orders it announces (Rulebook T10)."""
    return lists.notices(reader, meeting.id)


def count_not_listed(reader: Reader, meeting: Built) -> tuple[int, int]:
    """How many it left out (T5), and how many are domestic no longer (T13): none since added by hand."""
    rows = select(func.count()).select_from(TriageRow)
    rows = rows.join(IncidentRow, IncidentRow.id == TriageRow.incident_id)
    both = lists.left_out(reader, meeting.id), lists.unflagged(reader, meeting.id)
    left_out, unflagged = (db.session.scalar(rows.where(*which)) or 0 for which in both)
    return left_out, unflagged


def not_listed(reader: Reader, meeting: Built) -> list[NotListed]:
    """What it left out, in order of recording."""
    return _not_listed(meeting, lists.left_out(reader, meeting.id), reasons.left_out)


def unflagged(reader: Reader, meeting: Built) -> list[NotListed]:
    """What is domestic no longer, and was when an earlier version came, in order of recording (T13)."""
    return _not_listed(meeting, lists.unflagged(reader, meeting.id), reasons.unflagged)


def withdrawn(reader: Reader, meeting: Built) -> list[str]:
    """Applications withdrawn before it was made, by their references (Rulebook Y1)."""
    row = TriageRow
    rows = select(row.occurrence_number).join(IncidentRow, IncidentRow.id == row.incident_id)
    return sorted(db.session.scalars(rows.where(*lists.withdrawn(reader, meeting.id))))


def _not_listed(
    meeting: Built, which: tuple[ColumnElement[bool], ...], why: Callable[[Risk, Risk | None], str]
) -> list[NotListed]:
    row = IncidentRow
    rows = (
        select(
            row.occurrence_number, row.recorded_at, row.risk, TriageRow.victim_known, IncidentTextRow.content
        )
        .join(TriageRow, TriageRow.incident_id == row.id)
        .join(IncidentTextRow, IncidentTextRow.incident_id == row.id)
        .where(*which)
        .order_by(row.recorded_at, row.occurrence_number)
    )
    was = lists.risk_before(*which)
    return [
        NotListed(
            number, at, Risk(risk), why(Risk(risk), was.get(number)), known,
            headline(text, meeting.day),
        )
        for number, at, risk, known, text in db.session.execute(rows)
    ]  # fmt: skip


def _entries(reader: Reader, meeting: Built) -> dict[UUID, list[tuple[Entry, Headline]]]:
    found: dict[UUID, list[tuple[Entry, Headline]]] = defaultdict(list)
    for item, number, at, rules, late, changed, added, gone, content in db.session.execute(
        _ENTRIES.where(items_of(reader)), {"meeting": meeting.id}
    ):
        told = headline(content, meeting.day)
        words = tuple(map(reasons.words, rules.split()))
        found[item].append((Entry(number, at, words, late, changed, told.offence, added, gone), told))
    return found


def _under(entries: Sequence[tuple[Entry, Headline]]) -> tuple[str, str, str, tuple[Entry, ...]]:
    """The parties, the children over all incidents of the case, each once, and its entries."""
    named = tuple(dict.fromkeys(child for _, told in entries for child in told.children))
    present = any(told.children_present for _, told in entries)
    newest = entries[-1][1]
    children = Headline("", "", "", named, present).children_words
    return newest.victim, newest.perpetrator, children, tuple(entry for entry, _ in entries)
