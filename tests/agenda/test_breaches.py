"""Breaches: clocks, who is told, and when one may be closed (Rulebook V3)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.breach_duties import MAY_BE_NEEDLESS, BreachClocks, Duty, Told
from agenda.breach_telling import REGULATOR, Affected, Decision, Opinion
from agenda.breaches import Breach, Made, State, Step, raise_problems
from agenda.calendar import LONDON, is_working_day, local_day
from agenda.clocks import Met
from agenda.moves import Who
from agenda.rules import RuleBroken

RULE = BreachClocks()
#: Good Friday, Easter Monday, Christmas, Boxing Day (kept on the Monday).
OFF = frozenset({date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28)})
AT = datetime(2026, 11, 27, 16, tzinfo=UTC)  # a Friday
SOON = AT + timedelta(hours=1)
TAKE_ON = Made(Step.TAKE_ON, AT, Who.GOVERNANCE, "ig")
CLOSE = Made(Step.CLOSE, AT + timedelta(days=9), Who.GOVERNANCE, "ig", "Packs are checked by two")
REGULATOR_TOLD = Decision(REGULATOR, True, "A safe address was shown", AT, "ig", alone="It is all ours")
MOMENTS = st.integers(0, 10 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def a_breach(**told: object) -> Breach:
    return replace(Breach(AT, nobody_because="Only the rota was sent"), **told).after(TAKE_ON)


def all_told(breach: Breach) -> Breach:
    breach = breach.with_decision(REGULATOR_TOLD)
    for duty in Duty:
        breach = breach.with_told(Told(duty, SOON, "ig"), RULE, OFF)
    return breach


@pytest.mark.parametrize(
    ("detected", "hours24", "hours48", "hours72", "working_day"),
    [
        ("2026-11-27T16:00", "2026-11-28T16:00", "2026-11-29T16:00", "2026-11-30T16:00", "2026-11-30"),
        ("2026-10-24T12:00", "2026-10-25T11:00", "2026-10-26T11:00", "2026-10-27T11:00", "2026-10-26"),
        ("2026-03-28T12:00", "2026-03-29T13:00", "2026-03-30T13:00", "2026-03-31T13:00", "2026-03-30"),
        ("2026-04-02T09:00", "2026-04-03T09:00", "2026-04-04T09:00", "2026-04-05T09:00", "2026-04-07"),
        ("2026-12-24T17:00", "2026-12-25T17:00", "2026-12-26T17:00", "2026-12-27T17:00", "2026-12-29"),
        ("2028-02-28T09:00", "2028-02-29T09:00", "2028-03-01T09:00", "2028-03-02T09:00", "2028-02-29"),
    ],
)
def test_V3_every_duty_has_a_clock_from_one_detection(
    detected: str, hours24: str, hours48: str, hours72: str, working_day: str
) -> None:
    due = {clock.what: clock.due for clock in Breach(wall(detected)).clocks(RULE, OFF)}
    assert due == {
        Duty.DPO: wall(hours24),
        Duty.PARTNERS: wall(hours48),
        Duty.REGULATOR: wall(hours72),
        Duty.HEADS: wall(f"{working_day}T23:59:59.999999"),
        Duty.CHAIR: wall(f"{working_day}T23:59:59.999999"),
        Duty.PARTNERSHIP: wall(hours72),
    }


@given(MOMENTS)
def test_V3_hours_are_elapsed_and_the_working_day_is_the_next(detected: datetime) -> None:
    due = {clock.what: clock.due for clock in Breach(detected).clocks(RULE, OFF)}
    hours = [
        (due[duty] - detected) / timedelta(hours=1) for duty in (Duty.DPO, Duty.PARTNERS, Duty.REGULATOR)
    ]
    assert hours == [24, 48, 72]
    last = local_day(due[Duty.HEADS])
    between = (local_day(detected) + timedelta(days=n) for n in range(1, (last - local_day(detected)).days))
    assert is_working_day(last, OFF) and not any(is_working_day(day, OFF) for day in between)


def test_V3_clocks_run_before_anybody_takes_it_on_and_the_first_due_comes_first() -> None:
    breach = Breach(AT)
    clocks = breach.clocks(RULE, OFF)
    assert [clock.due for clock in clocks] == sorted(clock.due for clock in clocks)
    assert {clock.stands(AT + timedelta(hours=73)) for clock in clocks} == {Met.RUNNING, Met.LATE}
    assert {clock.stands(AT + timedelta(days=5)) for clock in clocks} == {Met.LATE}
    done = all_told(a_breach()).clocks(RULE, OFF)
    assert {clock.stands(AT + timedelta(days=5)) for clock in done} == {Met.IN_TIME}


def test_V3_a_clock_missed_needs_a_reason() -> None:
    late = Told(Duty.DPO, AT + timedelta(hours=24, seconds=1), "ig")
    with pytest.raises(RuleBroken, match="Say why it is late"):
        a_breach().with_told(late, RULE, OFF)
    kept = a_breach().with_told(replace(late, late_because="Not reached"), RULE, OFF)
    (dpo,) = (clock for clock in kept.clocks(RULE, OFF) if clock.what == Duty.DPO)
    assert dpo.stands(AT + timedelta(days=9)) is Met.DONE_LATE
    assert a_breach().with_told(Told(Duty.DPO, AT + timedelta(hours=24), "ig"), RULE, OFF).told


@pytest.mark.parametrize("duty", sorted(set(Duty) - MAY_BE_NEEDLESS))
def test_V3_these_are_told_of_every_breach(duty: Duty) -> None:
    with pytest.raises(RuleBroken, match="told of every breach"):
        a_breach().with_told(Told(duty, SOON, "ig", needless="Small"), RULE, OFF)


def test_V3_the_regulator_is_told_as_was_decided() -> None:
    told = Told(Duty.REGULATOR, SOON, "ig")
    with pytest.raises(RuleBroken, match="Decide first"):
        a_breach().with_told(told, RULE, OFF)
    breach = a_breach().with_decision(replace(REGULATOR_TOLD, tell=False))
    with pytest.raises(RuleBroken, match="Decide first"):
        breach.with_told(told, RULE, OFF)
    breach = breach.with_told(replace(told, needless="No risk to anybody"), RULE, OFF)
    assert "tell the regulator" not in breach.left()
    changed = breach.with_decision(replace(REGULATOR_TOLD, at=SOON))
    assert "tell the regulator" in changed.left(), "what was needless then is not now"
    assert "tell the regulator" not in changed.with_told(told, RULE, OFF).left()


@pytest.mark.parametrize(
    ("breach", "told", "said"),
    [
        (Breach(AT), Told(Duty.DPO, SOON, "ig"), "It is raised"),
        (a_breach(), Told(Duty.DPO, AT - timedelta(seconds=1), "ig"), "earlier than its detection"),
        (all_told(a_breach()), Told(Duty.DPO, SOON, "ig"), "recorded already"),
    ],
)
def test_V3_what_is_not_recorded(breach: Breach, told: Told, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        breach.with_told(told, RULE, OFF)
    assert a_breach().with_told(Told(Duty.DPO, AT, "ig"), RULE, OFF).told, "at once"


def test_V3_it_closes_once_everybody_is_told_and_decided_about() -> None:
    breach = a_breach(affected=(Affected("p1"), Affected("p2")))
    with pytest.raises(
        RuleBroken, match="tell all partners involved; tell the regulator; tell the MARAC chair"
    ):
        breach.after(CLOSE)
    breach = all_told(breach)
    assert breach.left() == ("decide whether to tell 2 of the people affected",)
    tell = Decision("p1", True, "She is at risk", SOON, "ig", "Her IDVA, in person", "It is all ours")
    breach = breach.with_decision(tell).with_decision(replace(tell, whom="p2", tell=False))
    assert breach.left() == ("tell the person affected",), "decided, and not done"
    breach = breach.with_decision(replace(tell, at=SOON + timedelta(hours=1), told_at=SOON))
    assert breach.left() == () and breach.after(CLOSE).state is State.CLOSED
    with pytest.raises(RuleBroken, match="Say what was learnt"):
        breach.after(replace(CLOSE, reason=""))


def test_V3_that_it_affects_nobody_is_said_and_why() -> None:
    breach = all_told(a_breach(nobody_because=" "))
    assert breach.left() == ("record whom it affects, or why nobody",)
    with pytest.raises(RuleBroken, match="record whom it affects, or why nobody"):
        breach.after(CLOSE)
    assert all_told(a_breach()).after(CLOSE).state is State.CLOSED
    somebody = replace(breach, affected=(Affected("p1"),))
    assert somebody.left() == ("decide whether to tell the person affected",)


def test_V3_who_is_named_in_a_breach_does_not_deal_with_it() -> None:
    dismiss = Made(Step.DISMISS, SOON, Who.GOVERNANCE, "ig", "Nothing was shown")
    with pytest.raises(RuleBroken, match="named in this breach"):
        Breach(AT, involved=frozenset({"ig"})).after(dismiss)
    told = Breach(AT, involved=frozenset({"rep"})).with_said(replace(dismiss, by="second"))
    assert told.after(dismiss).state is State.NO_BREACH
    with pytest.raises(RuleBroken, match="earlier"):
        Breach(AT).after(replace(dismiss, at=AT - timedelta(seconds=1)))


def test_V3_that_it_is_none_takes_two_people_neither_named_in_it() -> None:
    dismiss = Made(Step.DISMISS, SOON, Who.GOVERNANCE, "ig", "Nothing was shown")
    second = replace(dismiss, by="second")
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        Breach(AT).after(dismiss)
    with pytest.raises(RuleBroken, match="Say why this is no breach"):
        Breach(AT).with_said(replace(dismiss, reason=" "))
    said = Breach(AT).with_said(dismiss)
    assert said.state is State.RAISED and said.said[0].reason == "Nothing was shown"
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        said.after(dismiss)
    with pytest.raises(RuleBroken, match="said already"):
        said.with_said(second)
    assert said.after(second).state is State.NO_BREACH
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        replace(said, involved=frozenset({"ig"})).after(second)
    with pytest.raises(RuleBroken, match="named in this breach"):
        Breach(AT, involved=frozenset({"ig"})).with_said(dismiss)
    again = said.after(second).after(replace(dismiss, step=Step.REOPEN, at=SOON + timedelta(hours=1)))
    with pytest.raises(RuleBroken, match="Somebody else must have said"):
        again.after(replace(second, at=SOON + timedelta(hours=2)))


def test_V3_nothing_is_decided_once_it_is_closed() -> None:
    closed = all_told(a_breach()).after(CLOSE)
    with pytest.raises(RuleBroken, match="It is closed"):
        closed.with_decision(REGULATOR_TOLD)
    again = closed.after(Made(Step.REOPEN, CLOSE.at, Who.GOVERNANCE, "ig", "More was shown"))
    assert again.state is State.OPEN and again.with_decision(REGULATOR_TOLD).decisions


def test_V3_a_decision_that_cannot_be_kept_is_refused() -> None:
    breach = a_breach(affected=(Affected("p", perpetrator=True),), partners=frozenset({"housing"}),
                      opinions=(Opinion("housing", "p", True, AT),))  # fmt: skip
    with pytest.raises(RuleBroken, match="never told of the meeting"):
        breach.with_decision(Decision("p", True, "Law", SOON, "ig", "By letter"))


def test_V3_who_is_unsafe_is_made_safe_before_it_is_raised() -> None:
    assert raise_problems("A pack went astray", AT, False, "", AT) == {}
    assert raise_problems(" ", None, None, "", SOON).keys() == {"what", "detected_at", "unsafe_now"}
    assert raise_problems("x", SOON + timedelta(seconds=1), True, " ", SOON).keys() == {"detected_at", "done"}


TRIED = st.tuples(
    st.sampled_from(Step), st.sampled_from([Who.GOVERNANCE, Who.CHAIR]), st.sampled_from(["ig", "rep"])
)


@given(st.lists(TRIED, max_size=14), st.booleans())
def test_V3_whatever_is_tried_none_is_closed_that_is_not_dealt_with(
    tried: list[tuple[Step, Who, str]], dealt_with: bool
) -> None:
    breach = Breach(AT, involved=frozenset({"rep"}), nobody_because="Only the rota was sent")
    for step, who, by in tried:
        try:
            breach = breach.after(Made(step, SOON, who, by, "why"))
        except RuleBroken:
            continue
        if breach.state is State.OPEN and dealt_with and not breach.told:
            breach = all_told(breach)
    assert breach.state is not State.CLOSED or not breach.left()
    assert all(step.by == "ig" and step.who is Who.GOVERNANCE for step in breach.steps)
