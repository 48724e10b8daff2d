"""Lines of the access log on requests that reach the chair alone: of the media, of non-signatories (X5)."""

from sqlalchemy import ColumnElement, or_, select, true

from meetingsvc.models import AuditRow, DisclosureReleaseRow, DisclosureRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting


def none_but_own(principal: Principal) -> ColumnElement[bool]:
    """To a chair all of them; to a coordinator those of a request they logged, and what they did themselves:
    a line tells that there is one."""
    if principal.role is Role.CHAIR:
        return true()
    row, release = DisclosureRow, DisclosureReleaseRow
    theirs = row.area_id == principal.area_id, row.to_chair, row.logged_by != principal.account_id
    with acting.whole_area(principal.area_id):
        requests = db.session.scalars(select(row.id).where(*theirs)).all()
        built = db.session.scalars(
            select(release.id).join(row, row.id == release.request_id).where(*theirs)
        ).all()
    hidden = [*(f"disclosure_request/{key}" for key in requests),
              *(f"disclosure_release/{key}" for key in built)]  # fmt: skip
    return or_(AuditRow.subject.not_in(hidden), AuditRow.actor == str(principal.account_id))
