"""The cases that are kept from who is to receive something, and why: walls, and what they share (M6, F3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select

from agenda.addresses import Part
from agenda.details import Details, Shared
from agenda.need_to_know import WallGround, WallState
from meetingsvc.models import WallRow, db
from meetingsvc.store import details
from notifications import collisions
from notifications.recipients import Ground


class Parties:
    """The perpetrators and known associates of some cases, and what staff told of themselves.

    Read once for all the recipients of one thing.
    """

    def __init__(self, area_id: UUID, case_ids: Iterable[UUID]) -> None:
        self._kept_from = {
            case_id: [one.details for one in told if one.part is not Part.VICTIM]
            for case_id, told in details.of_cases(list(case_ids)).items()
        }
        self._own: dict[UUID, list[Details]] = defaultdict(list)
        for person in details.of_staff(area_id):
            if person.ground is WallGround.PARTY:
                self._own[person.account_id].append(person.details)

    def collides(self, account_id: UUID, case_id: UUID, cleared: bool) -> frozenset[Shared]:
        """What a recipient shares with those of a case whom nothing may reach (Rulebook F3)."""
        told = self._kept_from.get(case_id, ())
        found = (collisions.collides(own, told, cleared=cleared) for own in self._own[account_id])
        return frozenset[Shared]().union(*found)


def grounds(
    account_id: UUID, about: Collection[UUID], closed: Collection[UUID], parties: Parties
) -> dict[UUID, Ground]:
    """The cases that are kept from somebody, each with the first reason that stands; `closed` are those that
    they would have to be able to open, and may not."""
    walls, kept = _walls(account_id, about), dict[UUID, Ground]()
    for case_id in about:
        state, shared = walls.get(case_id, (None, ""))
        cleared = state is WallState.LIFTED and Shared.NAME in shared
        if state is WallState.STANDS:
            kept[case_id] = Ground.WALL
        elif parties.collides(account_id, case_id, cleared):
            kept[case_id] = Ground.COLLISION
        elif case_id in closed:
            kept[case_id] = Ground.CLOSED
    return kept


def _walls(account_id: UUID, case_ids: Iterable[UUID]) -> dict[UUID, tuple[WallState, str]]:
    row = WallRow
    rows = select(row.case_id, row.state, row.shared).where(
        row.account_id == account_id, row.case_id.in_(list(case_ids))
    )
    return {case_id: (WallState(state), shared) for case_id, state, shared in db.session.execute(rows)}
