"""Who reads notes and documents of exploitation meetings, and what a hot spot tells (Rulebook E2, E4, W4)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.agencies import AgencyKind
from agenda.pack import NoteKind
from agenda.periods import Period, quarter_of
from minutes import screen_only
from minutes.contributed import Attended, Contribution, Line, Meeting, Refused, readers, refused, told_apart
from minutes.hot_spots import Band, Sighting, band, spots
from minutes.screen_only import Document, Way, may_go, may_read, watermark

AT = datetime(2026, 11, 25, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA, BEA = UUID(int=1), UUID(int=2)
POLICE, HEALTH = UUID(int=11), UUID(int=12)
CHILD, OTHER = UUID(int=21), UUID(int=22)
Q4 = quarter_of(AT.date())


WAS_THERE = (Attended(ADA, POLICE),)


def a_meeting(attended=WAS_THERE, contributions=((POLICE, CHILD, AT),), ended_at=AT + HOUR) -> Meeting:
    return Meeting(tuple(attended), tuple(Contribution(*one) for one in contributions), AT.date(), ended_at)


def why(
    meeting: Meeting, account=ADA, agency=POLICE, item=CHILD, may_open=True, runs=False
) -> Refused | None:
    return refused(meeting, account, agency, item, may_open=may_open, runs_panel=runs)


def test_E4_who_attended_and_contributed_reads_the_notes() -> None:
    assert why(a_meeting()) is None


def test_E4_who_attended_and_brought_nothing_does_not() -> None:
    assert why(a_meeting(contributions=())) is Refused.NOTHING_BROUGHT
    assert why(a_meeting(contributions=[(HEALTH, CHILD, AT)])) is Refused.NOTHING_BROUGHT


def test_E4_who_contributed_on_one_child_does_not_read_of_another() -> None:
    assert why(a_meeting(contributions=[(POLICE, OTHER, AT)])) is Refused.NOTHING_BROUGHT


def test_E4_whose_agency_contributed_and_who_was_not_there_does_not() -> None:
    assert why(a_meeting(), account=BEA) is Refused.NOT_THERE
    assert why(a_meeting([Attended(ADA, POLICE, frozenset({CHILD}))])) is Refused.NOT_THERE


def test_E4_who_has_changed_agency_since_does_not() -> None:
    assert (
        why(a_meeting(contributions=[(POLICE, CHILD, AT), (HEALTH, CHILD, AT)]), agency=HEALTH)
        is Refused.NOT_THERE
    )


def test_E4_what_is_written_after_the_meeting_earns_no_notes() -> None:
    late = [(POLICE, CHILD, AT + 2 * HOUR)]
    assert why(a_meeting(contributions=late)) is Refused.NOTHING_BROUGHT
    assert why(a_meeting(contributions=late, ended_at=None)) is None
    midnight = [(POLICE, CHILD, datetime(2026, 11, 26, tzinfo=UTC))]
    assert why(a_meeting(contributions=midnight, ended_at=None)) is Refused.NOTHING_BROUGHT, (
        "nobody closed it"
    )
    assert why(a_meeting(contributions=[(POLICE, CHILD, AT + HOUR)])) is None  # its last moment counts


def test_M6_what_is_kept_from_somebody_they_do_not_read_whoever_they_are() -> None:
    for runs in (False, True):
        assert why(a_meeting(), may_open=False, runs=runs) is Refused.HIDDEN


def test_E4_who_runs_the_panel_keeps_its_record() -> None:
    assert why(a_meeting(()), runs=True) is None


ACCOUNTS, AGENCIES, ITEMS = [UUID(int=n) for n in (1, 2, 3)], [POLICE, HEALTH], [CHILD, OTHER]


@given(
    st.lists(st.builds(Attended, st.sampled_from(ACCOUNTS), st.sampled_from(AGENCIES),
                       st.frozensets(st.sampled_from(ITEMS))), max_size=4),
    st.lists(st.tuples(st.sampled_from(AGENCIES), st.sampled_from(ITEMS),
                       st.sampled_from([AT, AT + 2 * HOUR])), max_size=4),
    st.frozensets(st.sampled_from(ACCOUNTS)),
)  # fmt: skip
def test_E4_notes_reach_nobody_who_was_out_or_brought_nothing(attended, contributions, may_open) -> None:
    meeting = a_meeting(attended, contributions)
    for item in ITEMS:
        brought = {agency for agency, about, at in contributions if about == item and at == AT}
        there = {one.account_id for one in attended if item not in one.out and one.agency_id in brought}
        assert readers(meeting, item, may_open) == there & may_open


def test_E4_fact_and_opinion_stand_apart() -> None:
    lines = [
        Line(NoteKind.OPINION, "He fears him"),
        Line(NoteKind.FACT, "Seen at 9"),
        Line(NoteKind.FACT, "Rang"),
    ]
    assert told_apart(lines) == (
        (NoteKind.FACT, ("Seen at 9", "Rang")),
        (NoteKind.OPINION, ("He fears him",)),
    )
    assert told_apart(lines[:1]) == ((NoteKind.OPINION, ("He fears him",)),)


def a_document(**told) -> Document:
    return Document(**{"title": "Assessment", "text": "Words", "agency_id": HEALTH, "author": "Cy",
                       "supplied_by": AgencyKind.CHILDRENS_SOCIAL_CARE} | told)  # fmt: skip


@pytest.mark.parametrize("way", Way)
def test_E4_a_social_care_document_goes_to_the_screen_and_nowhere_else(way: Way) -> None:
    assert may_go(way) == (way is Way.SCREEN)


@pytest.mark.parametrize("told, field", [
    ({"supplied_by": AgencyKind.POLICE}, "agency_id"), ({"author": " "}, "author"), ({"title": ""}, "title"),
    ({"text": " "}, "text"), ({"text": "x" * 100_001}, "text"),
])  # fmt: skip
def test_E4_a_document_is_social_cares_own_typed_or_pasted(told, field) -> None:
    assert set(screen_only.problems(a_document(**told))) == {field} and not screen_only.problems(a_document())


@pytest.mark.parametrize("may_open, partner, own, runs, withdrawn, reads", [
    (True, True, False, False, False, True), (True, False, False, False, False, False),
    (False, True, True, True, False, False), (True, False, False, True, False, True),
    (True, True, False, True, True, False), (True, False, True, False, True, True),
])  # fmt: skip
def test_E4_partners_read_a_document_that_is_open_to_them(
    may_open, partner, own, runs, withdrawn, reads
) -> None:
    told = a_document(withdrawn=withdrawn)
    assert may_read(told, may_open=may_open, is_partner=partner, own_agency=own, runs_panel=runs) is reads


def test_E4_the_screen_says_whose_it_is() -> None:
    said = watermark("Ada Moor", "Northmoor police", AT)
    assert "Ada Moor, Northmoor police, Wednesday 25 November 2026 11:00" in said


WEDNESDAY = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize("at, says", [
    (WEDNESDAY + 7 * HOUR, Band.SCHOOL),
    (WEDNESDAY + 16 * HOUR, Band.EVENING),
    (WEDNESDAY + 22 * HOUR, Band.NIGHT),
    (WEDNESDAY + 84 * HOUR, Band.WEEKEND_DAY),
    (WEDNESDAY + 97 * HOUR, Band.WEEKEND_NIGHT),
    (datetime(2026, 7, 1, 6, tzinfo=UTC), Band.SCHOOL),  # seven on the wall clock
])  # fmt: skip
def test_E2_times_are_told_on_the_wall_clock(at: datetime, says: Band) -> None:
    assert band(at) is says


PLACES = [UUID(int=n) for n in range(31, 36)]
CHILDREN = [UUID(int=n) for n in range(41, 53)]
SIGHTINGS = st.lists(
    st.builds(Sighting, st.sampled_from(PLACES), st.sampled_from(CHILDREN),
              st.integers(0, 80 * 24).map(lambda n: datetime(2026, 10, 2, tzinfo=UTC) + n * HOUR)),
    max_size=60,
)  # fmt: skip


def test_W4_a_place_to_which_one_child_alone_came_is_no_hot_spot() -> None:
    often = [Sighting(PLACES[0], CHILDREN[0], AT + n * HOUR) for n in range(200)]
    assert spots(often, [Q4], PLACES, 5) == ()


@given(SIGHTINGS, st.integers(5, 10))
@settings(max_examples=100, deadline=None)
def test_W4_every_number_of_a_hot_spot_is_rounded(sightings: list[Sighting], base: int) -> None:
    for spot in spots(sightings, [Q4], PLACES, base):
        there = [one for one in sightings if one.place_id == spot.place_id]
        assert len({one.child_id for one in there}) > 1
        for at, number in enumerate(spot.numbers):
            true = len({one.child_id for one in there if band(one.at) is tuple(Band)[at]})
            assert number % base == 0 and abs(number - true) < base


@given(SIGHTINGS)
@settings(max_examples=50, deadline=None)
def test_W4_a_longer_time_is_added_up_from_its_quarters(sightings: list[Sighting]) -> None:
    before = Period(date(2026, 7, 1), 3)
    moved = [Sighting(one.place_id, one.child_id, one.at - timedelta(days=92)) for one in sightings]
    both = {spot.place_id: spot.numbers for spot in spots(sightings + moved, [before, Q4], PLACES, 5)}
    parts = [
        {spot.place_id: spot.numbers for spot in spots(sightings + moved, [quarter], PLACES, 5)}
        for quarter in (before, Q4)
    ]
    for place in PLACES:
        zero = (0,) * len(Band)
        added = tuple(map(sum, zip(*(part.get(place, zero) for part in parts), strict=True)))
        assert both.get(place, zero) == added


def test_W4_the_order_in_which_places_are_asked_for_tells_nothing() -> None:
    seen = [Sighting(place, child, AT) for place in PLACES[:2] for child in CHILDREN[:3]]
    assert spots(seen, [Q4], PLACES, 5) == spots(seen, [Q4], PLACES[::-1], 5)
