"""The one place that decides which rows a person may read. Every query that shows something uses it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import MeetingKind, MeetingState
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    AuditRow,
    CaseRow,
    EntryRow,
    ImportRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PackCopyRow,
)
from meetingsvc.permissions import MAY_GIVE, Principal, Role

_RUNS_MEETINGS = frozenset({Role.COORDINATOR, Role.CHAIR})
_ATTENDS_MEETINGS = frozenset({Role.REPRESENTATIVE, Role.IDVA})
_SHARED = (MeetingState.PUBLISHED, MeetingState.HEARD, MeetingState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Host:
    """Who sits at the service's own machine and runs a command for one area."""

    area_id: UUID


Reader = Principal | Host


def meetings_of(reader: Reader) -> ColumnElement[bool]:
    """Meetings a reader may see: their area's where they run them (Rulebook S3, V1).

    Else those their agency attends, from the day it signed and while it is a signatory, and a MARAC only
    once its agenda is shared.
    Anybody else sees none.
    """
    in_area = MeetingRow.area_id == reader.area_id
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return in_area
    if reader.role not in _ATTENDS_MEETINGS or not reader.is_signatory or reader.signed_on is None:
        return false()
    attended: list[ColumnElement[bool]] = [false()]
    if reader.attends_daily:
        attended.append(MeetingRow.kind == MeetingKind.DRAMM)
    if reader.attends_marac:
        attended.append(and_(MeetingRow.kind == MeetingKind.MARAC, MeetingRow.state.in_(_SHARED)))
    return and_(in_area, MeetingRow.sits_on >= reader.signed_on, or_(*attended))


def items_of(reader: Reader) -> ColumnElement[bool]:
    """Items of the meetings a reader may see; of a MARAC's, only those that have been shared."""
    seen = ItemRow.meeting_id.in_(_apart(select(MeetingRow.id).where(meetings_of(reader))))
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return seen
    its = aliased(MeetingRow)
    published = (
        select(its.supplements).where(its.id == ItemRow.meeting_id).correlate(ItemRow).scalar_subquery()
    )
    return and_(seen, ItemRow.supplement <= published)


def cases_of(reader: Reader) -> ColumnElement[bool]:
    """Cases on a meeting the reader may see: an agency learns of no other."""
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return CaseRow.area_id == reader.area_id
    return CaseRow.id.in_(_apart(select(ItemRow.case_id).where(items_of(reader))))


def told_items_of(reader: Reader) -> ColumnElement[bool]:
    """Items a reader may read about: their meetings', and the daily ones that referred a case there (M1)."""
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return ItemRow.area_id == reader.area_id
    shared = _apart(select(ItemRow.id).where(items_of(reader)))
    referred = _apart(select(OutcomeRow.item_id).where(OutcomeRow.marac_item_id.in_(shared)))
    return or_(items_of(reader), ItemRow.id.in_(referred))


def actions_of(reader: Reader) -> ColumnElement[bool]:
    """Actions: their area's for who runs its meetings; else one's own agency's, on what it may read about."""
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return ActionRow.area_id == reader.area_id
    told = _apart(select(ItemRow.id).where(told_items_of(reader)))
    return and_(ActionRow.agency_id == reader.agency_id, ActionRow.item_id.in_(told))


def incidents_of(reader: Reader) -> ColumnElement[bool]:
    """Incidents: their area's for who runs its meetings; for anybody else, only what a list told them of."""
    if isinstance(reader, Host) or reader.role in _RUNS_MEETINGS:
        return IncidentRow.area_id == reader.area_id
    told = select(EntryRow.incident_id).join(ItemRow, ItemRow.id == EntryRow.item_id)
    return IncidentRow.id.in_(_apart(told.where(told_items_of(reader))))


def _apart(rows: Select[Any]) -> Select[Any]:
    """What a reader may see does not depend on the query it narrows: no table of that is meant in here."""
    return rows.correlate(None)


def imports_of(reader: Reader) -> ColumnElement[bool]:
    """Files taken in for the reader's area; for who may import them (the permission is asked before)."""
    return ImportRow.area_id == reader.area_id


def copies_of(principal: Principal) -> ColumnElement[bool]:
    """Copies of packs: one's own, made for the agency one still works for."""
    return and_(PackCopyRow.account_id == principal.account_id, PackCopyRow.agency_id == principal.agency_id)


def accounts_of(principal: Principal) -> ColumnElement[bool]:
    """Accounts a person manages, joined to their agencies: an agency's administrator, only that agency's."""
    roles = AccountRow.role.in_(MAY_GIVE.get(principal.role, frozenset()))
    return and_(agencies_of(principal), roles)


def agencies_of(principal: Principal) -> ColumnElement[bool]:
    """Agencies a person manages, or manages the accounts of."""
    if principal.role is Role.AGENCY_ADMINISTRATOR:
        return AgencyRow.id == principal.agency_id
    return AgencyRow.area_id == principal.area_id


def audit_of(principal: Principal) -> ColumnElement[bool]:
    """Lines of the audit trail: those of one's area."""
    return AuditRow.area_id == principal.area_id
