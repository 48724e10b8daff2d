"""Keeping a case to named people, and giving it back (Rulebook M6, security.md B: restrict one, lift two)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.need_to_know import Hides, Proposed, RestrictionState, hides
from agenda.restrictions import ALIKE_WORDS, CANNOT_BE_NAMED, FOUND_WORDS, NOBODY_ELSE, Step, given
from agenda.rules import RuleBroken
from meetingsvc.models import NamedRow, RestrictionRow, RestrictionStepRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, nameable
from meetingsvc.store import restrictions as store
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import oversight, pack_building, proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved_by

#: Who acts in the audit trail where the service found something by itself.
SERVICE = "service"


def propose_for_staff(area_id: UUID, case_id: UUID, proposed: Proposed | None, now: datetime) -> None:
    """A case that is, or names, a signatory's staff is proposed for restriction (M6).

    Part of the service's matching: call it inside `acting.whole_area`, in its transaction.
    """
    if proposed is None:
        return
    row = db.session.get(RestrictionRow, case_id)
    if row is None:
        row = _new(area_id, case_id)
    elif row.state == RestrictionState.RESTRICTED or (
        row.state == RestrictionState.PROPOSED and row.employer_id and row.hides == Hides.AGENCIES
    ):
        row.employer_id = row.employer_id or proposed.employer
        return
    alike = "a name, or only what they told of themselves," if not proposed.sure else "more than a name"
    words = FOUND_WORDS.format(alike=alike)
    row.state, row.hides, row.reason = RestrictionState.PROPOSED, proposed.hides, words
    row.employer_id, row.put_by, row.put_at = row.employer_id or proposed.employer, None, now
    row.decided_by, row.decided_at = None, None
    step = said(row, Step.FOUND, words, None, now)
    audit.record(SERVICE, area_id, "restriction.proposed", f"case/{case_id}", now, step=step)


def keep_alike(area_id: UUID, case_id: UUID, alike: Collection[UUID], now: datetime) -> None:
    """A new case of a child is kept as that of one whom they may be, until somebody has decided (M6).

    Part of the service's matching: call it inside `acting.whole_area`, in its transaction.
    """
    row = RestrictionRow
    rows = select(row).where(row.case_id.in_(alike), row.hides != Hides.NOBODY).order_by(row.case_id)
    kept = max(db.session.scalars(rows), key=lambda one: one.hides == Hides.UNNAMED, default=None)
    if kept is None:
        return
    new = _new(area_id, case_id)
    new.state, new.hides, new.reason, new.employer_id = kept.state, kept.hides, ALIKE_WORDS, kept.employer_id
    new.put_by, new.put_at = None, now
    for named in nameable.named_rows(kept.case_id):
        db.session.add(
            NamedRow(case_id=case_id, account_id=named.account_id, area_id=area_id, named_by=named.named_by,
                     named_at=now)
        )  # fmt: skip
    step = said(new, Step.FOUND, ALIKE_WORDS, None, now)
    action = "restriction.put" if kept.state == RestrictionState.RESTRICTED else "restriction.proposed"
    audit.record(SERVICE, area_id, action, f"case/{case_id}", now, step=step)


def ask(principal: Principal, case_id: UUID, reason: str, now: datetime) -> None:
    """An agency asks that a case be kept to named people; who runs meetings decides (security.md B)."""
    reason = given(reason)
    with saved_by(principal, Permission.RESTRICTION_ASK, now) as who:
        refuse_hidden(who, case_id)
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):
            row = db.session.get(RestrictionRow, case_id) or _new(who.area_id, case_id)
            if row.state == RestrictionState.RESTRICTED:
                raise RuleBroken("It is restricted already. Nothing was sent.")
            if row.state != RestrictionState.PROPOSED:
                row.state, row.hides, row.reason = RestrictionState.PROPOSED, Hides.NOBODY, reason
                row.put_by, row.put_at, row.decided_by, row.decided_at = who.account_id, now, None, None
            step = said(row, Step.ASKED, reason, who.account_id, now)
            audit.record(who.account_id, who.area_id, "restriction.asked", f"case/{case_id}", now, step=step)


def restrict(
    principal: Principal, case_id: UUID, reason: str, people: Collection[UUID], now: datetime
) -> None:
    """Keeps a case to named people at once: these, who restricts it, and whoever runs meetings and may.

    Nobody is named who is walled from it (Rulebook M6).
    """
    reason = given(reason)
    with saved_by(principal, Permission.RESTRICTION_DECIDE, now) as who:
        refuse_hidden(who, case_id)
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):
            row = db.session.get(RestrictionRow, case_id) or _new(who.area_id, case_id)
            if row.state == RestrictionState.RESTRICTED:
                raise RuleBroken("This case is restricted already. Nothing changed.")
            row.state, row.reason = RestrictionState.RESTRICTED, reason
            row.hides, row.put_at = hides(RestrictionState.RESTRICTED, True), now
            row.put_by = row.decided_by = who.account_id
            row.decided_at = now
            step = said(row, Step.RESTRICTED, reason, who.account_id, now)
            audit.record(who.account_id, who.area_id, "restriction.put", f"case/{case_id}", now, step=step)
            able = nameable.runners(who.area_id, case_id, local_day(now))
            open_to_named(who, case_id, {*people, *able}, now)
            oversight.tell(who.area_id, case_id, who.account_id, now)
            pack_building.hold_back(who, case_id, now)


def name(principal: Principal, case_id: UUID, people: Collection[UUID], now: datetime) -> None:
    """Opens a restricted case to more people; never to somebody who is walled from it."""
    with saved_by(principal, Permission.RESTRICTION_DECIDE, now) as who:
        refuse_unrestricted(who, case_id)
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):
            open_to_named(who, case_id, set(people), now)


def open_to_named(who: Principal, case_id: UUID, people: Collection[UUID], now: datetime) -> None:
    """Names these people; part of a use case that holds the area. Raises where one of them cannot be."""
    able = {one.id for one in nameable.nameable(who.area_id, case_id, local_day(now))}
    if not set(people) <= able:
        raise RuleBroken(CANNOT_BE_NAMED)
    for account_id in sorted(people):
        if db.session.get(NamedRow, (case_id, account_id)) is None:
            db.session.add(
                NamedRow(case_id=case_id, account_id=account_id, area_id=who.area_id,
                         named_by=who.account_id, named_at=now)
            )  # fmt: skip
            audit.record(who.account_id, who.area_id, "restriction.named", f"case/{case_id}", now,
                         account=account_id)  # fmt: skip


def propose_end(principal: Principal, case_id: UUID, reason: str, now: datetime) -> None:
    """Asks a second person to lift a restriction, or to decline the proposal of one (security.md B)."""
    with saved_by(principal, Permission.RESTRICTION_DECIDE, now) as who:
        refuse_hidden(who, case_id)
        found = store.of_case(who, case_id)
        if found is None or not (found.stands or found.waits):
            raise RuleBroken("This case is not restricted. Nothing changed.")
        if not could_be_ended(who, case_id, now):
            raise RuleBroken(f"{NOBODY_ELSE} Nothing changed.")
        kind = LIFT if found.stands else DECLINE
        proposals.propose(
            who, kind.name, f"case/{case_id}", {"case": store.reference(who, case_id)}, reason, now,
            case_id=case_id,
        )  # fmt: skip


def could_be_ended(who: Principal, case_id: UUID, now: datetime) -> bool:
    """Whether there is a second person to decide with (security.md B)."""
    with acting.whole_area(who.area_id):
        return bool(nameable.who_could_confirm(who.area_id, case_id, who.account_id, local_day(now)))


def _end(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    if told.case_id is None or not store.may_open(proposer, told.case_id):
        raise RuleBroken("Whoever proposed this may not decide it any more. Nothing changed.")
    lifts = told.kind == LIFT.name
    areas.hold(told.area_id)
    with acting.whole_area(told.area_id):
        row = db.session.get_one(RestrictionRow, told.case_id)
        if row.state != (RestrictionState.RESTRICTED if lifts else RestrictionState.PROPOSED):
            raise RuleBroken("Somebody else has decided this meanwhile. Nothing changed.")
        row.state = RestrictionState.LIFTED if lifts else RestrictionState.DECLINED
        row.hides = hides(RestrictionState(row.state), True)
        row.decided_by, row.decided_at = confirmer.account_id, now
        for named in nameable.named_rows(told.case_id):
            db.session.delete(named)
        if lifts:
            pack_building.hold_no_more(confirmer.account_id, told.area_id, told.case_id, now)
        step = said(row, Step(row.state), told.reason, told.proposed_by, now)
        action = "restriction.lifted" if lifts else "restriction.declined"
        audit.record(confirmer.account_id, told.area_id, action, f"case/{told.case_id}",
                     now, step=step)  # fmt: skip


def _describe(told: Told) -> list[Change]:
    old = "Open to named people only" if told.kind == LIFT.name else "Proposed for restriction"
    return [
        Change(
            f"Case {told.detail['case']}",
            old,
            "Open to whoever attends its meetings, but not to staff kept from it",
        )
    ]


def refuse_reading_only(who: Principal, case_id: UUID) -> None:
    """A broken glass and a ticket are for reading: who has not the case anyway adds nothing to it, and so
    closes it to nobody (security.md B)."""
    if not store.is_theirs(who, case_id):
        raise RuleBroken(
            "This case is open to you for reading only. Tell the coordinator what you know of it. "
            "Nothing was saved."
        )


def refuse_hidden(who: Principal, case_id: UUID) -> None:
    """A case that is kept from somebody is not there."""
    if not store.may_open(who, case_id):
        raise NotFound


def refuse_unrestricted(who: Principal, case_id: UUID) -> None:
    refuse_hidden(who, case_id)
    found = store.of_case(who, case_id)
    if found is None or not found.stands:
        raise RuleBroken("This case is not restricted, so nobody is named on it. Nothing changed.")


def _new(area_id: UUID, case_id: UUID) -> RestrictionRow:
    row = RestrictionRow(case_id=case_id, area_id=area_id, state="", hides=Hides.NOBODY, reason="")
    db.session.add(row)
    return row


def said(row: RestrictionRow, step: Step, text: str, by: UUID | None, now: datetime) -> UUID:
    """What was said, in a row of its own; the audit line carries its id."""
    db.session.flush()
    found = RestrictionStepRow(id=uuid4(), case_id=row.case_id, area_id=row.area_id, what=step, text=text,
                               by=by, at=now)  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found.id


_DECIDE = Permission.RESTRICTION_DECIDE
LIFT = proposals.register(Kind("restriction.lift", "Lift a restriction", _DECIDE, _DECIDE, _describe, _end))
DECLINE = proposals.register(
    Kind("restriction.decline", "Decline a restriction", _DECIDE, _DECIDE, _describe, _end)
)
