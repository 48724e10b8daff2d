"""Queries on packs, copies, and who has fetched which."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from agenda.calendar import local_day
from agenda.marac import list_title
from agenda.meetings import MeetingKind
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyPanelRow,
    AgencyRow,
    MeetingRow,
    PackCopyRow,
    PackRow,
    db,
)
from meetingsvc.permissions import FAMILY_OF, GRANTS, Permission, Principal
from meetingsvc.store import areas
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.pack_cases import of_list, packs_seen, withheld
from meetingsvc.store.recipients import may_receive
from meetingsvc.store.scope import copies_of, meetings_of

_ROLES = [role for role, granted in GRANTS.items() if Permission.PACK_FETCH in granted]
_RUN_MEETINGS = [role for role, granted in GRANTS.items() if Permission.AGENDA_PUBLISH in granted]


@dataclass(frozen=True, slots=True)
class MyCopy:
    """The copy a person can still fetch."""

    id: UUID
    number: int
    made_at: datetime
    fetches: int


@dataclass(frozen=True, slots=True)
class MyPack:
    """A pack a person may have, and their copy of it."""

    id: UUID
    meeting_id: UUID
    panel: str
    sits_on: date
    starts_at: datetime
    supplement: int
    built_at: datetime
    expires_at: datetime
    recalled_at: datetime | None
    expired: bool
    copy: MyCopy | None

    @property
    def recalled(self) -> bool:
        """Whether it was called back, and not issued again."""
        return self.recalled_at is not None

    @property
    def title(self) -> str:
        """`Agenda`, or `Supplementary list 1`."""
        return list_title(self.supplement)

    @property
    def last_day(self) -> date:
        """The last day on which it can be read or fetched."""
        return date.fromordinal(local_day(self.expires_at).toordinal() - 1)


def mine(principal: Principal, now: datetime) -> list[MyPack]:
    """The packs of meetings a person's agency attends, the newest meeting first; none for whom S3 refuses.

    A pack that holds no case open to them does not exist for them, nor does its number (Rulebook M6).
    """
    return _mine(principal, now, _packs(principal))


def one(principal: Principal, pack_id: UUID, now: datetime) -> MyPack | None:
    """One of them; None where it does not exist for this person."""
    return next((pack for pack in mine(principal, now) if pack.id == pack_id), None)


def _packs(principal: Principal) -> Select[*tuple[Any, ...]]:
    row = PackRow
    return (
        select(
            row.id, row.meeting_id, MeetingRow.kind, MeetingRow.sits_on, MeetingRow.starts_at, row.supplement,
            row.built_at, row.expires_at, row.recalled_at, PackCopyRow.id,
            PackCopyRow.copy_number, PackCopyRow.made_at, PackCopyRow.fetches, row.held,
            row.drawn,
        )
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .outerjoin(
            PackCopyRow,
            and_(PackCopyRow.pack_id == row.id, copies_of(principal), PackCopyRow.content.is_not(None)),
        )
        .where(meetings_of(principal), row.area_id == principal.area_id, packs_seen(principal))
        .order_by(MeetingRow.sits_on.desc(), row.supplement)
    )  # fmt: skip


def _mine(principal: Principal, now: datetime, rows: Select[*tuple[Any, ...]]) -> list[MyPack]:
    found: list[MyPack] = []
    for *columns, held, drawn in db.session.execute(rows).all():
        pack, copy, expired = columns[:9], columns[9:], columns[7] <= now
        mine = MyCopy(*copy) if copy[0] and not expired else None
        waits = withheld(principal, held, drawn)
        if not waits or set(of_list(principal, pack[1], pack[5]).values()) - waits:
            found.append(MyPack(*pack, *[expired, mine]))
    kinds = {pack.panel for pack in found}
    refused = {kind for kind in kinds if may_receive(principal, kind, now)}
    return list(_numbered(pack for pack in found if pack.panel not in refused))


def _numbered(packs: Iterable[MyPack]) -> Iterator[MyPack]:
    """Supplementary lists counted among those the person may have: a missing number would tell of another."""
    counted: dict[UUID, int] = defaultdict(int)
    for pack in packs:
        counted[pack.meeting_id] += pack.supplement > 0
        yield replace(pack, supplement=counted[pack.meeting_id]) if pack.supplement else pack


def taken() -> ColumnElement[bool]:
    """Copies that have left the service: downloaded, or sent by e-mail (Rulebook S3)."""
    return or_(PackCopyRow.fetches > 0, PackCopyRow.mailed_at.is_not(None))


def in_hand() -> ColumnElement[bool]:
    """Of these, the copies that still say what their pack says: not those emptied since."""
    return and_(taken(), PackCopyRow.content.is_not(None))


def not_fetched(principal: Principal, now: datetime) -> int:
    """Packs a person may have that they have no file of and still can fetch."""
    fetched = set(db.session.scalars(select(PackCopyRow.pack_id).where(copies_of(principal), in_hand())))
    return sum(pack.id not in fetched and not pack.expired for pack in mine(principal, now))


def receivers(area_id: UUID, kind: str, now: datetime) -> list[UUID]:
    """Every live account that may have the pack of such a meeting, by name (Rulebook S3, V1)."""
    return [account.id for account, _ in _receivers(area_id, kind, now)]


def receiving(area_id: UUID, kind: str, now: datetime) -> list[tuple[str, str]]:
    """Agency and name of everyone who may have the pack of such a meeting."""
    return [(agency.name, account.name) for account, agency in _receivers(area_id, kind, now)]


def agencies_without_anyone(area_id: UUID, now: datetime) -> list[str]:
    """Signatory agencies that attend the MARAC and have nobody who could fetch a pack."""
    reached = {agency.id for _, agency in _receivers(area_id, MeetingKind.MARAC, now)}
    today, every = local_day(now), areas.agencies(area_id)
    attend = (agency for agency in every if agency.attends_marac and agency.is_signatory(today))
    return [agency.name for agency in attend if agency.id not in reached]


def _receivers(area_id: UUID, kind: str, now: datetime) -> list[tuple[AccountRow, AgencyRow]]:
    attends = AgencyRow.panels.any(AgencyPanelRow.code == kind)
    runs = AccountRow.families.any(AccountFamilyRow.family == FAMILY_OF[kind])
    rows = (
        select(AccountRow, AgencyRow)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(
            AgencyRow.area_id == area_id,
            AccountRow.disabled_at.is_(None),
            AccountRow.role.in_(_ROLES),
            or_(
                and_(AccountRow.role.not_in(_RUN_MEETINGS), attends),
                and_(AccountRow.role.in_(_RUN_MEETINGS), runs),
            ),
        )
        .order_by(AgencyRow.name, AccountRow.name)
    )
    today = local_day(now)
    return [(a, g) for a, g in db.session.execute(rows) if agency_of(g).is_signatory(today)]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One copy in the register."""

    supplement: int
    number: int
    made_at: datetime
    first_fetched: datetime | None
    fetches: int
    mailed_at: datetime | None
    withdrawn: bool  # replaced or expired: it can no longer be fetched

    @property
    def title(self) -> str:
        """Which list the copy is of."""
        return list_title(self.supplement)


@dataclass(frozen=True, slots=True)
class Registered:
    """A person in the register of copies, and whether they may still have a pack."""

    agency: str
    person: str
    role: str
    copies: tuple[Fetched, ...]
    entitled: bool

    @property
    def has_fetched(self) -> bool:
        """Whether any copy was ever taken away, or sent by e-mail."""
        return any(copy.fetches or copy.mailed_at for copy in self.copies)


def register(principal: Principal, meeting_id: UUID, now: datetime) -> list[Registered]:
    """Who of each attending agency has fetched what, who has not, and who did and may no longer (S3, V5)."""
    copies: dict[UUID, list[Fetched]] = defaultdict(list)
    people: dict[tuple[str, str, UUID], tuple[str, bool]] = {}
    for account, agency in _receivers(principal.area_id, MeetingKind.MARAC, now):
        people[agency.name, account.name, account.id] = (account.role, True)
    entitled = {key[2] for key in people}
    for account_id, name, role, agency_name, copy in _copies(principal, meeting_id):
        copies[account_id].append(copy)
        if account_id not in entitled:
            people[agency_name, name, account_id] = (role, False)
    return [
        Registered(agency, name, role, tuple(copies[key]), may)
        for (agency, name, key), (role, may) in sorted(people.items())
    ]


def _copies(principal: Principal, meeting_id: UUID) -> Sequence[tuple[UUID, str, str, str, Fetched]]:
    row = PackCopyRow
    rows = (
        select(
            row.account_id, AccountRow.name, AccountRow.role, AgencyRow.name, PackRow.supplement,
            row.copy_number, row.made_at, row.fetched_at, row.fetches, row.mailed_at, row.content.is_(None),
        )
        .join(PackRow, PackRow.id == row.pack_id)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(MeetingRow, MeetingRow.id == PackRow.meeting_id)
        .where(meetings_of(principal), packs_seen(principal), PackRow.meeting_id == meeting_id)
        .order_by(PackRow.supplement, row.copy_number)
    )  # fmt: skip
    return [(*person, Fetched(*copy)) for *person, copy in _split(db.session.execute(rows).all())]


def _split(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [(*row[:4], tuple(row[4:])) for row in rows]


def expired(now: datetime) -> list[tuple[UUID, UUID]]:
    """Packs past their last day whose content is still there, each with its area."""
    row = PackRow
    rows = select(row.id, row.area_id).where(row.expires_at <= now, row.content.is_not(None))
    return [(pack_id, area_id) for pack_id, area_id in db.session.execute(rows.order_by(row.built_at))]
