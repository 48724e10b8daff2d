"""What was typed when a session fell asleep: sealed, and opened only for whose it is."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select

from meetingsvc.models import DraftRow, db
from meetingsvc.seal import seal, unseal

Fields = list[tuple[str, str]]
#: As long as a session may last.
KEPT = timedelta(hours=10)
_PURPOSE = "draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that waits to be sent again."""

    id: UUID
    path: str
    fields: Fields


def keep(account_id: UUID, path: str, fields: Fields, now: datetime) -> UUID:
    """Keeps a form instead of what was kept for the same address before."""
    draft_id, row = uuid4(), DraftRow
    db.session.execute(delete(row).where(row.account_id == account_id, row.path == path))
    sealed = seal(_PURPOSE, json.dumps(fields).encode(), f"draft/{draft_id}/{account_id}")
    db.session.add(row(id=draft_id, account_id=account_id, path=path, fields=sealed, kept_at=now))
    return draft_id


def one_of(account_id: UUID, draft_id: UUID, now: datetime) -> Draft | None:
    """A draft of this account that is not too old."""
    row = DraftRow
    found = db.session.scalar(_kept(account_id, now).where(row.id == draft_id))
    if found is None:
        return None
    fields = json.loads(unseal(_PURPOSE, found.fields, f"draft/{found.id}/{account_id}"))
    return Draft(found.id, found.path, [(name, value) for name, value in fields])


def newest_of(account_id: UUID, now: datetime) -> UUID | None:
    """The draft that was kept last."""
    return db.session.scalar(
        _kept(account_id, now).with_only_columns(DraftRow.id).order_by(DraftRow.kept_at.desc()).limit(1)
    )


def all_of(account_id: UUID, now: datetime) -> list[tuple[UUID, str]]:
    """What is kept for an account, the newest first: which page each is of, and nothing that was typed."""
    rows = _kept(account_id, now).with_only_columns(DraftRow.id, DraftRow.path)
    return [(key, path) for key, path in db.session.execute(rows.order_by(DraftRow.kept_at.desc()))]


def drop(account_id: UUID, draft_id: UUID) -> bool:
    """It was used, or is not wanted. False where there is none."""
    row = DraftRow
    dropped = delete(row).where(row.account_id == account_id, row.id == draft_id)
    return db.session.scalar(dropped.returning(row.id)) is not None


def drop_all_of(account_id: UUID) -> None:
    """With the session: on signing out."""
    db.session.execute(delete(DraftRow).where(DraftRow.account_id == account_id))


def forget(now: datetime) -> None:
    """Those too old to be sent."""
    db.session.execute(delete(DraftRow).where(DraftRow.kept_at < now - KEPT))


def _kept(account_id: UUID, now: datetime) -> Select[DraftRow]:
    row = DraftRow
    return select(row).where(row.account_id == account_id, row.kept_at >= now - KEPT)
