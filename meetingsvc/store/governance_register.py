"""Reading a register of things that governance deals with, breaches or complaints (Rulebook V2, V3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select

from agenda.clocks import Running
from meetingsvc.models import db
from meetingsvc.store.scope import Reader

_NEVER = datetime.max.replace(tzinfo=UTC)


class Line(Protocol):
    """What every line of such a register tells."""

    @property
    def reference(self) -> str: ...
    @property
    def raised_at(self) -> datetime: ...
    @property
    def state(self) -> StrEnum: ...
    @property
    def waits(self) -> bool: ...
    @property
    def running(self) -> Sequence[Running]: ...


K = TypeVar("K", bound=Line)


@dataclass(frozen=True, slots=True)
class Register(Generic[K]):
    """The lines of one table, as far as each person may read them."""

    row: Any
    scope: Callable[[Reader], ColumnElement[bool]]
    kept: Callable[..., list[K]]  # those that a reader may open, narrowed, the newest first

    def one(self, reader: Reader, key: UUID) -> K | None:
        """One of them, where the reader may open it."""
        return next(iter(self.kept(reader, self.row.id == key)), None)

    def hold(self, reader: Reader, key: UUID) -> K | None:
        """The same to write on: nobody else adds to it meanwhile."""
        mine = select(self.row.id).where(self.scope(reader), self.row.id == key)
        db.session.scalar(mine.with_for_update())
        return self.one(reader, key)

    def waiting(self, reader: Reader) -> list[K]:
        """Those that are not over: with the next clock first, and what no clock drives last."""
        found = [one for one in self.kept(reader) if one.waits]
        return sorted(found, key=lambda one: one.running[0].due if one.running else _NEVER)

    def over(self, reader: Reader, limit: int) -> list[K]:
        """The newest of those that are."""
        return [one for one in self.kept(reader) if not one.waits][:limit]

    def raised_by(self, reader: Any, limit: int) -> list[tuple[str, datetime, Any]]:
        """What one has raised oneself, the newest first: its reference, when, and how far it is."""
        found = self.kept(reader, self.row.raised_by == reader.account_id)[:limit]
        return [(one.reference, one.raised_at, one.state) for one in found]
