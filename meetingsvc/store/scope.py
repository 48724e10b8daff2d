"""The one place that decides which rows a person may read. Every query that shows something uses it.

`open_to` is the wall and the restriction (Rulebook M6, `agenda.need_to_know.may_open`; in `scope_kept.py`);
every other function here builds on it. Each condition carries a mark, and `store/fence.py` refuses a
statement that has none.
"""

from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy import case as one_of
from sqlalchemy.orm import InstrumentedAttribute, aliased

from agenda.meetings import MeetingState
from agenda.panels import Family, Works
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    AlarmRow,
    AllocationRow,
    AssociateRow,
    AuditRow,
    CaseRow,
    EntryRow,
    ImportRow,
    IncidentRow,
    ItemRow,
    LinkRow,
    MeetingRow,
    NoticeRow,
    OpeningRow,
    OutcomeRow,
    PackCopyRow,
    PersonRow,
    RejectedRow,
    RelationshipRow,
    StaffDetailRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, MAY_GIVE, Permission, Principal, Role
from meetingsvc.store import chairs_lines, family_lines, governance_lines, link_lines
from meetingsvc.store.acting import Host
from meetingsvc.store.scope_kept import (
    MARK,
    MARKED,
    NOBODY,
    CaseId,
    Column,
    Reader,
    apart,
    is_walled,
    kept_cases,
    not_kept,
    not_walled,
    open_to,
    sees_all,
)
from meetingsvc.store.scope_once import once
from meetingsvc.store.trail_words import MEETING_ACTIONS

__all__ = [
    "MARK",
    "Reader",
    "is_walled",
    "kept_cases",
    "not_kept",
    "not_walled",
    "open_to",
]  # with what is defined here: one door
#: The states in which agencies read a MARAC's agenda.
SHARED = (MeetingState.PUBLISHED, MeetingState.HEARD, MeetingState.CANCELLED)
_ITS = aliased(MeetingRow)  # an item's own meeting; once for all statements, as in `scope_kept.py`
_GIVEN = aliased(AllocationRow)


def _opened(reader: Principal, case_id: CaseId) -> ColumnElement[bool]:
    """Break-glass or a ticket has opened this case to this person, for now; to nobody of an agency that has
    withdrawn meanwhile (V1)."""
    if not reader.may_be_opened_to:
        return NOBODY
    return exists().where(
        OpeningRow.case_id == case_id,
        OpeningRow.account_id == reader.account_id,
        OpeningRow.until > reader.asked_at,
    )


@once
def meetings_of(reader: Reader) -> ColumnElement[bool]:
    """Meetings a reader may see: their area's where they run them (Rulebook S3, V1).

    Else those their agency attends, from the day it signed and while it is a signatory: a daily list once it
    is circulated, and a MARAC once its agenda is shared.
    Anybody else sees none; nor anybody an emergency MARAC whose one case is kept from them (M4, M6).
    """
    if isinstance(reader, Host) or reader.runs_meetings:
        return _meetings_in_area(reader)
    if reader.role not in ATTENDS_MEETINGS or not reader.is_signatory or reader.signed_on is None:
        return NOBODY
    attended = MeetingRow.kind.in_(sorted(reader.attends))
    return and_(_shared_since(reader, reader.signed_on), attended)


def _meetings_in_area(reader: Reader) -> ColumnElement[bool]:
    of_open_case = open_to(reader, MeetingRow.case_id)  # or of none
    in_area = and_(MARKED, MeetingRow.area_id == reader.area_id, of_open_case)
    return in_area if isinstance(reader, Host) else and_(in_area, _is_theirs(reader))


def _is_theirs(reader: Principal) -> ColumnElement[bool]:
    """Running one family of panels, or sitting in it, opens no meeting of another (D1, E4)."""
    return MeetingRow.family.in_(sorted(reader.families))


def _shared_since(reader: Principal, signed_on: date | None) -> ColumnElement[bool]:
    """Whatever the area's meetings share with the agencies that attend them, from the day one signed."""
    shown = or_(
        and_(MeetingRow.works == Works.LIST, MeetingRow.held.is_(False)),
        and_(MeetingRow.works == Works.AGENDA, MeetingRow.state.in_(SHARED)),
    )
    return and_(_meetings_in_area(reader), MeetingRow.sits_on >= literal(signed_on, Date()), shown)


@once
def items_of(reader: Reader) -> ColumnElement[bool]:
    """Open cases on the meetings a reader may see; of a MARAC's, only those that have been shared."""
    seen = _items_on(reader, meetings_of(reader))
    return seen if sees_all(reader) else _published(seen)


def _items_on(reader: Reader, meetings: ColumnElement[bool]) -> ColumnElement[bool]:
    there = ItemRow.meeting_id.in_(apart(select(MeetingRow.id).where(meetings)))
    return and_(open_to(reader, ItemRow.case_id), there)


def _published(items: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of items, those on the agenda itself, or on a supplementary list that was shared."""
    supplements = select(_ITS.supplements).where(_ITS.id == ItemRow.meeting_id)
    return and_(items, ItemRow.supplement <= supplements.correlate(ItemRow).scalar_subquery())


def _given(reader: Principal) -> ColumnElement[bool]:
    """Items of the cases that are given to an IDVA, as if their agency attended the meetings that heard them
    (security.md B, "M + allocated"): else some case's victim would be told by nobody (Rulebook F1, F2).

    The meeting itself, and every other case on it, are no more theirs than before: so on PostgreSQL the
    database answers the items as the service (migration 0055).
    """
    if db.engine.dialect.name == "postgresql":
        account = bindparam("account", reader.account_id, Uuid(), unique=True)
        signed = bindparam("signed", reader.signed_on, Date(), unique=True)
        return ItemRow.id.in_(select(func.meetingsvc_given_to(account, signed, type_=Uuid()).label("given")))
    mine = apart(select(_GIVEN.case_id).where(_GIVEN.account_id == reader.account_id))
    of_abuse = MeetingRow.family == Family.ABUSE  # an IDVA tells nobody of another panel's decisions (F1)
    shared = _items_on(reader, and_(_shared_since(reader, reader.signed_on), of_abuse))
    return and_(ItemRow.case_id.in_(mine), _published(shared))  # no deeper: SQLite's parser has an end


def _listed(reader: Principal, key: Column[Any], of: Column[Any]) -> ColumnElement[bool]:
    """Whether a key is one of the items a reader may see on meetings, or is given with their case."""
    items = [items_of(reader)]
    if reader.may(Permission.CASE_ASK):  # an IDVA, while their agency is a signatory (V1)
        items.append(_given(reader))
    return or_(*(key.in_(apart(select(of).where(one))) for one in items))


@once
def cases_of(reader: Reader) -> ColumnElement[bool]:
    """Open cases on a meeting the reader may see, and those given or opened to them: an agency learns of no
    other."""
    mine = and_(open_to(reader, CaseRow.id), CaseRow.area_id == reader.area_id)
    if isinstance(reader, Host) or reader.runs_meetings:
        return mine
    listed = _listed(reader, CaseRow.id, ItemRow.case_id)
    return and_(mine, or_(listed, _opened(reader, CaseRow.id)))


@once
def told_items_of(reader: Reader) -> ColumnElement[bool]:
    """Items a reader may read about: their meetings', those of a case that is given to them, the daily ones
    that referred a case there (M1), and every one of a case that was opened to them."""
    mine = and_(open_to(reader, ItemRow.case_id), ItemRow.area_id == reader.area_id)
    if isinstance(reader, Host) or reader.runs_meetings:
        return mine
    shared = _listed(reader, ItemRow.id, ItemRow.id)
    to_shared = _listed(reader, OutcomeRow.marac_item_id, ItemRow.id)
    referred = apart(select(OutcomeRow.item_id).where(to_shared))
    return and_(mine, or_(shared, ItemRow.id.in_(referred), _opened(reader, ItemRow.case_id)))


@once
def actions_of(reader: Reader) -> ColumnElement[bool]:
    """Actions on open cases: their area's for who runs its meetings; else one's own agency's, on what it may
    read about."""
    told = ActionRow.item_id.in_(apart(select(ItemRow.id).where(told_items_of(reader))))
    if isinstance(reader, Host) or reader.runs_meetings:
        return and_(MARKED, ActionRow.area_id == reader.area_id, told)
    return and_(MARKED, ActionRow.agency_id == reader.agency_id, told)


@once
def incidents_of(reader: Reader) -> ColumnElement[bool]:
    """Incidents: their area's for who runs its meetings, but for those of cases kept from them; for anybody
    else, only what a list told them of."""
    if isinstance(reader, Host):
        return and_(MARKED, IncidentRow.area_id == reader.area_id)
    mine = not_kept(reader, IncidentRow.id)
    if reader.runs_meetings:
        return and_(mine, IncidentRow.area_id == reader.area_id)
    under = select(EntryRow.incident_id).join(ItemRow, ItemRow.id == EntryRow.item_id)
    return and_(mine, IncidentRow.id.in_(apart(under.where(told_items_of(reader)))))


@once
def people_of(reader: Reader) -> ColumnElement[bool]:
    """The victims and perpetrators of the cases a reader may see, the known associates told of there, and
    those said to be something to somebody there."""
    seen, near, tie = cases_of(reader), AssociateRow, RelationshipRow
    its = apart(select(CaseRow.id).where(seen))
    return or_(
        PersonRow.id.in_(apart(select(CaseRow.victim_id).where(seen))),
        PersonRow.id.in_(apart(select(CaseRow.perpetrator_id).where(seen))),
        PersonRow.id.in_(apart(select(near.person_id).where(near.case_id.in_(its)))),
        PersonRow.id.in_(apart(select(tie.person_id).where(tie.case_id.in_(its)))),
        PersonRow.id.in_(apart(select(tie.other_id).where(tie.case_id.in_(its)))),
    )


@once
def told_on(reader: Reader, case_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a case the reader may open: hearings, addresses, who was shown them."""
    return _hangs_on(CaseRow.id, case_id, cases_of(reader))


def links_of(reader: Reader) -> ColumnElement[bool]:
    """Links of which both ends are open to the reader (`agenda.subjects.visible`): a link to what is hidden
    is not there at all (Rulebook E2)."""
    return and_(told_on(reader, LinkRow.one_id), told_on(reader, LinkRow.other_id))


@once
def told_at(reader: Reader, item_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on an item the reader may read about: its incidents, notes, outcome, actions."""
    return _hangs_on(ItemRow.id, item_id, told_items_of(reader))


@once
def told_in(reader: Reader, incident_id: Column[int]) -> ColumnElement[bool]:
    """What hangs on an incident the reader may see: its text, and what a list decided about it."""
    return _hangs_on(IncidentRow.id, incident_id, incidents_of(reader))


def notices_of(reader: Reader) -> ColumnElement[bool]:
    """Orders announced on lists the reader may see (T10), but for those of cases kept from them."""
    there = _hangs_on(MeetingRow.id, NoticeRow.meeting_id, meetings_of(reader))
    by_hand, told = open_to(reader, NoticeRow.case_id), not_kept(reader, NoticeRow.incident_id)
    return and_(there, one_of((NoticeRow.incident_id.is_(None), by_hand), else_=told))


def _hangs_on(
    parent: InstrumentedAttribute[Any], key: Column[Any], seen: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Asked for each row apart, by its parent's key: there are few, and of parents very many."""
    table = cast(Any, key).table
    return and_(MARKED, exists().where(parent == key, seen).correlate(table))


def told_by(principal: Principal) -> ColumnElement[bool]:
    """What a member of staff told of themselves: for themselves alone."""
    return and_(MARKED, StaffDetailRow.account_id == principal.account_id)


def imports_of(reader: Reader) -> ColumnElement[bool]:
    """What forces sent for the reader's area; for who may import it (the permission is asked before). Missing
    episodes of children: for who runs the panels of exploitation (E4)."""
    kinds = ["entry"] if isinstance(reader, Host) or reader.runs_exploitation else ["entry", "episodes"]
    return and_(MARKED, ImportRow.area_id == reader.area_id, ImportRow.kind.not_in(kinds))


def rejects_of(reader: Reader) -> ColumnElement[bool]:
    """Rows that those files held and the service did not take."""
    return _hangs_on(ImportRow.id, RejectedRow.import_id, imports_of(reader))


def copies_of(principal: Principal) -> ColumnElement[bool]:
    """Copies of packs: one's own, made for the agency one still works for."""
    return and_(
        MARKED,
        PackCopyRow.account_id == principal.account_id,
        PackCopyRow.agency_id == principal.agency_id,
    )


def accounts_of(principal: Principal) -> ColumnElement[bool]:
    """Accounts a person may see, joined to their agencies: an agency's administrator, those of that agency
    that are theirs to keep; who else may read accounts at all, their area's (security.md B)."""
    if principal.role is Role.AGENCY_ADMINISTRATOR:
        return and_(agencies_of(principal), AccountRow.role.in_(MAY_GIVE[principal.role]))
    return agencies_of(principal)


def agencies_of(principal: Principal) -> ColumnElement[bool]:
    """Agencies a person manages, or manages the accounts of."""
    if principal.role is Role.AGENCY_ADMINISTRATOR:
        return AgencyRow.id == principal.agency_id
    return AgencyRow.area_id == principal.area_id


def audit_of(principal: Principal) -> ColumnElement[bool]:
    """Lines of the access log (security.md B "Read audit"), none about a case that is kept from the reader.

    From information governance, which reads no content, only a wall keeps a line: a restriction hides what a
    case says, and who opened it is theirs to look after.

    Who runs meetings reads what was done with cases, lists, agendas and packs; an agency's administrator what
    its own staff did, but for breaches, complaints and disagreements; information governance everything but
    of breaches and complaints that are hidden from them, or were when they were destroyed (V2); anybody else,
    what they did themselves. Of requests that reach the chair alone (X5), a coordinator reads what they
    logged or did themselves.
    """
    if principal.role is Role.INFORMATION_GOVERNANCE:
        shown = governance_lines.shown_to(principal)
        return and_(AuditRow.area_id == principal.area_id, not_walled(principal, AuditRow.case_id), shown)
    mine = and_(AuditRow.area_id == principal.area_id, open_to(principal, AuditRow.case_id))
    mine = and_(mine, link_lines.none_half_hidden(principal, links_of(principal)))
    if principal.runs_meetings:
        mine = and_(mine, chairs_lines.none_but_own(principal))
        there = exists().where(CaseRow.id == AuditRow.case_id)  # a wall goes with the case it was on (L2)
        of_no_case = and_(AuditRow.case_id.is_(None), AuditRow.action.in_(MEETING_ACTIONS))
        return and_(mine, or_(there, and_(of_no_case, family_lines.none_of_others(principal))))
    if principal.role is Role.AGENCY_ADMINISTRATOR:
        staff = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == principal.agency_id))
        theirs = AuditRow.actor.in_([str(account_id) for account_id in staff])
        return and_(mine, theirs, governance_lines.none_but_own(principal))
    return and_(mine, AuditRow.actor == str(principal.account_id))


def alarms_of(principal: Principal) -> ColumnElement[bool]:
    """An area's alarms, for who reads them; never to the person they are about."""
    return and_(MARKED, AlarmRow.area_id == principal.area_id, AlarmRow.account_id != principal.account_id)
