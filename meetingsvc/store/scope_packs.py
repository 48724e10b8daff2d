"""What became of packs: for who runs the meetings, and for who was asked to destroy a copy (S3, V5)."""

from sqlalchemy import ColumnElement, and_, exists

from meetingsvc.models import MeetingRow, PackDestructionRow, PackEditionRow, PackRecallRow, PackRow
from meetingsvc.permissions import Principal
from meetingsvc.store.pack_cases import packs_seen
from meetingsvc.store.scope import meetings_of
from meetingsvc.store.scope_kept import MARKED, NOBODY, Reader

Follows = type[PackEditionRow] | type[PackRecallRow] | type[PackDestructionRow]


def packs_of(reader: Reader) -> ColumnElement[bool]:
    """Packs of meetings a reader may see, that hold a case open to them (Rulebook M6)."""
    there = exists().where(MeetingRow.id == PackRow.meeting_id, meetings_of(reader))
    return and_(MARKED, PackRow.area_id == reader.area_id, there.correlate(PackRow), packs_seen(reader))


def following(reader: Reader, row: Follows) -> ColumnElement[bool]:
    """Corrections, recalls, or who was asked to destroy a copy, of those packs."""
    pack = exists().where(PackRow.id == row.pack_id, packs_of(reader))
    return and_(MARKED, row.area_id == reader.area_id, pack.correlate(row))


def my_destructions(who: Principal) -> ColumnElement[bool]:
    """What one is asked to destroy oneself, whatever one may still read: one has it. Whose agency has left
    is asked by its withdrawal (Rulebook V1)."""
    if not who.is_signatory:
        return NOBODY
    return and_(MARKED, PackDestructionRow.account_id == who.account_id)
