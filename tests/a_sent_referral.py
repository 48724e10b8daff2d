"""Somebody's draft of a referral, and one that was sent about a case: one of each that an address names."""

from uuid import UUID, uuid4

from agenda.referral_fields import Answers
from agenda.referral_kept import written
from meetingsvc.models import ReferralCaseRow, ReferralMoveRow, ReferralRow, ReferralToldRow, db
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.a_referral import PERPETRATOR


def a_draft_row(area_id: UUID, person: UUID, agency: UUID, surname: str = "Quillfeather") -> ReferralRow:
    """A draft with a perpetrator in it."""
    told = {
        "victim": Answers({"surname": surname}),
        "perpetrators": Answers({"known": "yes"}, ({**PERPETRATOR, "surname": surname},)),
    }
    return ReferralRow(id=uuid4(), area_id=area_id, account_id=person, agency_id=agency, state="a draft",
                       answers=written(told), risk={}, warned="999", begun_at=NOW, saved_at=NOW)  # fmt: skip


def a_sent_row(
    area_id: UUID, case_id: UUID, person: UUID, agency: UUID, surname: str = "Quillfeather"
) -> ReferralRow:
    """One that was sent about a case, added with what hangs on it; call it inside a transaction."""
    row = a_draft_row(area_id, person, agency, surname)
    row.state, row.first_sent_at = "sent", NOW
    row.reference = f"REF-{row.id.hex[:8]}"
    db.session.add(row)
    db.session.flush()
    db.session.add(ReferralCaseRow(referral_id=row.id, occurrence_number=row.reference, area_id=area_id,
                                   case_id=case_id))  # fmt: skip
    db.session.add(ReferralMoveRow(area_id=area_id, referral_id=row.id, step="send", who="the referrer",
                                   account_id=person, at=NOW))  # fmt: skip
    db.session.add(ReferralToldRow(area_id=area_id, case_id=case_id, referral_id=row.id, sight="actions",
                                   label="What could increase the risk", text=f"{surname} fears a letter",
                                   author="Petra Quill", at=NOW))  # fmt: skip
    db.session.flush()
    return row


def referrals_of(
    area_id: UUID, case_id: UUID, person: UUID, agency: UUID, surname: str = "Quillfeather"
) -> dict[str, UUID]:
    """Their identifiers, by the names that addresses give them."""
    with saved():
        draft = a_draft_row(area_id, person, agency, surname)
        db.session.add(draft)
        sent = a_sent_row(area_id, case_id, person, agency, surname)
        return {"referral_id": draft.id, "sent_id": sent.id}
