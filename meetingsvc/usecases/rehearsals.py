"""Rehearsing a meeting with invented cases, in an area of its own: making one, entering, leaving, ending.

Nothing of it is in any count, list or search of the real area, and nothing leaves it.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import Forbidden

from agenda.area import AreaSettings
from agenda.rehearsal import Plan
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AgencyRow, RehearsalRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import accounts, areas, audit, rehearsals
from meetingsvc.usecases import rehearsal_filling as filling
from meetingsvc.usecases import rehearsal_people as twins
from meetingsvc.usecases.transaction import saved_by

NOBODY = "A rehearsal needs a coordinator, who keeps its lists. Ask the system administrator for one first."
MEANWHILE = "Somebody else has made another rehearsal meanwhile. Enter that one."


def make(principal: Principal, plan: Plan, now: datetime) -> UUID:
    """A new rehearsal, with its invented cases listed; the one before it ends, whoever is in it.

    Its area is the answer. Until its cases are there nobody can enter it.
    """
    if problem := plan.problem():
        raise RuleBroken(problem)
    area_id, settings, days = _open(principal, now)
    coordinator = _coordinator(area_id, principal, now)
    try:
        listed = filling.fill(coordinator, plan, days, now)
    except Forbidden:
        raise RuleBroken(MEANWHILE) from None
    with saved_by(principal, Permission.REHEARSAL_MAKE, now) as who:
        row = db.session.get_one(RehearsalRow, area_id, with_for_update=True)
        if row.ended_at is not None:
            raise RuleBroken(MEANWHILE)
        row.ready_at = now
        areas.by_id(area_id).settings = areas.settings_json(settings)
        audit.record(who.account_id, who.area_id, "rehearsal.made", f"rehearsal/{area_id}", now, items=listed)
    return area_id


def _open(principal: Principal, now: datetime) -> tuple[UUID, AreaSettings, filling.Days]:
    """The area with its people; while its cases are invented, no MARAC comes of the timetable by itself."""
    with saved_by(principal, Permission.REHEARSAL_MAKE, now) as who:
        areas.hold(who.area_id)
        if not any(account.role == Role.COORDINATOR for account, _ in rehearsals.people(who.area_id)):
            raise RuleBroken(NOBODY)
        _end(who, now)
        settings = replace(areas.settings_of(areas.by_id(who.area_id)), public_form=False)
        days = filling.days(settings, now)
        quiet = replace(settings, marac_anchor=None)
        return twins.open_area(who, days.before, days.window_start, quiet, now), settings, days


def _coordinator(area_id: UUID, principal: Principal, now: datetime) -> Principal:
    twin = rehearsals.as_whom(area_id, principal.account_id)
    if twin is not None and twin.role == Role.COORDINATOR:
        account_id = twin.id
    elif (first := rehearsals.first_of(area_id, Role.COORDINATOR)) is not None:
        account_id = first
    else:
        raise RuleBroken(NOBODY)
    found = accounts.principal(account_id, now)
    if found is None:
        raise RuleBroken(MEANWHILE)
    return found


def enter(principal: Principal, now: datetime) -> UUID | None:
    """From now on their session acts in the rehearsal, as the account that is the answer; None where there is
    none to enter."""
    with saved_by(principal, Permission.REHEARSAL_ENTER, now) as who:
        areas.hold(who.area_id)
        found = rehearsals.under_way(who.area_id)
        if who.rehearsing or found is None or found.ready_at is None:
            return None
        account = db.session.get_one(AccountRow, who.account_id)
        agency = db.session.get_one(AgencyRow, who.agency_id)
        twin_id = twins.act_as(found.area_id, account, agency)
        audit.record(who.account_id, who.area_id, "rehearsal.entered", f"rehearsal/{found.area_id}", now)
        return twin_id


def leave(principal: Principal, twin: Principal, now: datetime) -> None:
    """Back to the real area: the trail says so there."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        audit.record(who.account_id, who.area_id, "rehearsal.left", f"rehearsal/{twin.area_id}", now)


def end(principal: Principal, now: datetime) -> bool:
    """Nobody enters the rehearsal any more; who is in it is back in the real area with their next page.

    False where there was none.
    """
    with saved_by(principal, Permission.REHEARSAL_MAKE, now) as who:
        areas.hold(who.area_id)
        return _end(who, now) > 0


def _end(who: Principal, now: datetime) -> int:
    ended = rehearsals.not_ended(who.area_id)
    for row in ended:
        row.ended_at = now
        audit.record(who.account_id, who.area_id, "rehearsal.ended", f"rehearsal/{row.area_id}", now)
    return len(ended)


def acting_for(principal: Principal, twin_id: UUID, now: datetime) -> Principal | None:
    """Who somebody is in the rehearsal they entered; None once it is over, or they are not who they were."""
    if not rehearsals.is_of(twin_id, principal.account_id):
        return None
    return accounts.principal(twin_id, now)
