"""People with accounts, their sessions, and attempts to sign in."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingsvc.models.base import Base, BigId, UTCDateTime


class AccountRow(Base):
    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # of a one-time password
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disabled_as: Mapped[str | None] = mapped_column(String(30))  # the role of who disabled it
    families: Mapped[set["AccountFamilyRow"]] = relationship(
        cascade="all, delete-orphan", foreign_keys="AccountFamilyRow.account_id"
    )

    def __init__(self, **told: Any) -> None:
        """Every account begins with domestic abuse alone: another family of panels is granted."""
        begins = AccountFamilyRow(family="domestic abuse", granted_at=told.get("created_at"))
        super().__init__(**{"families": {begins}, **told})


class AccountFamilyRow(Base):
    """A family of panels that an account runs, where its role runs meetings (agenda.panels.Family)."""

    __tablename__ = "account_family"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    family: Mapped[str] = mapped_column(String(16), primary_key=True)
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # none: with the account
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SessionRow(Base):
    __tablename__ = "session"

    key: Mapped[str] = mapped_column(
        String(64), primary_key=True
    )  # SHA-256 of the cookie: a dump signs nobody in
    id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)  # what its owner's pages call it
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    browser: Mapped[str] = mapped_column(String(60))  # its family, such as "Firefox on Windows"
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    challenge: Mapped[str | None] = mapped_column(String(100))  # what a passkey has to sign, once
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class SignInAttemptRow(Base):
    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))  # SHA-256 of the account's or the computer's address
    at: Mapped[datetime] = mapped_column(UTCDateTime)
