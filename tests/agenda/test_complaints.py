"""Complaints (Rulebook V2)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import LONDON
from agenda.clocks import Met
from agenda.complaints import (
    MOVES,
    RIGHTS,
    Complainant,
    Complaint,
    ComplaintClocks,
    Made,
    State,
    Step,
    Subject,
)
from agenda.moves import Who
from agenda.rules import RuleBroken

AT = datetime(2026, 11, 27, 16, tzinfo=UTC)  # a Friday
OFF = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2026, 4, 3), date(2026, 4, 6)})
COMPLAINT = Complaint(AT, Complainant.VICTIM, Subject.AGENCY)


def step(kind: Step, who: Who = Who.CHAIR, by: str = "chair", rights: bool = True) -> Made:
    return Made(kind, AT, who, by, "why", rights)


def after(*steps: Made, told: Complaint = COMPLAINT) -> Complaint:
    for one in steps:
        told = told.after(one)
    return told


def test_V2_to_the_chair_then_the_partnership() -> None:
    answered = after(step(Step.TAKE_ON), step(Step.ANSWER))
    assert answered.state is State.ANSWERED and answered.after(step(Step.CLOSE)).state is State.CLOSED
    further = answered.after(step(Step.ESCALATE))
    assert further.state is State.WITH_PARTNERSHIP
    assert after(step(Step.ANSWER_FINALLY), step(Step.CLOSE), told=further).state is State.CLOSED


def test_V2_none_is_closed_unanswered_or_skips_the_chair() -> None:
    for kind in (Step.CLOSE, Step.ANSWER, Step.ESCALATE, Step.ANSWER_FINALLY):
        with pytest.raises(RuleBroken, match="It is received"):
            after(step(kind))
    with pytest.raises(RuleBroken, match="goes to the chair first"):
        after(step(Step.TO_PARTNERSHIP, Who.GOVERNANCE))


def test_V2_what_no_chair_can_deal_with_goes_to_the_partnership_with_its_reason() -> None:
    past = step(Step.PAST_CHAIR, Who.GOVERNANCE, "ig")
    with pytest.raises(RuleBroken, match="goes to the chair first"):
        after(past)
    alone = replace(COMPLAINT, no_chair=True)
    assert after(past, told=alone).state is State.WITH_PARTNERSHIP
    with pytest.raises(RuleBroken, match="why no chair can"):
        after(replace(past, reason=""), told=alone)
    with pytest.raises(RuleBroken, match="information governance to do"):
        after(step(Step.PAST_CHAIR), told=alone)
    with pytest.raises(RuleBroken, match="goes to the chair first"):
        after(past, told=replace(alone, about=Subject.CHAIR))


def test_V2_one_about_the_chair_is_the_partnerships_at_once() -> None:
    about = replace(COMPLAINT, about=Subject.CHAIR, complained_of=frozenset({"chair"}))
    with pytest.raises(RuleBroken, match="about you"):
        after(step(Step.TAKE_ON), told=about)
    with pytest.raises(RuleBroken, match="about the chair"):
        after(step(Step.TAKE_ON, by="another chair"), told=about)
    passed = after(step(Step.TO_PARTNERSHIP, Who.GOVERNANCE, "ig"), told=about)
    assert passed.state is State.WITH_PARTNERSHIP
    with pytest.raises(RuleBroken, match="about you"):
        passed.after(step(Step.ANSWER_FINALLY))


def test_V2_every_answer_states_the_right_to_go_further() -> None:
    assert "Information Commissioner" in RIGHTS and "ombudsman" in RIGHTS
    with pytest.raises(RuleBroken, match="must state the right"):
        after(step(Step.TAKE_ON), step(Step.ANSWER, rights=False))
    with_them = after(step(Step.TAKE_ON), step(Step.ESCALATE))
    with pytest.raises(RuleBroken, match="must state the right"):
        with_them.after(step(Step.ANSWER_FINALLY, rights=False))


def test_F3_an_answer_to_a_perpetrator_reveals_no_meeting() -> None:
    told = after(step(Step.TAKE_ON), told=replace(COMPLAINT, complainant=Complainant.PERPETRATOR))
    with pytest.raises(RuleBroken, match="neither confirms nor denies"):
        told.after(step(Step.ANSWER))
    assert told.after(replace(step(Step.ANSWER), reveals_nothing=True)).state is State.ANSWERED


def test_V2_a_withdrawal_says_how_and_nothing_goes_back_in_time() -> None:
    with pytest.raises(RuleBroken, match="how the complainant withdrew"):
        after(replace(step(Step.WITHDRAW), reason=""))
    told = COMPLAINT.with_said(step(Step.WITHDRAW, by="ig", who=Who.GOVERNANCE))
    assert after(step(Step.WITHDRAW), told=told).state is State.WITHDRAWN
    with pytest.raises(RuleBroken, match="earlier"):
        after(replace(step(Step.TAKE_ON), at=AT - timedelta(seconds=1)))


def test_V2_a_withdrawal_takes_two_people_and_never_one_complained_of() -> None:
    first, second = step(Step.WITHDRAW), step(Step.WITHDRAW, by="other chair")
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        after(first)
    with pytest.raises(RuleBroken, match="how the complainant withdrew"):
        COMPLAINT.with_said(replace(first, reason=" "))
    said = COMPLAINT.with_said(first)
    assert said.state is State.RECEIVED and said.agreed(Step.WITHDRAW, "other chair")
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        after(first, told=said)
    with pytest.raises(RuleBroken, match="said already"):
        said.with_said(second)
    assert after(second, told=said).state is State.WITHDRAWN
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        after(second, told=replace(said, complained_of=frozenset({"chair"})))
    with pytest.raises(RuleBroken, match="about you"):
        replace(COMPLAINT, complained_of=frozenset({"chair"})).with_said(first)
    later = replace(second, at=AT + timedelta(hours=2))
    moved = after(replace(step(Step.TAKE_ON), at=AT + timedelta(hours=1)), told=said)
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        after(later, told=moved)


def test_V2_one_about_information_governance_is_the_chairs_alone() -> None:
    about = replace(COMPLAINT, about=Subject.GOVERNANCE)
    told = after(step(Step.TAKE_ON), step(Step.ESCALATE), step(Step.ANSWER_FINALLY), told=about)
    assert after(step(Step.CLOSE), told=told).state is State.CLOSED
    for kind in (Step.CLOSE, Step.WITHDRAW):
        with pytest.raises(RuleBroken, match="the chair deals with it"):
            after(step(kind, Who.GOVERNANCE, "ig"), told=told)
    with pytest.raises(RuleBroken, match="the chair deals with it"):
        told.with_said(step(Step.WITHDRAW, Who.GOVERNANCE, "ig"))


@pytest.mark.parametrize(
    ("received", "notified", "acknowledged"),
    [
        ("2026-11-27T16:00", "2026-11-30", "2026-12-27"),
        ("2026-12-24T09:00", "2026-12-29", "2027-01-23"),
        ("2026-04-02T23:30", "2026-04-07", "2026-05-02"),
        ("2026-03-28T12:00", "2026-03-30", "2026-04-27"),
        ("2026-10-24T12:00", "2026-10-26", "2026-11-23"),
        ("2028-02-28T12:00", "2028-02-29", "2028-03-29"),
    ],
)
def test_V2_heads_of_service_are_notified_within_a_working_day(
    received: str, notified: str, acknowledged: str
) -> None:
    def wall(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)

    told = replace(COMPLAINT, received_at=wall(received))
    first, second = told.clocks(ComplaintClocks(), OFF)
    assert first.due == wall(f"{notified}T23:59:59.999999")
    assert second.due == wall(f"{acknowledged}T23:59:59.999999")
    done = replace(told, notified_at=first.due).clocks(ComplaintClocks(), OFF)[0]
    assert done.stands(second.due) is Met.IN_TIME and first.stands(second.due) is Met.LATE


STEPS = st.tuples(st.integers(0, 9), st.sampled_from(["chair", "ig"]), st.booleans(), st.booleans())


@given(st.lists(STEPS, max_size=10), st.sampled_from(Complainant), st.sampled_from(Subject))
def test_V2_whatever_is_tried_none_closes_without_an_answer(
    tried: list[tuple[int, str, bool, bool]], complainant: Complainant, about: Subject
) -> None:
    told = Complaint(AT, complainant, about, frozenset({"chair"}) if about is Subject.CHAIR else frozenset())
    for choice, by, rights, nothing in tried:
        legal = [(kind, who) for kind, move in MOVES.items() for who in move.who if told.state in move.before]
        if not legal:
            break
        kind, who = legal[choice % len(legal)]
        try:
            told = told.after(Made(kind, AT, who, by, "why", rights, nothing))
        except RuleBroken:
            continue
        assert by not in told.complained_of
    answers = [one for one in told.steps if one.step in (Step.ANSWER, Step.ANSWER_FINALLY)]
    assert told.state is not State.CLOSED or answers
    assert told.state is not State.WITHDRAWN, "nobody alone says so"
    assert all(one.rights_stated for one in answers)
    if complainant is Complainant.PERPETRATOR:
        assert all(one.reveals_nothing for one in answers)
