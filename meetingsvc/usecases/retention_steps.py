"""One more step of a yearly review, kept with who took it (Rulebook L1)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from agenda.moves import REASON_LENGTH, Who
from meetingsvc.models import ReviewStepRow, db
from meetingsvc.store import audit, retention
from meetingsvc.usecases.restrictions import SERVICE
from minutes.retention import Made, Step


def step(kept: retention.Kept, made: Made, account_id: UUID | None) -> UUID:
    """Keeps a step, which the rules have allowed."""
    proposal = made.proposal
    row = ReviewStepRow(
        id=uuid4(), area_id=kept.area_id, review_id=kept.id, place=1 + len(kept.review.steps), step=made.step,
        at=made.at, account_id=account_id, who=made.who, reason=made.reason.strip(),
        outcome=proposal.outcome if proposal else None, told=retention.told(proposal) if proposal else None,
    )  # fmt: skip
    db.session.add(row)
    kept.row.state = replace(kept.review, steps=(*kept.review.steps, made)).state
    db.session.flush()
    return row.id


def lapse(kept: retention.Kept, why: str, now: datetime) -> None:
    """Something has changed since it was proposed or decided: its review is due again."""
    step(kept, Made(Step.LAPSE, now, Who.SERVICE, SERVICE, why[:REASON_LENGTH]), None)
    audit.record(SERVICE, kept.area_id, "retention.lapsed", f"retention_review/{kept.id}", now,
                 case=kept.case_id)  # fmt: skip
