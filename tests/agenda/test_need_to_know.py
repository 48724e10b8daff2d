from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.details import Shared
from agenda.need_to_know import (
    Hides,
    OpeningKind,
    RestrictionState,
    hides,
    is_closed,
    lado_prompt,
    may_open,
    reason_to_judge,
    review_due,
    second_person,
    staff_case,
    too_many,
)
from agenda.rules import RuleBroken

EMPLOYER = UUID(int=9)
NOW = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)
EITHER = (True, False)


@pytest.mark.parametrize("runs, in_scope, named, opened", list(product(EITHER, repeat=4)))
@pytest.mark.parametrize("kept", Hides)
def test_M6_a_wall_beats_every_grant(kept, runs, in_scope, named, opened):
    assert not may_open(runs, in_scope, True, kept, named, opened)


@pytest.mark.parametrize("runs, in_scope, opened", list(product(EITHER, repeat=3)))
def test_M6_a_restricted_case_opens_to_nobody_unnamed_and_breaking_the_glass_does_not_help(
    runs, in_scope, opened
):
    assert not may_open(runs, in_scope, False, Hides.UNNAMED, False, opened)
    assert may_open(runs, True, False, Hides.UNNAMED, True, opened)


@pytest.mark.parametrize("in_scope, opened", list(product(EITHER, repeat=2)))
def test_M6_a_case_proposed_for_restriction_is_kept_from_agencies_meanwhile(in_scope, opened):
    assert not may_open(False, in_scope, False, Hides.AGENCIES, False, opened)
    assert may_open(True, True, False, Hides.AGENCIES, False, opened)
    assert may_open(False, True, False, Hides.AGENCIES, True, opened)


@pytest.mark.parametrize("runs, named", list(product(EITHER, repeat=2)))
@pytest.mark.parametrize("kept", Hides)
def test_need_to_know_is_a_case_of_theirs_or_opened_to_them(kept, runs, named):
    assert not may_open(runs, False, False, kept, named, False)
    assert may_open(runs, True, False, Hides.NOBODY, named, False)
    assert may_open(runs, False, False, Hides.NOBODY, named, True)


@settings(max_examples=150)
@given(*[st.booleans()] * 2, st.sampled_from(Hides), *[st.booleans()] * 2)
def test_M6_to_hide_more_or_to_wall_never_opens_anything(runs, in_scope, kept, named, opened):
    for more in list(Hides)[list(Hides).index(kept) :]:
        if may_open(runs, in_scope, False, more, named, opened):
            assert may_open(runs, in_scope, False, kept, named, opened)


@pytest.mark.parametrize(
    "found, kept",
    [
        ({Shared.NAME_AND_DOB}, Hides.AGENCIES),
        ({Shared.NAME, Shared.PHONE}, Hides.AGENCIES),
        ({Shared.ADDRESS}, Hides.AGENCIES),
        ({Shared.NAME}, Hides.NOBODY),
    ],
)
@pytest.mark.parametrize("is_party", EITHER)
def test_M6_a_staff_case_is_proposed_and_takes_effect_at_once_unless_by_name_alone(found, kept, is_party):
    proposed = staff_case(frozenset(found), is_party, EMPLOYER, True)
    assert proposed is not None
    assert astuple(proposed) == (EMPLOYER, is_party, kept is Hides.AGENCIES)
    assert proposed.hides is kept


def test_M6_a_case_without_staff_is_not_proposed():
    assert staff_case(frozenset(), False, EMPLOYER, True) is None


def test_M6_what_somebody_only_told_of_themselves_is_proposed_without_effect():
    proposed = staff_case(frozenset({Shared.NAME_AND_DOB, Shared.PHONE}), True, EMPLOYER, False)
    assert proposed is not None and proposed.hides is Hides.NOBODY


@pytest.mark.parametrize(
    "state, sure, kept",
    [
        (RestrictionState.PROPOSED, True, Hides.AGENCIES),
        (RestrictionState.PROPOSED, False, Hides.NOBODY),
        (RestrictionState.RESTRICTED, True, Hides.UNNAMED),
        (RestrictionState.RESTRICTED, False, Hides.UNNAMED),
        (RestrictionState.LIFTED, True, Hides.NOBODY),
        (RestrictionState.DECLINED, True, Hides.NOBODY),
    ],
)
def test_M6_a_restriction_hides_by_its_state(state, sure, kept):
    assert hides(state, sure) is kept


def test_the_proposer_never_decides():
    one, other = UUID(int=1), UUID(int=2)
    with pytest.raises(RuleBroken, match="another person decides"):
        second_person(one, one)
    second_person(one, other)
    second_person(None, other)  # the service proposed it


@pytest.mark.parametrize("text", ["", "          ", "too short", "  a  b  c  d "])
def test_breaking_the_glass_needs_a_reason_somebody_can_judge(text):
    with pytest.raises(RuleBroken, match="at least 10 characters"):
        reason_to_judge(text)


def test_a_reason_is_kept_without_the_blanks_around_it():
    assert reason_to_judge("  Victim at the\n front desk ") == "Victim at the front desk"


def test_the_glass_is_broken_for_an_hour_and_a_ticket_lasts_a_day():
    assert OpeningKind.BREAK_GLASS.lasts == timedelta(hours=1)
    assert OpeningKind.TICKET.lasts == timedelta(hours=24)


@pytest.mark.parametrize(
    "opened, due",
    [
        (datetime(2026, 11, 18, 10, 30, tzinfo=UTC), datetime(2026, 11, 19, 10, 30, tzinfo=UTC)),
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 23, 23, 30, tzinfo=UTC)),  # a Friday
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        (datetime(2026, 12, 24, 9, 0, tzinfo=UTC), datetime(2026, 12, 29, 9, 0, tzinfo=UTC)),  # Christmas
        (datetime(2026, 3, 27, 9, 0, tzinfo=UTC), datetime(2026, 3, 30, 8, 0, tzinfo=UTC)),  # clocks change
        # Friday in London already
        (datetime(2026, 6, 4, 23, 30, tzinfo=UTC), datetime(2026, 6, 7, 23, 30, tzinfo=UTC)),
    ],
)
def test_an_opening_is_reviewed_within_a_working_day(opened, due):
    assert review_due(opened, {date(2026, 12, 25), date(2026, 12, 28)}) == due


def opened(cases: int, apart: timedelta) -> list[tuple[datetime, UUID]]:
    """So many different cases, opened one after another, the last of them now."""
    return [(NOW - n * apart, UUID(int=n)) for n in range(cases)]


def test_fifty_cases_in_a_minute_are_noticed_long_before_the_last():
    assert too_many(opened(50, timedelta(seconds=1)), NOW)
    assert too_many(opened(25, timedelta(seconds=1)), NOW)


def test_a_meetings_worth_of_reading_raises_no_alarm():
    assert not too_many(opened(24, timedelta(seconds=1)), NOW)
    assert not too_many(opened(200, timedelta(seconds=30)), NOW)  # 20 in ten minutes
    assert not too_many([(NOW, UUID(int=1))] * 100, NOW)  # one case, again and again
    assert not too_many(opened(50, timedelta(seconds=1)), NOW + timedelta(minutes=11))


def test_M6_the_meeting_is_prompted_for_the_officer_unless_the_person_does_not_work_with_children():
    assert "(LADO)" in (lado_prompt(True) or "")
    assert "not known" in (lado_prompt(None) or "")
    assert lado_prompt(False) is None


def test_A5_a_case_is_closed_when_nothing_of_it_is_ahead_open_or_of_late() -> None:
    today = date(2026, 11, 23)
    heard = today - timedelta(days=29)
    assert is_closed([heard], waits=False, today=today, after_days=28)
    assert not is_closed([heard], waits=True, today=today, after_days=28)
    assert not is_closed([heard, today - timedelta(days=28)], waits=False, today=today, after_days=28)
    assert not is_closed([heard, today + timedelta(days=90)], waits=False, today=today, after_days=28)
    assert is_closed([], waits=False, today=today, after_days=28), "nobody's work"
