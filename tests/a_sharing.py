"""Builds decisions to share, about invented people."""

from typing import Any
from uuid import UUID, uuid4

from agenda.sharing import Question, Reply
from agenda.sharing_decision import Considered, State
from meetingsvc.models import SharingRow
from meetingsvc.store import sharing
from meetingsvc.usecases.sharing import Asked
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
