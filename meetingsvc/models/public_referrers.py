"""Who refers without an account: their confirmed e-mail address, and the links sent to it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class PublicReferrerRow(Base):
    """One address in one area, from when it was first typed."""

    __tablename__ = "public_referrer"
    __table_args__ = (UniqueConstraint("area_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    email: Mapped[str] = mapped_column(String(254))  # lower case
    name: Mapped[str] = mapped_column(String(100))
    agency: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PublicLetterRow(Base):
    """A link that was asked for: the worker sends it. What opens the link is nowhere kept."""

    __tablename__ = "public_letter"
    __table_args__ = (Index(None, "state", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  # also the Message-ID
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    referrer_id: Mapped[UUID] = mapped_column(ForeignKey("public_referrer.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(100))  # as typed when it was asked for
    agency: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10))  # meetingsvc.store.outbox.State
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)  # SHA-256 of the link's key
    link_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PublicSessionRow(Base):
    """A browser in which a link was opened, and what it may open since: that address's referrals."""

    __tablename__ = "public_session"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the cookie
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    referrer_id: Mapped[UUID] = mapped_column(ForeignKey("public_referrer.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PublicReferralRow(Base):
    """Whose a referral is that no account made: that address's, and no other's."""

    __tablename__ = "public_referral"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    referrer_id: Mapped[UUID] = mapped_column(ForeignKey("public_referrer.id"), index=True)
