"""What information governance oversees of yearly reviews: who has not answered, what goes (L1, L3).

They read nothing of a case: its reference alone, where no wall or restriction keeps it from them (M6).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select

from agenda.meetings import case_reference
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, RetentionAskRow, ReviewRow, db
from meetingsvc.permissions import GRANTS, Permission, Principal
from meetingsvc.store import acting
from meetingsvc.store.nameable import is_signatory
from meetingsvc.store.scope import open_to
from minutes.retention import State

_ANSWERS = [role for role, granted in GRANTS.items() if Permission.RETENTION_ANSWER in granted]


@dataclass(frozen=True, slots=True)
class Waited:
    """An agency that has not answered about a case."""

    case_id: UUID
    case: str
    agency: str
    asked_on: date
    able: bool  # somebody of it can sign in to answer


def waited_for(reader: Principal, today: date) -> list[Waited]:
    """Who has not answered, those first who cannot."""
    ask, account = RetentionAskRow, AccountRow
    somebody = exists(select(account.id).where(
        account.agency_id == AgencyRow.id, account.role.in_(_ANSWERS), account.disabled_at.is_(None),
    ))  # fmt: skip
    rows = (
        select(ask.case_id, CaseRow.number, AgencyRow.name, ask.asked_on, somebody & is_signatory(today))
        .join(CaseRow, CaseRow.id == ask.case_id).join(AgencyRow, AgencyRow.id == ask.agency_id)
        .where(ask.area_id == reader.area_id, ask.answered_at.is_(None), open_to(reader, CaseRow.id))
        .order_by(ask.asked_on, AgencyRow.name)
    )  # fmt: skip
    with acting.whole_area(reader.area_id):
        found = [Waited(case_id, case_reference(number), name, asked_on, bool(able))
                 for case_id, number, name, asked_on, able in db.session.execute(rows)]  # fmt: skip
    return sorted(found, key=lambda one: one.able)


def to_destroy(reader: Principal) -> list[tuple[UUID, str]]:
    """The cases of which something is destroyed in the coming night."""
    rows = (
        select(CaseRow.id, CaseRow.number).join(ReviewRow, ReviewRow.case_id == CaseRow.id)
        .where(ReviewRow.area_id == reader.area_id, ReviewRow.state == State.TO_DESTROY)
        .where(open_to(reader, CaseRow.id)).order_by(CaseRow.number)
    )  # fmt: skip
    with acting.whole_area(reader.area_id):
        return [(key, case_reference(number)) for key, number in db.session.execute(rows)]
