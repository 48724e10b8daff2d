"""Queries on offline packs: which meetings need one, for whom, what is there (security.md A19)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from agenda.area import AreaSettings
from agenda.meetings import MeetingState
from agenda.panels import Family, Works
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    MeetingRow,
    OfflineAlarmRow,
    OfflineKeyRow,
    OfflinePackRow,
    PackRow,
    db,
)
from meetingsvc.permissions import GRANTS, Permission, Principal
from meetingsvc.store import accounts
from meetingsvc.store.pack_cases import of_pack
from meetingsvc.store.scope import meetings_of
from meetingsvc.store.scope_offline import offline_alarms_of, offline_keys_of, offline_packs_of
from meetingsvc.store.scope_packs import packs_of

_ROLES = [role for role, granted in GRANTS.items() if Permission.PACK_OFFLINE in granted]


@dataclass(frozen=True, slots=True)
class MyOfflinePack:
    """A copy of one's own that can be downloaded now."""

    id: UUID
    meeting_id: UUID
    panel: str
    sits_on: date
    starts_at: datetime
    number: int
    made_at: datetime
    fetches: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A meeting whose offline packs could not be made, or are not made for now."""

    meeting_id: UUID
    panel: str
    sits_on: date
    starts_at: datetime


def due(area_id: UUID, settings: AreaSettings, now: datetime) -> list[UUID]:
    """Meetings that begin within the area's time, the next first: a built list, a MARAC that is shared.

    None of panels of exploitation: what is told of a child stays in the service (Rulebook E4).
    """
    row = MeetingRow
    before = now + timedelta(minutes=settings.offline_pack_minutes)
    ready = or_(
        (row.works == Works.LIST) & (row.state == MeetingState.OPEN),
        (row.works == Works.AGENDA) & (row.state == MeetingState.PUBLISHED),
    )
    rows = select(row.id).where(
        row.area_id == area_id, row.family == Family.ABUSE, ready, row.starts_at > now,
        row.starts_at <= before,
    )  # fmt: skip
    return list(db.session.scalars(rows.order_by(row.starts_at, row.id)))


def recalled_cases(meeting_id: UUID) -> set[UUID]:
    """The cases of a meeting whose pack was called back, and no corrected one issued yet: what it says of
    them is in no offline pack either until then (Rulebook S3). Asked as the service."""
    row = PackRow
    back = db.session.scalars(select(row).where(row.meeting_id == meeting_id, row.recalled_at.is_not(None)))
    return set().union(*map(of_pack, back.all()))


def recalled(who: Principal, now: datetime) -> list[Failed]:
    """Meetings still to begin that have none for that reason, of those whose packs the person may see."""
    row = PackRow
    rows = (
        select(row.meeting_id, MeetingRow.kind, MeetingRow.sits_on, MeetingRow.starts_at)
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .where(packs_of(who), row.recalled_at.is_not(None), MeetingRow.starts_at > now)
        .distinct()
    )
    return [Failed(*found) for found in db.session.execute(rows.order_by(MeetingRow.starts_at))]


def keys(area_id: UUID) -> dict[UUID, bytes]:
    """The sealed passphrases of who may have offline packs, by account. Asked as the service."""
    row = OfflineKeyRow
    rows = (
        select(row.account_id, row.sealed)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id, AccountRow.disabled_at.is_(None), AccountRow.role.in_(_ROLES))
        .order_by(AccountRow.name, row.account_id)
    )
    return {account_id: sealed for account_id, sealed in db.session.execute(rows)}


def holder(account_id: UUID, now: datetime) -> Principal | None:
    """Who this is now, where they may still have offline packs (Rulebook V1)."""
    who = accounts.principal(account_id, now)
    return who if who is not None and who.may(Permission.PACK_OFFLINE) else None


def latest(meeting_id: UUID, account_id: UUID) -> OfflinePackRow | None:
    """Somebody's newest copy of a meeting's offline pack, be it empty. Asked as the service."""
    row = OfflinePackRow
    mine = select(row).where(row.meeting_id == meeting_id, row.account_id == account_id)
    return db.session.scalars(mine.order_by(row.copy_number.desc()).limit(1)).one_or_none()


def waits(meeting_id: UUID, account_id: UUID) -> bool:
    """Whether somebody has a copy that they have not downloaded yet. Asked as the service."""
    row = OfflinePackRow
    there = (row.meeting_id == meeting_id, row.account_id == account_id, row.content.is_not(None))
    return db.session.scalar(select(row.id).where(*there, row.fetches == 0).limit(1)) is not None


def next_number(meeting_id: UUID) -> int:
    """Copies of one meeting's offline pack are numbered from 1; the area is held meanwhile."""
    row = OfflinePackRow
    last = select(func.max(row.copy_number)).where(row.meeting_id == meeting_id)
    return (db.session.scalar(last) or 0) + 1


def mine(who: Principal, now: datetime) -> list[MyOfflinePack]:
    """One's own that can still be downloaded, the next meeting first."""
    row = OfflinePackRow
    rows = (
        select(row.id, row.meeting_id, MeetingRow.kind, MeetingRow.sits_on, MeetingRow.starts_at,
               row.copy_number, row.made_at, row.fetches)
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .where(offline_packs_of(who), row.content.is_not(None), row.expires_at > now)
        .order_by(MeetingRow.starts_at, row.copy_number)
    )  # fmt: skip
    return [MyOfflinePack(*found) for found in db.session.execute(rows)]


def failed(who: Principal, now: datetime) -> list[Failed]:
    """Meetings still to begin whose offline packs could not be made, of those the person may see."""
    row = OfflineAlarmRow
    rows = (
        select(row.meeting_id, MeetingRow.kind, MeetingRow.sits_on, MeetingRow.starts_at)
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .where(offline_alarms_of(who), row.ended_at.is_(None), MeetingRow.starts_at > now)
    )
    return [Failed(*found) for found in db.session.execute(rows.order_by(MeetingRow.starts_at))]


def passphrase_since(who: Principal) -> datetime | None:
    """Since when one has the passphrase of one's offline packs; None where one has none."""
    return db.session.scalar(select(OfflineKeyRow.set_at).where(offline_keys_of(who)))


def meeting(who: Principal, meeting_id: UUID) -> MeetingRow | None:
    """A meeting; None where there is none for this person."""
    return db.session.scalar(select(MeetingRow).where(meetings_of(who), MeetingRow.id == meeting_id))


def expired(now: datetime) -> list[tuple[UUID, UUID]]:
    """Copies past their day whose content is still there, each with its area: the service's own work."""
    row = OfflinePackRow
    rows = select(row.id, row.area_id).where(row.expires_at <= now, row.content.is_not(None))
    return [(key, area_id) for key, area_id in db.session.execute(rows.order_by(row.made_at, row.id))]
