"""Who may read which row of what is kept and destroyed, in plain Python over everything that stands.

Yearly reviews, what agencies are asked, certificates and whose cases' numbers they tell, holds. From the
rulebook (L1 to L3, M6, D1, E4) and security.md B, as `model_reader.py`.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import (
    Base,
    DestructionRow,
    HoldRow,
    RetentionAskRow,
    ReviewRow,
    ReviewStepRow,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import destroyed_walls, scope_retention
from meetingsvc.store.scope_kept import apart
from tests.proofs.model_reader import Reader

Rule = Callable[[Reader], set[Any]]


def reviews(reader: Reader) -> set[Any]:
    """For who runs the meetings, of cases they may open (L1)."""
    rows = reader.tables.of(ReviewRow)
    return {one.id for one in rows if reader.runs and one.case_id in reader.cases}


def _steps(reader: Reader) -> set[Any]:
    seen = reviews(reader)
    return {one.id for one in reader.tables.of(ReviewStepRow) if one.review_id in seen}


def _asks(reader: Reader) -> set[Any]:
    """What agencies are asked about cases they may open: each its own (L3)."""
    return {one.id for one in reader.tables.of(RetentionAskRow)
            if one.case_id in reader.cases and (reader.runs or one.agency_id == reader.agency.id)
            }  # fmt: skip


def _certificates(reader: Reader) -> set[Any]:
    rows = reader._mine(reader.tables.of(DestructionRow))
    return {one.number for one in rows if reader.runs or reader.governs}


def _was_walled(reader: Reader, one: DestructionRow) -> bool:
    return destroyed_walls.mark(reader.account.id, one.case_id) in one.walled.split()


def _numbers(reader: Reader) -> set[Any]:
    """Of whose cases they may be told the number: of none that was kept from them, or is (L2, M6, D1, E4)."""
    kept, families = (reader.walled, None) if reader.governs else (reader.closed, reader.families)
    return {
        one.number for one in reader._mine(reader.tables.of(DestructionRow))
        if one.number in _certificates(reader) and one.case_id not in kept
        and not _was_walled(reader, one)
        and (families is None or one.told_to in families)
    }  # fmt: skip


def _behind_walls(reader: Reader) -> set[Any]:
    """Of cases that a wall keeps from them, or kept until they were destroyed (M6)."""
    return {
        one.number for one in reader._mine(reader.tables.of(DestructionRow))
        if one.number in _certificates(reader)
        and (one.case_id in reader.walled or _was_walled(reader, one))
    }  # fmt: skip


def holds(reader: Reader) -> set[UUID]:
    """Cases whose holds information governance sees: none that is kept from them (L1, M6)."""
    return {
        one.case_id for one in reader._mine(reader.tables.of(HoldRow)) if one.case_id not in reader.closed
    }


def _steps_of_reviews(who: Any) -> Any:
    seen = apart(select(ReviewRow.id).where(scope_retention.reviews_of(who)))
    return scope_retention.steps_of(ReviewStepRow.review_id.in_(seen))


#: By name: the table and its key, how the scope narrows it, and what the rules say.
NARROWED: dict[str, tuple[type[Base], str, Callable[[Any], Any], Rule]] = {
    "reviews": (ReviewRow, "id", lambda who: scope_retention.reviews_of(who), reviews),
    "steps of reviews": (ReviewStepRow, "id", _steps_of_reviews, _steps),
    "records asked for": (RetentionAskRow, "id", lambda who: scope_retention.asks_of(who), _asks),
    "certificates": (
        DestructionRow, "number", lambda who: scope_retention.certificates_of(who), _certificates
    ),
    "cases' numbers": (DestructionRow, "number", lambda who: scope_retention.numbers_of(who), _numbers),
    "behind walls": (
        DestructionRow, "number",
        lambda who: scope_retention.numbers_kept_by_walls(who) if isinstance(who, Principal)
        else scope_retention.certificates_of(who),  # the service sees all: no wall is around it
        _behind_walls,
    ),
}  # fmt: skip
#: Where the permission is asked before.
ASKED_BEFORE: dict[str, Callable[[Principal], bool]] = {
    "records asked for": lambda who: who.runs_meetings or who.may(Permission.RETENTION_ANSWER),
}
