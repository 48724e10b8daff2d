"""A MARAC and its extra sittings: one round, in which no case is heard twice (Rulebook M1, M4)."""

from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from meetingsvc.models import MeetingRow

_any, _its = aliased(MeetingRow), aliased(MeetingRow)


def ids(meeting_id: UUID) -> Select[UUID]:
    """Every sitting of the round that a MARAC belongs to, for a condition."""
    first = select(func.coalesce(_its.extra_of, _its.id)).where(_its.id == meeting_id).scalar_subquery()
    return select(_any.id).where(or_(_any.id == first, _any.extra_of == first))
