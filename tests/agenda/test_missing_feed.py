"""Missing episodes as rows: the rules of each, and which version counts (E1, E3; T11 to T13 alike)."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import LONDON
from agenda.clocks import Met
from agenda.feed_file import Refused
from agenda.feed_table import Rejected
from agenda.missing import INTERVIEW, interview
from agenda.missing_feed import COLUMNS, Held, Told, accept, as_typed, fate, named, open_feed

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROW = {
    "reference": "MP/26/0071", "updated_at": "2026-11-22T20:00", "child_surname": "Valewright",
    "child_forename": "Kit", "missing_from": "2026-11-22T17:30", "reported_at": "2026-11-22T19:10",
}  # fmt: skip


def told(now: datetime = NOW, **other: str) -> Told:
    found = accept({name: text for name, text in (ROW | other).items() if text}, 2, now)
    assert isinstance(found, Told), found
    return found


def wrong(**other: str) -> list[str]:
    found = accept({name: text for name, text in (ROW | other).items() if text}, 2, NOW)
    assert isinstance(found, list), found
    return [column for column, _ in found]


def read(text: str, limit: int = 10**6) -> list[Told | Rejected]:
    return list(open_feed(io.BytesIO(text.encode()), limit, NOW).rows())


def test_E1_a_row_tells_one_episode_of_one_child() -> None:
    one = told(child_dob="01/07/2011", returned_at="23/11/2026 06:15", found_where="Moor Park")
    assert one.child.name == "Kit Valewright" and one.reference == "MP/26/0071"
    assert one.episode.missing_from == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert one.episode.returned_at == datetime(2026, 11, 23, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "column", ["reference", "updated_at", "child_surname", "missing_from", "reported_at"]
)
def test_E1_what_must_be_said_is_named_where_it_is_blank(column: str) -> None:
    assert wrong(**{column: ""}) == [column]


@pytest.mark.parametrize(("other", "column"), [
    ({"missing_from": "2026-11-23T09:01", "reported_at": "2026-11-23T09:01"}, "missing_from"),
    ({"reported_at": "2026-11-22T17:00"}, "reported_at"),
    ({"returned_at": "2026-11-22T17:00"}, "returned_at"),
    ({"returned_at": "2026-11-23T10:00"}, "returned_at"),
    ({"found_where": "Moor Park"}, "returned_at"),
    ({"interviewed_at": "2026-11-23T08:00"}, "returned_at"),
    ({"returned_at": "2026-11-23T06:15", "interviewed_at": "2026-11-23T06:00"}, "interviewed_at"),
    ({"updated_at": "2026-11-23T09:01"}, "updated_at"),
    ({"updated_at": "2026-03-29T01:30"}, "updated_at"),
    ({"reference": "MIS-000001"}, "reference"),
    ({"reference": "x" * 41}, "reference"),
    ({"from_where": "x" * 401}, "from_where"),
])  # fmt: skip
def test_E1_what_cannot_be_is_answered_with_its_column(other: dict[str, str], column: str) -> None:
    assert wrong(**other) == [column]


def test_E1_an_interview_was_held_or_refused_and_not_both() -> None:
    back = {"returned_at": "2026-11-23T06:15", "interviewed_at": "2026-11-23T08:00"}
    assert wrong(**back, interview_refused="Would not talk") == ["interview_refused"]


def test_E1_a_hostile_file_is_answered_row_by_row_and_no_row_is_lost() -> None:
    header = ",".join(COLUMNS)
    good = "MP/1,2026-11-22T20:00,Valewright,Kit,,,2026-11-22T17:30,2026-11-22T19:10,,,,,"
    rows = [
        good,
        "MP/2,2026-11-22T20:00,Fell" + "," * 3,  # too few cells
        'MP/3,2026-11-22T20:00,"Fell,Ada,,,2026-11-22T17:30,2026-11-22T19:10,,,,,',  # a quote left open
        "MP/4,2026-11-22T20:00,=cmd|'/c calc'!A1,\u202eadA,,,2026-11-22T17:30,2026-11-22T19:10,,,,,",
        "MP/5,yesterday,Fell,Ada,,,2026-11-22T17:30,2026-11-22T19:10,,,,,",
        good.replace("MP/1", "MP/6"),
    ]
    found = read("\n".join([header, *rows]))
    assert len(found) == len(rows)
    kept = {one.reference: one for one in found if isinstance(one, Told)}
    assert set(kept) == {"MP/1", "MP/4", "MP/6"}
    assert "\u202e" not in kept["MP/4"].child.forename, "no text turns the page round"
    assert {one.line for one in found if isinstance(one, Rejected)} == {3, 4, 6}


@pytest.mark.parametrize(("text", "why"), [
    ("", "empty"), ("PK\x03\x04", "workbook"), ("surname,when\n", "lacks|not a header"),
    (",".join(COLUMNS) + ",reference\n", "twice"), ("reference\n" + "x" * 300, "larger"),
])  # fmt: skip
def test_E1_what_is_no_such_file_is_refused_whole(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(text, limit=200)


def test_E1_a_clock_that_runs_a_little_ahead_rejects_no_missing_child() -> None:
    ahead = {"missing_from": "2026-11-23T09:20", "reported_at": "2026-11-23T09:25",
             "updated_at": "2026-11-23T09:30"}  # fmt: skip
    header, cells = ",".join(COLUMNS), [(ROW | ahead).get(name, "") for name in COLUMNS]
    (one,) = read(f"{header}\n{','.join(cells)}")
    assert isinstance(one, Told)


def held(one: Told, *, current: bool = True) -> Held:
    return Held(one.digest, one.said_at, current)


def test_T13_a_repeated_version_changes_nothing_and_a_newer_one_counts() -> None:
    gone = told()
    back = told(updated_at="2026-11-23T07:00", returned_at="2026-11-23T06:15")
    assert fate(gone, []) == (True, True)
    assert fate(gone, [held(gone)]) == (False, True)
    assert fate(told(updated_at="2026-11-23T08:00"), [held(gone)]) == (False, True)
    assert fate(back, [held(gone)]) == (True, True)


def test_T13_an_older_version_never_comes_back_over_a_newer_one() -> None:
    gone = told()
    back = told(updated_at="2026-11-23T07:00", returned_at="2026-11-23T06:15")
    assert fate(gone, [held(gone, current=False), held(back)]) == (False, False), "known, and over"
    assert fate(gone, [held(back)]) == (True, False), "held back on its way: kept, and not taken over it"


def test_E3_a_child_who_is_said_to_be_missing_again_is_missing_again() -> None:
    gone = told()
    back = told(updated_at="2026-11-23T07:00", returned_at="2026-11-23T06:15")
    again = told(updated_at="2026-11-23T08:00")
    assert again.digest == gone.digest
    assert fate(again, [held(gone, current=False), held(back)]) == (True, True), "it was a mistake"


def test_T13_of_two_of_one_moment_the_later_counts_and_a_file_sent_twice_changes_nothing() -> None:
    one, other = told(), told(from_where="1 Fell Lane")
    assert fate(other, [held(one)]) == (True, True)
    both = [held(one, current=False), held(other)]
    assert fate(one, both) == (False, False) and fate(other, both) == (False, True)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "A", "B", "C"])), min_size=1, max_size=8))
def test_T13_whatever_order_versions_come_in_the_newest_said_is_current(said: list[tuple[int, str]]) -> None:
    kept: list[Held] = []
    for hour, where in said:
        one = told(updated_at=f"2026-11-22T2{hour % 4}:0{hour}", from_where=where)
        what = fate(one, kept)
        if what.is_kept:
            kept = [each._replace(current=each.current and not what.is_current) for each in kept]
            kept.append(Held(one.digest, one.said_at, what.is_current))
        elif what.is_current:
            kept = [each._replace(said_at=max(each.said_at, one.said_at)) if each.current else each
                    for each in kept]  # fmt: skip
    (current,) = [one for one in kept if one.current]
    assert current.said_at == max(one.said_at for one in kept)


@pytest.mark.parametrize(("returned", "late_at"), [
    ("2026-03-27T22:00:00+00:00", "2026-03-30T22:00:00+00:00"),  # the clocks go forward in between
    ("2026-10-23T21:00:00+00:00", "2026-10-26T21:00:00+00:00"),  # and back
])  # fmt: skip
def test_E1_the_interview_is_late_after_72_elapsed_hours_over_both_clock_changes(
    returned: str, late_at: str
) -> None:
    back, due = datetime.fromisoformat(returned), datetime.fromisoformat(late_at)
    gone = back - timedelta(hours=8)
    one = told(due + timedelta(days=1), updated_at=back.isoformat(), missing_from=gone.isoformat(),
               reported_at=gone.isoformat(), returned_at=back.isoformat()).episode  # fmt: skip
    assert interview(one, due, INTERVIEW, frozenset()) is Met.RUNNING
    assert interview(one, due + timedelta(seconds=1), INTERVIEW, frozenset()) is Met.LATE


@given(st.integers(0, 365 * 24 * 60))
def test_E1_a_time_that_a_page_shows_is_read_back_as_the_same(minutes: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    one = told(datetime(2027, 6, 1, tzinfo=UTC), updated_at=at.isoformat(), missing_from=as_typed(at),
               reported_at=as_typed(at))  # fmt: skip
    assert one.episode.missing_from == at


@pytest.mark.parametrize(("hour", "shown"), [(0, "25/10/2026 01:30"), (1, "2026-10-25T01:30Z")])
def test_E1_of_the_hour_that_comes_twice_the_second_is_told_apart(hour: int, shown: str) -> None:
    at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    assert as_typed(at) == shown and at.astimezone(LONDON).hour == 1


def test_E1_under_another_reference_it_is_another_thing_to_compare() -> None:
    assert named(told(), "MIS-000001").digest != told().digest
