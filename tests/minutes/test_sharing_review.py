"""Decisions to share on no case: what becomes of them after twelve months (Rulebook K4, L1, L2)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import LONDON, is_working_day, working_days_between
from agenda.moves import Who
from agenda.rules import RuleBroken
from minutes.sharing_review import MOVES, Made, Review, Rules, State, Step

AT = datetime(2025, 11, 3, 10, tzinfo=UTC)
DUE = datetime(2026, 11, 3, 10, tzinfo=UTC)
NONE = frozenset[date]()
#: Good Friday, Easter Monday, Christmas, Boxing Day (kept on the Monday), New Year.
OFF = frozenset({
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1),
})  # fmt: skip
MOMENTS = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def done(*steps: Made, gone: bool = False) -> Review:
    review = Review(AT)
    for step in steps:
        review = review.after(step, NONE, gone)
    return review


def a_step(step: Step, at: datetime = DUE, who: Who = Who.MAKER, by: str = "maker", why: str = "why") -> Made:
    return Made(step, at, who, by, why)


def test_L1_it_falls_due_after_twelve_months_and_again_when_it_is_kept() -> None:
    assert Review(AT).due_on == date(2026, 11, 3)
    assert not Review(AT).is_due(date(2026, 11, 2)) and Review(AT).is_due(date(2026, 11, 3))
    kept = done(a_step(Step.KEEP))
    assert kept.state is State.KEPT and kept.due_on == date(2027, 11, 3)
    with pytest.raises(RuleBroken, match="falls due on Wednesday 3 November 2027"):
        kept.after(a_step(Step.KEEP, DUE + timedelta(days=1)), NONE, False)


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2025-10-26T00:30", date(2026, 10, 26)),  # the night the clocks go back
        ("2026-03-29T12:00", date(2027, 3, 29)),  # and forward; Easter Monday falls due all the same
        ("2025-12-25T09:00", date(2026, 12, 25)),
        ("2026-02-28T09:00", date(2027, 2, 28)),  # a Sunday
        ("2028-02-29T09:00", date(2029, 2, 28)),
        ("2026-07-01T00:30", date(2027, 7, 1)),  # still June in UTC
    ],
)
def test_L1_it_falls_due_on_its_day_whichever_it_is(decided: str, due: date) -> None:
    told = Review(datetime.fromisoformat(decided).replace(tzinfo=LONDON))
    assert told.due_on == due
    assert told.is_due(due) and not told.is_due(due - timedelta(days=1))


@pytest.mark.parametrize(
    ("due", "last"),
    [
        (date(2026, 10, 12), date(2026, 11, 9)),  # over the clocks going back
        (date(2026, 10, 24), date(2026, 11, 20)),  # due on a Saturday
        (date(2026, 3, 17), date(2026, 4, 16)),  # over their going forward, and Easter
        (date(2026, 12, 11), date(2027, 1, 13)),  # Christmas, Boxing Day on the Monday, New Year
    ],
)
def test_L1_it_is_late_after_twenty_working_days(due: date, last: date) -> None:
    told = Review(datetime(due.year - 1, due.month, due.day, 9, tzinfo=UTC))
    assert told.due_on == due
    assert not told.is_late(last, OFF) and told.is_late(last + timedelta(days=1), OFF)


@given(MOMENTS, st.integers(1, 12), st.integers(1, 60), st.integers(0, 500))
def test_L1_it_is_late_once_its_working_days_are_over_and_never_before_it_is_due(
    decided: datetime, months: int, days: int, later: int
) -> None:
    told = Review(decided, Rules(months, days))
    today = told.due_on + timedelta(days=later - 30)
    gone = working_days_between(told.due_on, today, OFF)
    assert told.is_due(today) is (today >= told.due_on)
    assert told.is_late(today, OFF) is (gone > days or (gone == days and not is_working_day(today, OFF)))


def test_L1_before_it_is_due_it_is_put_on_a_case_and_nothing_else() -> None:
    early = DUE - timedelta(days=5)
    for step in (Step.KEEP, Step.PROPOSE):
        with pytest.raises(RuleBroken, match="falls due"):
            done(a_step(step, early))
    assert done(a_step(Step.PUT, early)).state is State.ON_CASE


def test_L1_information_governance_decides_once_it_is_late_or_who_made_it_is_gone() -> None:
    def governs(at: datetime) -> Made:
        return a_step(Step.PROPOSE, at, Who.GOVERNANCE, "ig")

    with pytest.raises(RuleBroken, match="until that is late"):
        done(governs(DUE + timedelta(days=28)))
    assert done(governs(DUE + timedelta(days=29))).state is State.PROPOSED, "after 20 working days"
    assert done(governs(DUE), gone=True).state is State.PROPOSED
    with pytest.raises(RuleBroken, match="who made it"):
        done(a_step(Step.PUT, who=Who.GOVERNANCE, by="ig"), gone=True)


def test_L2_two_people_destroy_it() -> None:
    proposed = done(a_step(Step.PROPOSE))
    with pytest.raises(RuleBroken, match="information governance or the chair"):
        proposed.after(a_step(Step.AGREE), NONE, False)
    with pytest.raises(RuleBroken, match="cannot agree"):
        proposed.after(a_step(Step.AGREE, who=Who.GOVERNANCE), NONE, False)
    agreed = proposed.after(a_step(Step.AGREE, who=Who.CHAIR, by="chair"), NONE, False)
    assert agreed.state is State.TO_DESTROY
    assert agreed.after(a_step(Step.STOP), NONE, False).state is State.KEPT
    with pytest.raises(RuleBroken, match="the service"):
        agreed.after(a_step(Step.DESTROY), NONE, False)


PEOPLE = [(Who.MAKER, "maker"), (Who.GOVERNANCE, "ig"), (Who.GOVERNANCE, "maker"), (Who.CHAIR, "chair"),
          (Who.SERVICE, "worker")]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(PEOPLE), st.integers(0, 500)), max_size=10),
       st.booleans())  # fmt: skip
def test_L2_nothing_goes_that_two_people_have_not_said_when_it_was_due(
    steps: list[tuple[Step, tuple[Who, str], int]], gone: bool
) -> None:
    review, at = Review(AT), AT
    for step, (who, by), days in steps:
        at += timedelta(days=days)
        before = review
        try:
            review = review.after(Made(step, at, who, by, "why"), NONE, gone)
        except RuleBroken:
            continue
        if step is Step.PROPOSE:
            assert before.is_due(at.date())
    if review.state in (State.TO_DESTROY, State.DESTROYED):
        agreed = [one for one in review.steps if one.step is Step.AGREE][-1]
        said = [one for one in review.steps if one.step is Step.PROPOSE][-1]
        assert said.by != agreed.by
    for one in review.steps[:-1]:
        assert MOVES[one.step].after not in (State.DESTROYED, State.ON_CASE), "that is the end"
