"""Builds decisions to share, about invented people."""

from typing import Any
from uuid import UUID, uuid4

from agenda.moves import Who
from agenda.sharing import Question, Reply
from agenda.sharing_decision import Considered, State
from meetingsvc.models import SharingReviewRow, SharingRow
from meetingsvc.store import sharing
from meetingsvc.usecases.sharing import Asked
from minutes.sharing_review import Step
from tests.a_marac import NOW

ASKED = Asked("A school nurse rang", "That she has moved", "The school nurse", "So that nobody tells him")
#: The whole way to sharing, with consent.
TO_SHARE = {
    Question.PURPOSE: Reply.YES,
    Question.IDENTIFIABLE: Reply.YES,
    Question.CONSENT: Reply.YES,
    Question.NECESSARY: Reply.YES,
    Question.PROPORTIONATE: Reply.YES,
    Question.RELEVANT: Reply.YES,
}


def a_sharing_row(area_id: UUID, who: UUID, agency_id: UUID, **told: Any) -> SharingRow:
    """One that is begun, on no case; the test tells only what it is about."""
    usual: dict[str, Any] = {
        "id": uuid4(), "area_id": area_id, "case_id": None, "agency_id": agency_id, "made_by": who,
        "made_at": NOW, "version": 1, "state": State.OPEN,
    }  # fmt: skip
    row = SharingRow(**usual | told)
    sharing.write(row, Considered(ASKED.asked_by, "", ASKED.what, ASKED.with_whom, ASKED.purpose))
    return row


def a_step_row(row: SharingRow, who: UUID, **told: Any) -> SharingReviewRow:
    """Its first review: its maker keeps it."""
    usual: dict[str, Any] = {
        "area_id": row.area_id, "sharing_id": row.id, "place": 1, "step": Step.KEEP, "at": NOW,
        "who": Who.MAKER, "account_id": who, "reason": "Still needed",
    }  # fmt: skip
    return SharingReviewRow(**usual | told)
