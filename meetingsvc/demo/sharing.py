"""Decisions to share, all invented: one to, some not to, and one that is begun on a case (Rulebook K4).

Three on no case are more than a year old: one is to be reviewed, one was and is kept, and one is proposed
to be destroyed (L1).
"""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.referral_consent import Lawful
from agenda.sharing import Question, Reply
from agenda.sharing_decision import Informed
from meetingsvc.permissions import Principal
from meetingsvc.usecases import sharing, sharing_reviews
from meetingsvc.usecases.sharing import Asked, Ending
from minutes.sharing_review import Step

A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
_DUE, _KEPT, _NEEDED_NO_MORE = 372 * A_DAY, 390 * A_DAY, 400 * A_DAY  # before now


def decide(who: Principal, case_id: UUID | None, now: datetime) -> None:
    """One afternoon at the clinic."""
    told = Asked("A landlord, by telephone", "Whether she has moved", "The landlord", "He would not say")
    _without_purpose(who, told, "He gave no purpose, and it could lead somebody to her.", now)
    told = Asked("The school nurse", "That the children may be tired and upset", "The school nurse",
                 "So that the school looks out for them")  # fmt: skip
    key = sharing.begin(who, case_id, told, now + 3 * A_MINUTE)
    sharing.answer(who, key, 1, Question.PURPOSE, Reply.YES, now + 4 * A_MINUTE)
    _share(who, case_id, now + 6 * A_MINUTE)


def long_ago(who: Principal, now: datetime) -> None:
    """Who asked a year ago and more, and what was said since of two of these decisions."""
    told = Asked("A caller who said that she is a cousin", "Which school the children go to", "The caller",
                 "She would not say")  # fmt: skip
    _without_purpose(who, told, "Nobody knows of a cousin. She gave no number to ring back.", now - _DUE)
    told = Asked("A former employer, by e-mail", "Where her wages are to be sent", "The employer",
                 "It was not clear")  # fmt: skip
    key = _without_purpose(who, told, "She can ask for her wages herself.", now - _KEPT)
    why = "They wrote again last month. What was decided is the answer."
    sharing_reviews.review(who, key, Step.KEEP, why, now - 20 * A_DAY)
    told = Asked("A letting agent, by telephone", "Whether she pays her rent in time", "The letting agent",
                 "A tenancy that came to nothing")  # fmt: skip
    key = _without_purpose(who, told, "It is for her to say.", now - _NEEDED_NO_MORE)
    why = "The agency no longer exists, and nobody has asked since."
    sharing_reviews.review(who, key, Step.PROPOSE, why, now - 3 * A_DAY)


def _without_purpose(who: Principal, told: Asked, why: str, now: datetime) -> UUID:
    """Nothing is shared: the first question ends it."""
    key = sharing.begin(who, None, told, now)
    sharing.answer(who, key, 1, Question.PURPOSE, Reply.NO, now + A_MINUTE)
    sharing.conclude(who, key, 2, Ending(why), now + 2 * A_MINUTE)
    return key


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
