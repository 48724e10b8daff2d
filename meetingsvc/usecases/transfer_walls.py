"""Who of the receiving area must not learn of a case that is offered to it: found by who they are (M6)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.addresses import Part
from agenda.details import Staff
from agenda.need_to_know import WallGround, WallState
from agenda.transfers import State
from agenda.walls import Member, Party, Watch
from meetingsvc.models import (
    CaseRow,
    IdentityRow,
    TransferInRow,
    TransferRow,
    TransferWallRow,
    WallRow,
    db,
)
from meetingsvc.store import acting, audit, details

#: Who acts in the audit trail where the service finds it by itself.
SERVICE = "service"


def kept_from(area_id: UUID, case_id: UUID, to_area_id: UUID) -> set[UUID]:
    """The accounts there of whoever the case is about, or knows somebody on it.

    So is whoever is kept from it here and has an account there too, and who is kept there from another case
    of the same victim. Call it inside `acting.service`.
    """
    told = details.of_cases([case_id])[case_id]
    staff = details.of_staff(to_area_id)
    watch = Watch(Member(one.account_id, one.ground, one.details, one.of_account) for one in staff)
    people = [Party(one.person_id, one.part is not Part.ASSOCIATE, one.details) for one in told]
    return {*watch.matching(people), *_kept_here(area_id, case_id, staff), *_kept_there(case_id, to_area_id)}


def _kept_here(area_id: UUID, case_id: UUID, staff: Collection[details.StaffTold]) -> set[UUID]:
    """A wall follows the person, whichever of their accounts it was put on."""
    row = WallRow
    rows = select(row.account_id).where(row.case_id == case_id, row.state == WallState.STANDS)
    walled = set(db.session.scalars(rows))
    there = Staff((one.account_id, one.details) for one in staff if one.ground is WallGround.PARTY)
    found = set[UUID]()
    for one in details.of_staff(area_id) if walled else ():
        if one.account_id in walled and one.ground is WallGround.PARTY:
            found |= there.matching(one.details).keys()
    return found


def _kept_there(case_id: UUID, to_area_id: UUID) -> set[UUID]:
    """What another case of the same victim tells of her is as much (M6)."""
    case = db.session.get_one(CaseRow, case_id)
    known = select(IdentityRow.value).where(
        IdentityRow.person_id == case.victim_id, IdentityRow.kind == "name"
    )
    same = select(IdentityRow.person_id).where(
        IdentityRow.area_id == to_area_id, IdentityRow.kind == "name", IdentityRow.value.in_(known)
    )
    rows = (
        select(WallRow.account_id)
        .join(CaseRow, CaseRow.id == WallRow.case_id)
        .where(CaseRow.victim_id.in_(same), WallRow.state == WallState.STANDS)
    )
    return set(db.session.scalars(rows))


def check(area_id: UUID, now: datetime) -> None:
    """An account of this area, or what its person told, is new: they are compared with what is offered."""
    _check(TransferInRow.area_id == area_id, now)


def check_cases(case_ids: Collection[UUID], now: datetime) -> None:
    """What is known of the people of these cases is new: the same, where one of them is offered."""
    _check(TransferRow.case_id.in_(case_ids), now)


def _check(which: object, now: datetime) -> None:
    with acting.service():
        offered = (
            select(TransferInRow, TransferRow)
            .join(TransferRow, TransferRow.id == TransferInRow.transfer_id)
            .where(TransferInRow.state == State.RECEIVED, which)  # type: ignore[arg-type]
        )
        for arrival, row in db.session.execute(offered).all():
            put(arrival, kept_from(row.area_id, row.case_id, arrival.area_id), now)


def put(arrival: TransferInRow, accounts: Collection[UUID], now: datetime) -> None:
    """From now on the transfer does not exist for them."""
    row = TransferWallRow
    for account_id in sorted(set(accounts) - walled(arrival.id)):
        db.session.add(row(transfer_in_id=arrival.id, account_id=account_id, area_id=arrival.area_id))
        db.session.flush()
        audit.record(SERVICE, arrival.area_id, "transfer.kept_from", f"transfer_in/{arrival.id}", now)


def carry_over(arrival: TransferInRow, case_id: UUID, now: datetime) -> None:
    """Whoever was kept from the transfer is kept from the case that comes of it."""
    wall = WallRow
    there = set(db.session.scalars(select(wall.account_id).where(wall.case_id == case_id)))
    for account_id in sorted(walled(arrival.id) - there):
        db.session.add(
            wall(id=uuid4(), area_id=arrival.area_id, case_id=case_id, account_id=account_id, shared="",
                 ground=WallGround.DECLARED, matched="", state=WallState.STANDS, put_at=now)
        )  # fmt: skip
    db.session.flush()


def walled(arrival_id: UUID) -> set[UUID]:
    """Who of the receiving area must not learn of it."""
    row = TransferWallRow
    return set(db.session.scalars(select(row.account_id).where(row.transfer_in_id == arrival_id)))
