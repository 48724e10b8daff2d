"""A sharing decision is kept whole, and does not end before it is (Rulebook K2 to K4, F3)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.incidents import Party
from agenda.moves import Who, made
from agenda.referral_consent import Ground, Lawful
from agenda.rules import RuleBroken
from agenda.sharing import Question, Reply, Result, walk
from agenda.sharing_decision import MOVES, STEPS, TEXT, Considered, Informed, State, Step, decide, problems

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
Y, N = Reply.YES, Reply.NO
FLINT = Party("Flint", "Dorian")
CONSENTED = {
    Question.PURPOSE: Y, Question.IDENTIFIABLE: Y, Question.CONSENT: Y,
    Question.NECESSARY: Y, Question.PROPORTIONATE: Y, Question.RELEVANT: Y,
}  # fmt: skip
UNSOUGHT = CONSENTED | {Question.CONSENT: Reply.NOT_SOUGHT, Question.GROUND: Y, Question.LAWFUL: Y}
WHOLE = Considered(
    asked_by="Northmoor Housing", about="Isla Sorrel", what="That she needs a new lock",
    with_whom="The lettings team", purpose="To fit the lock", why="It keeps her safe",
    replies=CONSENTED, informed=Informed.AWARE,
)  # fmt: skip
WITHOUT = replace(
    WHOLE,
    replies=UNSOUGHT,
    grounds=frozenset({Ground.ADULT}),
    lawful=frozenset({Lawful.VITAL_INTERESTS}),
    authorised_by="A manager",
)


def test_K4_a_decision_is_kept_whole() -> None:
    found = decide(WHOLE, "Robin Ashgrove", AT)
    assert (found.result, found.told, found.by, found.at) == (Result.SHARE, WHOLE, "Robin Ashgrove", AT)


def test_K4_not_sharing_is_kept_as_well() -> None:
    told = replace(WHOLE, replies={Question.PURPOSE: N}, informed=None)
    found = decide(told, "Robin Ashgrove", AT)
    assert found.result is Result.DO_NOT_SHARE and found.told == told


@pytest.mark.parametrize("name", ["asked_by", "what", "with_whom", "purpose", "why"])
@pytest.mark.parametrize("replies", [CONSENTED, {Question.PURPOSE: N}])
def test_K4_who_asked_what_with_whom_and_why_are_always_told(name: str, replies: Any) -> None:
    blank: dict[str, Any] = {name: " "}
    told = replace(WHOLE, replies=replies, **blank)
    assert list(problems(told)) == [name]
    with pytest.raises(RuleBroken):
        decide(told, "Robin Ashgrove", AT)


@pytest.mark.parametrize("question", CONSENTED)
def test_K4_it_does_not_end_while_a_question_is_open(question: Question) -> None:
    told = replace(WHOLE, replies={one: said for one, said in CONSENTED.items() if one is not question})
    assert question.value in problems(told)
    with pytest.raises(RuleBroken, match="Answer"):
        decide(told, "Robin Ashgrove", AT)


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ({"lawful": frozenset()}, "lawful"),
        ({"authorised_by": ""}, "authorised_by"),
        ({"grounds": frozenset()}, "grounds"),
        ({"informed": None}, "informed"),
        ({"about": " "}, "about"),
    ],
)
def test_K2_K3_without_consent_it_says_why_and_on_whose_authority(
    left_out: dict[str, Any], missing: str
) -> None:
    assert problems(WITHOUT) == {}
    assert list(problems(replace(WITHOUT, **left_out))) == [missing]


def test_K2_another_law_may_be_the_reason() -> None:
    assert problems(replace(WITHOUT, lawful=frozenset(), other_law="An order of the family court")) == {}


def test_K1_limits_are_named() -> None:
    limited = replace(WHOLE, replies=CONSENTED | {Question.CONSENT: Reply.LIMITED, Question.LIMITS: Y})
    assert list(problems(limited)) == ["limits"]
    assert decide(replace(limited, limits="Not to her mother"), "R", AT).told.limits == "Not to her mother"


def test_K4_what_was_answered_off_the_way_is_not_kept() -> None:
    told = replace(WITHOUT, replies=UNSOUGHT | CONSENTED, limits="Not to her mother")
    kept = decide(told, "Robin Ashgrove", AT).told
    assert kept == replace(WHOLE, replies=CONSENTED)


def test_K4_who_asked_for_advice_says_what_came_of_it() -> None:
    assert list(problems(WHOLE, waited=True)) == ["advice"]
    assert problems(replace(WHOLE, advice="The Caldicott guardian: share it"), waited=True) == {}


@pytest.mark.parametrize("name", ["asked_by", "with_whom"])
@pytest.mark.parametrize("typed", ["Dorian Flint", "Mr D. Flint", "flint", "Flint, Dorian"])
def test_F3_nothing_is_shared_with_a_perpetrator(name: str, typed: str) -> None:
    named: dict[str, Any] = {name: typed}
    told = replace(WHOLE, **named)
    found = problems(told, perpetrators=[FLINT])
    assert list(found) == [name] and "perpetrator" not in found[name], "who they are is not said"
    with pytest.raises(RuleBroken, match="cannot be shared with whoever is named"):
        decide(told, "Robin Ashgrove", AT, perpetrators=[FLINT])
    refused = replace(told, replies={Question.PURPOSE: N})
    assert decide(refused, "R", AT, perpetrators=[FLINT]).result is Result.DO_NOT_SHARE, "is on record"


@pytest.mark.parametrize("about", ["Dorian Flint", "Isla Sorrel and Dorian Flint"])
def test_F3_a_perpetrator_is_not_told_what_is_shared_about_them(about: str) -> None:
    told = replace(WHOLE, about=about)
    for informed in (Informed.AWARE, Informed.TO_BE_TOLD):
        assert list(problems(replace(told, informed=informed), perpetrators=[FLINT])) == ["informed"]
    assert problems(replace(told, informed=Informed.UNSAFE), perpetrators=[FLINT]) == {}
    assert Question.CONSENT.hint and not Question.PURPOSE.hint


def test_a_text_has_an_end() -> None:
    assert list(problems(replace(WHOLE, what="x" * (TEXT + 1)))) == ["what"]
    assert list(problems(replace(WHOLE, advice="x" * (TEXT + 1)))) == ["advice"]


TEXTS = st.sampled_from(["", " ", "Something"])


@given(
    st.builds(
        Considered, asked_by=TEXTS, about=TEXTS, what=TEXTS, with_whom=TEXTS, purpose=TEXTS, why=TEXTS,
        replies=st.dictionaries(st.sampled_from(Question), st.sampled_from(Reply)), limits=TEXTS,
        grounds=st.frozensets(st.sampled_from(Ground)), lawful=st.frozensets(st.sampled_from(Lawful)),
        other_law=TEXTS, authorised_by=TEXTS, informed=st.none() | st.sampled_from(Informed), advice=TEXTS,
    ),
    st.booleans(),
)  # fmt: skip
def test_K4_what_is_decided_is_what_the_walk_says_and_nothing_is_missing(
    told: Considered, waited: bool
) -> None:
    try:
        found = decide(told, "Robin Ashgrove", AT, waited)
    except RuleBroken:
        assert problems(told, waited) != {}
        return
    assert found.result is walk(told.replies).result is walk(found.told.replies).result
    assert problems(found.told, waited) == {}, "kept as it was decided"
    assert decide(found.told, "Robin Ashgrove", AT, waited) == found
    lawful = found.told.replies.get(Question.LAWFUL) is Y
    assert bool(found.told.lawful or found.told.other_law) == bool(found.told.authorised_by) == lawful


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who), st.sampled_from(["", "why"])),
                max_size=10))  # fmt: skip
def test_K4_whatever_is_tried_a_decision_stays_as_it_was_made(tried: list[tuple[Step, Who, str]]) -> None:
    state = State.OPEN
    for step, who, why in tried:
        before = state
        try:
            state = made(MOVES[step], state, who, why)
        except RuleBroken:
            assert state is before
            continue
        assert before in (State.OPEN, State.ADVICE) and why and who is Who.ANYONE
        assert state is not State.OPEN, "nothing is begun again"


def test_K4_a_decision_is_made_once() -> None:
    assert {made(MOVES[STEPS[one]], State.OPEN, Who.ANYONE, "why") for one in Result} == set(State) - {
        State.OPEN
    }
    for step in Step:
        with pytest.raises(RuleBroken):
            made(MOVES[step], State.SHARE, Who.ANYONE, "why")
        with pytest.raises(RuleBroken):
            made(MOVES[step], State.OPEN, Who.ANYONE)
    assert made(MOVES[Step.SHARE], State.ADVICE, Who.ANYONE, "why") is State.SHARE
