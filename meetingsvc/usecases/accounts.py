"""Making accounts, and taking them away at once."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AgencyRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import audit
from meetingsvc.usecases.sign_in import hashed

SHORTEST_PASSWORD = 12


def create(
    agency_id: UUID, role: Role, name: str, email: str, password: str, actor: UUID | str, now: datetime
) -> UUID:
    """Adds a person's account. To be called inside a transaction. E-mail addresses are kept in lower case."""
    name, email = " ".join(name.split()), email.strip().lower()
    if not name or len(name) > 100:
        raise RuleBroken("Give the person's name, up to 100 characters.")
    if "@" not in email or len(email) > 254 or not email.isascii() or not email.isprintable() or " " in email:
        raise RuleBroken("Give an e-mail address, like name@agency.example.")
    if len(password) < SHORTEST_PASSWORD:
        raise RuleBroken(f"A password needs {SHORTEST_PASSWORD} characters or more.")
    if db.session.scalar(select(AccountRow.id).where(AccountRow.email == email)):
        raise RuleBroken("There is an account with this e-mail address already.")
    area_id = db.session.scalars(select(AgencyRow.area_id).where(AgencyRow.id == agency_id)).one()
    account_id = uuid4()
    row = AccountRow(id=account_id, agency_id=agency_id, role=role, name=name, email=email,
                     password_hash=hashed(password), created_at=now)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, area_id, "account.created", f"account/{account_id}", now, role=role.value)
    return account_id
