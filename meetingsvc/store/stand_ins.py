"""What a chair's standing in for a coordinator follows from; inside `acting.whole_area` (security.md B)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from agenda.need_to_know import WallGround, WallState
from meetingsvc.models import OutcomeRow, ProposalRow, WallRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import nameable
from meetingsvc.store.proposals import State


def recorded_by(item_id: UUID) -> UUID | None:
    """Who saved the outcome of a daily item last; None where there is none."""
    return db.session.scalar(select(OutcomeRow.recorded_by).where(OutcomeRow.item_id == item_id))


def kept_by_another(area_id: UUID, case_id: UUID, chair_id: UUID, today: date) -> bool:
    """Whether it was never this chair alone who has each coordinator kept from a case.

    A wall says nothing of who recorded the detail it rests on. So it counts where the coordinator said
    themselves that they know somebody, or once another than this chair has looked at it and left it standing.
    Who is not named on a restricted case can be named again, unless two people decided otherwise.
    """
    runs = nameable.who_run(area_id, today)
    return all(_kept(case_id, one.id, chair_id) for one in runs if one.role is Role.COORDINATOR)


def _kept(case_id: UUID, coordinator_id: UUID, chair_id: UUID) -> bool:
    rows = select(WallRow).where(WallRow.case_id == case_id, WallRow.account_id == coordinator_id)
    wall = db.session.scalar(rows.where(WallRow.state == WallState.STANDS))
    if wall is None:
        return _decided(f"named/{case_id}/{coordinator_id}", State.APPROVED)
    told = wall.put_by == coordinator_id or (wall.ground == WallGround.DECLARED and not wall.shared)
    if told or wall.decided_by not in (None, chair_id):
        return True
    return _decided(f"wall/{wall.id}", State.REFUSED, wall, chair_id)


def _decided(subject: str, state: State, wall: WallRow | None = None, but: UUID | None = None) -> bool:
    """Whether a proposal about this ended so; of a wall, since it was put, and not by this chair."""
    row = ProposalRow
    rows = select(row.id).where(row.subject == subject, row.state == state)
    if wall is not None:
        rows = rows.where(row.decided_at >= wall.put_at, row.decided_by != but)
    return db.session.scalar(rows.limit(1)) is not None
