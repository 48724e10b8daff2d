"""Queries on the machine door: tokens by their digest, how often each calls, and what came by them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, case, or_, select, update

from meetingsvc.models import AccountRow, AreaRow, FeedMessageRow, FeedTokenRow, db
from meetingsvc.permissions import Principal, Role

A_MINUTE = timedelta(minutes=1)
SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose token it is: a force's system. It creates in its own area, and opens nothing."""

    token_id: UUID
    force: str
    area_id: UUID
    area_name: str


@dataclass(frozen=True, slots=True)
class Token:
    """One token, as who keeps them reads it. The token itself is kept nowhere."""

    id: UUID
    force: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None


def sender(digest: bytes) -> Sender | None:
    """Whose token has this digest; None where there is none, or it is revoked.

    It is found by the digest alone: how long that takes tells nothing of the token.
    """
    token, area = FeedTokenRow, AreaRow
    rows = select(token.id, token.force, token.area_id, area.name).join(area, area.id == token.area_id)
    found = db.session.execute(rows.where(token.digest == digest, token.revoked_at.is_(None))).one_or_none()
    return None if found is None else Sender(*found)


def is_valid(token_id: UUID) -> bool:
    """Whether it is not revoked."""
    token = FeedTokenRow
    rows = select(token.id).where(token.id == token_id, token.revoked_at.is_(None))
    return db.session.scalar(rows) is not None


def count_call(token_id: UUID, now: datetime, most: int) -> bool:
    """Counts one call of this minute; False where there were `most` already, or the token is revoked."""
    token, minute = FeedTokenRow, now.replace(second=0, microsecond=0)
    fresh = or_(token.minute.is_(None), token.minute != minute)
    counted = (
        update(token)
        .where(token.id == token_id, token.revoked_at.is_(None), or_(fresh, token.calls < most))
        .values(minute=minute, calls=case((fresh, 1), else_=token.calls + 1), last_used_at=now)
        .returning(token.id)
    )
    return db.session.scalar(counted) is not None


def of_area(area_id: UUID) -> list[Token]:
    """An area's tokens: those that work first, the newest of them first."""
    token = FeedTokenRow
    rows = _tokens(area_id).order_by(token.revoked_at.is_not(None), token.created_at.desc(), token.id)
    return [_token(row, by) for row, by in db.session.execute(rows)]


def made_lately(who: Principal, now: datetime) -> list[Token]:
    """Tokens made since a week, whoever made them and whether they still work: for who runs the meetings and
    for information governance, so that no door is opened unseen."""
    if not who.runs_meetings and who.role is not Role.INFORMATION_GOVERNANCE:
        return []
    rows = _tokens(who.area_id).where(FeedTokenRow.created_at > now - SHOWN)
    return [_token(row, by) for row, by in db.session.execute(rows.order_by(FeedTokenRow.created_at))]


def one(area_id: UUID, token_id: UUID) -> Token | None:
    """One of them."""
    found = db.session.execute(_tokens(area_id).where(FeedTokenRow.id == token_id)).one_or_none()
    return None if found is None else _token(*found)


def row(area_id: UUID, token_id: UUID) -> FeedTokenRow | None:
    """Its row, held until the transaction ends."""
    rows = select(FeedTokenRow).where(FeedTokenRow.area_id == area_id, FeedTokenRow.id == token_id)
    return db.session.scalars(rows.with_for_update()).one_or_none()


def message(key: bytes) -> FeedMessageRow | None:
    """What came by this key. To be asked by the service's own work for the area."""
    return db.session.scalars(select(FeedMessageRow).where(FeedMessageRow.key == key)).one_or_none()


def forget_answers(before: datetime) -> None:
    """What was answered before; the key and the digest stay."""
    row = FeedMessageRow
    old = update(row).where(row.received_at < before, row.answer.is_not(None))
    db.session.execute(old.values(answer=None))


def _tokens(area_id: UUID) -> Select[FeedTokenRow, str | None]:
    by = AccountRow.id == FeedTokenRow.created_by
    return (
        select(FeedTokenRow, AccountRow.name).outerjoin(AccountRow, by).where(FeedTokenRow.area_id == area_id)
    )


def _token(row: FeedTokenRow, by: str | None) -> Token:
    return Token(
        row.id, row.force, row.created_at, by or "the command line", row.last_used_at, row.revoked_at
    )
