"""What one person proposed and another decides."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime

_OPEN = text("state = 'open'")


class ProposalRow(Base):
    """One change that waits for, or had, a second person (security.md B: the proposer never approves)."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index("uq_proposal_open", "kind", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "area_id", "state"),
        CheckConstraint("decided_by <> proposed_by", name="decided_by_another"),
        CheckConstraint("proposed_by <> about_id", name="proposed_by_another"),
        CheckConstraint("decided_by <> about_id", name="decided_by_none_it_is_about"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(80))  # `account/<id>`, as the audit trail has it
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # never decides it
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10))  # store.proposals.State
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("account.id")
    )  # None: the service, or withdrawn
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(Text, default="")
    half: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: usecases/halves.py
    half_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
