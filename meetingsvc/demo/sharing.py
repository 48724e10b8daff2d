"""Three decisions to share: one to, one not to, on no case, and one that is begun on a case (Rulebook K4)."""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.referral_consent import Lawful
from agenda.sharing import Question, Reply
from agenda.sharing_decision import Informed
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
    _share(who, case_id, now + 6 * A_MINUTE)


def _share(who: Principal, case_id: UUID | None, now: datetime) -> None:
    """Without consent, to protect her: the whole way, question by question."""
    told = Asked("The ward sister of the maternity unit", "That he is not to be let onto the ward",
                 "The ward sister", "So that nobody lets him in while she is there")  # fmt: skip
    key = sharing.begin(who, case_id, told, now)
    replies: tuple[tuple[Question, Reply, dict[str, object]], ...] = (
        (Question.PURPOSE, Reply.YES, {}),
        (Question.IDENTIFIABLE, Reply.YES, {"about": "The victim"}),
        (Question.CONSENT, Reply.NO, {}),
        (Question.LAWFUL, Reply.YES, {"lawful": frozenset({Lawful.RIGHT_TO_LIFE}), "other_law": "",
                                      "authorised_by": "The named nurse for safeguarding"}),
        (Question.NECESSARY, Reply.YES, {}),
        (Question.PROPORTIONATE, Reply.YES, {}),
        (Question.RELEVANT, Reply.YES, {}),
    )  # fmt: skip
    for version, (question, reply, beside) in enumerate(replies, 1):
        sharing.answer(who, key, version, question, reply, now + version * A_MINUTE, **beside)
    why = Ending("He has said that he will come to the ward. She is told at her next visit.",
                 Informed.TO_BE_TOLD)  # fmt: skip
    sharing.conclude(who, key, len(replies) + 1, why, now + 9 * A_MINUTE)
