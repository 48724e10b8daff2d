"""Builds what keeps a case from people, and what opens it to them."""

from uuid import UUID, uuid4

from agenda.need_to_know import OpeningKind, WallGround, WallState
from meetingsvc.models import OpeningRow, WallRow, db
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW


def a_wall(area_id: UUID, case_id: UUID, account_id: UUID, state: WallState = WallState.STANDS) -> UUID:
    """A wall between a person and a case, as the service puts it."""
    wall_id = uuid4()
    with saved(), acting.service():
        db.session.add(
            WallRow(id=wall_id, area_id=area_id, case_id=case_id, account_id=account_id, put_at=NOW,
                    ground=WallGround.PARTY, shared="name", state=state,
                    decided_at=NOW if state is WallState.LIFTED else None)
        )  # fmt: skip
    return wall_id


def wall_and_opening(area_id: UUID, case_id: UUID, account_id: UUID) -> dict[str, UUID]:
    """A lifted wall, and a ticket nobody has decided, for the tests that knock at every door."""
    opening_id = uuid4()
    with saved(), acting.service():
        db.session.add(OpeningRow(id=opening_id, area_id=area_id, case_id=case_id, account_id=account_id,
                                  kind=OpeningKind.TICKET, reason="To answer a complaint",
                                  asked_at=NOW))  # fmt: skip
    return {
        "wall_id": a_wall(area_id, case_id, account_id, WallState.LIFTED),
        "opening_id": opening_id,
    }
