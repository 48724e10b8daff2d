"""Children, persons of concern, places and groups, and what is between them (Rulebook E2)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.moves import Who, made, open_to
from agenda.pack import NoteKind
from agenda.patterns import MOVES, Pattern, Seen, State, Step, Trait, comes_back, found, key_of
from agenda.rules import RuleBroken
from agenda.subject_graph import MOST, SIDE, drawn
from agenda.subjects import ALLOWED, Link, Strength, SubjectKind, Tie, both_sides, near, problems, visible

TODAY = date(2026, 11, 23)
AGENCY = UUID(int=99)
IDS = [UUID(int=n) for n in range(1, 9)]
ONE, TWO, THREE, FOUR, *_ = IDS


def a_link(one: UUID = ONE, other: UUID = TWO, **told) -> Link:
    """A link between two; the test tells only what it is about."""
    return Link(**{"one": one, "other": other, "tie": Tie.SEEN_AT, "strength": Strength.LIKELY,
                   "standing": NoteKind.FACT, "author": "Ada", "source": "Youth work log",
                   "agency_id": AGENCY} | told)  # fmt: skip


def what_is_wrong(link: Link, one=SubjectKind.CHILD, other=SubjectKind.PLACE) -> set[str]:
    return set(problems(link, one, other, TODAY))


def test_E2_a_link_between_a_child_and_a_place_is_kept() -> None:
    assert what_is_wrong(a_link(first_on=TODAY, last_on=TODAY)) == set()


@pytest.mark.parametrize("told, field", [
    ({"author": " "}, "author"), ({"source": ""}, "source"), ({"source": "x" * 201}, "source"),
    ({"first_on": TODAY + timedelta(days=1)}, "first_on"), ({"other": ONE}, "other"),
    ({"first_on": TODAY, "last_on": TODAY - timedelta(days=1)}, "last_on"),
    ({"ended": "x" * 2_001}, "ended"), ({"tie": Tie.FRIEND}, "tie"),
])  # fmt: skip
def test_R2_a_link_says_who_tells_it_how_they_know_and_makes_sense(told, field) -> None:
    assert what_is_wrong(a_link(**told)) == {field}


def test_E4_an_opinion_is_never_confirmed() -> None:
    sure = a_link(strength=Strength.CONFIRMED)
    assert what_is_wrong(sure) == set()
    assert what_is_wrong(replace(sure, standing=NoteKind.OPINION)) == {"strength"}


def test_E2_every_tie_is_between_some_kinds_and_reads_both_ways() -> None:
    assert ALLOWED.keys() == set(Tie) and all(ALLOWED.values()) and all(tie.reversed for tie in Tie)
    assert (SubjectKind.CHILD, SubjectKind.CHILD) in ALLOWED[Tie.EXPLOITS]  # a child may exploit another
    assert (SubjectKind.PLACE, SubjectKind.CHILD) not in ALLOWED[Tie.SEEN_AT]


def test_E2_what_there_is_has_words_for_people() -> None:
    assert [kind.label for kind in SubjectKind] == [
        "Child", "Person of concern", "Place", "Group or network", "Theme",
    ]  # fmt: skip
    assert Trait.PHONE.label == "Telephone number" and Trait.NICKNAME.label == "Nickname"


def test_E2_a_link_that_ended_holds_no_more() -> None:
    assert a_link().holds_on(TODAY) and not a_link(ended="A mistake").holds_on(TODAY)
    assert not a_link(first_on=TODAY).holds_on(TODAY - timedelta(days=1))


LINKS = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda ends: ends[0] != ends[1]).map(
        lambda ends: a_link(*ends)
    ), max_size=14,
)  # fmt: skip


@given(links=LINKS, hidden=st.frozensets(st.sampled_from(IDS)))
def test_E2_nothing_hidden_is_near_anybody(links: list[Link], hidden: frozenset[UUID]) -> None:
    there = [one for one in IDS if one not in hidden]
    seen = visible(links, there)
    without = [link for link in links if not {link.one, link.other} & hidden]
    for subject in there:
        reached = near(subject, seen)
        assert reached == near(subject, without)  # as if the hidden had never been told of
        assert not {one.id for one in reached} & hidden


@given(links=LINKS)
def test_E2_who_is_near_is_near_by_the_shortest_way_both_ways(links: list[Link]) -> None:
    for subject in IDS:
        for one in near(subject, links):
            back = {other.id: other.steps for other in near(one.id, links)}
            assert back[subject] == one.steps <= 2


def test_E2_both_sides_are_shown_to_who_may_open_both() -> None:
    assert [both_sides(*ends) for ends in ((True, True), (True, False), (False, True), (False, False))] == [
        True, False, False, False
    ]  # fmt: skip


@given(links=LINKS)
def test_E2_the_picture_has_every_spot_once_inside_its_frame(links: list[Link]) -> None:
    reached = near(ONE, links)
    graph = drawn(ONE, reached, links)
    assert [spot.id for spot in graph.spots][0] == ONE and len(graph.spots) == len(reached) + 1
    assert len({(spot.x, spot.y) for spot in graph.spots}) == len(graph.spots)
    assert all(40 <= spot.x <= SIDE - 40 and 40 <= spot.y <= SIDE - 40 for spot in graph.spots)
    assert all(0 <= one < other < len(graph.spots) for one, other in graph.lines)


def test_E2_a_picture_that_would_be_too_full_leaves_the_rest_to_its_table() -> None:
    links = [a_link(ONE, UUID(int=100 + n)) for n in range(MOST + 3)]
    graph = drawn(ONE, near(ONE, links), links)
    assert len(graph.spots) == MOST + 1 and graph.left_out == 3


@pytest.mark.parametrize("trait, one, other", [
    (Trait.PHONE, "07700 900 123", "+44 7700 900123"),
    (Trait.VEHICLE, "NM26 OXA", "nm26oxa"),
    (Trait.VEHICLE, "NM26 0XA", "NM26 OXA"),
    (Trait.NICKNAME, "Big  Tee", "big tee"),
    (Trait.PLACE, "12 Fell Lane, NM1 4AB", "12 Fell Ln NM1 4AB"),
    (Trait.PLACE, "The Moor Park", "moor park"),
])  # fmt: skip
def test_E2_the_same_thing_however_it_is_written(trait: Trait, one: str, other: str) -> None:
    assert key_of(trait, one) == key_of(trait, other) != ""


@pytest.mark.parametrize("trait, text", [
    (Trait.PHONE, "none"), (Trait.VEHICLE, "red van"), (Trait.VEHICLE, "A1"), (Trait.NICKNAME, " "),
    (Trait.PLACE, "park"), (Trait.PERSON, " "),
])  # fmt: skip
def test_E2_what_could_be_anything_is_no_pattern(trait: Trait, text: str) -> None:
    assert key_of(trait, text) == ""


def seen(child: UUID, text: str, trait: Trait = Trait.NICKNAME, days: int = 0) -> Seen:
    return Seen(child, trait, text, TODAY - timedelta(days=days))


def test_E2_what_two_children_have_in_common_is_a_pattern() -> None:
    told = [
        seen(ONE, "Tee", days=9),
        seen(TWO, "TEE"),
        seen(ONE, "Moor Park", Trait.PLACE),
        seen(THREE, "Kay"),
    ]
    assert found(told) == (
        Pattern(Trait.NICKNAME, "tee", "TEE", frozenset({ONE, TWO}), TODAY - timedelta(days=9), TODAY),
    )


def test_E2_one_child_told_of_twice_is_no_pattern() -> None:
    assert found([seen(ONE, "Tee"), seen(ONE, "tee", days=3)]) == ()


@given(
    st.lists(st.builds(seen, st.sampled_from(IDS), st.sampled_from(["Tee", "tee", "Kay", ""]))),
    st.sampled_from(IDS),
)
def test_E2_a_child_who_is_hidden_leaves_no_trace_in_a_pattern(told: list[Seen], hidden: UUID) -> None:
    shown = found([one for one in told if one.child_id != hidden])
    assert all(hidden not in one.children and len(one.children) > 1 for one in shown)
    assert {one.key for one in shown} <= {one.key for one in found(told)}


def test_E2_what_was_set_aside_comes_back_with_a_further_child() -> None:
    pattern = found([seen(ONE, "Tee"), seen(TWO, "Tee")])[0]
    assert not comes_back(pattern, {ONE, TWO, THREE}) and comes_back(pattern, {ONE})


def test_E2_a_person_says_what_a_pattern_means_and_why() -> None:
    assert open_to(MOVES, State.PUT, Who.COORDINATOR) == (Step.LINK, Step.SET_ASIDE)
    assert made(MOVES[Step.SET_ASIDE], State.PUT, Who.CHAIR, "It is their school") is State.SET_ASIDE
    for step in (Step.LINK, Step.SET_ASIDE):
        with pytest.raises(RuleBroken, match="Say"):
            made(MOVES[step], State.PUT, Who.COORDINATOR, " ")
