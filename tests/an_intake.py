"""What a victim said about sharing, how the risk was assessed, and who referred without an account."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from meetingsvc.models import (
    Base,
    ConsentIncidentRow,
    ConsentRow,
    PublicLetterRow,
    PublicReferralRow,
    PublicReferrerRow,
    PublicSessionRow,
    RiskAssessmentRow,
    db,
)
from tests.a_marac import NOW


def a_consent(case_id: UUID, limits: str, **told: Any) -> ConsentRow:
    """With limits; `told` says whose it is (Rulebook R2)."""
    return ConsentRow(
        id=uuid4(), case_id=case_id, answer="limited", said_on=NOW.date(), limits=limits, **told
    )


def an_assessment(case_id: UUID, reason: str, **told: Any) -> RiskAssessmentRow:
    """Judged high, on its own form."""
    return RiskAssessmentRow(id=uuid4(), case_id=case_id, tool="dara", version="1", answers={}, level="high",
                             reason=reason, done_on=NOW.date(), **told)  # fmt: skip


def behind(consent: ConsentRow, referral_id: UUID) -> list[Base]:
    """What no page of its own shows: which incident it was said of, and who referred without an account."""
    area, who = consent.area_id, uuid4()
    db.session.add(PublicReferrerRow(id=who, area_id=area, email="bea@tarn.example", name="-", agency="-",
                                     asked_at=NOW))  # fmt: skip
    db.session.flush()
    return [
        ConsentIncidentRow(consent_id=consent.id, occurrence_number="LEFT", area_id=area),
        PublicLetterRow(id=uuid4(), area_id=area, referrer_id=who, created_at=NOW, state="sent",
                        digest=uuid4().hex, link_until=NOW + timedelta(days=1)),
        PublicSessionRow(key=uuid4().hex, area_id=area, referrer_id=who, started_at=NOW, seen_at=NOW),
        PublicReferralRow(referral_id=referral_id, area_id=area, referrer_id=who),
    ]  # fmt: skip
