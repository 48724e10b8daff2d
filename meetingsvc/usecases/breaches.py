"""Raising a breach, and what information governance does about one (Rulebook V3; security.md B, E)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda import breaches as rules
from agenda.breach_duties import Duty, Told
from agenda.breach_telling import REGULATOR, Decision
from agenda.breaches import Made, Step
from agenda.calendar import days_off
from agenda.moves import Who, refuse_long
from agenda.references import Register
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import BreachRow, CaseRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, references
from meetingsvc.store import breaches as store
from meetingsvc.store.acting import Host
from meetingsvc.store.breaches import Kept
from meetingsvc.store.breaches_told import Entry
from meetingsvc.store.scope import cases_of
from meetingsvc.usecases import breach_entries as entries
from meetingsvc.usecases import breach_notices
from meetingsvc.usecases.transaction import saved_by

_NO_ACCOUNT = "Choose somebody with an account in the area."


def no_such_cases(reader: Principal, numbers: Collection[int]) -> set[int]:
    """Those that are not there, or kept from who asks: one answer for both."""
    found = select(CaseRow.number).where(cases_of(reader), CaseRow.number.in_(numbers))
    return set(numbers) - set(db.session.scalars(found))


def raise_one(
    principal: Principal, what: str, detected_at: datetime, unsafe_now: bool, done: str,
    numbers: Collection[int], now: datetime, involved: Collection[UUID] = (),
) -> tuple[str, int]:  # fmt: skip
    """Raises a breach, which tells information governance at once. Gives its reference, and how many can deal
    with it: a wall may keep some of them from a case that it touches.

    Its clocks run from its detection, whoever takes it on, and when. Who is `involved` brought it about, or
    was shown what they may not see: they are told nothing, and read nothing of it (Rulebook V3).
    """
    with saved_by(principal, Permission.BREACH_RAISE, now) as who:
        for problem in rules.raise_problems(what, detected_at, unsafe_now, done, now).values():
            raise RuleBroken(f"{problem}.")
        refuse_long(what, done)
        if involved and not set(involved) <= dict(store.people(who.area_id)).keys():
            raise RuleBroken(_NO_ACCOUNT)
        cases = _cases(who, numbers)
        with acting.whole_area(who.area_id):
            reference = references.taken(who.area_id, Register.BREACH)
        row = BreachRow(
            id=uuid4(), area_id=who.area_id, reference=reference, what=what.strip(), unsafe_now=unsafe_now,
            done=done.strip(), detected_at=detected_at, raised_by=who.account_id, raised_at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        place = entries.touch(who, row.id, cases, 0, now)
        for number, account_id in enumerate(sorted(set(involved)), place + 1):
            entries.put(who, row.id, number, Entry.INVOLVED, now, {"account": str(account_id)}, now)
        audit.record(who.account_id, who.area_id, "breach.raised", f"breach/{row.id}", now)
        told = breach_notices.tell_raised(who, row.id, [case.id for case in cases], now)
        return reference, told


def take_step(principal: Principal, breach_id: UUID, step: Step, reason: str, now: datetime) -> int | None:
    """Takes it on, finds that it is none, closes it, or opens it again (Rulebook V3).

    None once it is done. Of what takes two people the first only says so: then, how many can say the same,
    who are told.
    """
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _held(who, breach_id)
        made = Made(step, now, Who.GOVERNANCE, str(who.account_id), reason)
        told = {"step": step.value, "who": Who.GOVERNANCE.value, "reason": reason.strip()}
        if step in rules.BY_TWO and not kept.told.agreed(step, str(who.account_id)):
            kept.told.with_said(made)
            _add(who, kept, Entry.SAID, now, told, "breach.step", now)
            return breach_notices.tell_second(who, kept, now)
        kept.told.after(made)
        _add(who, kept, Entry.STEP, now, told, "breach.step", now)
        return None


def agree(principal: Principal, breach_id: UUID, reason: str, now: datetime) -> None:
    """A chair is the second person who finds that it is none, where nobody else can be (Rulebook V3)."""
    with saved_by(principal, Permission.BREACH_SECOND, now) as who:
        if breach_id not in {one.id for one in breach_notices.seconds(who, now)}:
            raise NotFound
        with acting.whole_area(who.area_id):
            kept = store.hold(Host(who.area_id), breach_id)
            if kept is None:
                raise NotFound
            made = Made(Step.DISMISS, now, Who.CHAIR, str(who.account_id), reason)
            kept.told.after(made)
            told = {"step": Step.DISMISS.value, "who": Who.CHAIR.value, "reason": reason.strip()}
            _add(who, kept, Entry.STEP, now, told, "breach.step", now)


def tell(
    principal: Principal, breach_id: UUID, duty: Duty, at: datetime, needless: str, late: str, now: datetime
) -> None:
    """Records that somebody was told, or why that is needless; late ones say why (Rulebook V3)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _held(who, breach_id)
        if at > now:
            raise RuleBroken("They cannot have been told in the future.")
        refuse_long(needless, late)
        area = areas.by_id(who.area_id)
        rule, off = store.clocks(area), days_off(areas.settings_of(area), holidays.known())
        kept.told.with_told(Told(duty, at, str(who.account_id), needless.strip(), late.strip()), rule, off)
        told = {"duty": duty.value, "needless": needless.strip(), "late": late.strip()}
        _add(who, kept, Entry.TOLD, at, told, "breach.told", now)


def hear(
    principal: Principal, breach_id: UUID, agency_id: UUID, whom: str, tell: bool, now: datetime
) -> None:
    """Records what an affected partner says, asked before anybody outside is told (Rulebook V3)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _open(_held(who, breach_id))
        name = _agencies(who).get(agency_id, "")
        if name not in kept.told.partners:
            raise RuleBroken("Choose an agency whose information it is.")
        if whom != REGULATOR and whom not in kept.people:
            raise RuleBroken("Choose somebody whom the breach affects.")
        told = {"agency": str(agency_id), "whom": whom, "tell": tell}
        _add(who, kept, Entry.OPINION, now, told, "breach.opinion", now)


def decide(principal: Principal, breach_id: UUID, decision: Decision, now: datetime) -> None:
    """Decides whether somebody is told, why, and how safely; or records that they were (Rulebook V3, F4)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _held(who, breach_id)
        if decision.told_at and not (kept.told.detected_at <= decision.told_at <= now):
            raise RuleBroken("They were told between its detection and now.")
        refuse_long(decision.how, decision.alone)
        kept.told.with_decision(decision)
        told = {
            "whom": decision.whom, "tell": decision.tell, "reason": decision.reason.strip(),
            "how": decision.how.strip(), "alone": decision.alone.strip(),
            "told_at": decision.told_at.isoformat() if decision.told_at else None,
        }  # fmt: skip
        _add(who, kept, Entry.DECISION, now, told, "breach.decided", now)


def add_partner(principal: Principal, breach_id: UUID, agency_id: UUID, now: datetime) -> None:
    """An agency whose information it is: it is consulted (Rulebook V3)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _open(_held(who, breach_id))
        name = _agencies(who).get(agency_id)
        if name is None:
            raise RuleBroken("Choose an agency of the area.")
        if name in kept.told.partners:
            raise RuleBroken("That agency is recorded already.")
        _add(who, kept, Entry.PARTNER, now, {"agency": str(agency_id)}, "breach.concerned", now)


def add_involved(principal: Principal, breach_id: UUID, account_id: UUID, now: datetime) -> None:
    """Somebody who brought it about, or was shown what they may not see: it is closed to them from then on
    (Rulebook V3)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _open(_held(who, breach_id))
        if account_id not in dict(store.people(who.area_id)):
            raise RuleBroken(_NO_ACCOUNT)
        if str(account_id) in kept.told.involved:
            raise RuleBroken("They are recorded already.")
        breach_notices.tell_named(who, kept, account_id, now)
        _add(who, kept, Entry.INVOLVED, now, {"account": str(account_id)}, "breach.concerned", now)


def add_affected(
    principal: Principal, breach_id: UUID, called: str, perpetrator: bool, now: datetime
) -> None:
    """Somebody whose information it was, beside the parties of its cases (Rulebook V3)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _open(_held(who, breach_id))
        if not called.strip():
            raise RuleBroken("Say who they are.")
        refuse_long(called)
        told = {"who": called.strip(), "perpetrator": perpetrator}
        _add(who, kept, Entry.AFFECTED, now, told, "breach.concerned", now)


def affects_nobody(principal: Principal, breach_id: UUID, why: str, now: datetime) -> None:
    """That nobody's information was in it, and why: else it is never closed (Rulebook V3)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _open(_held(who, breach_id))
        if not why.strip():
            raise RuleBroken("Say why nobody is affected.")
        if kept.told.affected:
            raise RuleBroken("Somebody is recorded whom it affects.")
        refuse_long(why)
        _add(who, kept, Entry.NOBODY, now, {"why": why.strip()}, "breach.concerned", now)


def add_case(principal: Principal, breach_id: UUID, number: int, now: datetime) -> None:
    """One more case that it touches, with its parties; one that who says so may open (M6)."""
    with saved_by(principal, Permission.BREACH_RUN, now) as who:
        kept = _open(_held(who, breach_id))
        (case,) = _cases(who, [number])
        if case.id in {one.id for one in kept.cases}:
            raise RuleBroken("That case is recorded already.")
        entries.touch(who, kept.id, [case], kept.entries, now)
        audit.record(who.account_id, who.area_id, "breach.concerned", f"breach/{kept.id}", now)


def _held(who: Principal, breach_id: UUID) -> Kept:
    """To write on: nothing that is kept from them, nor one that they are named in (Rulebook V3)."""
    kept = store.hold(who, breach_id)
    if kept is None:
        raise NotFound
    return kept


def _open(kept: Kept) -> Kept:
    if not kept.waits:
        raise RuleBroken(f"It is {kept.state.value}, so this cannot be done now. Nothing changed.")
    return kept


def _cases(who: Principal, numbers: Collection[int]) -> list[CaseRow]:
    if missing := no_such_cases(who, numbers):
        raise RuleBroken(f"There is no case C-{min(missing):06d}.")
    rows = select(CaseRow).where(cases_of(who), CaseRow.number.in_(numbers)).order_by(CaseRow.number)
    return list(db.session.scalars(rows))


def _agencies(who: Principal) -> dict[UUID, str]:
    return {agency.id: agency.name for agency in areas.agencies(who.area_id)}


def _add(
    who: Principal, kept: Kept, kind: Entry, at: datetime, told: dict[str, Any], action: str, now: datetime
) -> None:
    entries.put(who, kept.id, kept.entries + 1, kind, at, told, now)
    audit.record(who.account_id, who.area_id, action, f"breach/{kept.id}", now)
