"""Queries on what was built for third parties, and the register of what was released (Rulebook X6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from meetingsvc.models import AccountRow, DisclosureReleaseRow, DisclosureRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope_disclosures import releases_of
from minutes.disclosure_kinds import Kind


@dataclass(frozen=True, slots=True)
class Registered:
    """One release: to whom, for what, as which copy; no word of what was released."""

    id: UUID
    request_id: UUID
    reference: str
    kind: Kind
    number: int
    recipient: str
    purpose: str
    prepared_by: str
    prepared_at: datetime
    released_by: str
    released_at: datetime | None
    pieces: int
    departs: int
    order: str
    fetches: int
    expires_at: datetime | None

    def may_be_fetched(self, now: datetime) -> bool:
        """Its file is still there."""
        return self.expires_at is not None and now < self.expires_at


_PREPARED, _RELEASED = aliased(AccountRow), aliased(AccountRow)


def newest(who: Principal, request_id: UUID) -> Registered | None:
    """What was built last for a request."""
    return next(iter(_registered(who, DisclosureReleaseRow.request_id == request_id)), None)


def register(who: Principal) -> list[Registered]:
    """Everything that was released, the newest first."""
    return _registered(who, DisclosureReleaseRow.released_at.is_not(None))


def one(who: Principal, release_id: UUID) -> Registered | None:
    """One of them."""
    return next(iter(_registered(who, DisclosureReleaseRow.id == release_id)), None)


def _registered(who: Principal, *where: object) -> list[Registered]:
    row = DisclosureReleaseRow
    rows = (
        select(row, DisclosureRow.reference, DisclosureRow.kind, _PREPARED.name, _RELEASED.name)
        .join(DisclosureRow, DisclosureRow.id == row.request_id)
        .join(_PREPARED, _PREPARED.id == row.prepared_by)
        .outerjoin(_RELEASED, _RELEASED.id == row.released_by)
        .where(releases_of(who), *where)  # type: ignore[arg-type]
        .order_by(row.prepared_at.desc(), row.number.desc())
    )
    return [
        Registered(
            one.id, one.request_id, reference, Kind(kind), one.number, one.recipient, one.purpose, by,
            one.prepared_at, released or "", one.released_at, len(one.pieces), len(one.departs), one.order,
            one.fetches, one.expires_at,
        )
        for one, reference, kind, by, released in db.session.execute(rows)
    ]  # fmt: skip


def rows(who: Principal, request_id: UUID) -> list[DisclosureReleaseRow]:
    """Their rows for the use cases, the newest first."""
    row = DisclosureReleaseRow
    mine = select(row).where(releases_of(who), row.request_id == request_id)
    return list(db.session.scalars(mine.order_by(row.number.desc())))
