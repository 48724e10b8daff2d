"""What the police do about the MARAC's update before they disclose: weigh it, or not wait (C4, Y1)."""

from datetime import datetime
from uuid import UUID, uuid4

from agenda.calendar import local_day
from agenda.disclosure_update import GOES_AHEAD, MOVES, Step
from agenda.moves import Who, made
from agenda.rules import RuleBroken
from meetingsvc.models import UpdateStepRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import disclosure_updates as store
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.usecases.disclosure_schemes import NOT_FINAL, held, not_final, noted
from meetingsvc.usecases.transaction import saved_by

NONE = "Nothing waits for the MARAC on this application. Nothing changed."
SAID_SINCE = "An agency has said something since you looked. Read it first. Nothing was recorded."


def go_ahead(principal: Principal, application_id: UUID, reason: str, now: datetime) -> None:
    """The risk does not wait for the MARAC, which is told all the same (Rulebook C4, Y1)."""
    with saved_by(principal, Permission.APPLICATION_STEP, now) as who:
        kept = held(who, application_id)
        update = _open(who, kept, now)
        step = next((one for one in update.steps if one in GOES_AHEAD), Step.GO_AHEAD_ASKED)
        _take(who, kept, update, step, reason, now)


def weigh(principal: Principal, application_id: UUID, seen: str, reason: str, now: datetime) -> None:
    """What agencies hold was weighed; `seen` says what was shown of it (Rulebook C3)."""
    with saved_by(principal, Permission.APPLICATION_STEP, now) as who:
        kept = held(who, application_id)
        update = _open(who, kept, now)
        if update.seen != seen:
            raise RuleBroken(SAID_SINCE)
        _take(who, kept, update, Step.WEIGH, reason, now)


def _open(who: Principal, kept: Kept, now: datetime) -> store.Update:
    if not_final(kept):
        raise RuleBroken(NOT_FINAL)
    update = store.of(who, kept, local_day(now))
    if update is None:
        raise RuleBroken(NONE)
    return update


def _take(who: Principal, kept: Kept, update: store.Update, step: Step, reason: str, now: datetime) -> None:
    made(MOVES[step], update.state, Who.POLICE, reason)
    row = UpdateStepRow(id=uuid4(), area_id=who.area_id, application_id=kept.id, step=step, at=now,
                        account_id=who.account_id, reason=reason.strip())  # fmt: skip
    db.session.add(row)
    db.session.flush()
    noted(who, kept, "application.marac_step", now, step=row.id)
