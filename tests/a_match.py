"""Builds two people who may be one, and two who were made one."""

from uuid import UUID, uuid4

from sqlalchemy import select

from meetingsvc.models import (
    Base,
    CaseRow,
    MatchProposalRow,
    MatchWeightsRow,
    MergeChangeRow,
    MergeRow,
    PersonRow,
    db,
)
from tests.a_marac import NOW


def behind(merge_id: UUID, area_id: UUID) -> list[Base]:
    """What nobody reads but the service: what a merge changed, and an area's own weights."""
    return [
        MergeChangeRow(area_id=area_id, merge_id=merge_id, of_table="case", key={}, before=None, after=None),
        MatchWeightsRow(area_id=area_id, weights={}, people=1, estimated_at=NOW),
    ]


def a_match(area_id: UUID, case_id: UUID, surname: str = "Quillfeather") -> dict[str, UUID]:
    """A match of the victim of a case with somebody on none, and a merge that stands; in a transaction."""
    victim = db.session.scalars(select(CaseRow.victim_id).where(CaseRow.id == case_id)).one()
    match, merge, others = uuid4(), uuid4(), [uuid4(), uuid4()]
    db.session.add_all(
        PersonRow(id=key, area_id=area_id, forename="Wren", surname=surname, dob=None) for key in others
    )
    db.session.flush()
    for key, other, state in ((match, others[0], "open"), (uuid4(), others[1], "merged")):
        one, two = sorted((victim, other))
        db.session.add(
            MatchProposalRow(id=key, area_id=area_id, one_id=one, other_id=two, score=4.0, radar=True,
                             evidence=[["surname", "close", 5.0]], state=state, found_at=NOW)
        )  # fmt: skip
        db.session.flush()
        if state == "merged":
            db.session.add(
                MergeRow(id=merge, area_id=area_id, match_id=key, kept_id=victim, gone_id=other,
                         merged_at=NOW, then={"identity": 0, "items": [], "details": [], "case": 0})
            )  # fmt: skip
    db.session.flush()
    return {"match_id": match, "merge_id": merge}
