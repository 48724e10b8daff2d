"""What the record says of a meeting, as its minutes take it (R1, R2, R3): for the service's own work."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import LONDON, day_words, local_day
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingState, case_reference
from meetingsvc.models import ActionRow, AgencyRow, CaseRow, ItemRow, MeetingRow, PlanReviewRow, db
from meetingsvc.store import areas, exploitation_page, feedback, marac_waiting, outcome_crimes, outcomes
from meetingsvc.store import meeting_record as record_store
from meetingsvc.store.acting import Host
from meetingsvc.store.exploitation_page import Step
from meetingsvc.store.scope import told_at
from meetingsvc.store.withdrawn import WITHDRAWN, off_list
from minutes.attendance import AgencyRecord, Answer, Attendee, MeetingRecord
from minutes.attendance_chair import who_chaired
from minutes.minutes import ActionSet, Attendance, CaseMinutes, Disclosed, Represented, Shared
from minutes.plan import Verdict
from minutes.worksheet import Recorded, SharedCrime

_ANSWERS = {Answer.PRESENT: "Present", Answer.APOLOGIES: "Apologies", Answer.NOT_THERE: "Not there"}


def attendance(host: Host, meeting_id: UUID) -> Attendance:
    """Who came and who sent apologies (Rulebook R3)."""
    record = record_store.record(host, meeting_id)
    if record is None:
        raise LookupError(meeting_id)
    chair = who_chaired(record.came)
    return Attendance(
        chair=chair.name if chair else "",
        began=_clock(record.began_at) if record.began_at else "",
        ended=_clock(record.ended_at) if record.ended_at else "",
        agencies=tuple(_represented(agency) for agency in record.agencies),
        observers=tuple(_person(one) for one in record.observers if one.here),
        readings=tuple(f"{_clock(one.at)}, by {one.by}" for one in record.readings),
        statement=_statement(record),
        unread=record.unread_reason,
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%H:%M}"


def _statement(record: MeetingRecord) -> str:
    return record.readings[-1].text if record.readings else ""


def _represented(agency: AgencyRecord) -> Represented:
    sent = ""
    if agency.information_sent:
        on = f" on {day_words(agency.information_on)}" if agency.information_on else ""
        sent = f"Information sent{on}"
    people = tuple(_person(one) for one in agency.people if one.here)
    return Represented(agency.name, _ANSWERS[agency.answer], people, sent)


def _person(one: Attendee) -> str:
    about = [part for part in (one.title, one.organisation) if part]
    if one.confidential_at is None:
        about.append("not reminded of confidentiality")
    elif one.observer:
        about.append("signed confidentiality")
    if one.came_late:
        about.append(f"came {_clock(one.came_late)}")
    if one.left_early:
        about.append(f"left {_clock(one.left_early)}")
    return f"{one.name} ({', '.join(about)})" if about else one.name


def cases(host: Host, meeting: MeetingRow) -> dict[UUID, CaseMinutes]:
    """Every case that agencies were told of, by its item; of a MARAC said not to have sat what it decided."""
    rows = (
        select(ItemRow, CaseRow.number)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(ItemRow.meeting_id == meeting.id, ItemRow.supplement <= meeting.supplements)
    )
    if meeting.state == MeetingState.CANCELLED:
        rows = rows.where(marac_waiting.is_decided())
    names = {agency.id: agency.name for agency in areas.agencies(host.area_id)}
    return {item.id: _case(host, item, number, names) for item, number in db.session.execute(rows).all()}


def _case(host: Host, item: ItemRow, number: int, names: dict[UUID, str]) -> CaseMinutes:
    recorded = outcomes.recorded(host, item.id)
    gone = not recorded and db.session.scalar(select(off_list()).where(ItemRow.id == item.id))
    outcome = recorded.outcome if recorded else None
    step = None if recorded else exploitation_page.decided_at(host, item.id)
    telling, unsafe = _telling(host, item.id)
    return CaseMinutes(
        case=case_reference(number),
        group=f"Group {item.group}: {Group(item.group).title}" if item.group else "",
        not_reached="" if recorded or step else item.not_reached or (WITHDRAWN if gone else ""),
        risk=_risk(outcome.risk if outcome else None) or _risk(step.level if step else None),
        decided=_decided(recorded) if recorded else _step(step) if step else (),
        safeguards=_safeguards(recorded) if recorded else (),
        notes=outcome.notes if outcome else "",
        plan_review=outcome.plan_review if outcome else "",
        reviews=_reviews(host, item.id),
        telling=telling,
        unsafe=unsafe,
        heard_by=_heard_by(host, item) if recorded or step else (),
        shared=_shared(host, item.id),
        actions=tuple(
            ActionSet(one.category.short if one.category else "", names.get(one.owner_id or UUID(int=0), ""),
                      one.what, day_words(one.due) if one.due else "")
            for one in outcomes.actions(host, item.id).values()
        ),
        crimes=tuple(map(_disclosed, outcome_crimes.at(host, item.id))),
    )  # fmt: skip


def _risk(level: Risk | None) -> str:
    return level.value if level else ""


def _heard_by(host: Host, item: ItemRow) -> tuple[str, ...]:
    """Who heard all of it, then who heard a part; where its time was not kept, who was there (R3)."""
    there = record_store.present_for(host, item.id) or ()
    names = {way: ", ".join(one.attendee.name for one in there if one.whole is way) for way in (True, False)}
    if any(one.item_id == item.id for one in record_store.hearings(host, item.meeting_id)):
        return tuple(filter(None, (names[True], f"in part: {names[False]}" if names[False] else "")))
    came = [one for one in record_store.attendees(host, item.meeting_id) if one.here]
    who = "all who were there" if len(there) == len(came) else "who was there and not out of the room"
    return (f"time not kept: {who} ({names[False]})",) if there else ()


def _decided(recorded: Recorded) -> tuple[str, ...]:
    told, found = recorded.outcome, []
    if told.in_place is not None:
        found.append(f"Safeguards are {'' if told.in_place else 'not '}in place.")
    found += [one.words for one in told.disclosures]
    if told.refer:
        group = f" in group {told.group.value}" if told.group else ""
        found.append(f"Referred to the MARAC{group}.{f' {told.group_reason}' if told.group_reason else ''}")
        if recorded.marac_on:  # it may have been moved since it was decided
            stood = f"on the agenda of {day_words(recorded.marac_on)}"
            found.append(f"When these minutes were drawn from the record, it was {stood}.")
    elif told.not_referred:
        found.append(f"Not referred to the MARAC: {told.not_referred}")
    return tuple(found)


def _step(told: Step) -> tuple[str, ...]:
    """Of a child: where it goes and why, and who goes on (Rulebook E1)."""
    why = f"{told.decision}{f', {told.ground}' if told.ground else ''}: {told.reason}"
    second = f"Decided by {told.by}, confirmed by {told.confirmed_by}." if told.confirmed_by else ""
    return tuple(filter(None, (why, f"Goes on: {told.goes_on}" if told.goes_on else "", second)))


def _safeguards(recorded: Recorded) -> tuple[str, ...]:
    told = recorded.outcome.safeguards
    said = tuple(f"{tick.safeguard.label}: {tick.words}" for tick in told if tick.words)
    unsaid = "; ".join(tick.safeguard.label for tick in told if not tick.words)
    return (*said, f"Nothing recorded of: {unsaid}") if unsaid else said


def _reviews(host: Host, item_id: UUID) -> tuple[str, ...]:
    row = PlanReviewRow
    rows = (
        select(row.verdict, row.text, ActionRow.what, AgencyRow.name)
        .join(ActionRow, ActionRow.id == row.action_id)
        .join(AgencyRow, AgencyRow.id == ActionRow.agency_id)
        .where(told_at(host, row.item_id), row.item_id == item_id)
        .order_by(ActionRow.due, ActionRow.id)
    )
    return tuple(
        f"{agency}: {what} – {Verdict(verdict).label}{f': {text}' if text else ''}"
        for verdict, text, what, agency in db.session.execute(rows)
    )


def _telling(host: Host, item_id: UUID) -> tuple[str, str]:
    decided = feedback.current(host, item_id)
    if decided is None:
        return "", ""
    told = decided.telling
    if told.unsafe:
        return "Not told: unsafe", told.unsafe
    by = f" by {day_words(told.due)}" if told.due else ""
    return f"{told.name} ({decided.agency}) tells the victim{by}", ""


def _shared(host: Host, item_id: UUID) -> tuple[Shared, ...]:
    return tuple(
        Shared(one.agency, one.note.author, one.note.kind.value if one.note.kind else "", one.note.source,
               day_words(local_day(one.recorded_at)), one.note.text)
        for one in outcomes.notes(host, item_id)
        if one.corrected_at is None
    )  # fmt: skip


def _disclosed(one: SharedCrime) -> Disclosed:
    told = one.crime
    return Disclosed(
        told.text, str(told.agency_id), one.agency, str(told.told_id), one.told,
        day_words(local_day(one.at)), told.shared, one.reached,
    )  # fmt: skip
