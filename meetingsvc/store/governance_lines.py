"""Lines of the access log about breaches and complaints that their register hides from a person (V2, M6)."""

from sqlalchemy import ColumnElement, or_, select

from agenda.need_to_know import WallState
from meetingsvc.models import (
    AuditRow,
    BreachCaseRow,
    BreachWalledRow,
    ComplainedOfRow,
    ComplaintRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting

_REGISTERS = ("breach.", "complaint.", "disagreement.")


def hidden_from(principal: Principal) -> list[str]:
    """What the lines are about that information governance is not shown, as they say it: complaints about
    oneself, and what is about a case that a wall keeps from one, or kept until it was destroyed."""
    walls = select(WallRow.case_id).where(
        WallRow.account_id == principal.account_id, WallRow.state == WallState.STANDS
    )
    of, was, touched, about = ComplainedOfRow, BreachWalledRow, BreachCaseRow, ComplaintRow
    complaints = select(of.complaint_id).where(of.account_id == principal.account_id)
    breaches = select(was.breach_id).where(was.account_id == principal.account_id)
    with acting.whole_area(principal.area_id):
        kept = db.session.scalars(complaints.union(select(about.id).where(about.case_id.in_(walls)))).all()
        gone = db.session.scalars(breaches.union(select(touched.breach_id).where(touched.case_id.in_(walls))))
        return [*(f"complaints/{key}" for key in kept), *(f"breach/{key}" for key in gone)]


def none_but_own(principal: Principal) -> ColumnElement[bool]:
    """Of breaches, complaints and disagreements only what one did oneself: a line tells that there is one."""
    registered = or_(*(AuditRow.action.startswith(name) for name in _REGISTERS))
    return or_(~registered, AuditRow.actor == str(principal.account_id))
