"""Who is told at once and who once a day, and what was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class NoticeChoiceRow(Base):
    """Somebody wants one kind of notice otherwise than at once: in one message a day; of invitations, none by
    mail while they subscribe to their calendar."""

    __tablename__ = "notice_choice"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    notice: Mapped[str] = mapped_column(String(30), primary_key=True)  # notifications.messages.Notice
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    chosen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DigestLineRow(Base):
    """A gathered message, and the one daily message that tells of it."""

    __tablename__ = "digest_line"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    digest_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"), index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class NoticeToldRow(Base):
    """Of what somebody was told, once for each stage: a meeting, a task, an application."""

    __tablename__ = "notice_told"

    notice: Mapped[str] = mapped_column(String(30), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String(20), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
