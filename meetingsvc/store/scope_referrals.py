"""Which referrals a person may read: part of `store/scope.py`, whose rules on cases it builds on."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from agenda.referral_state import State
from meetingsvc.models import ReferralCaseRow, ReferralMoveRow, ReferralRow
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope_kept import MARKED, Column, Reader, not_walled, open_to

_ABOUT = aliased(ReferralCaseRow)


def referrals_of(reader: Reader) -> ColumnElement[bool]:
    """One's own, from draft on, whatever case it met: it is what one wrote, and to lose it would tell of the
    wall. And, for who runs the meetings, what was sent about cases that are open to them (security.md B: "own
    only"; Rulebook M6)."""
    in_area = and_(MARKED, ReferralRow.area_id == reader.area_id)
    if isinstance(reader, Host):
        return in_area
    own = ReferralRow.account_id == reader.account_id
    return and_(in_area, or_(own, sent_to(reader)))


def sent_to(who: Principal) -> ColumnElement[bool]:
    """What was sent, for who runs the meetings and may open its cases; one's own no otherwise (M6)."""
    if not who.runs_meetings:
        return false()
    mine = and_(MARKED, ReferralRow.area_id == who.area_id, ReferralRow.state != State.DRAFT)
    return and_(mine, ~_of_kept(open_to(who, _ABOUT.case_id)))


def walled_from(who: Principal) -> Select[UUID]:
    """One's own of which a wall keeps a case from one: nothing comes back to its referrer (Rulebook M6)."""
    walled = _of_kept(not_walled(who, _ABOUT.case_id))
    return select(ReferralRow.id).where(referrals_of(who), ReferralRow.account_id == who.account_id, walled)


def _of_kept(opened: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a case of the referral is not open."""
    about = exists().where(_ABOUT.referral_id == ReferralRow.id, ~opened)
    return about.correlate_except(_ABOUT)


def told_of_referral(reader: Reader, referral_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a referral the reader may open."""
    return and_(
        MARKED, exists().where(ReferralRow.id == referral_id, referrals_of(reader)).correlate(ReferralMoveRow)
    )
