"""Deciding who tells the victim, with the outcome or after it (Rulebook F1, F2, F3)."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.meetings import MeetingState
from agenda.panels import Works
from agenda.rules import RuleBroken
from meetingsvc.models import FeedbackRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit, feedback, feedback_named, feedback_undecided, refusals
from meetingsvc.store.recipients import Answer
from meetingsvc.store.scope import told_at, told_items_of
from meetingsvc.usecases.area_by_area import WORKER
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved, saved_by
from minutes import feedback as rules
from minutes.feedback import Standing, Telling

NOT_THEM = (
    "This professional cannot be named on this case. Choose another. Who runs the meetings sees why under "
    "“Not sent”."
)
NOBODY_THERE = (
    "Nobody of this agency who sits in meetings may open this case, so nobody would be reminded. Have one of "
    "its people named on the case first, or choose another professional."
)
NOT_CHOSEN = "Choose who tells the victim, or that telling is unsafe"
TOLD_ALREADY = "The victim has been told already. Nothing was changed."
log = structlog.get_logger()
Line = tuple[str, str, dict[str, object]]


class Unfit(Exception):
    """What was typed breaks a rule: `problems` says what, by field. Nothing was saved."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


def look_first(principal: Principal, item_id: UUID, told: Telling | None, now: datetime) -> None:
    """Keeps and logs that somebody may not be named whom nothing of the case may reach (Rulebook F3).

    In a transaction of its own, before the one that saves: that one refuses the same, and leaves nothing.
    """
    if told is None or told.unsafe is not None:
        return
    item = db.session.scalar(select(ItemRow).where(told_items_of(principal), ItemRow.id == item_id))
    told = feedback_named.with_account(told)
    if item is None or _stands(principal, item, told, now):
        return
    with saved(), acting.whole_area(principal.area_id):
        item = db.session.get_one(ItemRow, item_id)
        why = feedback_named.danger(item, told, now)
        if isinstance(why, Answer):
            refusals.keep(why, now)
        elif why is not None:
            audit.record(refusals.DOOR, item.area_id, "feedback.refused", f"item/{item.id}", now, ground=why)
            log.warning("feedback refused", item=str(item.id), ground=why)


def _stands(who: Principal, item: ItemRow, told: Telling, now: datetime) -> bool:
    """Whether it is as it was kept, or as it stands by default: looked at then."""
    kept = feedback.current(who, item.id)
    if kept is not None:
        return kept.telling == told
    return feedback_named.default(item, _may(who, now), now) == told


def _may(who: Principal, now: datetime) -> rules.MayTell:
    return feedback_named.may_tell(who.area_id, local_day(now))


def problems(who: Principal, item: ItemRow, told: Telling | None, now: datetime) -> dict[str, str]:
    """What keeps it from being decided, by field; one that is left as it was is not judged anew.

    Part of the caller's transaction, before `decide` (Rulebook F1, F2, F3).
    """
    kept, told = feedback.current(who, item.id), told and feedback_named.with_account(told)
    if told is None or (kept is not None and kept.telling == told):
        return {}
    if kept is not None and kept.standing is Standing.TOLD:
        return {"choice": TOLD_ALREADY}
    if not feedback_named.account_of(told):
        return {"name": "Choose a professional of that agency"}
    found = rules.problems(told, _may(who, now), local_day(now))
    if not found and feedback_named.danger(item, told, now):
        found = {"name": NOT_THEM}
    elif not found and not feedback_named.can_tell(item, told, now):
        found = {"agency_id" if told.account_id is None else "name": NOBODY_THERE}
    return found


def missing(
    who: Principal, item: ItemRow, meeting: MeetingRow, told: Telling | None, now: datetime
) -> dict[str, str]:
    """An outcome saved after the meeting is over says who tells the victim, where nobody does by default:
    nothing asks for it any more (Rulebook F1). The same, by field."""
    marac = (MeetingState.HEARD, MeetingState.CANCELLED)
    ends = marac if meeting.works == Works.AGENDA else (MeetingState.CLOSED,)
    if told is not None or meeting.state not in ends:
        return {}
    if feedback.current(who, item.id) or feedback_named.default(item, _may(who, now), now):
        return {}
    return {"choice": NOT_CHOSEN}


def note_undecided(meeting: MeetingRow, now: datetime) -> None:
    """A meeting ends while heard cases hidden from whoever ends it have nobody to tell the victim: that is
    kept, on each case's own trail, and waits on the first page of who may see the case (Rulebook F1, M6).

    The service's own work, in the caller's transaction, within `acting.whole_area`: who ends it learns of
    nothing.
    """
    for item_id in feedback_undecided.left_by(acting.Host(meeting.area_id), meeting.id):
        audit.record(WORKER, meeting.area_id, "feedback.undecided", f"item/{item_id}", now)


def decide(who: Principal, item: ItemRow, told: Telling | None, now: datetime) -> Line | None:
    """Keeps what `problems` found nothing against, inside the caller's transaction; gives back the line of
    the audit trail that the caller writes, last, or None where nothing is new.

    None leaves what stands; where nothing does, the case's IDVA tells the victim, or the one on duty: that
    costs no click (Rulebook F2).
    """
    row = FeedbackRow
    rows = select(row).where(told_at(who, row.item_id), row.item_id == item.id)
    kept = db.session.scalars(rows.order_by(row.version.desc()).limit(1)).one_or_none()
    told = feedback_named.with_account(told) if told else None
    if told is None and kept is None:
        told = feedback_named.default(item, _may(who, now), now)
    if told is None or (kept is not None and feedback.telling(kept) == told):
        return None
    if kept is not None:
        kept.next_on = None
    version = kept.version + 1 if kept else 1
    _add(who, item, told, version, now)
    detail: dict[str, object] = {
        "version": version,
        "unsafe": told.unsafe is not None,
        "agency": told.agency_id,
    }
    return "feedback.decided", f"item/{item.id}", detail


def _add(who: Principal, item: ItemRow, told: Telling, version: int, now: datetime) -> None:
    unsafe = told.unsafe is not None
    row = FeedbackRow(
        area_id=item.area_id, item_id=item.id, version=version,
        agency_id=None if unsafe else told.agency_id,
        name="" if unsafe else told.name.strip(),
        account_id=None if unsafe else told.account_id,
        due=None if unsafe else told.due,
        next_on=None if unsafe else told.due,
        instead_of_idva=told.instead_of_idva.strip(),
        unsafe=(told.unsafe or "").strip(), decided_by=who.account_id, decided_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()


def change(principal: Principal, item_id: UUID, version: int, told: Telling, now: datetime) -> None:
    """Names another professional, or says why telling is unsafe, after the outcome (Rulebook F1, F2).

    `version` is of the decision the person saw. Raises NotFound, RuleBroken where it was changed meanwhile,
    Unfit where it breaks a rule.
    """
    look_first(principal, item_id, told, now)
    with saved_by(principal, Permission.FEEDBACK_DECIDE, now) as who:
        locked(who.area_id)
        item = db.session.scalar(select(ItemRow).where(told_items_of(who), ItemRow.id == item_id))
        if item is None:
            raise NotFound
        kept = feedback.current(who, item_id)
        if version != (kept.version if kept else 0):
            raise RuleBroken("Somebody else has changed who tells the victim. Look at it again.")
        if found := problems(who, item, told, now):
            raise Unfit(found)
        if line := decide(who, item, told, now):
            action, subject, detail = line
            audit.record(who.account_id, who.area_id, action, subject, now, **detail)
