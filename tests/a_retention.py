"""Builds a yearly review, a hold, what an agency is asked, and a certificate; about nobody."""

from datetime import date
from uuid import UUID, uuid4

from meetingsvc.models import Base, DestructionRow, HoldRow, RetentionAskRow, ReviewRow, ReviewStepRow, db
from minutes.holds import Why
from minutes.retention import State, Step
from minutes.retention_asks import Holds
from minutes.retention_case import Outcome
from tests.a_marac import NOW

#: It is long due at whatever moment a test looks.
DUE = date(2026, 11, 2)
#: In information governance's own words, who read nothing of the case (security.md B): none of it is in them.
HELD = "The court asked for it"


def kept_of(area_id: UUID, case_id: UUID, by: UUID, agency_id: UUID, reason: str = "-") -> dict[str, UUID]:
    """One of each on one case, inside a transaction: to keep all is proposed, and the agency has answered."""
    review, asked, decision = uuid4(), uuid4(), uuid4()
    number = 1 + (db.session.query(DestructionRow).count())
    rows: list[Base] = [
        ReviewRow(id=review, area_id=area_id, case_id=case_id, due_on=DUE, state=State.PROPOSED),
        HoldRow(id=uuid4(), area_id=area_id, case_id=case_id, hold=str(uuid4()), why=Why.COURT, sets=True,
                at=NOW, account_id=by, reason=HELD),
        RetentionAskRow(id=asked, area_id=area_id, case_id=case_id, agency_id=agency_id, due_on=DUE,
                        asked_on=DUE, holds=Holds.ALL, may_go=False, answered_by=by, answered_at=NOW),
        DestructionRow(number=number, area_id=area_id, case_id=uuid4(), outcome=Outcome.DESTROY,
                       counts=[["case", 1]], decision=decision, proposed_by=by, decided_by=by, decided_at=NOW,
                       destroyed_at=NOW, backups_gone_on=DUE, under_way=False),
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    db.session.add(
        ReviewStepRow(id=uuid4(), area_id=area_id, review_id=review, place=1, step=Step.PROPOSE, at=NOW,
                      account_id=by, who="a coordinator", reason=reason, outcome=Outcome.KEEP_ALL,
                      told={"risk_remains": True, "last_incident": DUE.isoformat(), "destroys": []})
    )  # fmt: skip
    db.session.flush()
    return {"review_id": review, "asked_id": asked, "decision_id": decision}
