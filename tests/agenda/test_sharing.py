"""The walk through the questions of a sharing decision (Rulebook K1, K3, K4)."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.referral_consent import Answer, Consent
from agenda.sharing import GOLDEN_RULES, LEADS, Question, Reply, Result, reply_of, walk

Y, N, UNSURE = Reply.YES, Reply.NO, Reply.NOT_SURE
WEIGHED = {Question.NECESSARY: Y, Question.PROPORTIONATE: Y, Question.RELEVANT: Y}
BEFORE = {Question.PURPOSE: Y, Question.IDENTIFIABLE: Y}
REPLIES = st.dictionaries(st.sampled_from(Question), st.sampled_from(Reply))


@pytest.mark.parametrize(
    ("replies", "result"),
    [
        (BEFORE | {Question.CONSENT: Y}, Result.SHARE),
        ({Question.PURPOSE: Y, Question.IDENTIFIABLE: N}, Result.SHARE),
        (BEFORE | {Question.CONSENT: Reply.LIMITED, Question.LIMITS: Y}, Result.SHARE),
        (BEFORE | {Question.CONSENT: Reply.LIMITED, Question.LIMITS: N, Question.LAWFUL: Y}, Result.SHARE),
        (BEFORE | {Question.CONSENT: N, Question.LAWFUL: Y}, Result.SHARE),
        (BEFORE | {Question.CONSENT: Reply.NOT_SOUGHT, Question.GROUND: Y, Question.LAWFUL: Y}, Result.SHARE),
        ({Question.PURPOSE: N}, Result.DO_NOT_SHARE),
        ({Question.PURPOSE: UNSURE}, Result.ASK_ADVICE),
        (BEFORE | {Question.CONSENT: UNSURE}, Result.ASK_ADVICE),
        (BEFORE | {Question.CONSENT: N, Question.LAWFUL: N}, Result.DO_NOT_SHARE),
        (BEFORE | {Question.CONSENT: N, Question.LAWFUL: UNSURE}, Result.ASK_ADVICE),
        (BEFORE | {Question.CONSENT: Reply.NOT_SOUGHT, Question.GROUND: N}, Result.DO_NOT_SHARE),
        (BEFORE | {Question.CONSENT: Y, Question.RELEVANT: N}, Result.DO_NOT_SHARE),
        (BEFORE | {Question.CONSENT: Reply.LIMITED, Question.LAWFUL: Y}, None),
        (BEFORE | {Question.CONSENT: Reply.NOT_SOUGHT, Question.LAWFUL: Y}, None),
    ],
)
def test_K4_the_questions_lead_where_the_flowchart_says(
    replies: dict[Question, Reply], result: Result | None
) -> None:
    assert walk(WEIGHED | replies).result is result


@pytest.mark.parametrize("question", WEIGHED)
@pytest.mark.parametrize("reply", [N, UNSURE, Reply.LIMITED, None])
def test_K4_nothing_is_shared_that_is_not_weighed(question: Question, reply: Reply | None) -> None:
    told = BEFORE | {Question.CONSENT: Y} | WEIGHED
    assert walk(told).result is Result.SHARE
    del told[question]
    assert walk(told if reply is None else told | {question: reply}).result is not Result.SHARE


def ways(at: Question | Result = Question.PURPOSE) -> Iterator[tuple[tuple[Question, Reply], ...]]:
    """Every way there is through the questions, each with where it ends."""
    if isinstance(at, Result):
        yield ()
        return
    for reply, lead in LEADS[at].items():
        for rest in ways(lead):
            yield ((at, reply), *rest)


def test_K4_every_way_ends_and_every_question_is_on_one() -> None:
    found = list(ways())
    assert {question for way in found for question, _ in way} == set(Question) == LEADS.keys()
    assert {walk(dict(way)).result for way in found} == set(Result)
    for way in found:
        assert walk(dict(way)).asked == tuple(question for question, _ in way)
        for n in range(len(way)):
            assert walk(dict(way[:n])).open is way[n][0], "cut short, it decides nothing"


def test_K4_no_way_leads_to_sharing_without_the_answers_it_needs() -> None:
    shares = [dict(way) for way in ways() if walk(dict(way)).result is Result.SHARE]
    assert shares
    for said in shares:
        assert said[Question.PURPOSE] is Y and said.items() >= WEIGHED.items()
        consents = said.get(Question.CONSENT) is Y or said.get(Question.LIMITS) is Y
        assert said[Question.IDENTIFIABLE] is N or consents or said[Question.LAWFUL] is Y, "has a basis"
        if said.get(Question.CONSENT) is Reply.NOT_SOUGHT:
            assert said[Question.GROUND] is Y, "K3"
        assert UNSURE not in said.values()


@given(REPLIES)
def test_K4_an_answer_off_the_way_counts_for_nothing(replies: dict[Question, Reply]) -> None:
    found = walk(replies)
    on_the_way = {question: reply for question, reply in replies.items() if question in found.asked}
    assert walk(on_the_way) == found
    assert (found.result is None) == (found.open is not None)
    assert found.words


@given(REPLIES, st.data())
def test_K4_taking_an_answer_back_never_leaves_it_shared(
    replies: dict[Question, Reply], data: st.DataObject
) -> None:
    whole = walk(replies)
    gone = data.draw(st.sampled_from(whole.asked))
    assert walk({question: reply for question, reply in replies.items() if question is not gone}).open is gone


def test_K4_not_to_be_sure_asks_advice_at_every_question() -> None:
    assert all(leads[UNSURE] is Result.ASK_ADVICE for leads in LEADS.values())


def test_K4_the_seven_golden_rules_are_at_hand() -> None:
    assert len(set(GOLDEN_RULES)) == 7


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (Answer.GIVEN, Y),
        (Answer.LIMITED, Reply.LIMITED),
        (Answer.WITHHELD, N),
        (Answer.WITHDRAWN, N),
        (Answer.NOT_SOUGHT, Reply.NOT_SOUGHT),
    ],
)
def test_K1_the_history_of_consent_answers_the_question(answer: Answer, reply: Reply) -> None:
    told = Consent(answer, date(2026, 11, 2), "Robin Ashgrove")
    assert reply_of(told) is reply
    unchecked = Consent(answer, date(2026, 11, 2), "", checked=False)
    assert reply_of(unchecked) is UNSURE, "T7"
    assert reply_of(None) is None


def test_every_question_and_answer_has_words() -> None:
    assert all(one.label for one in (*Question, *Reply, *Result))
    for question, reply in product(Question, Reply):
        assert walk({question: reply}).words
