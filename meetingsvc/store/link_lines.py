"""Lines of the access log on links between subjects (Rulebook E2, V5)."""

from sqlalchemy import ColumnElement, or_, select, true

from agenda.panels import Family
from meetingsvc.models import AuditRow, LinkRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting


def none_half_hidden(principal: Principal, shown: ColumnElement[bool]) -> ColumnElement[bool]:
    """None on a link that is not `shown` to the reader, as one of its ends is kept from them: a line tells
    that there is one. What they did themselves they read."""
    if Family.EXPLOITATION not in principal.families:
        return true()  # they may open neither end
    row = LinkRow
    with acting.whole_area(principal.area_id):
        every = set(db.session.scalars(select(row.id).where(row.area_id == principal.area_id)))
    with acting.acting(principal):
        theirs = set(db.session.scalars(select(row.id).where(shown))) if every else set()
    hidden = [f"link/{key}" for key in sorted(every - theirs)]
    return or_(AuditRow.subject.not_in(hidden), AuditRow.actor == str(principal.account_id))
