"""Lists of one's own work that are taken away as a file: they pass the one door as packs do (F3, M6, V5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc import mail
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import actions, audit, flags, pack_cases
from meetingsvc.store.actions import Action, Which
from meetingsvc.store.flags import Kept
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases.transaction import saved_by
from notifications.outgoing import ACTIONS_LIST, FLAGS_LIST, Stage, What

_AT_ONCE = 1000


def of_flags(principal: Principal, now: datetime) -> list[Kept]:
    """What the agency has to do, without the cases that stay in the service (Rulebook G2)."""
    with saved_by(principal, Permission.FLAG_DONE, now) as who:
        found = flags.to_do(who)
        given = _cleared(who, FLAGS_LIST, {one.case_id for one in found}, now)
        taken = [one for one in found if one.case_id in given]
        audit.record(who.account_id, who.area_id, "flag.list_exported", f"agency/{who.agency_id}", now)
        _trace(who, "flag.case_exported", [one.case_id for one in taken], now)
    return taken


def of_actions(principal: Principal, which: Which, agency_id: UUID | None, now: datetime) -> list[Action]:
    """The actions that the page shows, without the cases that stay in the service (Rulebook A2)."""
    with saved_by(principal, Permission.ACTION_UPDATE, now) as who:
        found = list(actions.every(who, which, agency_id, local_day(now)))
        given = _cleared(who, ACTIONS_LIST, {one.case_id for one in found}, now)
        taken = [one for one in found if one.case_id in given]
        audit.record(who.account_id, who.area_id, "action.exported", f"area/{who.area_id}", now)
        _trace(who, "action.case_exported", [one.case_id for one in taken], now)
    return taken


def _cleared(who: Principal, kind: str, case_ids: set[UUID], now: datetime) -> set[UUID]:
    """Those that may reach the reader as a file now. Those open to named people only are read in the service,
    where no second person has to let them out (security.md B)."""
    waiting, cleared = sorted(case_ids), set[UUID]()
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        open_ = frozenset(some) - pack_cases.restricted(who, some)
        if not open_:
            continue
        thing = Outgoing(who.area_id, who.account_id, What.FILE, kind, MeetingKind.MARAC, open_)
        passed = mail.dispatch(thing, Stage.BUILD, now)
        cleared |= passed.about if passed else frozenset()
    return cleared


def _trace(who: Principal, action: str, case_ids: Sequence[UUID], now: datetime) -> None:
    """A line on each case: its own log says who took it away (Rulebook V5)."""
    audit.record_each(who.account_id, who.area_id, action, sorted(set(case_ids)), now)
