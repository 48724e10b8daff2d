"""Timed work: each time a job was due, and who does it. It tells of no case and of nobody."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class JobSlotRow(Base):
    __tablename__ = "job_slot"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[str] = mapped_column(String(20), primary_key=True)  # by the plan: a moment, or a local date
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    token: Mapped[int]  # rises each time the slot is taken: who holds an older one may write nothing
    lease_until: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    said: Mapped[str] = mapped_column(String(200), default="")  # fixed words of the service, never a person
    missed: Mapped[int] = mapped_column(default=0)  # slots before this one that nobody did
    made_up: Mapped[bool] = mapped_column(default=False)
