"""Meetings, the cases they hear, the entries under each case, and what triage decided."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime

#: How the panels of domestic abuse work, and their family; of any other it is said with its meeting.
_BUILT_IN = {"DRAMM": ("list", "domestic abuse"), "MARAC": ("agenda", "domestic abuse")}


def _built_in(place: int) -> Callable[[Any], str]:
    return lambda context: _BUILT_IN[context.get_current_parameters()["kind"]][place]


class MeetingRow(Base):
    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("area_id", "kind", "sits_on", "emergency"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(10))  # the panel's code
    works: Mapped[str] = mapped_column(String(6), default=_built_in(0))  # agenda.panels.Works
    family: Mapped[str] = mapped_column(String(16), default=_built_in(1))  # agenda.panels.Family
    sits_on: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10))
    window_start: Mapped[datetime | None] = mapped_column(UTCDateTime)  # daily list only
    window_end: Mapped[datetime | None] = mapped_column(UTCDateTime)
    not_domestic: Mapped[int] = mapped_column(default=0)
    built_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    supplements: Mapped[int] = mapped_column(default=0)  # supplementary lists published so far
    not_sat_reason: Mapped[str] = mapped_column(Text, default="")  # MARAC only: published, and did not sit
    held: Mapped[bool] = mapped_column(default=False)  # daily list only: near matches wait, no agency sees it
    sent_reason: Mapped[str] = mapped_column(Text, default="")  # why it was circulated with some undecided
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # its clock
    emergency: Mapped[int] = mapped_column(default=0)  # MARAC only: the day's first, second … emergency one
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # MARAC only: its record is closed
    unread_reason: Mapped[str] = mapped_column(Text, default="")  # why confidentiality was not read out (R3)
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case.id")
    )  # an emergency one's: it hears no other
    extra_of: Mapped[UUID | None]  # MARAC only: the one of its round that had too many cases


class ItemRow(Base):
    """A case on a meeting."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("meeting_id", "case_id"), Index(None, "case_id", "meeting_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    position: Mapped[int]
    repeat: Mapped[bool]
    victim_known: Mapped[bool]
    risk: Mapped[str] = mapped_column(String(8))  # daily: the police's highest. MARAC: the daily meeting's
    group: Mapped[int | None]  # MARAC only (Rulebook C)
    moved_reason: Mapped[str] = mapped_column(Text, default="")  # why an update-only item is discussed (C3)
    supplement: Mapped[int] = mapped_column(default=0)  # 0: on the agenda itself; n: on supplementary list n
    added_reason: Mapped[str] = mapped_column(Text, default="")  # added by hand (T5), or late to an agenda
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    not_reached: Mapped[str] = mapped_column(Text, default="")  # why a MARAC did not reach it
    came_back: Mapped[int] = mapped_column(default=0)  # how many MARACs before did not hear it
    put_off: Mapped[str] = mapped_column(Text, default="")  # why a MARAC before had no time for it
    slot: Mapped[time | None]  # MARAC only: when its referrer comes, on the wall clock
    slot_referral_id: Mapped[UUID | None]  # whose; no key: a line outlives a referral that is destroyed


class EntryRow(Base):
    """One incident under a case on a daily list."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("item_id", "incident_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    occurrence_number: Mapped[str] = mapped_column(String(40))
    reasons: Mapped[str] = mapped_column(String(60))  # rule numbers with blanks between
    late: Mapped[bool]
    changed: Mapped[bool]
    added_reason: Mapped[str] = mapped_column(Text, default="")
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    disclose: Mapped[bool | None]  # of an application: what the meeting decided on it alone (C4)
    disclose_why: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the application, since (Y1)


class TriageRow(Base):
    """What a list decided about one version of an incident: the ledger that misses none (Rulebook T12)."""

    __tablename__ = "triage"
    __table_args__ = (Index(None, "meeting_id", "outcome"), Index(None, "area_id", "occurrence_number"))

    incident_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("incident.id"), primary_key=True, autoincrement=False
    )
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    occurrence_number: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(12))  # agenda.daily_list.Taken
    reasons: Mapped[str] = mapped_column(String(60))
    victim_known: Mapped[bool]


class NoticeRow(Base):
    """A protection order announced on a daily list (Rulebook T10)."""

    __tablename__ = "notice"
    __table_args__ = (CheckConstraint("case_id IS NULL OR incident_id IS NULL", name="one_source"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))  # of an order recorded by hand
    occurrence_number: Mapped[str] = mapped_column(String(40))
    order: Mapped[dict[str, Any]] = mapped_column(JSON)
