"""One move of a referral: legal by `agenda.referral_state`, written once (Rulebook T7, T12)."""

from collections.abc import Collection
from datetime import datetime

from agenda.moves import Who
from agenda.referral_state import Made, Step
from meetingsvc.models import ReferralMoveRow, ReferralRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.referrals import Referral


def by_the_referrer(
    row: ReferralRow, referral: Referral, step: Step, who: Principal | None, reason: str, now: datetime
) -> None:
    """What a referrer does with their own. Raises RuleBroken."""
    make(row, referral, Made(step, now, Who.REFERRER, reason), who)


def by_a_coordinator(
    row: ReferralRow, referral: Referral, step: Step, who: Principal, reason: str, now: datetime,
    fields: Collection[str] = (),
) -> None:  # fmt: skip
    """What who runs the meetings does with one that was sent. Raises RuleBroken."""
    make(row, referral, Made(step, now, Who.COORDINATOR, reason), who, fields)


def make(
    row: ReferralRow, referral: Referral, move: Made, who: Principal | None, fields: Collection[str] = ()
) -> None:
    """Writes the move, and where the referral stands after it."""
    row.state = referral.course.after(move).state
    db.session.add(
        ReferralMoveRow(
            area_id=row.area_id, referral_id=row.id, step=move.step, who=move.who,
            account_id=who and who.account_id, at=move.at, reason=move.reason.strip(), fields=list(fields),
        )
    )  # fmt: skip
    db.session.flush()
