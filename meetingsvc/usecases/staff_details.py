"""What staff tell of themselves, so that the service keeps them from cases about them (Rulebook M6)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.addresses import DetailOf
from agenda.details import Details
from agenda.rules import RuleBroken
from meetingsvc.models import StaffDetailRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit
from meetingsvc.store.scope import told_by
from meetingsvc.usecases import walls
from meetingsvc.usecases.transaction import saved_by

MOST = 100
#: Nobody has more names and addresses of their own, and none of it hides a case they are not on.
MOST_OWN = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One name with what belongs to it, as typed."""

    forename: str
    surname: str
    dob: date | None
    address: str
    phone: str
    email: str

    @property
    def finds_somebody(self) -> bool:
        """Whether anything could ever match: two words of a name, or a way to reach somebody."""
        ways = (frozenset({text}) for text in (self.email, self.phone, self.address))
        return bool(Details(self.forename, self.surname, self.dob, *ways).keys)


def add(principal: Principal, of_whom: DetailOf, told: Told, now: datetime) -> None:
    """Keeps it and puts up the walls it calls for, at once; nobody but the person reads it."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        areas.hold(who.area_id)
        if not told.finds_somebody:
            raise RuleBroken("Enter a forename and a surname, or an address, a number or an e-mail address.")
        before = db.session.scalars(select(StaffDetailRow.of_whom).where(told_by(who))).all()
        if len(before) >= MOST:
            raise RuleBroken(f"You have told of {MOST} already. Take one away first.")
        if of_whom is DetailOf.SELF and before.count(DetailOf.SELF) >= MOST_OWN:
            raise RuleBroken(f"You have told {MOST_OWN} of yourself already. Take one away first.")
        row = StaffDetailRow(
            id=uuid4(), area_id=who.area_id, account_id=who.account_id, of_whom=of_whom,
            forename=told.forename.strip(), surname=told.surname.strip(), dob=told.dob,
            address=told.address.strip(), phone=told.phone.strip(), email=told.email.strip(), told_at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "staff_detail.added", f"account/{who.account_id}", now,
                     row=row.id, of=of_whom.value)  # fmt: skip
        walls.check_staff(who.account_id, now)


def take_away(principal: Principal, detail_id: UUID, now: datetime) -> None:
    """It matches nobody new; walls that it put up stay until two others lift them (Rulebook M6)."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        areas.hold(who.area_id)
        row = db.session.scalar(select(StaffDetailRow).where(told_by(who), StaffDetailRow.id == detail_id))
        if row is None:
            raise NotFound
        db.session.delete(row)
        audit.record(who.account_id, who.area_id, "staff_detail.removed", f"account/{who.account_id}", now,
                     row=detail_id)  # fmt: skip
