"""Reviewing decisions to share that stand on no case; what two people said goes is destroyed (K4, L1, L2)."""

from datetime import datetime
from uuid import UUID

import structlog
from werkzeug.exceptions import Forbidden, NotFound

from agenda.meetings import case_reference
from agenda.moves import Who
from agenda.rules import RuleBroken
from meetingsvc.config import Settings
from meetingsvc.models import SharingRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, areas, audit, certificates, doomed, trail
from meetingsvc.store import sharing_reviews as store
from meetingsvc.store.acting import Host
from meetingsvc.usecases import destroying
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.restrictions import refuse_hidden, refuse_reading_only
from meetingsvc.usecases.transaction import saved, saved_by
from minutes import destruction
from minutes.destruction import Certificate
from minutes.retention_case import Outcome
from minutes.sharing_review import Made, State, Step

log = structlog.get_logger()
BY_MAKER = (Step.KEEP, Step.PROPOSE, Step.STOP)


def review(principal: Principal, decision_id: UUID, step: Step, reason: str, now: datetime) -> None:
    """Who made it says that it is still needed, or that it may go; or takes that back (Rulebook L1)."""
    with saved_by(principal, Permission.SHARING_DECIDE, now) as who:
        row = _own(who, decision_id)
        if step not in BY_MAKER:
            raise RuleBroken("Choose what becomes of it.")
        _take(who, row, step, Who.MAKER, reason, now)


def put_on_case(principal: Principal, decision_id: UUID, number: int, now: datetime) -> None:
    """It belongs to a case that its maker may open, and goes with that one's reviews from now on (L1, M6)."""
    with saved_by(principal, Permission.SHARING_DECIDE, now) as who:
        row = _own(who, decision_id)
        case_id = trail.case_named(who, number)
        if case_id is None:
            raise RuleBroken(f"There is no case {case_reference(number)}.")
        refuse_hidden(who, case_id)
        refuse_reading_only(who, case_id)
        _take(who, row, Step.PUT, Who.MAKER, "", now, case=case_id)
        row.case_id = case_id
        db.session.flush()


def oversee(principal: Principal, decision_id: UUID, step: Step, reason: str, now: datetime) -> None:
    """Information governance or a chair says so of one they read nothing of (Rulebook L1, L2)."""
    with saved_by(principal, Permission.SHARING_REVIEW, now) as who:
        if decision_id not in {one.id for one in store.overseen(who, now)}:
            raise NotFound
        with acting.whole_area(who.area_id):
            row = store.hold(Host(who.area_id), decision_id)
            if row is None:
                raise NotFound
            acts = Who.CHAIR if who.role is Role.CHAIR else Who.GOVERNANCE
            _take(who, row, step, acts, reason, now)


def _own(who: Principal, decision_id: UUID) -> SharingRow:
    row = store.hold(who, decision_id)
    if row is None:
        raise NotFound
    if row.made_by != who.account_id:
        raise Forbidden
    return row


def _take(
    who: Principal, row: SharingRow, step: Step, acts: Who, reason: str, now: datetime, **case: UUID
) -> None:
    told = Made(step, now, acts, str(who.account_id), reason)
    with acting.whole_area(who.area_id):
        review = store.review_of(Host(who.area_id), row)
        review = review.after(told, store.off(who.area_id), store.is_gone(row.made_by, now))
    store.write(row, review)
    audit.record(who.account_id, who.area_id, _ACTIONS[step], f"sharing_decision/{row.id}", now, **case)


_ACTIONS = {
    Step.KEEP: "sharing.kept",
    Step.PUT: "sharing.put_on_case",
    Step.PROPOSE: "sharing.to_go",
    Step.AGREE: "sharing.going",
    Step.STOP: "sharing.not_going",
}


def destroy_agreed(settings: Settings, now: datetime) -> int:
    """Destroys those that two people said go, each in a transaction of its own; says how many. What is left
    is a certificate without content, and a line of the ledger from which a restore destroys it again (L2)."""
    with saved(), acting.service():
        destroying.sound(settings)
        agreed = store.to_destroy()
    failed = 0
    for decision_id, area_id in agreed:
        try:
            if failed:
                destroying.settle(settings)
            _destroy(settings, decision_id, area_id, now)
        except Exception as failure:  # its words may name a person: only its kind is logged
            failed += 1
            log.error("destroying failed", area=str(area_id), kind=type(failure).__name__)
    if failed:
        raise Unfinished(f"{failed} decisions")
    return len(agreed)


def _destroy(settings: Settings, decision_id: UUID, area_id: UUID, now: datetime) -> None:
    with saved(), acting.service():
        areas.hold(area_id)
        row = store.hold(Host(area_id), decision_id)
        review = store.review_of(Host(area_id), row) if row else None
        if review is None or review.state is not State.TO_DESTROY:
            return
        said, agreed = review.proposed, review.steps[-1]
        if said is None:
            raise ValueError("nothing is decided")
        rows = doomed.hanging_on({SharingRow.__table__: [(decision_id,)]})  # type: ignore[dict-item]
        certificate = Certificate(
            1 + max(certificates.known(), default=0), decision_id, Outcome.DESTROY, (), decision_id,
            UUID(said.by), UUID(agreed.by), agreed.at, now,
            destruction.backups_gone_on(now, settings.backup_days),
        )  # fmt: skip
        destroying.issue(settings, certificate, area_id, rows, now)
    destroying.settle(settings)
