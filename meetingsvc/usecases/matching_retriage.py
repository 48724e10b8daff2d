"""What a merge makes of incidents already triaged: a repeat that a spelling hid is listed (T6, T13)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from agenda import calendar, daily_list
from agenda.daily_list import Entry, Taken
from agenda.incidents import Risk
from agenda.meetings import MeetingState
from agenda.panel_rules import listed_by
from agenda.triage import LookBack
from meetingsvc.models import EntryRow, IncidentRow, ItemRow, MeetingRow, TriageRow, db
from meetingsvc.store import (
    areas,
    cases,
    children_keys,
    consents,
    earlier,
    incidents,
    matching_merges,
    withdrawn,
)
from meetingsvc.store.incidents import Due
from meetingsvc.usecases import lists, walls

_LOOKS_BACK = frozenset({"T6", "T15"})


def again(area_id: UUID, ids: list[int], now: datetime) -> int:
    """Triages these incidents again, and says how many are listed by a rule they did not have.

    What stands on an open list gains the rule there. What a list left out goes on that list while it is open,
    else on the next one (T12). What a closed list took stays as it was: its next incident is a repeat; but an
    application that left it unheard, being withdrawn, is a further disclosure that nobody has looked at (T6).
    """
    months = areas.settings_of(areas.by_id(area_id)).repeat_months
    due = consents.told(area_id, matching_merges.triaged(ids))
    return sum(_one(area_id, months, one, now) for one in due)


def _one(area_id: UUID, months: int, due: Due, now: datetime) -> bool:
    ledger = db.session.get(TriageRow, due.narrow[0])
    if ledger is None:
        return False  # no list has considered it: the next one will
    day = calendar.local_day(due.recorded_at)
    rules, known = lists.rules(due, LookBack(cases.look_back(area_id, months, day, day)))
    if "P3" in ledger.reasons.split():
        rules = listed_by("P3", rules)  # it stays by what that list took it for
    meeting = db.session.get_one(MeetingRow, ledger.meeting_id)
    is_open = meeting.state == MeetingState.OPEN
    if not (set(rules.split()) - set(ledger.reasons.split())) & _LOOKS_BACK:
        if is_open and known and ledger.outcome == Taken.LISTED:
            _gains(ledger, ledger.reasons, known)
        return False
    if ledger.outcome == Taken.LISTED and (is_open or not _left_unheard(ledger)):
        return is_open and _gains(ledger, rules, known)
    if ledger.outcome not in (Taken.LISTED, Taken.LEFT_OUT, Taken.WITHDRAWN):
        return False
    if not is_open:
        db.session.execute(delete(TriageRow).where(TriageRow.incident_id == ledger.incident_id))
        row = db.session.get_one(IncidentRow, due.narrow[0])
        row.considered = False
        db.session.flush()
        return True
    _put(area_id, meeting, due, rules, now)
    ledger.outcome, ledger.reasons, ledger.victim_known = Taken.LISTED, rules, known
    db.session.flush()
    return True


def _left_unheard(ledger: TriageRow) -> bool:
    """Whether its case left the list that took it (`withdrawn.off_list`)."""
    rows = select(ItemRow.id).join(EntryRow, EntryRow.item_id == ItemRow.id)
    here = (EntryRow.incident_id == ledger.incident_id, ItemRow.meeting_id == ledger.meeting_id)
    return db.session.scalar(rows.where(*here, withdrawn.off_list()).limit(1)) is not None


def _gains(ledger: TriageRow, rules: str, known: bool) -> bool:
    """An entry on an open list: it, its case's item and the ledger say the same."""
    rows = (
        select(EntryRow, ItemRow)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(EntryRow.incident_id == ledger.incident_id, ItemRow.meeting_id == ledger.meeting_id)
    )
    for entry, item in db.session.execute(rows):
        entry.reasons = rules
        item.repeat, item.victim_known = item.repeat or "T6" in rules.split(), item.victim_known or known
    ledger.reasons, ledger.victim_known = rules, known
    db.session.flush()
    return True


def _put(area_id: UUID, meeting: MeetingRow, due: Due, rules: str, now: datetime) -> None:
    """What the list left out stands on it under its case."""
    content = incidents.contents([due.narrow[0]])[due.narrow[0]]
    before = earlier.alike(area_id, {due.narrow[0]: due.occurrence_number})
    parties = lists.parties(lists.record(due, before), due.narrow, content)
    (case_id,) = cases.resolve(area_id, [parties])
    start = meeting.window_start or due.recorded_at
    late = daily_list.is_late(due.recorded_at, start)
    entry = Entry(due.occurrence_number, Risk(due.narrow[2]), due.recorded_at, tuple(rules.split()), late)
    item = _item(meeting, case_id, entry.risk)
    item.repeat = item.repeat or "T6" in entry.reasons
    item.risk = max(Risk(item.risk), entry.risk, key=lambda risk: risk.rank)
    db.session.flush()
    db.session.add(lists.entry_row(item.id, due.narrow[0], entry))
    db.session.flush()
    withdrawn.mark(area_id, [due.occurrence_number])
    children_keys.file(area_id, {due.narrow[0]: content})
    walls.check_cases(area_id, [case_id], now)


def _item(meeting: MeetingRow, case_id: UUID, risk: Risk) -> ItemRow:
    rows = select(ItemRow).where(ItemRow.meeting_id == meeting.id, ItemRow.case_id == case_id)
    item = db.session.scalars(rows).one_or_none()
    if item is None:
        last = select(func.max(ItemRow.position)).where(ItemRow.meeting_id == meeting.id)
        item = ItemRow(id=uuid4(), area_id=meeting.area_id, meeting_id=meeting.id, case_id=case_id,
                       position=(db.session.scalar(last) or 0) + 1, repeat=False, victim_known=False,
                       risk=risk)  # fmt: skip
        db.session.add(item)
        db.session.flush()
    return item
