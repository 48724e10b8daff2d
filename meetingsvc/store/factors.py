"""Rows of second factors."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from meetingsvc.models import AccountRow, PasskeyRow, TotpRow, db


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey, as its owner reads it."""

    id: UUID
    credential_id: bytes
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account can prove itself with, besides the password."""

    passkeys: tuple[Passkey, ...]
    totp_since: datetime | None

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.passkeys) + (self.totp_since is not None)


def of(account_id: UUID) -> Factors:
    """The factors of an account, passkeys in the order they were added."""
    rows = select(PasskeyRow).where(PasskeyRow.account_id == account_id)
    passkeys = db.session.scalars(rows.order_by(PasskeyRow.added_at, PasskeyRow.id))
    since = db.session.scalar(select(TotpRow.added_at).where(TotpRow.account_id == account_id))
    return Factors(
        tuple(Passkey(row.id, row.credential_id, row.name, row.added_at, row.used_at) for row in passkeys),
        since,
    )


def email_of(account_id: UUID) -> str:
    """What an authenticator and a browser call the account."""
    return db.session.scalars(select(AccountRow.email).where(AccountRow.id == account_id)).one()


def secret_of(account_id: UUID) -> bytes | None:
    """The sealed secret of an account's authenticator app."""
    return db.session.scalar(select(TotpRow.secret).where(TotpRow.account_id == account_id))


def use_step(account_id: UUID, step: int) -> bool:
    """Uses up a code and all before it. False where one as new was used: of two at once, one wins."""
    row = TotpRow
    used = update(row).where(row.account_id == account_id, row.last_step < step).values(last_step=step)
    return db.session.scalar(used.returning(row.account_id)) is not None


def passkey_of(account_id: UUID, credential_id: bytes) -> PasskeyRow | None:
    """A passkey by what the browser calls it; only the account's own."""
    row = PasskeyRow
    return db.session.scalar(
        select(row).where(row.account_id == account_id, row.credential_id == credential_id)
    )


def is_known(credential_id: bytes) -> bool:
    """Whether anybody has this passkey already."""
    row = PasskeyRow
    return db.session.scalar(select(row.id).where(row.credential_id == credential_id)) is not None


def use_passkey(passkey_id: UUID, sign_count: int, now: datetime) -> bool:
    """Notes its use. False where its count did not go up: it is a copy, or two came at once."""
    row = PasskeyRow
    newer = or_(row.sign_count < sign_count, (row.sign_count == 0) & (sign_count == 0))
    used = update(row).where(row.id == passkey_id, newer).values(sign_count=sign_count, used_at=now)
    return db.session.scalar(used.returning(row.id)) is not None


def remove_all_of(account_id: UUID) -> None:
    """Every factor of an account."""
    db.session.execute(delete(TotpRow).where(TotpRow.account_id == account_id))
    db.session.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account_id))
