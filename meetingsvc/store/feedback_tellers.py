"""Who can still tell a victim: one rule for whom a form offers and takes, who is reminded, and what waits for
nobody (Rulebook F1, F2, M6, V1)."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, exists, literal, or_, select
from sqlalchemy.orm import aliased

from agenda.panels import Works
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AllocationRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Role
from meetingsvc.store import acting
from meetingsvc.store.nameable import is_signatory
from meetingsvc.store.scope import SHARED
from meetingsvc.store.scope_closed import is_closed_to
from meetingsvc.store.scope_kept import Column

_one, _given, _home = aliased(AccountRow), aliased(AllocationRow), aliased(AgencyRow)
_outcome, _line, _marac = aliased(OutcomeRow), aliased(ItemRow), aliased(MeetingRow)


def is_there(account: type[AccountRow], today: date) -> ColumnElement[bool]:
    """Whether an account of the query around it can sign in, and works with meetings for a signatory (V1)."""
    signed = exists().where(AgencyRow.id == account.agency_id, is_signatory(today))
    works = account.role.in_(ATTENDS_MEETINGS | RUNS_MEETINGS)
    return and_(account.disabled_at.is_(None), works, signed.correlate_except(AgencyRow))


def can_tell(account: type[AccountRow], case_id: Column[UUID] | UUID, today: date) -> ColumnElement[bool]:
    """Whether they are there, and neither a wall nor a restriction keeps the case from them (Rulebook M6).

    Not whether their agency sits in the meeting that heard it: the victim's own professional may come from
    one that does not. For who may read of both, as `is_closed_to`.
    """
    return and_(is_there(account, today), ~is_closed_to(account, case_id))


def whose(
    agency_id: Column[UUID] | Column[UUID | None], account_id: Column[UUID] | Column[UUID | None]
) -> Select[UUID]:
    """Whose it is to tell, narrowed by one of the above to who still can: who is named; with an agency alone,
    who sits in meetings for it."""
    sits = and_(account_id.is_(None), _one.agency_id == agency_id, _one.role.in_(ATTENDS_MEETINGS))
    return select(_one.id).where(or_(_one.id == account_id, sits))


def nobody_is_there(
    agency_id: Column[UUID | None], account_id: Column[UUID | None], today: date
) -> ColumnElement[bool]:
    """Of a row of the query around it: all of whom it is can sign in no more, or have left."""
    return ~whose(agency_id, account_id).where(is_there(_one, today)).correlate_except(_one).exists()


def nobody_can(
    agency_id: Column[UUID | None], account_id: Column[UUID | None], case_id: Column[UUID], today: date
) -> ColumnElement[bool]:
    """The same, or the case is kept from them all: the duty is nobody's (Rulebook F1, M6)."""
    who_can = whose(agency_id, account_id).where(can_tell(_one, case_id, today))
    return ~who_can.correlate_except(_one).exists()


def is_given(
    agency_id: Column[UUID | None],
    account_id: Column[UUID | None],
    item: type[ItemRow],
    meeting: type[MeetingRow],
    today: date,
) -> ColumnElement[bool]:
    """Whether one of whom it is, and who can tell, is an IDVA to whom the case is given: it is shown to them
    whether or not their agency sits in the meeting that heard it, once that or the MARAC that took the
    referral is shared with agencies that had signed by then (security.md B). Asked as `can_tell` is."""
    row = _given
    mine = exists().where(row.account_id == _one.id, row.case_id == item.case_id).correlate_except(row)
    taken = exists().where(
        _outcome.item_id == item.id, _line.id == _outcome.marac_item_id, _marac.id == _line.meeting_id,
        is_shared(_line, _marac, _home),
    ).correlate_except(_outcome, _line, _marac)  # fmt: skip
    theirs = exists().where(_home.id == _one.agency_id, or_(is_shared(item, meeting, _home), taken))
    who_can = whose(agency_id, account_id).where(
        _one.role == Role.IDVA, can_tell(_one, item.case_id, today), mine, theirs.correlate_except(_home)
    )
    return who_can.correlate_except(_one).exists()


def is_shared(item: type[ItemRow], meeting: type[MeetingRow], agency: type[AgencyRow]) -> ColumnElement[bool]:
    """Whether an agency that attends such meetings reads this item of a query around it, as `scope.items_of`
    says (Rulebook S3, V1): from the day it signed, a list once circulated, an agenda once shared."""
    listed = and_(meeting.works == Works.LIST, meeting.held.is_(False))
    on_agenda = and_(meeting.works == Works.AGENDA, meeting.state.in_(SHARED))
    signed = and_(agency.signed_on.is_not(None), agency.signed_on <= meeting.sits_on)
    return and_(signed, item.supplement <= meeting.supplements, or_(listed, on_agenda))


def able(area_id: UUID, case_id: UUID, agency_id: UUID, account_id: UUID | None, today: date) -> list[UUID]:
    """Those of whose it is to tell of one case who can."""
    rows = whose(literal(agency_id, Uuid()), literal(account_id, Uuid()))
    with acting.whole_area(area_id):
        found = db.session.scalars(rows.where(can_tell(_one, case_id, today)).order_by(_one.id))
        return list(found)
