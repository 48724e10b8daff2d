"""Whom exploitation panels alone know: never matched, filed or counted among the people of domestic abuse.

A daily list would else look for repeats beside a child's case, and a rare name would tell of it (Rulebook
E2, T6, D2). In the service's own capacity for an area.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, func, select, union

from meetingsvc.models import AssociateRow, CaseRow, RelationshipRow, SubjectRow, db
from meetingsvc.store.scope_kept import ABUSE

#: The kind of every case that is about no child, person of concern, place or group.
OF_ABUSE = "abuse"
#: What it is called, to select beside a case.
NAME = select(SubjectRow.name).where(SubjectRow.case_id == CaseRow.id).correlate(CaseRow).scalar_subquery()


def of(area_id: UUID) -> CompoundSelect[UUID]:
    """Everybody told of on their cases: the child or the person, known associates, who is related to one."""
    row, near, tie = CaseRow, AssociateRow, RelationshipRow
    subject = (row.area_id == area_id, row.family != ABUSE, row.kind != OF_ABUSE)  # by `ix_case_apart`
    told: list[Select[Any]] = [
        select(row.victim_id).where(*subject, row.victim_id.is_not(None)),
        select(row.perpetrator_id).where(*subject, row.perpetrator_id.is_not(None)),
        select(near.person_id).join(row, row.id == near.case_id).where(*subject),
        select(tie.person_id).join(row, row.id == tie.case_id).where(*subject),
        select(tie.other_id).join(row, row.id == tie.case_id).where(*subject),
    ]
    return union(*told)


def count(area_id: UUID) -> int:
    """How many people those are."""
    return db.session.scalar(select(func.count()).select_from(of(area_id).subquery())) or 0


def is_of_abuse(case_id: UUID) -> bool:
    """Whether a case is of domestic abuse, and its people are matched with others."""
    return db.session.scalar(select(CaseRow.kind).where(CaseRow.id == case_id)) == OF_ABUSE
