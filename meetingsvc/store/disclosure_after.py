"""What meetings recorded of a case beside their notes, and what was recorded afterwards, as items held (X2).

For the service's own work. What a meeting wrote down no one agency consents to; what somebody of an agency
recorded of its own work is that agency's. Who tells the victim, and how they reached her, is no item: it is
shown where contact is made, and leaves with nothing (Rulebook F4).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import Select, exists, select

from agenda.calendar import local_day
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    ActionStepRow,
    CrimeRow,
    EntryRow,
    FeedbackRow,
    FeedbackTryRow,
    ItemRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesRow,
    PlanReviewRow,
    SafeguardRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, Role
from minutes.actions import Status
from minutes.disclosure_items import Document, Item
from minutes.feedback import Result
from minutes.outcome import Safeguard
from minutes.plan import Verdict

CRIME, RESULT, TELLING = "crime disclosed in the meeting", "what became of an action", "telling the victim"
DECIDED, SAID = "what the meeting decided", "minutes of the meeting"


def recorded(case_id: UUID) -> Iterator[Item]:
    """Crimes disclosed in a meeting, what became of actions, how far telling the victim is, what meetings
    decided and why, and what minutes say in their drafter's words: each of who supplied it, or of nobody
    where no one agency did."""
    yield from _crimes(case_id)
    yield from _results(case_id)
    yield from _unexplained(case_id)
    yield from _tellings(case_id)
    yield from _tries(case_id)
    yield from _decisions(case_id)
    yield from _minuted(case_id)


def _of(case_id: UUID, rows: Select[*tuple[Any, ...]], item_id: Any) -> Any:
    """Of this case alone, whichever meeting it stands on."""
    there = rows.join(ItemRow, ItemRow.id == item_id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    return db.session.execute(there.where(ItemRow.case_id == case_id))


def _crimes(case_id: UUID) -> Iterator[Item]:
    """As the meeting minuted it: several may have said it."""
    row = CrimeRow
    for (one,) in _of(case_id, select(row).order_by(row.told_at, row.id), row.item_id):
        yield Item(one.id, None, Document.NOTES, CRIME, local_day(one.told_at), one.text)


def _results(case_id: UUID) -> Iterator[Item]:
    """Of its owner where somebody of that agency recorded it. Who of them does an action is no item."""
    row, by = ActionStepRow, AccountRow
    rows = (
        select(row, ActionRow.agency_id, by.agency_id, by.role)
        .join(ActionRow, ActionRow.id == row.action_id)
        .join(by, by.id == row.by)
        .where((row.was != Status.OPEN) | (row.status != Status.OPEN))
        .order_by(row.id)
    )
    for one, owner, agency_id, role in _of(case_id, rows, ActionRow.item_id):
        said = " ".join(filter(None, (f"{Status(one.status).label}.", one.text.strip())))
        yield Item(uuid5(NAMESPACE_OID, f"action step/{one.id}"), _owns(owner, agency_id, role),
                   Document.ACTIONS, RESULT, local_day(one.at), said)  # fmt: skip


def _unexplained(case_id: UUID) -> Iterator[Item]:
    """What the meeting itself said of an action as it set it, which is no step of it."""
    row = ActionRow
    step = ActionStepRow
    told = exists().where(step.action_id == row.id, step.text == row.reason).correlate(row)
    rows = select(row).where(row.reason != "", ~told)
    for (one,) in _of(case_id, rows.order_by(row.set_at, row.position, row.id), row.item_id):
        yield Item(uuid5(NAMESPACE_OID, f"action/{one.id}/reason"), None, Document.ACTIONS, RESULT,
                   local_day(one.set_at), f"{Status(one.status).label}. {one.reason.strip()}")  # fmt: skip


def _owns(owner: UUID | None, agency_id: UUID, role: str) -> UUID | None:
    return owner if owner == agency_id and Role(role) in ATTENDS_MEETINGS else None


def _tellings(case_id: UUID) -> Iterator[Item]:
    """Why telling is unsafe, or why another professional tells; every reason that was given (F1, F2)."""
    row = FeedbackRow
    for (one,) in _of(case_id, select(row).order_by(row.decided_at, row.id), row.item_id):
        unsafe, instead = one.unsafe.strip(), one.instead_of_idva.strip()
        if said := f"It is unsafe. {unsafe}" if unsafe else instead:
            yield Item(one.id, None, Document.NOTES, TELLING, local_day(one.decided_at), said)


def _tries(case_id: UUID) -> Iterator[Item]:
    row, by = FeedbackTryRow, AccountRow
    rows = (
        select(row, FeedbackRow.agency_id, by.agency_id, by.role)
        .join(FeedbackRow, FeedbackRow.id == row.feedback_id)
        .join(by, by.id == row.recorded_by)
        .order_by(row.recorded_at, row.id)
    )
    for one, owner, agency_id, role in _of(case_id, rows, row.item_id):
        said = f"Telling the victim what was decided: {Result(one.result).label}."
        yield Item(one.id, _owns(owner, agency_id, role), Document.NOTES, TELLING, one.on_day, said)


def _decisions(case_id: UUID) -> Iterator[Item]:
    """What became of an earlier action (M3), how each safeguard was found (C2), and what was decided on an
    application (C4), with why where that was said. A box that is neither ticked nor noted is no finding."""
    plan, guard, entry = PlanReviewRow, SafeguardRow, EntryRow
    reviewed = select(plan, ActionRow.what, MeetingRow.sits_on).join(
        ActionRow, ActionRow.id == plan.action_id
    )
    for one, action, day in _of(case_id, reviewed, plan.item_id):
        said = f"Of an earlier action, “{action.strip()}”: {Verdict(one.verdict).label}"
        yield _decision(f"plan/{one.item_id}/{one.action_id}", day, said, one.text)
    for one, day in _of(case_id, select(guard, MeetingRow.sits_on), guard.item_id):
        if one.in_place or one.note.strip():
            found = "in place" if one.in_place else "not ticked as in place"
            said = f"Of the safeguards, {Safeguard(one.safeguard).label}: {found}"
            yield _decision(f"safeguard/{one.item_id}/{one.safeguard}", day, said, one.note)
    decided = select(entry.item_id, entry.occurrence_number, entry.disclose, entry.disclose_why,
                     MeetingRow.sits_on).where(entry.disclose.is_not(None)).distinct()  # fmt: skip
    for item_id, number, disclose, why, day in _of(case_id, decided, entry.item_id):
        said = f"Of an application, decided {'' if disclose else 'not '}to disclose"
        yield _decision(f"disclose/{item_id}/{number}", day, said, why)


def _decision(key: str, day: date, what: str, why: str) -> Item:
    said = " ".join(filter(None, (f"{what}.", why.strip())))
    return Item(uuid5(NAMESPACE_OID, key), None, Document.NOTES, DECIDED, day, said)


def _minuted(case_id: UUID) -> Iterator[Item]:
    """As the newest version says it: a correction takes the place of what it corrects."""
    row, its = MinutesCaseRow, MinutesRow
    rows = select(row, MeetingRow.sits_on).join(its, its.id == row.minutes_id).order_by(its.version)
    newest = {one.item_id: (one, day) for one, day in _of(case_id, rows, row.item_id)}
    for one, day in newest.values():
        if said := one.said.strip():
            key = uuid5(NAMESPACE_OID, f"minutes/{one.item_id}")
            yield Item(key, None, Document.NOTES, SAID, day, said)
