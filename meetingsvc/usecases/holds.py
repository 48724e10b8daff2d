"""Holds: information governance sets one on a case, or lifts one; nothing held is destroyed (Rulebook L1)."""

from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.moves import Who
from meetingsvc.models import HoldRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, retention, retention_case, retention_times
from meetingsvc.store.acting import Host
from meetingsvc.usecases import retention_steps
from meetingsvc.usecases.transaction import saved_by
from minutes.holds import CHILD_HOLD, Event, Why, checked
from minutes.retention import State


def set_hold(principal: Principal, case_id: UUID, why: Why, reason: str, now: datetime) -> None:
    """Holds a case for an inquiry or a court, or because a child is on it.

    What was to be destroyed is not: its review is due again.
    """
    with saved_by(principal, Permission.HOLD_SET, now) as who:
        _held(who, case_id)
        hold = CHILD_HOLD if why is Why.CHILD else str(uuid4())
        with acting.whole_area(who.area_id):
            _add(who, case_id, Event(hold, why, True, now, str(who.account_id), reason), "hold.set")
            for kept in retention.of_case(Host(who.area_id), case_id):
                if kept.state is State.TO_DESTROY:
                    retention_steps.lapse(kept, f"{why.label}.", now)


def lift(principal: Principal, case_id: UUID, hold: str, reason: str, now: datetime) -> None:
    """Lifts one hold that stands, and says why; whoever does never decides to destroy the case."""
    with saved_by(principal, Permission.HOLD_SET, now) as who:
        _held(who, case_id)
        with acting.whole_area(who.area_id):
            events = retention_case.events(case_id)
            why = next((event.why for event in reversed(events) if event.hold == hold), Why.CHILD)
            _add(who, case_id, Event(hold, why, False, now, str(who.account_id), reason), "hold.lifted")


def _held(who: Principal, case_id: UUID) -> None:
    areas.hold(who.area_id)
    if retention.held_case(who, case_id) is None:
        raise NotFound


def _add(who: Principal, case_id: UUID, event: Event, action: str) -> None:
    *_, rules = retention.rules(who.area_id)
    child = retention_times.child_since(case_id) if rules.child_cases else None
    told = checked(event, Who.GOVERNANCE, retention_case.events(case_id), child)
    row = HoldRow(id=uuid4(), area_id=who.area_id, case_id=case_id, hold=told.hold, why=told.why,
                  sets=told.sets, at=told.at, account_id=who.account_id,
                  reason=told.reason.strip())  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(who.account_id, who.area_id, action, f"case/{case_id}", told.at, hold=row.id)
