"""Whose copy a mark is of: packs, minutes, offline packs and files of transfers (security.md A12)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.marac import list_title
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    MeetingRow,
    MinutesCopyRow,
    MinutesRow,
    OfflinePackRow,
    PackCopyRow,
    PackRow,
    TransferRow,
    db,
)


@dataclass(frozen=True, slots=True)
class Whose:
    """A copy in a register: what it is of, for whom it was made, and when."""

    area_id: UUID
    subject: str  # as the audit trail calls it
    of: str
    number: int
    person: str
    agency: str
    made_at: datetime
    sits_on: date | None


def whose(copy_id: UUID) -> Whose | None:
    """The copy of that mark; None where no register has it. For the host alone, across areas."""
    return _pack(copy_id) or _minutes(copy_id) or _offline(copy_id) or _transfer(copy_id)


def _pack(copy_id: UUID) -> Whose | None:
    row = PackCopyRow
    rows: Any = (
        select(
            PackRow.area_id, PackRow.supplement, row.copy_number, AccountRow.name, AgencyRow.name,
            row.made_at, MeetingRow.sits_on,
        )
        .join(PackRow, PackRow.id == row.pack_id)
        .join(MeetingRow, MeetingRow.id == PackRow.meeting_id)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(row.id == copy_id)
    )  # fmt: skip
    for area_id, supplement, *rest in db.session.execute(rows):
        return Whose(area_id, f"copy/{copy_id}", f"pack, {list_title(supplement).lower()}", *rest)
    return None


def _minutes(copy_id: UUID) -> Whose | None:
    row = MinutesCopyRow
    meeting = select(MinutesRow.meeting_id).where(MinutesRow.id == row.minutes_id).scalar_subquery()
    return _copy(row, copy_id, meeting, f"minutes_copy/{copy_id}", "minutes")


def _offline(copy_id: UUID) -> Whose | None:
    row = OfflinePackRow
    return _copy(row, copy_id, row.meeting_id, f"offline_pack/{copy_id}", "offline pack")


def _copy(row: Any, copy_id: UUID, meeting: Any, subject: str, of: str) -> Whose | None:
    rows = (
        select(row.area_id, row.copy_number, AccountRow.name, AgencyRow.name, row.made_at, MeetingRow.sits_on)
        .select_from(row)
        .join(MeetingRow, MeetingRow.id == meeting)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(row.id == copy_id)
    )
    for area_id, *rest in db.session.execute(rows):
        return Whose(area_id, subject, of, *rest)
    return None


def _transfer(copy_id: UUID) -> Whose | None:
    row = TransferRow
    rows = select(row.area_id, row.officer, row.to_area, row.made_at).where(row.id == copy_id)
    for area_id, officer, to_area, made_at in db.session.execute(rows):
        if made_at is not None:
            return Whose(area_id, f"transfer/{copy_id}", "transfer file", 1, officer, to_area, made_at, None)
    return None
