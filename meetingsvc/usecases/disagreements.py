"""Raising a disagreement, answering it, and taking it up its ladder step by step (Rulebook V4, W2)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda import disagreement_form
from agenda.calendar import local_day
from agenda.disagreement import Answer, Made, Step, raise_problems
from agenda.disagreement_days import BY_PANEL, Kind
from agenda.disagreement_form import Line, Record
from agenda.disagreement_named import NAMED
from agenda.meetings import case_reference
from agenda.moves import Who, refuse_long
from agenda.references import Register
from agenda.rules import RuleBroken
from meetingsvc.models import (
    DisagreementAgencyRow,
    DisagreementEntryRow,
    DisagreementRow,
    db,
)
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, areas, audit, references, trail
from meetingsvc.store import disagreements as store
from meetingsvc.store.disagreement_named import naming
from meetingsvc.store.disagreements import Entry, Kept
from meetingsvc.usecases import disagreement_notices
from meetingsvc.usecases.transaction import saved_by


def kinds(who: Principal) -> tuple[Kind, ...]:
    """What a person may raise: an agency what it challenges, the coordinator what its panel is owed."""
    by_panel = who.role is Role.COORDINATOR
    return tuple(kind for kind in Kind if (kind in BY_PANEL) is by_panel)


def raise_one(
    principal: Principal, kind: Kind, about: str, against: Collection[UUID], unsafe_now: bool, done: str,
    number: int | None, now: datetime,
) -> tuple[UUID, list[str]]:  # fmt: skip
    """Raises a disagreement, and tells the other agency that something waits (Rulebook V4). Gives its key,
    and the agencies where nobody could be told."""
    with saved_by(principal, Permission.DISAGREEMENT_RAISE, now) as who:
        if kind not in kinds(who):
            raise Forbidden
        names = {agency.id: agency.name for agency in areas.agencies(who.area_id)}
        if not set(against) <= names.keys():
            raise RuleBroken("Choose agencies of the area.")
        told = frozenset(names[key] for key in against)
        for problem in raise_problems(about, names[who.agency_id], told, unsafe_now, done).values():
            raise RuleBroken(f"{problem}.")
        refuse_long(about, done)
        case_id = _case(who, number) if number is not None else None
        _refuse_named(who, case_id, about, done)
        with acting.whole_area(who.area_id):
            reference = references.taken(who.area_id, Register.DISAGREEMENT)
        row = DisagreementRow(
            id=uuid4(), area_id=who.area_id, reference=reference, ladder=kind, case_id=case_id,
            agency_id=who.agency_id, about=about.strip(), unsafe_now=unsafe_now, done=done.strip(),
            raised_by=who.account_id, raised_at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        for agency_id in sorted(set(against)):
            db.session.add(
                DisagreementAgencyRow(disagreement_id=row.id, agency_id=agency_id, area_id=who.area_id)
            )
            db.session.flush()
        audit.record(who.account_id, who.area_id, "disagreement.raised", f"disagreement/{row.id}", now)
        disagreement_notices.tell_runners(who, row.id, now)
        untold = disagreement_notices.tell(who, row.id, set(against), now)
        return row.id, sorted(names[key] for key in untold)


def take_step(principal: Principal, disagreement_id: UUID, step: Step, said: str, now: datetime) -> list[str]:
    """One step up, settled, determined, or closed after the debrief: put in writing (Rulebook V4). Gives the
    agencies where nobody could be told."""
    with saved_by(principal, Permission.DISAGREEMENT_READ, now) as who:
        kept = with_missing(who, _held(who, disagreement_id), now)
        acts = _in_whose_name(who, kept, step)
        _refuse_named(who, kept.row.case_id, said)
        made = Made(step, now, acts, str(who.account_id), agency_of(who), said)
        kept.told.after(made)
        told = {"step": step.value, "who": acts.value, "agency": str(who.agency_id), "said": said.strip()}
        _add(who, kept, Entry.STEP, told, "disagreement.step", now)
        disagreement_notices.tell_runners(who, kept.id, now)
        sides = {kept.agency_id, *kept.against} - {who.agency_id}
        return _named(who, disagreement_notices.tell(who, kept.id, sides, now))


def with_missing(who: Principal, kept: Kept, now: datetime) -> Kept:
    """With in whose names nobody of the agency that raised it can act now, and whether it has left: is no
    signatory any more (Rulebook V4, V1)."""
    missing = disagreement_notices.missing(kept, who.area_id, now)
    today, agencies = local_day(now), areas.agencies(who.area_id)
    gone = not any(one.id == kept.agency_id and one.is_signatory(today) for one in agencies)
    return replace(kept, told=replace(kept.told, missing=missing, gone=gone))


def answer(principal: Principal, disagreement_id: UUID, said: str, now: datetime) -> list[str]:
    """What the other agency answers. It moves nothing (Rulebook V4). Gives the agencies where nobody could be
    told."""
    with saved_by(principal, Permission.DISAGREEMENT_READ, now) as who:
        kept = _held(who, disagreement_id)
        if not store.answers(who, kept):
            raise RuleBroken("It is not for you to answer.")
        refuse_long(said)
        _refuse_named(who, kept.row.case_id, said)
        kept.told.answered(Answer(now, str(who.account_id), agency_of(who), said))
        told = {"agency": str(who.agency_id), "said": said.strip()}
        _add(who, kept, Entry.ANSWER, told, "disagreement.answered", now)
        return _named(who, disagreement_notices.tell(who, kept.id, {kept.agency_id}, now))


def fill(principal: Principal, disagreement_id: UUID, record: Record, now: datetime) -> None:
    """Fills in the form of appendix 5, anew each time: from step 5 on, by who escalates (Rulebook V4)."""
    with saved_by(principal, Permission.DISAGREEMENT_READ, now) as who:
        kept = _held(who, disagreement_id)
        if not may_fill(who, kept):
            raise RuleBroken("The form is for the agency that escalates, and until it is over.")
        lines(kept, record)
        _refuse_named(who, kept.row.case_id, *disagreement_form.told_in(record).values())
        _add(who, kept, Entry.FORM, store.record_json(record), "disagreement.form_filled", now)


def may_fill(who: Principal, kept: Kept) -> bool:
    """Whether the form is this person's to fill in: the agency's that escalates, or who runs the meetings
    and is of no agency that it is against; never once it is over (Rulebook V4)."""
    beside = who.runs_meetings and who.agency_id not in kept.against
    return kept.waits and (beside or who.agency_id == kept.agency_id)


def lines(kept: Kept, record: Record) -> tuple[Line, ...]:
    """The whole form; raises RuleBroken before step 5, of another ladder, and where something is missing."""
    if kept.kind is not Kind.PROFESSIONAL:
        raise RuleBroken("This form is of professional disagreements alone.")
    began = local_day(kept.told.raised_at)
    return disagreement_form.lines(kept.told, kept.told.agency, began, record, kept.case_id is not None)


def _case(who: Principal, number: int) -> UUID:
    key = trail.case_named(who, number)
    if key is None:
        raise RuleBroken(f"There is no case {case_reference(number)}.")
    return key


def _refuse_named(who: Principal, case_id: UUID | None, *texts: str) -> None:
    """On no case it names nobody: no wall could keep it from them, as one keeps a case (Rulebook V4, M6).

    That holds for every word of it: what is raised, each step and answer, and the form that is appended, but
    for who acts in that by their post.
    """
    if case_id is None and naming(who, dict(enumerate(texts))):
        raise RuleBroken(f"{NAMED}.")


def _held(who: Principal, disagreement_id: UUID) -> Kept:
    kept = store.hold(who, disagreement_id)
    if kept is None:
        raise NotFound
    return kept


def _in_whose_name(who: Principal, kept: Kept, step: Step) -> Who:
    """In one of their own names that may; else in any, and the rule says no."""
    acts = store.acts_as(who, kept)
    move = kept.told.moves.get(step)
    may = [one for one in sorted(acts) if move and one in move.who]
    return next(iter(may or sorted(acts)), Who.AGENCY)


def _named(who: Principal, ids: Collection[UUID]) -> list[str]:
    return sorted(agency.name for agency in areas.agencies(who.area_id) if agency.id in ids)


def agency_of(who: Principal) -> str:
    """What their agency is called, as the steps of a disagreement name it."""
    names = {agency.id: agency.name for agency in areas.agencies(who.area_id)}
    return names.get(who.agency_id, who.agency_name)


def _add(who: Principal, kept: Kept, kind: Entry, told: dict[str, Any], action: str, now: datetime) -> None:
    db.session.add(
        DisagreementEntryRow(id=uuid4(), area_id=who.area_id, disagreement_id=kept.id, kind=kind, at=now,
                             place=kept.entries + 1, told=told, account_id=who.account_id, recorded_at=now)
    )  # fmt: skip
    db.session.flush()
    audit.record(who.account_id, who.area_id, action, f"disagreement/{kept.id}", now)
