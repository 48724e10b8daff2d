"""Two decisions to share: one not to, on no case, and one that is begun on a case (Rulebook K4)."""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.sharing import Question, Reply
from meetingsvc.permissions import Principal
from meetingsvc.usecases import sharing
from meetingsvc.usecases.sharing import Asked, Ending

A_MINUTE = timedelta(minutes=1)


def decide(who: Principal, case_id: UUID | None, now: datetime) -> None:
    """One afternoon at the clinic."""
    told = Asked("A landlord, by telephone", "Whether she has moved", "The landlord", "He would not say")
    key = sharing.begin(who, None, told, now)
    sharing.answer(who, key, 1, Question.PURPOSE, Reply.NO, now + A_MINUTE)
    why = Ending("He gave no purpose, and it could lead somebody to her.")
    sharing.conclude(who, key, 2, why, now + 2 * A_MINUTE)
    told = Asked("The school nurse", "That the children may be tired and upset", "The school nurse",
                 "So that the school looks out for them")  # fmt: skip
    key = sharing.begin(who, case_id, told, now + 3 * A_MINUTE)
    sharing.answer(who, key, 1, Question.PURPOSE, Reply.YES, now + 4 * A_MINUTE)
