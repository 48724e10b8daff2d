"""Requests that information governance logged, once their case is closed to who did (Rulebook X2, M6).

A ticket ends after a day, and the clock of a subject access request runs for a month: who logged it keeps its
number, its kind, how far it is and its clock, and nothing of the case or of who asks. A wall or a restriction
that keeps the case from them keeps this from them too.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store import disclosures as store
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosures import Kept
from meetingsvc.store.scope_disclosures import heads_of
from minutes.disclosure import State
from minutes.disclosure_kinds import Kind
from minutes.request_clocks import Running


@dataclass(frozen=True, slots=True)
class Head:
    """As much of it as says when something is due."""

    id: UUID
    reference: str
    kind: Kind
    state: State
    clock: Running
    due_at: datetime | None
    due_words: str
    late: bool


def all_of(reader: Principal, now: datetime) -> list[Head]:
    """All of them, what is due first first."""
    found = [_head(one, now) for one in _kept(reader)]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now))


def one(reader: Principal, request_id: UUID, now: datetime) -> Head | None:
    """One of them."""
    return next((one for one in all_of(reader, now) if one.id == request_id), None)


def whole(reader: Principal, request_id: UUID) -> Kept | None:
    """One of them with everything that is known of it: for what its clock does, and never for showing."""
    return next((one for one in _kept(reader) if one.id == request_id), None)


def _kept(reader: Principal) -> list[Kept]:
    with acting.whole_area(reader.area_id):
        return store.kept(Host(reader.area_id), heads_of(reader))


def _head(kept: Kept, now: datetime) -> Head:
    return Head(
        kept.id,
        kept.reference,
        kept.kind,
        kept.state,
        kept.clock,
        kept.due_at,
        kept.due_words,
        kept.late(now),
    )
