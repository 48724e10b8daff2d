"""A chair confirms what the daily meeting decided on an application (Rulebook C4, Y1; security.md B)."""

from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import Forbidden, NotFound

from agenda.disclosure_scheme import Made, Step
from agenda.moves import Who
from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas
from meetingsvc.store import disclosure_schemes as store
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.usecases.disclosure_schemes import keep
from meetingsvc.usecases.transaction import saved_by

NOTHING = "Nothing that a daily meeting decided on this application waits for you. Nothing changed."
NOT_AS_SHOWN = "What the meeting decided changed while you read it. Read it again. Nothing was signed."


def confirm(principal: Principal, application_id: UUID, seen: str, now: datetime) -> Step:
    """A chair confirms what a closed meeting's outcome says, as they were shown it (`seen_of`), signed: only
    then anybody acts on it (Rulebook C4).

    To be called only where a second factor was asked for (`needs(…, step_up=True)`).
    """
    with saved_by(principal, Permission.APPLICATION_CONFIRM, now) as who:
        areas.hold(who.area_id)
        kept = store.one(who, application_id)
        if kept is None:
            raise NotFound
        if store.acts_as(who) is not Who.CHAIR:
            raise Forbidden
        decision = kept.to_confirm
        if decision is None:
            raise RuleBroken(NOTHING)
        if seen != seen_of(kept):
            raise RuleBroken(NOT_AS_SHOWN)
        keep(who, kept, Made(decision.step, now, Who.CHAIR, decision.reason))
        return decision.step


def seen_of(kept: Kept) -> str:
    """What a chair is shown to confirm: which decision, and when it was recorded."""
    decision = kept.to_confirm
    return f"{decision.step.name.lower()} {decision.at.isoformat()}" if decision else ""
