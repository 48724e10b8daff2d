"""Whom a request can be about: no two people read alike (Rulebook X1, X6)."""

from datetime import date
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from agenda.incidents import Linked
from minutes.disclosure_about import (
    CHILD,
    PERPETRATOR,
    VICTIM,
    Choosable,
    Watched,
    child_of,
    labels,
    watched,
    watched_kept_from,
)
from minutes.disclosure_kinds import Kind


def said(*told: tuple[str, str, date | None]) -> list[str]:
    return list(labels([Choosable(uuid4(), *one) for one in told]).values())


def test_X1_two_people_of_one_name_are_told_apart_by_who_they_are_and_when_they_were_born() -> None:
    child = "a child linked to the victim"
    assert said(("Wren Ashby", VICTIM, date(1994, 5, 6)), ("Wren Ashby", child, None)) == [
        "Wren Ashby (the victim, born in 1994)",
        "Wren Ashby (a child linked to the victim, date of birth not known)",
    ]
    assert said(("Wren", CHILD, date(2019, 3, 2)), ("Wren", CHILD, date(2016, 3, 2))) == [
        "Wren (a child, born in 2019)", "Wren (a child, born in 2016)",
    ]  # fmt: skip


def test_X1_of_one_name_and_year_the_whole_day_is_told() -> None:
    assert said(("Wren", CHILD, date(2019, 3, 2)), ("Wren", CHILD, date(2019, 4, 2))) == [
        "Wren (a child, born Saturday 2 March 2019)", "Wren (a child, born Tuesday 2 April 2019)",
    ]  # fmt: skip


def test_X1_a_child_is_whose_every_entry_says() -> None:
    assert child_of([]) == "a child"
    assert child_of([Linked.PERPETRATOR]) == f"a child linked to {PERPETRATOR}"
    both = "a child linked to the victim and to the perpetrator"
    assert child_of([Linked.BOTH]) == child_of([Linked.PERPETRATOR, Linked.VICTIM]) == both


def test_F3_what_is_held_of_a_child_waits_for_who_says_for_whom_it_is_asked() -> None:
    """Also where a solicitor's letter is logged as a report; a court's order or a review is no parent's."""
    wren, ash = uuid4(), uuid4()
    for kind in (Kind.SUBJECT_ACCESS, Kind.COURT_REPORT, Kind.NON_SIGNATORY):
        assert watched(kind, (wren,), {ash}, ()) is watched(kind, (ash, wren), {ash}, ()) is Watched.CHILD
        assert watched(kind, (ash,), {ash}, ()) is Watched.NOBODY
    for kind in (Kind.COURT, Kind.CHILD_REVIEW, Kind.CHILD_PROTECTION_REPORT, Kind.PARTNER):
        assert watched(kind, (wren,), {ash}, ()) is Watched.NOBODY
    assert "a parent gives nobody a right" in (watched_kept_from(Watched.CHILD, " ") or "")
    assert watched_kept_from(Watched.CHILD, "For her foster carer, rung back") is None
    assert watched_kept_from(Watched.NOBODY, "") is None


def test_F3_what_is_held_of_the_perpetrator_is_given_to_no_agent_by_default() -> None:
    """A solicitor's letter may be logged as a report, or as an agency's; probation asks as a partner."""
    ash, rowan = uuid4(), uuid4()
    for kind in (Kind.COURT_REPORT, Kind.NON_SIGNATORY):
        for about in ((rowan,), (ash, rowan)):
            assert watched(kind, about, {ash, rowan}, {rowan}) is Watched.KEPT_FROM
        assert watched(kind, (ash,), {ash, rowan}, {rowan}) is Watched.NOBODY
    for kind in (Kind.COURT, Kind.PARTNER, Kind.HOMICIDE_REVIEW):
        assert watched(kind, (rowan,), {ash, rowan}, {rowan}) is Watched.NOBODY
    assert "may ask for them" in (watched_kept_from(Watched.KEPT_FROM, "") or "")
    assert watched_kept_from(Watched.KEPT_FROM, "For the youth court, rung back") is None


@given(
    st.sets(
        st.tuples(
            st.sampled_from(["Wren", "Ash"]),
            st.sampled_from([VICTIM, CHILD]),
            st.none() | st.dates(date(2010, 1, 1), date(2011, 12, 31)),
        )
    )
)
def test_X1_no_two_people_read_alike(told: set[tuple[str, str, date | None]]) -> None:
    people = [Choosable(UUID(int=place), *one) for place, one in enumerate(told)]
    assert len(set(labels(people).values())) == len(people)
