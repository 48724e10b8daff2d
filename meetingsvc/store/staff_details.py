"""What a member of staff told of themselves and of people they know: for that person alone."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from agenda.addresses import DetailOf
from meetingsvc.models import StaffDetailRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import told_by


@dataclass(frozen=True, slots=True)
class Detail:
    """One name with what belongs to it."""

    id: UUID
    of_whom: DetailOf
    forename: str
    surname: str
    dob: date | None
    address: str
    phone: str
    email: str

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.forename} {self.surname}".strip() or "(no name)"


def mine(principal: Principal) -> list[Detail]:
    """All that one told, oneself first."""
    row = StaffDetailRow
    told = [
        Detail(found.id, DetailOf(found.of_whom), found.forename, found.surname, found.dob, found.address,
               found.phone, found.email)
        for found in db.session.scalars(select(row).where(told_by(principal)))
    ]  # fmt: skip
    order = list(DetailOf)
    return sorted(told, key=lambda detail: (order.index(detail.of_whom), detail.name, detail.id))


def one(principal: Principal, detail_id: UUID) -> Detail | None:
    """One of them; None for anybody else's."""
    return next((detail for detail in mine(principal) if detail.id == detail_id), None)
