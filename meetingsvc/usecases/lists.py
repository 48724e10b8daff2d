"""Building a day's list: what it takes in is frozen, and nothing falls between lists (Rulebook T1, T12)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from agenda import calendar, daily_list
from agenda.daily_list import Before, Entry, Taken
from agenda.incidents import Incident, Risk
from agenda.meetings import MeetingKind, MeetingState, Window
from agenda.panel_kept import of_meeting
from agenda.panel_rules import listed_by
from agenda.panels import BUILT_IN, DRAMM, Panel
from agenda.referral_entry import EntryKind
from agenda.referral_entry import reasons as entry_reasons
from agenda.triage import LookBack, identity, triage
from meetingsvc.models import AreaRow, EntryRow, ItemRow, MeetingRow, NoticeRow, TriageRow, db
from meetingsvc.store import (
    acting,
    areas,
    audit,
    bulk,
    cases,
    children_keys,
    consents,
    earlier,
    incidents,
    lists,
    panels,
    withdrawn,
)
from meetingsvc.store.areas import settings_of
from meetingsvc.store.cases import Parties
from meetingsvc.store.incidents import Due
from meetingsvc.usecases import list_panels, matching, order_register, referral_decisions, walls
from meetingsvc.usecases.list_panels import Triaged
from meetingsvc.usecases.matching import Met


@dataclass(frozen=True, slots=True)
class Built:
    """What building did. `new` is False where the list had been built before: then nothing changed."""

    meeting_id: UUID
    new: bool
    items: int
    waits: int = 0  # how many things that were due wait for the list of another panel (P3)


@dataclass(slots=True)
class _Considered:
    """What the list decides about everything due, before any of it is written."""

    listed: list[tuple[Due, Entry]] = field(default_factory=list)
    ledger: list[tuple[Due, Taken, str, bool]] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    before: Mapping[int, earlier.Told] = field(default_factory=dict)
    waits: list[tuple[Due, bool]] = field(default_factory=list)  # another panel's list takes it (P3)


def build(area: AreaRow, day: date, actor: UUID | str, now: datetime, code: str = MeetingKind.DRAMM) -> Built:
    """Freezes what the list of `day` takes in, inside a transaction. A second call builds nothing new.

    `code` is the panel's. Raises RuleBroken on a day without a list, or before the area's first.
    """
    with acting.whole_area(area.id):
        areas.hold(area.id)  # nobody sets up a panel, or takes one off, in between
        panel = list_panels.panel_of(area, code)
        return _build(area, panel, day, list_panels.window(area, panel, day), actor, now)


def _build(area: AreaRow, panel: Panel, day: date, window: Window, actor: UUID | str, now: datetime) -> Built:
    if there := lists.meeting_id(area.id, panel.code, day):
        return Built(there, False, lists.count_items(there))
    due = incidents.due(area.id, area.first_window_start, window.end)
    found = _consider(area, panel, window, due)
    meeting = _meeting(area, panel, day, window, now)
    meeting.not_domestic = sum(taken is Taken.NOT_DOMESTIC for _, taken, _, _ in found.ledger)
    contents = incidents.contents(_read(found))
    children_keys.file(area.id, contents)
    heard = _write_items(area, meeting.id, found, contents)
    withdrawn.mark(area.id, [d.occurrence_number for d, _ in found.listed if d.kind == EntryKind.DISCLOSURE])
    matching.watch(area.id, settings_of(area).repeat_months, meeting.id, _met(heard, found, contents), now)
    announced = _announce(area, panel, meeting, found, due, now)
    _write_ledger(area, meeting.id, found)
    taken = [d.occurrence_number for d, _, _, _ in found.ledger]
    referral_decisions.listed(area.id, taken, now)
    walls.check_cases(area.id, heard, now)
    walls.check_versions(area.id, [d.occurrence_number for d in due if d.version > 1], now)
    waits = {"waits": len(found.waits)} if found.waits else {}
    audit.record(
        actor, area.id, "list.built", f"meeting/{meeting.id}", now,
        considered=len(taken), items=len(heard), notices=announced, **waits,
    )  # fmt: skip
    return Built(meeting.id, True, len(heard), len(found.waits))


def _announce(
    area: AreaRow, panel: Panel, meeting: MeetingRow, found: _Considered, due: Sequence[Due], now: datetime
) -> int:
    """The daily list announces whatever order is told of by now, though another list hears the incident:
    protection does not wait for the triage (Rulebook T10)."""
    if panel.code != DRAMM.code:
        return announce(area.id, meeting.id, [d for d, _, _, _ in found.ledger])
    of_register = order_register.announce(area.id, meeting.id, meeting.window_end or now, now)
    return announce(area.id, meeting.id, due) + of_register


def _read(found: _Considered) -> Iterator[int]:
    """What is read in full: what is listed, whom the radar looks at, and what names children, though the list
    does not mention it again (T13)."""
    for d, taken, _, known in found.ledger:
        left_out = taken in _LEFT_OUT and not known
        if taken is Taken.LISTED or left_out or (d.narrow[1] and d.narrow[3]):
            yield d.narrow[0]
    yield from (d.narrow[0] for d, known in found.waits if not known)


_LEFT_OUT = (Taken.LEFT_OUT, Taken.WITHDRAWN)


def _met(listed: Sequence[UUID], found: _Considered, contents: Mapping[int, Incident]) -> Met:
    """Whom the repeat radar looks at: what the list takes, and of nobody known what it leaves out, or leaves
    to another panel's list, which may sit days later (T6)."""
    left_out = [d for d, taken, _, known in found.ledger if taken in _LEFT_OUT and not known]
    left_out += [d for d, known in found.waits if not known]
    days = [calendar.local_day(d.recorded_at) for d in (*(d for d, *_ in found.ledger), *left_out)]
    records = [parties(d.occurrence_number, d.narrow, contents[d.narrow[0]]) for d in left_out]
    return Met(listed, records, min(days, default=date.max), max(days, default=date.max))


def refuse_no_list(area: AreaRow, day: date, code: str = MeetingKind.DRAMM) -> Window:
    """The window of that day's list; raises RuleBroken on a day without one, saying which covers it."""
    return list_panels.window(area, list_panels.panel_of(area, code), day)


def _consider(area: AreaRow, panel: Panel, window: Window, due: Sequence[Due]) -> _Considered:
    found = _Considered()
    if not due:
        return found
    due = consents.told(area.id, due)
    months = settings_of(area).repeat_months
    first, last = (calendar.local_day(d.recorded_at) for d in (due[0], due[-1]))
    victims = {known_by for d in due for known_by in d.narrow[6:8]} - {""}
    look_back = LookBack(cases.look_back(area.id, months, first, last, victims))
    found.before = _alike(area.id, due)
    before = earlier.before(found.before)
    gone = withdrawn.withdrawn(area.id, [d.occurrence_number for d in due if d.kind == EntryKind.DISCLOSURE])
    there = panels.of(area)
    high = earlier.were_high(found.before) if len(there) > len(BUILT_IN) else frozenset()
    decisions: list[tuple[Triaged, bool]] = []
    for d, (key, reasons, known) in zip(due, triage((d.narrow for d in due), look_back), strict=True):
        if d.kind != EntryKind.POLICE_INCIDENT:
            reasons = rules(d, look_back)[0]
        taken, _, reasons = _decided(d, reasons, before.get(key), gone)
        decisions.append((Triaged(d, reasons, taken is Taken.LISTED, key in high), known))
    on_daily = lists.known_on_open(area.id, DRAMM.code) if len(there) > len(BUILT_IN) else []
    takers = list_panels.takers([one for one, _ in decisions], there, on_daily)
    for (one, known), taker in zip(decisions, takers, strict=True):
        if taker != panel.code:
            found.waits.append((one.due, known))
            continue
        d, key = one.due, one.due.narrow[0]
        carried = listed_by(panel.takes, one.reasons)
        taken, changed, reasons = _decided(d, carried, before.get(key), gone)
        found.ledger.append((d, taken, reasons, known))
        if known:
            found.known.add(key)
        if taken is Taken.LISTED:
            late = daily_list.is_late(d.recorded_at, window.start)
            by = tuple(reasons.split())
            found.listed.append(
                (d, Entry(d.occurrence_number, Risk(d.narrow[2]), d.recorded_at, by, late, changed))
            )
    return found


def _decided(d: Due, reasons: str, before: Before | None, gone: Collection[str]) -> tuple[Taken, bool, str]:
    """What a list does with it, whether that is a change, and by which rules (Rulebook T12, T13, Y1)."""
    if d.occurrence_number in gone:
        return daily_list.considered_withdrawn(reasons, before)
    return *daily_list.considered(reasons, before), reasons


def _alike(area_id: UUID, due: Iterable[Due]) -> dict[int, earlier.Told]:
    return earlier.alike(area_id, {d.narrow[0]: d.occurrence_number for d in due if d.version > 1})


def rules(due: Due, look_back: LookBack) -> tuple[str, bool]:
    """The rules that one thing due is listed by, with blanks between; and whether the victim is known."""
    by, known = entry_reasons(EntryKind(due.kind), due.narrow, look_back)
    return " ".join(by), known


def _meeting(area: AreaRow, panel: Panel, day: date, window: Window, now: datetime) -> MeetingRow:
    row = MeetingRow(
        id=uuid4(), area_id=area.id, **of_meeting(panel), sits_on=day,
        starts_at=list_panels.starts_at(area, panel, day), state=MeetingState.OPEN,
        window_start=window.start, window_end=window.end, built_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def parties(record: str, narrow: Sequence[object], content: Incident) -> Parties:
    """Who an incident is about, for finding its case. `record` is its number, unless that tells of others."""
    victim_nominal, victim_name, perpetrator_nominal, perpetrator_name = map(str, narrow[6:10])
    return Parties(
        record=record,
        victim=content.victim,
        victim_is=identity(victim_nominal, victim_name),
        perpetrator=content.perpetrator,
        perpetrator_is=identity(perpetrator_nominal, perpetrator_name),
        told_on=calendar.local_day(content.recorded_at),
    )


def record(due: Due, before: Mapping[int, earlier.Told]) -> str:
    """What `parties` calls it: two who are told by a surname alone under one number may be two people."""
    told = before.get(due.narrow[0])
    return told.record(due.occurrence_number) if told else due.occurrence_number


def _write_items(
    area: AreaRow, meeting_id: UUID, found: _Considered, contents: Mapping[int, Incident]
) -> list[UUID]:
    """One item a case, in the list's order, with its entries under it (Rulebook T11). Gives the cases."""
    records = [parties(record(d, found.before), d.narrow, contents[d.narrow[0]]) for d, _ in found.listed]
    under: dict[UUID, list[tuple[Due, Entry]]] = defaultdict(list)
    for case_id, one in zip(cases.resolve(area.id, records), found.listed, strict=True):
        under[case_id].append(one)
    ordered = sorted(under.items(), key=lambda case: daily_list.item_order([entry for _, entry in case[1]]))
    items: list[tuple[object, ...]] = []
    entries: list[tuple[object, ...]] = []
    for position, (case_id, listed) in enumerate(ordered, 1):
        item_id, under_it = uuid4(), [entry for _, entry in listed]
        repeat = any("T6" in entry.reasons for entry in under_it)
        victim_known = any(d.narrow[0] in found.known for d, _ in listed)
        risk = daily_list.highest(under_it).value
        items.append((item_id, area.id, meeting_id, case_id, position, repeat, victim_known, risk, "", 0, ""))
        for d, entry in sorted(listed, key=lambda pair: daily_list.entry_order(pair[1])):
            entries.append(_entry(item_id, d.narrow[0], entry))
    bulk.insert(ItemRow.__table__, _ITEM, items)  # type: ignore[arg-type]
    bulk.insert(EntryRow.__table__, _ENTRY, entries)  # type: ignore[arg-type]
    return [case_id for case_id, _ in ordered]


_ITEM = (
    "id", "area_id", "meeting_id", "case_id", "position", "repeat", "victim_known", "risk", "moved_reason",
    "supplement", "added_reason",
)  # fmt: skip
_ENTRY = (
    "item_id", "incident_id", "occurrence_number", "reasons", "late", "changed", "added_reason",
)  # fmt: skip


def _entry(item_id: UUID, incident_id: int, entry: Entry) -> tuple[object, ...]:
    reasons = " ".join(entry.reasons)
    return item_id, incident_id, entry.reference, reasons, entry.late, entry.changed, ""


def entry_row(item_id: UUID, incident_id: int, entry: Entry) -> EntryRow:
    """The row of one entry."""
    return EntryRow(**dict(zip(_ENTRY, _entry(item_id, incident_id, entry), strict=True)))


def announce(area_id: UUID, meeting_id: UUID, due: Sequence[Due]) -> int:
    """The orders among what is considered, each once (Rulebook T10)."""
    with_order = [d for d in due if d.has_order]
    contents = incidents.contents(d.narrow[0] for d in with_order)
    alike = earlier.alike(area_id, {d.narrow[0]: d.occurrence_number for d in with_order})
    itself = {key: told._replace(ids=(*told.ids, key)) for key, told in alike.items()}
    announced = earlier.announced(itself)
    count = 0
    for d in with_order:
        order = contents[d.narrow[0]].order
        if order is not None and daily_list.is_announced(order, announced.get(d.narrow[0], ())):
            db.session.add(
                NoticeRow(area_id=area_id, meeting_id=meeting_id, incident_id=d.narrow[0],
                          occurrence_number=d.occurrence_number, order=lists.order_json(order))
            )  # fmt: skip
            count += 1
    return count


def _write_ledger(area: AreaRow, meeting_id: UUID, found: _Considered) -> None:
    columns = (
        "incident_id",
        "area_id",
        "meeting_id",
        "occurrence_number",
        "outcome",
        "reasons",
        "victim_known",
    )
    rows = [
        (d.narrow[0], area.id, meeting_id, d.occurrence_number, taken.value, reasons, known)
        for d, taken, reasons, known in found.ledger
    ]
    bulk.insert(TriageRow.__table__, columns, rows)  # type: ignore[arg-type]
    incidents.mark_considered([row[0] for row in rows])
