"""Third parties' requests: logged, checked, and taken through their steps (Rulebook X1 to X5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda.moves import Who, open_to
from agenda.references import Register
from agenda.rules import RuleBroken
from meetingsvc.models import DisclosureRow, DisclosureStepRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    acting,
    areas,
    audit,
    disclosure_clocks,
    disclosure_heads,
    disclosure_people,
    references,
    restrictions,
)
from meetingsvc.store import disclosures as store
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import disclosure_following
from meetingsvc.usecases.disclosure_checking import refuse_another
from meetingsvc.usecases.disclosure_refusing import told_of
from meetingsvc.usecases.transaction import saved_by
from minutes import disclosure_requester as requester
from minutes import request_clocks
from minutes.disclosure import DECISIONS, MOVES, Made, Step, is_for, steps_of
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Told
from minutes.request_clocks import WaitsFor
from notifications.outgoing import Stage

#: Steps that say no more than why; each other has a page of its own.
PLAIN = frozenset({Step.CHECK, Step.ASK, Step.PUT, Step.ASK_AGAIN, Step.NOT_ORDERED, Step.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Requester:
    """How who asks is known and reached: to check them against the people of the case (X1, F3)."""

    dob: date | None = None
    email: str = ""
    phone: str = ""
    address: str = ""


class Unfit(RuleBroken):
    """What was typed cannot be kept; holds why, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


def log(principal: Principal, case_id: UUID, told: Told, who_asks: Requester, now: datetime) -> UUID:
    """Logs a request about an open case. Gives its id; nobody is told yet (Rulebook X1)."""
    with saved_by(principal, Permission.DISCLOSURE_LOG, now) as who:
        areas.hold(who.area_id)
        if not restrictions.may_open(who, case_id):
            raise NotFound
        with acting.whole_area(who.area_id):
            on_case = disclosure_people.party_ids(who.area_id, case_id)
        if found := requester.problems(told, on_case, now):
            raise Unfit(found)
        if told.received_at is None:
            raise ValueError("a request that was not checked")
        with acting.whole_area(who.area_id):
            row = DisclosureRow(
                id=uuid4(), area_id=who.area_id, case_id=case_id, kind=told.kind,
                reference=references.taken(who.area_id, Register.REQUEST),
                to_chair=told.kind.goes_to_chair, name=told.name.strip(),
                organisation=told.organisation.strip(), dob=who_asks.dob,
                reached={"email": who_asks.email.strip(), "phone": who_asks.phone.strip(),
                         "address": who_asks.address.strip()},
                purpose=told.purpose.strip(), about=[str(one) for one in told.about],
                received_at=told.received_at, hearing_at=told.hearing_at, court=told.court.strip(),
                accepts_protocol=told.accepts_protocol, wanted_on=told.wanted_on,
                logged_by=who.account_id, logged_at=now,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
        audit.record(who.account_id, who.area_id, "disclosure.logged", f"disclosure_request/{row.id}", now,
                     case=case_id)  # fmt: skip
        return row.id


def held(who: Principal, request_id: UUID) -> Kept:
    """Read while nobody else takes a step; raises NotFound where it is none of theirs."""
    areas.hold(who.area_id)
    kept = store.one(who, request_id)
    if kept is None:
        raise NotFound
    return kept


def whole(kept: Kept) -> Kept:
    """The same with every agency that was asked: for the service's own work on it."""
    with acting.whole_area(kept.row.area_id):
        found = store.one(Host(kept.row.area_id), kept.id)
    if found is None:
        raise NotFound
    return found


def take(
    principal: Principal, request_id: UUID, step: Step, reason: str, now: datetime, *, another: str = ""
) -> None:
    """A step that says no more than why (Rulebook X1 to X5). The chair alone asks agencies again."""
    with told_of(principal, Stage.BUILD, now), saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        if step not in PLAIN:
            raise RuleBroken("This step has a page of its own.")
        kept = held(who, request_id)
        if step is Step.CHECK and len(another) > requester.TEXT_LENGTH:
            raise RuleBroken(f"Use {requester.TEXT_LENGTH:,} characters or fewer.")
        if another.strip():
            refuse_another(who, kept)
        told = disclosure_following.told_with(who, whole(kept), step, another.strip())
        made(who, kept, step, reason, now, told=told)
        if step in (Step.ASK, Step.ASK_AGAIN):
            disclosure_following.ask(whole(kept), now)
        disclosure_following.follow(who.area_id, kept.id, now)


def made(
    who: Principal, kept: Kept, step: Step, reason: str, now: datetime, *, signed: bool = False,
    told: Mapping[str, Any] | None = None,
) -> Made:  # fmt: skip
    """Takes one step, as the core lets it be taken; inside a transaction."""
    one = step_by(who, step, reason, now, signed=signed)
    after = kept.request.after(one)
    write(kept, one, told or {})
    if after.state.ended:
        with acting.whole_area(who.area_id):
            kept.row.ended_at = now
            db.session.flush()
    noted(who, kept, "disclosure.step", now)
    return one


def step_by(who: Principal, step: Step, reason: str, now: datetime, *, signed: bool = False) -> Made:
    """The step as this person takes it."""
    acts = store.acts_as(who)
    if acts is None:
        raise Forbidden
    return Made(step, now, acts, who.account_id, reason.strip(), signed)


def write(kept: Kept, one: Made, told: Mapping[str, Any]) -> None:
    """Keeps a step that the core has let be taken."""
    _write(kept, one.step.value, one.who, one.by, one.reason, one.at, dict(told), signed=one.signed)


def _write(
    kept: Kept, step: str, acts: Who, by: UUID | None, reason: str, now: datetime, told: dict[str, Any],
    *, signed: bool = False,
) -> None:  # fmt: skip
    area_id = kept.row.area_id
    with acting.whole_area(area_id):
        db.session.add(
            DisclosureStepRow(id=uuid4(), area_id=area_id, request_id=kept.id,
                              place=store.next_place(kept.id), step=step, who=acts, account_id=by,
                              at=now, reason=reason, signed=signed, told=told)
        )  # fmt: skip
        db.session.flush()


def noted(
    who: Principal, kept: Kept, action: str, now: datetime, case_id: UUID | None = None, **ids: object
) -> None:  # fmt: skip
    """One line of the access log, read with the case, or with another by which it was checked (M6)."""
    audit.record(who.account_id, who.area_id, action, f"disclosure_request/{kept.id}", now,
                 case=case_id or kept.case_id, **ids)  # fmt: skip


def stop_clock(principal: Principal, request_id: UUID, waits_for: WaitsFor, now: datetime) -> None:
    """A subject access request waits for the requester: its time stands (Rulebook X2)."""
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = _timed(who, request_id)
        rule, off = _rule(who)
        request_clocks.paused(kept.clock, waits_for, now, rule, off)
        beside(who, kept, disclosure_clocks.STOPPED, "", now, {"waits_for": waits_for.value})


def run_clock(principal: Principal, request_id: UUID, now: datetime) -> None:
    """The requester has answered, so its time runs again."""
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = _timed(who, request_id)
        request_clocks.resumed(kept.clock, now)
        beside(who, kept, disclosure_clocks.RUNS_AGAIN, "", now, {})


def extend(principal: Principal, request_id: UUID, reason: str, now: datetime) -> None:
    """Two further months, once, for a reason that the requester was told (Rulebook X2)."""
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = _timed(who, request_id)
        rule, off = _rule(who)
        request_clocks.extended(kept.clock, now, reason, rule, off)
        beside(who, kept, disclosure_clocks.EXTENDED, reason.strip(), now, {})


def _timed(who: Principal, request_id: UUID) -> Kept:
    """Who logged it keeps its clock, though its case is closed to them by now."""
    areas.hold(who.area_id)
    kept = disclosure_heads.whole(who, request_id) or held(who, request_id)
    if kept.kind is not Kind.SUBJECT_ACCESS or kept.state.ended:
        raise RuleBroken("Only the clock of a subject access request that is open stops or is extended.")
    return kept


def _rule(who: Principal) -> Any:
    area = areas.by_id(who.area_id)
    return disclosure_clocks.clocks(area), disclosure_clocks.off_of(area)


def beside(
    who: Principal, kept: Kept, step: str, reason: str, now: datetime, told: dict[str, Any],
    action: str = "disclosure.clock", case_id: UUID | None = None,
) -> None:  # fmt: skip
    """Keeps what stands among its steps and is none (store.disclosure_clocks.BESIDE)."""
    acts = store.acts_as(who)
    if acts is None:
        raise Forbidden
    _write(kept, step, acts, who.account_id, reason, now, told)
    noted(who, kept, action, now, case_id)


def open_steps(who: Principal, kept: Kept) -> Sequence[Step]:
    """What this person may do next: the buttons of a page."""
    acts = store.acts_as(who)
    if acts is None or not who.may(Permission.DISCLOSURE_STEP):
        return ()
    mine = kept.request.logged_by == who.account_id
    able = [step for step in open_to(MOVES, kept.state, acts) if step in steps_of(kept.kind)]
    able = [step for step in able if is_for(kept.kind, step, acts)]
    if kept.request.ordered_by == who.account_id:
        able = [step for step in able if step is not Step.FOLLOW_ORDER]
    return [step for step in able if not (mine and step in DECISIONS | {Step.ANSWER})]
