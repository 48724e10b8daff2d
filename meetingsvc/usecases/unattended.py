"""Cases that nobody who runs meetings may open: information governance has somebody named (Rulebook M6)."""

from datetime import datetime, timedelta
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from agenda.restrictions import CANNOT_BE_NAMED
from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, nameable
from meetingsvc.store import unattended as store
from meetingsvc.store.proposals import Told
from meetingsvc.store.restrictions import name_of
from meetingsvc.usecases import notices, oversight, proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.restrictions import SERVICE, open_to_named
from meetingsvc.usecases.transaction import saved, saved_by
from meetingsvc.usecases.wall_decisions import not_walled, take_down
from notifications.messages import Notice

A_DAY = timedelta(hours=23)  # a job that runs daily is never quite on time


TOLD = "cases.unattended"


def tell(now: datetime) -> int:
    """Tells information governance, once a day, that cases are open to nobody who runs meetings (M6).

    The notice says nothing of them; the page of tickets gives their references. Answers how many cases.
    """
    return sum(_tell(area_id, now) for area_id in store.area_ids())


def _tell(area_id: UUID, now: datetime) -> int:
    with saved(), acting.whole_area(area_id):
        areas.hold(area_id)
        cases = nameable.unattended(area_id, local_day(now))
        if not cases or store.told_since(area_id, TOLD, now - A_DAY):
            return 0
        values = {
            "panel": MeetingKind.MARAC.value, "sits_on": local_day(now).isoformat(), "path": "/tickets",
        }  # fmt: skip
        for account_id in store.governance(area_id):
            notices.put(area_id, account_id, Notice.ALARM, values, now, about=[key for key, _ in cases])
        audit.record(SERVICE, area_id, TOLD, f"area/{area_id}", now, cases=len(cases))
        return len(cases)


def propose_naming(principal: Principal, case_id: UUID, account_id: UUID, reason: str, now: datetime) -> None:
    """Information governance names somebody who runs meetings on a case that none of them may open."""
    with saved_by(principal, Permission.TICKET_ASK, now) as who:
        with acting.whole_area(who.area_id):
            case = dict(nameable.unattended(who.area_id, local_day(now), who.account_id)).get(case_id)
            able = nameable.runners(who.area_id, case_id, local_day(now))
        if case is None:
            raise NotFound
        if account_id not in able:
            raise RuleBroken(CANNOT_BE_NAMED)
        detail = {"case": case, "case_id": str(case_id), "account": str(account_id)}
        proposals.propose(who, NAME.name, f"case/{case_id}", detail, reason, now, about_id=account_id)


def propose_lifting(
    principal: Principal, case_id: UUID, account_id: UUID, reason: str, now: datetime
) -> None:
    """Information governance lets somebody who runs meetings back to a case that none of them may open.

    So a case that walls have closed to all of them can always be brought back; without its content.
    """
    with saved_by(principal, Permission.TICKET_ASK, now) as who:
        with acting.whole_area(who.area_id):
            case = dict(nameable.unattended(who.area_id, local_day(now), who.account_id)).get(case_id)
            wall = store.wall(account_id, case_id)
            runs = account_id in {one.id for one in nameable.who_run(who.area_id, local_day(now))}
        if case is None:
            raise NotFound
        if wall is None or not runs:
            raise RuleBroken("This person is not kept from the case. Name them on it instead.")
        detail = {"case": case, "case_id": str(case_id), "account": str(account_id)}
        proposals.propose(who, LIFT.name, f"case/{case_id}", detail, reason, now, about_id=account_id)


def _carry_lifting(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    case_id, account_id = UUID(told.detail["case_id"]), UUID(told.detail["account"])
    areas.hold(told.area_id)
    with acting.whole_area(told.area_id):
        unattended = dict(nameable.unattended(told.area_id, local_day(now), proposer.account_id))
        wall = store.wall(account_id, case_id)
        if case_id not in unattended or wall is None:
            raise RuleBroken("Somebody may open this case meanwhile. Nothing changed.")
        take_down(wall, told, confirmer, now)
        oversight.tell(told.area_id, case_id, confirmer.account_id, now)


def _describe_lifting(told: Told) -> list[Change]:
    name_ = name_of(told.about_id)
    return [Change(f"{name_} and case {told.detail['case']}", "Kept from it by a wall", "No longer kept")]


def _carry_naming(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    case_id, account_id = UUID(told.detail["case_id"]), UUID(told.detail["account"])
    areas.hold(told.area_id)
    with acting.whole_area(told.area_id):
        if account_id not in nameable.runners(told.area_id, case_id, local_day(now)):
            raise RuleBroken(CANNOT_BE_NAMED)
        open_to_named(confirmer, case_id, {account_id}, now)


def _describe_naming(told: Told) -> list[Change]:
    name_ = name_of(told.about_id)
    return [Change(f"Case {told.detail['case']}", "Open to nobody who runs meetings", f"Open to {name_}")]


#: A chair who is not named on it learns its reference here: where an area has one person of information
#: governance, a case that nobody could ever hear again would be worse.
NAME = proposals.register(
    Kind("restriction.name", "Name somebody on a case", Permission.TICKET_ASK, Permission.TICKET_APPROVE,
         _describe_naming, _carry_naming, not_walled)
)  # fmt: skip
LIFT = proposals.register(
    Kind("wall.bring_back", "Let somebody kept from a case open it: nobody else may", Permission.TICKET_ASK,
         Permission.TICKET_APPROVE, _describe_lifting, _carry_lifting, not_walled)
)  # fmt: skip
