"""Information governance stops a destruction, and answers for an agency that cannot (Rulebook L1, L3)."""

from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.moves import Who
from agenda.rules import RuleBroken
from meetingsvc.models import AgencyRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit, retention
from meetingsvc.store.acting import Host
from meetingsvc.store.retention import Asked
from meetingsvc.usecases import retention_asking, retention_steps
from meetingsvc.usecases.retention import whole
from meetingsvc.usecases.transaction import saved_by
from minutes import retention_asks
from minutes.retention import Made, State, Step
from minutes.retention_asks import Holds, OnBehalf


def stop(principal: Principal, case_id: UUID, reason: str, now: datetime) -> None:
    """What two people decided to destroy is not: its review is due again. While there is time (L1)."""
    with saved_by(principal, Permission.HOLD_SET, now) as who:
        _found(who, case_id)
        with acting.whole_area(who.area_id):
            decided = [one for one in retention.of_case(Host(who.area_id), case_id)
                       if one.state is State.TO_DESTROY]  # fmt: skip
            if not decided:
                raise RuleBroken("Nothing of it is to be destroyed.")
            for kept in decided:
                made = Made(Step.STOP, now, Who.GOVERNANCE, str(who.account_id), reason)
                kept.review.after(made, whole(who, kept, now).now)
                key = retention_steps.step(kept, made, who.account_id)
                audit.record(who.account_id, who.area_id, "retention.stopped",
                             f"retention_review/{kept.id}", now, case=case_id, step=key)  # fmt: skip


def unable(who: Principal, case_id: UUID, now: datetime) -> list[Asked]:
    """The agencies asked about a case of which nobody can sign in and open it: their answer never comes."""
    with acting.whole_area(who.area_id):
        asked = retention.unanswered(Host(who.area_id), case_id)
        return [one for one in asked if not _able(one, now)]


def answer_for(
    principal: Principal, asked: UUID, case_id: UUID, why: OnBehalf, holds: Holds, may_go: bool, now: datetime
) -> None:
    """For an agency that never could, so that its review does not wait for ever; why is kept (L3, R2).

    While it is on the panel only that what it supplied is kept: nobody agrees for it.
    The agency may say otherwise where it can sign in by then: while the case is kept.
    """
    with saved_by(principal, Permission.HOLD_SET, now) as who:
        _found(who, case_id)
        with acting.whole_area(who.area_id):
            open_ = {one.id: one for one in retention.unanswered(Host(who.area_id), case_id)}
            found = open_.get(asked)
            if found is None:
                raise RuleBroken("That agency has answered, or was not asked.")
            agency = accounts.agency_of(db.session.get_one(AgencyRow, found.agency_id))
            signatory, late = agency.is_signatory(local_day(now)), retention_asking.is_late(found, now)
            retention_asks.answered_for(_able(found, now), signatory, late, why, may_go)
            row = found.row
            row.holds, row.may_go, row.answered_by, row.answered_at = holds, may_go, who.account_id, now
            row.answered_why = why
            db.session.flush()
            audit.record(who.account_id, who.area_id, "retention.answered_for", f"retention_ask/{asked}",
                         now, case=case_id, agency=found.agency_id, why=why.value)  # fmt: skip


def _able(asked: Asked, now: datetime) -> bool:
    people = retention_asking.people(asked.agency_id, now)
    return any(retention_asking.is_open_to(who, asked) for who in people)


def _found(who: Principal, case_id: UUID) -> None:
    areas.hold(who.area_id)
    if retention.held_case(who, case_id) is None:
        raise NotFound
