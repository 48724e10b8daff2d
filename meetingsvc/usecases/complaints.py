"""Recording a complaint, and what the chair and information governance do about one (Rulebook V2).

No line of the trail names its case: whoever may open that would read there that somebody complains.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.complaints import BY_TWO, Complainant, Made, Step, Subject
from agenda.meetings import case_reference
from agenda.moves import refuse_long
from agenda.references import Register
from agenda.rules import RuleBroken
from meetingsvc.models import ComplainedOfRow, ComplaintEntryRow, ComplaintRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit, breaches, references, trail
from meetingsvc.store import complaints as store
from meetingsvc.store.complaints import Entry, Kept
from meetingsvc.usecases import complaint_notices
from meetingsvc.usecases.transaction import saved_by

_NOBODY = (
    "Nobody here can deal with it. Take it to the strategic partnership now, and to nobody else. Nothing is "
    "recorded."
)


def record(
    principal: Principal, what: str, received_at: datetime, complainant: Complainant, about: Subject,
    number: int | None, now: datetime, of: UUID | None = None,
) -> tuple[str, int]:  # fmt: skip
    """Records a complaint, for the chair; one about the chair for information governance (Rulebook V2).

    Who would deal with it and is complained of, never reads it: it is closed to them from the start. One
    about information governance that no chair can deal with is not taken: nobody could ever pass it on. Gives
    its reference, and how many can deal with it. Nobody outside is told anything.
    """
    with saved_by(principal, Permission.COMPLAINT_RAISE, now) as who:
        if not what.strip():
            raise RuleBroken("Say what is complained of.")
        refuse_long(what)
        if received_at > now:
            raise RuleBroken("It cannot be received in the future.")
        if of is not None and of not in dict(complaint_notices.who_deal(who, now)):
            raise RuleBroken("Choose one of those who deal with complaints.")
        case_id = _case(who, number) if number is not None else None
        with acting.whole_area(who.area_id):
            reference = references.taken(who.area_id, Register.COMPLAINT)
        key = uuid4()
        row = ComplaintRow(
            id=key, area_id=who.area_id, reference=reference, case_id=case_id, complainant=complainant,
            about=about, what=what.strip(), received_at=received_at, raised_by=who.account_id, raised_at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "complaint.recorded", f"complaints/{key}", now)
        if of is not None:
            _name(who, key, of, now)
        if about is Subject.GOVERNANCE and complaint_notices.no_chair(who.area_id, key, now):
            raise RuleBroken(_NOBODY)
        return reference, complaint_notices.tell_who_can(who, key, case_id, now)


def take_step(
    principal: Principal, complaint_id: UUID, step: Step, reason: str, rights_stated: bool,
    reveals_nothing: bool, now: datetime,
) -> int | None:  # fmt: skip
    """Takes it on, answers, passes it up, closes it, or records that it is withdrawn (Rulebook V2).

    None once it is done. Of what takes two people the first only says so: then, how many can say the same,
    who are told.
    """
    with saved_by(principal, Permission.COMPLAINT_HANDLE, now) as who:
        kept, acts = _held(who, complaint_id), store.acts_as(who)
        alone = step is Step.PAST_CHAIR and complaint_notices.no_chair(who.area_id, kept.id, now)
        complaint = replace(kept.told, no_chair=alone)
        made = Made(step, now, acts, str(who.account_id), reason, rights_stated, reveals_nothing)
        told = {"step": step.value, "who": acts.value, "reason": reason.strip(), "rights": rights_stated,
                "reveals_nothing": reveals_nothing}  # fmt: skip
        if step in BY_TWO and not complaint.agreed(step, made.by):
            complaint.with_said(made)
            _add(who, kept, Entry.SAID, now, told, "complaint.step", now)
            return complaint_notices.tell_who_can(who, kept.id, kept.case_id, now) - 1
        complaint.after(made)
        _add(who, kept, Entry.STEP, now, told, "complaint.step", now)
        return None


def tell(principal: Principal, complaint_id: UUID, what: Entry, at: datetime, now: datetime) -> None:
    """Heads of service were notified, or the complainant was told that it has come (Rulebook V2)."""
    with saved_by(principal, Permission.COMPLAINT_HANDLE, now) as who:
        kept = _open(_held(who, complaint_id))
        done = kept.told.notified_at if what is Entry.NOTIFIED else kept.told.acknowledged_at
        if done is not None:
            raise RuleBroken("That is recorded already.")
        if not kept.told.received_at <= at <= now:
            raise RuleBroken("Enter a moment between its receipt and now.")
        _add(who, kept, what, at, {}, "complaint.told", now)


def name(principal: Principal, complaint_id: UUID, account_id: UUID, now: datetime) -> None:
    """Somebody with an account is complained of: from now on it is closed to them (Rulebook V2)."""
    with saved_by(principal, Permission.COMPLAINT_HANDLE, now) as who:
        kept = _open(_held(who, complaint_id))
        if account_id not in dict(breaches.people(who.area_id)):
            raise RuleBroken("Choose somebody with an account in the area.")
        if str(account_id) in kept.told.complained_of:
            raise RuleBroken("They are recorded already.")
        _name(who, kept.id, account_id, now)


def _name(who: Principal, complaint_id: UUID, account_id: UUID, now: datetime) -> None:
    audit.record(who.account_id, who.area_id, "complaint.named", f"complaints/{complaint_id}", now)
    db.session.add(ComplainedOfRow(complaint_id=complaint_id, account_id=account_id, area_id=who.area_id))
    db.session.flush()


def _case(who: Principal, number: int) -> UUID:
    key = trail.case_named(who, number)
    if key is None:
        raise RuleBroken(f"There is no case {case_reference(number)}.")
    return key


def _held(who: Principal, complaint_id: UUID) -> Kept:
    kept = store.hold(who, complaint_id)
    if kept is None:
        raise NotFound
    return kept


def _open(kept: Kept) -> Kept:
    if not kept.waits:
        raise RuleBroken(f"It is {kept.state.value}, so this cannot be done now. Nothing changed.")
    return kept


def _add(
    who: Principal, kept: Kept, kind: Entry, at: datetime, told: dict[str, Any], action: str, now: datetime
) -> None:
    db.session.add(
        ComplaintEntryRow(id=uuid4(), area_id=who.area_id, complaint_id=kept.id, place=kept.entries + 1,
                          kind=kind, at=at, told=told, account_id=who.account_id, recorded_at=now)
    )  # fmt: skip
    db.session.flush()
    audit.record(who.account_id, who.area_id, action, f"complaints/{kept.id}", now)
