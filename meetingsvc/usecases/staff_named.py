"""A case whose incident says that a party is a member of staff is put before who decides (Rulebook M6)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from agenda.need_to_know import Hides, RestrictionState
from agenda.restrictions import Step
from agenda.staff_named import StaffNamed, employer_among
from meetingsvc.models import RestrictionRow, db
from meetingsvc.store import audit, staff_named
from meetingsvc.usecases.restrictions import SERVICE, said


def propose(area_id: UUID, case_ids: Collection[UUID], now: datetime) -> int:
    """Proposes to keep these cases to named people, once for each thing told; says how many.

    Nothing is hidden until somebody decides: a referrer might tell an employer to hide a case. Where the
    account itself matches, `walls` has the case hidden at once. Part of the service's matching: call it
    inside `acting.whole_area`, in a transaction.
    """
    found = staff_named.on_cases(case_ids)
    agencies = staff_named.agencies(area_id) if found else {}
    return sum(
        _propose(area_id, case_id, told, employer_among(told.employer, agencies), now)
        for case_id, told in found
    )


def _propose(area_id: UUID, case_id: UUID, told: StaffNamed, employer: UUID | None, now: datetime) -> bool:
    if staff_named.said_before(case_id, told.words):
        return False
    row = db.session.get(RestrictionRow, case_id)
    if row is None:
        row = RestrictionRow(case_id=case_id, area_id=area_id, state="", hides=Hides.NOBODY, reason="")
        db.session.add(row)
    row.employer_id = row.employer_id or employer
    if row.state not in (RestrictionState.RESTRICTED, RestrictionState.PROPOSED):
        row.state, row.hides, row.reason = RestrictionState.PROPOSED, Hides.NOBODY, told.words
        row.put_by, row.put_at, row.decided_by, row.decided_at = None, now, None, None
    step = said(row, Step.FOUND, told.words, None, now)
    audit.record(SERVICE, area_id, "restriction.proposed", f"case/{case_id}", now, step=step)
    return True
