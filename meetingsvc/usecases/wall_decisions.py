"""Looking at the walls the service found: one stays, or two people lift it (Rulebook M6, security.md B)."""

from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.need_to_know import WallGround, WallState
from agenda.rules import RuleBroken
from agenda.walls import because
from meetingsvc.models import WallRow
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, audit, nameable, restrictions, unattended, walls
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved_by


def keep(principal: Principal, case_id: UUID, wall_id: UUID, now: datetime) -> None:
    """Somebody who runs meetings has looked, and the wall stays."""
    with saved_by(principal, Permission.WALL_DECIDE, now) as who:
        row = _standing(who, case_id, wall_id)
        with acting.whole_area(who.area_id):
            row.decided_by, row.decided_at = who.account_id, now
            audit.record(who.account_id, who.area_id, "wall.kept", f"wall/{row.id}", now, case=case_id)


def propose_lifting(principal: Principal, case_id: UUID, wall_id: UUID, reason: str, now: datetime) -> None:
    """It is not the same person: a second person confirms before the wall is lifted (security.md B).

    That is another who runs meetings. Where nobody else of them may open the case, information governance
    confirms: else a case closed to the only other one by a namesake could never be opened to them again.
    """
    with saved_by(principal, Permission.WALL_DECIDE, now) as who:
        row = _standing(who, case_id, wall_id)
        case = restrictions.reference(who, case_id)
        why = because(WallGround(row.ground), row.shared, by_service=row.put_by is None)
        detail = {"wall": str(wall_id), "case": case, "case_id": str(case_id), "because": why}
        with acting.whole_area(who.area_id):
            free = nameable.who_could_confirm(who.area_id, case_id, who.account_id, local_day(now))
        proposals.propose(
            who, LIFT.name if free else LIFT_ALONE.name, f"wall/{wall_id}", detail, reason, now,
            case_id=case_id if free else None, about_id=row.account_id,
        )  # fmt: skip


def _standing(who: Principal, case_id: UUID, wall_id: UUID) -> WallRow:
    row = walls.one(who, case_id, wall_id) if restrictions.may_open(who, case_id) else None
    if row is None:
        raise NotFound
    if row.state != WallState.STANDS:
        raise RuleBroken("They may open the case already. Nothing changed.")
    return row


def _lift(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    if told.case_id is None or not restrictions.may_open(proposer, told.case_id):
        raise RuleBroken("Whoever proposed this may not decide it any more. Nothing changed.")
    row = _standing(confirmer, told.case_id, UUID(told.detail["wall"]))
    with acting.whole_area(told.area_id):
        take_down(row, told, confirmer, now)


def _lift_alone(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    case_id = UUID(told.detail["case_id"])
    with acting.acting(proposer):
        row = _standing(proposer, case_id, UUID(told.detail["wall"]))
    with acting.whole_area(told.area_id):
        take_down(row, told, confirmer, now)


def not_walled(who: Principal, told: Told) -> bool:
    """Nobody from whom a wall keeps the case that the detail names confirms anything about it."""
    with acting.whole_area(told.area_id):
        return not unattended.stands(who.account_id, UUID(told.detail["case_id"]))


def _governs(who: Principal, told: Told) -> bool:
    return who.role is Role.INFORMATION_GOVERNANCE and not_walled(who, told)


def take_down(row: WallRow, told: Told, confirmer: Principal, now: datetime) -> None:
    """What two people decided; inside `acting.whole_area`, in the transaction of the decision."""
    row.state, row.why = WallState.LIFTED, told.reason
    row.decided_by, row.decided_at = confirmer.account_id, now
    audit.record(confirmer.account_id, told.area_id, "wall.lifted", f"wall/{row.id}", now, case=row.case_id)


def _describe(told: Told) -> list[Change]:
    why = told.detail.get("because") or f"this is alike: {told.detail['shared']}"
    who = restrictions.name_of(told.about_id)
    return [Change(f"{who} and case {told.detail['case']}", f"Kept from it, because {why}", "May be opened")]


LIFT = proposals.register(
    Kind("wall.lift", "Let somebody kept from a case open it", Permission.WALL_DECIDE, Permission.WALL_DECIDE,
         _describe, _lift)
)  # fmt: skip
LIFT_ALONE = proposals.register(
    Kind("wall.lift_alone", "Let somebody kept from a case open it: one person alone sees it",
         Permission.WALL_DECIDE, Permission.TICKET_APPROVE, _describe, _lift_alone, _governs)
)  # fmt: skip
