"""Which referrals a person may read: part of `store/scope.py`, whose rules on cases it builds on."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from agenda.referral_state import State
from meetingsvc.models import ReferralCaseRow, ReferralMoveRow, ReferralRow
from meetingsvc.store.acting import Host
from meetingsvc.store.scope_kept import MARKED, Column, Reader, not_walled, open_to

_ABOUT = aliased(ReferralCaseRow)


def referrals_of(reader: Reader) -> ColumnElement[bool]:
    """One's own, from draft on, where no wall keeps its case from one; and, for who runs the meetings, what
    was sent about cases that are open to them (security.md B: "own only"; Rulebook M6)."""
    in_area = and_(MARKED, ReferralRow.area_id == reader.area_id)
    if isinstance(reader, Host):
        return in_area
    own = and_(ReferralRow.account_id == reader.account_id, ~_of_kept(not_walled(reader, _ABOUT.case_id)))
    if not reader.runs_meetings:
        return and_(in_area, own)
    sent = and_(ReferralRow.state != State.DRAFT, ~_of_kept(open_to(reader, _ABOUT.case_id)))
    return and_(in_area, or_(own, sent))


def _of_kept(opened: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a case of the referral is not open."""
    about = exists().where(_ABOUT.referral_id == ReferralRow.id, ~opened)
    return about.correlate_except(_ABOUT)


def told_of_referral(reader: Reader, referral_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a referral the reader may open."""
    return and_(
        MARKED, exists().where(ReferralRow.id == referral_id, referrals_of(reader)).correlate(ReferralMoveRow)
    )
