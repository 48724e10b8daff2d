"""The one place that decides which rows a person may read. Every query that shows something starts from here."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select

from agenda.meetings import MeetingKind, MeetingState
from meetingsvc.models import CaseRow, ItemRow, MeetingRow, PackCopyRow
from meetingsvc.permissions import Principal, Role

_RUNS_MEETINGS = frozenset({Role.COORDINATOR, Role.CHAIR})
_ATTENDS_MEETINGS = frozenset({Role.REPRESENTATIVE, Role.IDVA})
_SHARED = (MeetingState.PUBLISHED, MeetingState.HEARD)


@dataclass(frozen=True, slots=True)
class Host:
    """Who sits at the service's own machine and runs a command for one area."""

    area_id: UUID


Reader = Principal | Host


def meetings_of(reader: Reader) -> ColumnElement[bool]:
    """Meetings a reader may see: their area's where they run them; else those their agency attends, while it is a
    signatory, and a MARAC's only once its agenda is shared (Rulebook S3, V1). Anybody else sees none."""
    in_area = MeetingRow.area_id == reader.area_id
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return in_area
    if reader.role not in _ATTENDS_MEETINGS or not reader.is_signatory:
        return false()
    attended: list[ColumnElement[bool]] = [false()]
    if reader.attends_daily:
        attended.append(MeetingRow.kind == MeetingKind.DRAMM)
    if reader.attends_marac:
        attended.append(and_(MeetingRow.kind == MeetingKind.MARAC, MeetingRow.state.in_(_SHARED)))
    return and_(in_area, or_(*attended))


def items_of(reader: Reader) -> ColumnElement[bool]:
    """Items of the meetings a reader may see; of a MARAC's, only those that have been shared."""
    return ItemRow.meeting_id.in_(select(MeetingRow.id).where(meetings_of(reader)))


def cases_of(reader: Reader) -> ColumnElement[bool]:
    """Cases on a meeting the reader may see: an agency learns of no other."""
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return CaseRow.area_id == reader.area_id
    return CaseRow.id.in_(select(ItemRow.case_id).where(items_of(reader)))


def copies_of(principal: Principal) -> ColumnElement[bool]:
    """Copies of packs: one's own, made for the agency one still works for."""
    return and_(PackCopyRow.account_id == principal.account_id, PackCopyRow.agency_id == principal.agency_id)
