"""What the police feed brought: imports, rejected rows, and every version of every incident."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class ImportRow(Base):
    __tablename__ = "feed_import"
    __table_args__ = (Index(None, "area_id", "received_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(10))  # feed, history, episodes, or entry: our own pages
    filename: Mapped[str] = mapped_column(String(200))
    received_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # none: the command line
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10), index=True)  # waiting, done, refused
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    refused: Mapped[str] = mapped_column(Text, default="")
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    header: Mapped[list[str]] = mapped_column(JSON, default=list)
    dealt_with_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dealt_with_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    dealt_with_reason: Mapped[str] = mapped_column(Text, default="")  # why, where some have not come in since
    left_over: Mapped[bool] = mapped_column(default=False)  # some of its rows are
    machine: Mapped[str] = mapped_column(String(100), default="")  # the force whose system sent it, if any


class RejectedRow(Base):
    __tablename__ = "rejected_row"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("feed_import.id"), index=True)
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(100))
    error: Mapped[str] = mapped_column(Text)
    cells: Mapped[list[Any]] = mapped_column(JSON)  # the row as it came
    left_over: Mapped[bool] = mapped_column(default=False)  # it was kept from whoever dealt with its import


class IncidentRow(Base):
    """Narrow on purpose: triage of a year reads every row, so the long text lies in a table of its own."""

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("area_id", "occurrence_number", "version"),
        Index(None, "area_id", "considered", "due_at"),
        Index(None, "area_id", "victim_nominal"),
        Index(None, "area_id", "victim_name"),
        Index(None, "area_id", "perpetrator_name"),
        Index(None, "area_id", "perpetrator_nominal"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    occurrence_number: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24), default="police_incident")  # of EntryKind
    current: Mapped[bool]
    considered: Mapped[bool]  # by a list, or overtaken by a newer version
    import_id: Mapped[UUID] = mapped_column(ForeignKey("feed_import.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    domestic: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_day: Mapped[date]  # local, as T6 measures
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)  # whose list takes it: agenda.daily_list.due_at
    risk: Mapped[str] = mapped_column(String(8))
    children: Mapped[bool]
    consents: Mapped[bool]
    victim_nominal: Mapped[str] = mapped_column(String(100))
    victim_name: Mapped[str] = mapped_column(String(300))
    perpetrator_nominal: Mapped[str] = mapped_column(String(100))
    perpetrator_name: Mapped[str] = mapped_column(String(300))
    perpetrator_known: Mapped[bool]
    has_order: Mapped[bool]
    victim_surname: Mapped[str] = mapped_column(
        String(150), default=""
    )  # folded, only where there is no name key
    perpetrator_surname: Mapped[str] = mapped_column(String(150), default="")


class IncidentTextRow(Base):
    __tablename__ = "incident_text"

    incident_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("incident.id"), primary_key=True, autoincrement=False
    )
    content: Mapped[str] = mapped_column(Text)  # JSON, written and read by agenda/feed.py
