"""What people do to a daily list: build it, add to it by hand, close it (Rulebook T1, T5, D3)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from agenda import calendar, daily_list
from agenda.daily_list import Entry, Taken
from agenda.incidents import Risk
from agenda.list_numbers import KEPT
from agenda.meetings import MeetingKind, MeetingState
from agenda.moves import REASON_LENGTH
from agenda.panels import Family, Works
from agenda.rules import RuleBroken
from agenda.triage import LookBack
from meetingsvc.models import AreaRow, CaseRow, EntryRow, ItemRow, MeetingRow, TriageRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    acting,
    areas,
    audit,
    cases,
    children_keys,
    earlier,
    incidents,
    outcomes,
    restrictions,
    search,
    withdrawn,
)
from meetingsvc.store.areas import settings_of
from meetingsvc.store.meeting_record_closing import why_not_over
from meetingsvc.store.scope import cases_of, items_of, meetings_of
from meetingsvc.store.search import Current
from meetingsvc.usecases import (
    feedback,
    flags,
    matching,
    matching_decisions,
    meeting_notices,
    research_asking,
    walls,
)
from meetingsvc.usecases import lists as building
from meetingsvc.usecases.lists import Built
from meetingsvc.usecases.matching import Met
from meetingsvc.usecases.meeting_record import say_unread, stop_running
from meetingsvc.usecases.transaction import saved_by


def build(principal: Principal, day: date, now: datetime, code: str = MeetingKind.DRAMM) -> Built:
    """Freezes what that day's list takes in. A second call builds nothing new.

    Before its window has begun there is nothing to take in; before its end, what is recorded later goes on
    the next list. `code` is the panel's whose list it is (P3).
    """
    with saved_by(principal, Permission.LIST_BUILD, now) as who:
        area = _area(who)
        window = building.refuse_no_list(area, day, code)
        if now < window.start:
            begins = f"{calendar.day_words(calendar.local_day(window.start))}"
            raise RuleBroken(
                f"The list of {calendar.day_words(day)} cannot be built yet: its window begins on {begins}."
            )
        built = building.build(area, day, who.account_id, now, code)
        if built.new:
            matching_decisions.hold(who, built.meeting_id, now)
            research_asking.ask(who.area_id, built.meeting_id, who.account_id, now)
            meeting_notices.list_ready(who.area_id, built.meeting_id, now)
        return built


def close(
    principal: Principal, day: date, now: datetime, unread: str = "", code: str = MeetingKind.DRAMM
) -> None:
    """Makes the outcomes of a day's meeting final, where each case has one, somebody tells the victim or it
    is said why not (Rulebook D3, F1), and it is recorded who came and that confidentiality was read out, or
    why it was left `unread` (R3). No way back.

    A case that is hidden from whoever closes it (M6) neither keeps them from it nor falls: those who may see
    it still give it its one outcome.
    """
    with saved_by(principal, Permission.LIST_CLOSE, now) as who:
        meeting = _open_meeting(who, day, code)
        _refuse_held(meeting)
        if problems := why_not_over(who, meeting.id):
            day_said = calendar.day_words(meeting.sits_on)
            raise RuleBroken(f"The meeting of {day_said} cannot be closed yet. {' '.join(problems)}")
        say_unread(who, meeting, unread)
        with acting.whole_area(who.area_id):
            stop_running(meeting, now)
        meeting.state, meeting.closed_at = MeetingState.CLOSED, now
        flags.follow(who.area_id, now, meeting.id)
        with acting.whole_area(who.area_id):
            feedback.note_undecided(meeting, now)
        audit.record(who.account_id, who.area_id, "list.closed", f"meeting/{meeting.id}", now)


def add(principal: Principal, day: date, reference: str, reason: str, now: datetime) -> UUID:
    """Puts an incident on an open daily list by hand, with the person's reason (T5). Gives the item's id.

    On no other panel's: nothing that the daily list would take is put off to one by hand (Rulebook P3).

    It stands under its case where that is on the list already. One that no list has considered is considered
    by this, so that it is taken by exactly one list (T12).
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise RuleBroken(f"Say why it is put on the list, in up to {REASON_LENGTH:,} characters.")
    with saved_by(principal, Permission.LIST_ADD, now) as who:
        meeting = _open_meeting(who, day)
        found = search.current(who, reference)
        if found is None:
            raise NotFound
        _refuse_twice(who, meeting, found)
        with acting.whole_area(who.area_id):
            item = _put(who, meeting, found, reason, now)
        if db.session.scalar(select(CaseRow.id).where(cases_of(who), CaseRow.id == item.case_id)) is None:
            raise NotFound  # it belongs to a case that is kept from them: nothing is saved
        audit.record(who.account_id, who.area_id, "list.added", f"meeting/{meeting.id}", now,
                     incident=found.id, item=item.id)  # fmt: skip
        research_asking.ask(who.area_id, meeting.id, who.account_id, now)
        return item.id


def _put(who: Principal, meeting: MeetingRow, found: Current, reason: str, now: datetime) -> ItemRow:
    """The incident under its case on the list: triage and matching look at the whole area."""
    adding = _decide(_area(who), meeting, found)
    item = _item(meeting, adding, found, reason, who.account_id)
    row = building.entry_row(item.id, found.id, adding.entry)
    row.added_reason, row.added_by = reason, who.account_id
    db.session.add(row)
    db.session.flush()
    withdrawn.mark(who.area_id, [found.due.occurrence_number])
    children_keys.file(who.area_id, incidents.contents([found.id]))
    if not found.considered:
        _consider(meeting, adding, found)
    db.session.flush()
    day = calendar.local_day(found.due.recorded_at)
    months = settings_of(_area(who)).repeat_months
    matching.watch(who.area_id, months, meeting.id, Met([item.case_id], [], day, day), now)
    walls.check_cases(who.area_id, [item.case_id], now)
    return item


@dataclass(frozen=True, slots=True)
class _Adding:
    """What triage says of an incident that a person puts on a list."""

    entry: Entry
    rules: str
    repeat: bool
    victim_known: bool


def _area(who: Principal) -> AreaRow:
    areas.hold(who.area_id)
    return areas.by_id(who.area_id)


def _open_meeting(who: Principal, day: date, code: str = MeetingKind.DRAMM) -> MeetingRow:
    row = MeetingRow
    of_panel = (row.works == Works.LIST, row.family == Family.ABUSE, row.kind == code, row.sits_on == day)
    rows = select(row).where(meetings_of(who), *of_panel)
    meeting = db.session.scalars(rows.with_for_update()).one_or_none()
    if meeting is None:
        raise NotFound
    if meeting.state != MeetingState.OPEN:
        raise RuleBroken(f"The meeting of {calendar.day_words(day)} is closed: its list cannot be changed.")
    return meeting


def _refuse_held(meeting: MeetingRow) -> None:
    if meeting.held:
        raise RuleBroken(
            f"The list of {calendar.day_words(meeting.sits_on)} has not been circulated: near matches may "
            "wait. Decide them and circulate the list, then close the meeting."
        )


def _refuse_twice(who: Principal, meeting: MeetingRow, wanted: Current) -> None:
    """Other people who are there under its number do not stand in its way (T13)."""
    seen, reference = (items_of(who), ItemRow.meeting_id == meeting.id), wanted.due.occurrence_number
    with acting.whole_area(who.area_id):
        told = earlier.alike(who.area_id, {wanted.id: reference})[wanted.id].ids
    there = (
        select(ItemRow.id, ItemRow.case_id)
        .join(EntryRow, EntryRow.item_id == ItemRow.id)
        .where(*seen, EntryRow.incident_id.in_((wanted.id, *told)))
    )
    if (found := db.session.execute(there).first()) is not None:
        number = outcomes.place_of(who, meeting.id, found.id).number
        said = restrictions.reference(who, found.case_id) if number == KEPT else f"number {number}"
        raise RuleBroken(f"Incident {reference} is on this list already, as {said}.")


def _decide(area: AreaRow, meeting: MeetingRow, found: Current) -> _Adding:
    due = found.due
    day = calendar.local_day(due.recorded_at)
    heard = LookBack(cases.look_back(area.id, settings_of(area).repeat_months, day, day))
    rules, known = building.rules(due, heard)
    qualifies = frozenset(rules.split()) - {"T5"}
    by_rule = bool(qualifies) and not found.considered and found.due_at >= area.first_window_start
    told = earlier.alike(area.id, {found.id: due.occurrence_number})
    before = earlier.before(told).get(found.id)
    if meeting.window_start is None:
        raise ValueError(f"a daily list without a window: {meeting.id}")
    entry = Entry(
        due.occurrence_number, Risk(due.narrow[2]), due.recorded_at,
        tuple(rules.split()) if by_rule else ("T5",),
        late=daily_list.is_late(due.recorded_at, meeting.window_start),
        changed=not found.considered and before is not None and before.taken,
    )  # fmt: skip
    return _Adding(entry, rules, "T6" in qualifies, known)


def _item(meeting: MeetingRow, adding: _Adding, found: Current, reason: str, by: UUID) -> ItemRow:
    content = incidents.contents([found.id])[found.id]
    before = earlier.alike(meeting.area_id, {found.id: found.due.occurrence_number})
    parties = building.parties(building.record(found.due, before), found.due.narrow, content)
    (case_id,) = cases.resolve(meeting.area_id, [parties])
    rows = select(ItemRow).where(ItemRow.meeting_id == meeting.id, ItemRow.case_id == case_id)
    item = db.session.scalars(rows).one_or_none()
    if item is None:
        last = select(func.max(ItemRow.position)).where(ItemRow.meeting_id == meeting.id)
        item = ItemRow(
            id=uuid4(), area_id=meeting.area_id, meeting_id=meeting.id, case_id=case_id, repeat=False,
            position=(db.session.scalar(last) or 0) + 1, victim_known=False, risk=adding.entry.risk,
            added_reason=reason, added_by=by,
        )  # fmt: skip
        db.session.add(item)
    item.repeat = item.repeat or adding.repeat
    item.victim_known = item.victim_known or adding.victim_known
    item.risk = max(Risk(item.risk), adding.entry.risk, key=lambda risk: risk.rank)
    db.session.flush()
    return item


def _consider(meeting: MeetingRow, adding: _Adding, found: Current) -> None:
    ledger = TriageRow(
        incident_id=found.id, area_id=meeting.area_id, meeting_id=meeting.id,
        occurrence_number=found.due.occurrence_number, outcome=Taken.LISTED, reasons=adding.rules,
        victim_known=adding.victim_known,
    )  # fmt: skip
    db.session.add(ledger)
    incidents.mark_considered([found.id])
    building.announce(meeting.area_id, meeting.id, [found.due])
