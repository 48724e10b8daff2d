"""The daily list: what it takes in is frozen, nothing is lost and nothing told twice (contract: feed)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update

from agenda.area import AreaSettings
from agenda.list_output import as_json
from agenda.panels import Family
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, AuditRow, CaseRow, HearingRow, MeetingRow, TriageRow, db
from meetingsvc.store import lists as stored
from meetingsvc.store.acting import Host
from meetingsvc.usecases import areas, lists
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL, a_hearing, a_row, everything, take_in, take_in_history

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)
THURSDAY = date(2026, 11, 5)
LONDON = ZoneInfo("Europe/London")


def build(area: AreaRow, day: date) -> lists.Built:
    with saved():
        return lists.build(area, day, "command line", BEFORE_ALL)


def show(area: AreaRow, day: date) -> dict[str, Any]:
    """What `list show --json` prints."""
    found = stored.daily_list(Host(area.id), area.id, day)
    assert found is not None
    return as_json(found)


def built(area: AreaRow, day: date) -> dict[str, Any]:
    build(area, day)
    return show(area, day)


def entries(told: dict[str, Any]) -> dict[str, Any]:
    return {entry["reference"]: entry for item in told["items"] for entry in item["entries"]}


def at(day: date, hour: int = 7, minute: int = 0) -> str:
    """A wall time as the feed writes it."""
    return f"{day.isoformat()}T{hour:02}:{minute:02}"


# -- windows --


def test_T1_a_list_covers_from_the_last_cut_off_to_todays(area: AreaRow) -> None:
    told = built(area, MONDAY)
    assert told["window"] == {"start": "2026-10-30T08:00:00+00:00", "end": "2026-11-02T08:00:00+00:00"}
    assert (told["area"], told["kind"], told["date"]) == ("northmoor", "DRAMM", "2026-11-02")


@pytest.mark.parametrize(
    ("recorded_at", "day"),
    [
        (at(MONDAY, 7, 59), MONDAY),
        (at(MONDAY, 8, 0), TUESDAY),
        (at(TUESDAY, 7, 59), TUESDAY),
        (at(TUESDAY, 8, 0), WEDNESDAY),
    ],
)
def test_T1_the_minute_of_the_cut_off_is_the_next_lists(area: AreaRow, recorded_at: str, day: date) -> None:
    take_in(area.id, a_row(recorded_at=recorded_at))
    assert [d for d in (MONDAY, TUESDAY, WEDNESDAY) if built(area, d)["items"]] == [day]


def test_T1_a_day_with_no_list_says_which_day_covers_it(area: AreaRow) -> None:
    with pytest.raises(
        RuleBroken, match=r"Saturday 7 November 2026 has no list.*Monday 9 November 2026 covers it"
    ):
        build(area, date(2026, 11, 7))
    with pytest.raises(RuleBroken, match=r"Friday 25 December 2026 .*Tuesday 29 December 2026 covers it"):
        build(area, date(2026, 12, 25))
    assert db.session.scalar(select(func.count()).select_from(MeetingRow)) == 0


def test_T1_no_list_comes_before_the_areas_first(area: AreaRow) -> None:
    with pytest.raises(RuleBroken, match="The first list of Northmoor is that of Monday 2 November 2026"):
        build(area, date(2026, 10, 30))


def test_T1_what_was_recorded_before_the_first_window_is_history_and_never_listed(area: AreaRow) -> None:
    old, first = a_row(recorded_at="2026-10-30T07:59Z"[:-1]), a_row(recorded_at="2026-10-30T08:00")
    take_in(area.id, old, first)
    told = built(area, MONDAY)
    assert set(entries(told)) == {first["occurrence_number"]}
    assert told["not_listed"] == []


@pytest.mark.parametrize("considered_first", [False, True])
def test_T13_a_version_dated_before_the_first_window_does_not_turn_an_incident_into_history(
    area: AreaRow, considered_first: bool
) -> None:
    row = a_row(risk="medium", recorded_at=at(MONDAY, 7))
    take_in(area.id, row)
    if considered_first:
        assert built(area, MONDAY)["items"] == []
    take_in(
        area.id, row | {"risk": "high", "recorded_at": "2026-10-02T07:00", "incident_at": "2026-10-01T07:00"}
    )
    take_in(
        area.id, row | {"risk": "high", "recorded_at": "2026-10-03T07:00", "incident_at": "2026-10-01T07:00"}
    )
    (entry,) = entries(built(area, TUESDAY)).values()
    assert (entry["reference"], entry["reasons"], entry["late"]) == (row["occurrence_number"], ["T2"], True)
    assert built(area, WEDNESDAY)["items"] == []


def test_T14_mondays_start_is_a_setting(area: AreaRow) -> None:
    assert built(area, MONDAY)["starts_at"] == "2026-11-02T11:00:00+00:00"
    later = AreaSettings(monday_starts=time(14, 0))
    other = db.session.get(AreaRow, areas.create("westhaven", MONDAY, BEFORE_ALL, settings=later))
    assert other is not None
    assert built(other, MONDAY)["starts_at"] == "2026-11-02T14:00:00+00:00"
    assert built(other, TUESDAY)["starts_at"] == "2026-11-03T11:00:00+00:00"


# -- what is taken --


def test_T2_T3_T4_T5_each_incident_is_listed_left_out_or_counted(area: AreaRow) -> None:
    high, consent = a_row(), a_row(risk="medium", victim_consents_to_share="Y")
    child = a_row(risk="medium", children="Finn||N|perpetrator", children_present="N")
    medium, standard = a_row(risk="medium"), a_row(risk="standard", victim_consents_to_share="Y")
    other = a_row(domestic="N")
    take_in(area.id, high, consent, child, medium, standard, other)
    told = built(area, TUESDAY)
    reasons = {reference: entry["reasons"] for reference, entry in entries(told).items()}
    numbers = [row["occurrence_number"] for row in (high, consent, child, medium, standard)]
    assert reasons == {numbers[0]: ["T2"], numbers[1]: ["T4"], numbers[2]: ["T3"]}
    assert [(n["reference"], n["reasons"]) for n in told["not_listed"]] == [
        (numbers[3], ["T5"]),
        (numbers[4], ["T5"]),
    ]
    assert told["not_domestic"] == 1


def test_T5_not_known_whether_the_victim_consents_counts_as_no(area: AreaRow) -> None:
    take_in(area.id, *(a_row(risk="medium", victim_consents_to_share=said) for said in ("N", "", "Y")))
    told = built(area, TUESDAY)
    assert (len(told["items"]), len(told["not_listed"])) == (1, 2)


def test_T6_a_further_incident_on_a_heard_case_is_a_repeat_at_standard_risk(area: AreaRow) -> None:
    hearing = a_hearing(heard_on="2025-11-03")
    take_in_history(area.id, hearing)
    same = {k: v for k, v in hearing.items() if k.startswith(("victim_", "perpetrator_"))}
    row = a_row(risk="standard") | same
    take_in(area.id, row)
    (item,) = built(area, TUESDAY)["items"]
    assert item["repeat"] is True and item["victim_known_to_marac"] is False
    assert item["entries"][0]["reasons"] == ["T6"]


def test_T6_a_day_later_it_is_none(area: AreaRow) -> None:
    hearing = a_hearing(heard_on="2025-11-02")
    take_in_history(area.id, hearing)
    take_in(area.id, a_row(risk="standard") | {k: v for k, v in hearing.items() if "_nominal" in k})
    assert built(area, TUESDAY)["items"] == []


def test_T6_it_is_measured_by_the_local_day_of_recording(area: AreaRow) -> None:
    """Half past midnight in British summer time is still the day before in UTC."""
    on = AreaSettings()
    other = db.session.get(AreaRow, areas.create("southfell", date(2026, 7, 1), BEFORE_ALL, settings=on))
    assert other is not None
    hearing = a_hearing(heard_on="2025-07-01")
    take_in_history(other.id, hearing, a_hearing())
    people = {k: v for k, v in hearing.items() if "_nominal" in k}
    inside = a_row(risk="standard", recorded_at="2026-07-01T23:30:00+01:00") | people
    outside = a_row(risk="standard", recorded_at="2026-07-02T00:30:00+01:00") | people
    take_in(other.id, inside, outside)
    assert set(entries(built(other, date(2026, 7, 2)))) == {inside["occurrence_number"]}


@pytest.mark.parametrize("listed", [True, False])
def test_T6_the_victim_with_another_perpetrator_is_known_to_marac_listed_or_not(
    area: AreaRow, listed: bool
) -> None:
    hearing = a_hearing()
    take_in_history(area.id, hearing)
    risk = "high" if listed else "standard"
    take_in(area.id, a_row(risk=risk, victim_nominal=hearing["victim_nominal"]))
    told = built(area, TUESDAY)
    (shown,) = told["items"] if listed else told["not_listed"]
    assert shown["victim_known_to_marac"] is True
    assert not shown.get("repeat")


def test_T6_by_name_where_the_history_has_no_nominal(area: AreaRow) -> None:
    ann = {"victim_forename": "Ánn", "victim_surname": "O’Brien  Smith", "victim_dob": "01/01/1990"}
    bob = {"perpetrator_forename": "Bob", "perpetrator_surname": "Fell", "perpetrator_dob": "02/02/1980"}
    nobody = {"victim_nominal": "", "perpetrator_nominal": ""}
    take_in_history(area.id, a_hearing() | ann | bob | nobody)
    spelled = {"victim_forename": "ANN", "victim_surname": "o'brien smith", "victim_dob": "1990-01-01"}
    take_in(area.id, a_row(risk="standard") | spelled | bob)
    (item,) = built(area, TUESDAY)["items"]
    assert item["repeat"] is True
    take_in(area.id, a_row(risk="standard", recorded_at=at(TUESDAY, 9)) | spelled | bob | {"victim_dob": ""}
            | {"victim_nominal": ""})  # fmt: skip
    assert built(area, WEDNESDAY)["items"] == [], "without a birth date a name tells nothing"


def test_T11_one_case_appears_once_with_all_its_incidents_under_it(area: AreaRow) -> None:
    first = a_row(recorded_at=at(MONDAY, 12))
    people = {k: v for k, v in first.items() if k.startswith(("victim_", "perpetrator_"))}
    second = a_row(recorded_at=at(MONDAY, 10), risk="medium", victim_consents_to_share="Y") | people
    unknown = a_row(recorded_at=at(MONDAY, 9)) | people
    unknown |= {k: "" for k in unknown if k.startswith("perpetrator_")}
    take_in(area.id, first, second, unknown)
    told = built(area, TUESDAY)
    shown = [[entry["reference"] for entry in item["entries"]] for item in told["items"]]
    numbers = [row["occurrence_number"] for row in (unknown, second, first)]
    assert shown == [[numbers[0]], [numbers[1], numbers[2]]]
    assert [item["position"] for item in told["items"]] == [1, 2]


def test_T11_two_incidents_with_an_unknown_perpetrator_are_one_case_of_the_victim(area: AreaRow) -> None:
    nobody = {k: "" for k in a_row() if k.startswith("perpetrator_")}
    one = a_row() | nobody
    two = a_row() | {k: v for k, v in one.items() if k.startswith("victim_")} | nobody
    take_in(area.id, one, two)
    (item,) = built(area, TUESDAY)["items"]
    assert len(item["entries"]) == 2


def test_T11_the_case_keeps_its_reference_from_list_to_list(area: AreaRow) -> None:
    row = a_row(recorded_at=at(MONDAY, 12))
    people = {k: v for k, v in row.items() if k.startswith(("victim_", "perpetrator_"))}
    take_in(area.id, row, a_row(recorded_at=at(TUESDAY, 12)) | people)
    (first,), (second,) = built(area, TUESDAY)["items"], built(area, WEDNESDAY)["items"]
    assert first["case"] == second["case"] == "C-000001"


def test_T2_T6_D1_what_another_panel_hears_of_the_same_two_is_another_case_and_no_repeat(
    area: AreaRow,
) -> None:
    """On the other panel's case nobody who runs this one would see it."""
    row = a_row(recorded_at=at(MONDAY))
    take_in(area.id, row)
    (before,) = built(area, MONDAY)["items"]
    with saved():
        db.session.execute(update(CaseRow).values(family=Family.EXPLOITATION))
        case_id = db.session.scalars(select(CaseRow.id)).one()
        told = {"area_id": area.id, "case_id": case_id, "heard_on": MONDAY, "source": "marac"}
        db.session.add(HearingRow(**told))
    take_in(area.id, row | {"occurrence_number": "13260999999", "recorded_at": at(TUESDAY)})
    (after,) = built(area, TUESDAY)["items"]
    assert after["case"] != before["case"] and not after["repeat"]


def test_T11_items_stand_highest_risk_first_then_earliest_then_reference(area: AreaRow) -> None:
    consent = {"risk": "medium", "victim_consents_to_share": "Y"}
    rows = [
        a_row(occurrence_number="4", recorded_at=at(MONDAY, 9), **consent),
        a_row(occurrence_number="3", recorded_at=at(MONDAY, 12)),
        a_row(occurrence_number="2", recorded_at=at(MONDAY, 12)),
        a_row(occurrence_number="1", recorded_at=at(MONDAY, 13)),
    ]
    take_in(area.id, *rows)
    assert list(entries(built(area, TUESDAY))) == ["2", "3", "1", "4"]


# -- orders --

DVPO = {"order_kind": "DVPO", "order_made_at": "2026-11-02T16:10", "order_expires_at": "2026-11-30",
        "order_terms": "no contact"}  # fmt: skip


def test_T10_an_order_is_announced_with_its_terms(area: AreaRow) -> None:
    row = a_row(**DVPO)
    take_in(area.id, row)
    assert built(area, TUESDAY)["notices"] == [
        {"kind": "DVPO", "reference": row["occurrence_number"], "made_at": "2026-11-02T16:10:00+00:00",
         "expires_at": "2026-11-30", "terms": "no contact", "live_together": None}
    ]  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [{"risk": "standard"}, {"domestic": "N"}, {"order_made_at": "2020-01-01T00:00"}, {"order_made_at": ""}],
)
def test_T10_an_order_is_announced_whatever_its_rows_risk_mark_or_date(
    area: AreaRow, told: dict[str, str]
) -> None:
    take_in(area.id, a_row(**(DVPO | told)))
    assert len(built(area, TUESDAY)["notices"]) == 1


def test_T10_a_new_version_announces_the_order_only_where_that_changed(area: AreaRow) -> None:
    row = a_row(**DVPO)
    take_in(area.id, row)
    build(area, TUESDAY)
    take_in(area.id, row | {"summary": "More is known."})
    assert built(area, WEDNESDAY)["notices"] == []
    take_in(area.id, row | {"order_expires_at": "2026-12-07"})
    (notice,) = built(area, date(2026, 11, 5))["notices"]
    assert notice["expires_at"] == "2026-12-07"


# -- late, changed, frozen --


def test_T12_what_comes_after_its_list_was_built_goes_on_the_next_marked_late(area: AreaRow) -> None:
    on_time, tardy = a_row(), a_row()
    take_in(area.id, on_time)
    build(area, TUESDAY)
    take_in(area.id, tardy)
    assert set(entries(show(area, TUESDAY))) == {on_time["occurrence_number"]}
    (entry,) = entries(built(area, WEDNESDAY)).values()
    assert (entry["reference"], entry["late"], entry["changed"]) == (tardy["occurrence_number"], True, False)


def test_T13_an_incident_that_a_later_version_dates_years_ahead_is_on_its_list_all_the_same(
    area: AreaRow,
) -> None:
    row, now = a_row(), datetime(2026, 11, 3, 7, 30, tzinfo=UTC)
    take_in(area.id, row, at=now)
    told = take_in(area.id, row | {"recorded_at": "2036-11-02T12:00:00+00:00"}, at=now).warnings
    assert any(text.startswith("recorded_at is in the future, and was not in the version") for text in told)
    assert set(entries(built(area, TUESDAY))) == {row["occurrence_number"]}


def test_T12_a_day_whose_list_was_never_built_loses_nothing(area: AreaRow) -> None:
    missed, current = a_row(recorded_at=at(MONDAY, 7)), a_row(recorded_at=at(TUESDAY, 9))
    take_in(area.id, missed, current)
    told = entries(built(area, WEDNESDAY))
    assert {reference: entry["late"] for reference, entry in told.items()} == {
        missed["occurrence_number"]: True,
        current["occurrence_number"]: False,
    }


def test_T12_building_again_builds_nothing_new(area: AreaRow) -> None:
    take_in(area.id, a_row(**DVPO), a_row(risk="standard"))
    first = build(area, TUESDAY)
    take_in(area.id, a_row())
    before = everything()
    again = build(area, TUESDAY)
    assert (first.new, again.new) == (True, False)
    assert (first.meeting_id, first.items) == (again.meeting_id, again.items)
    assert everything() == before


def test_T12_a_build_that_fails_halfway_leaves_nothing(
    area: AreaRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(area.id, a_row(**DVPO), a_row(risk="standard"))
    before = everything()
    monkeypatch.setattr(lists.incidents, "mark_considered", lambda ids: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build(area, TUESDAY)
    assert everything() == before


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # left out, then qualifying: an entry, not changed
        ({"risk": "medium"}, {"risk": "high"}, (["T2"], False)),
        ({"domestic": "N"}, {"domestic": "Y"}, (["T2"], False)),
        # listed, then by a further reason: changed
        ({"risk": "medium", "victim_consents_to_share": "Y"},
         {"risk": "medium", "victim_consents_to_share": "Y", "children_present": "Y"}, (["T3", "T4"], True)),
        ({"risk": "medium", "victim_consents_to_share": "Y"}, {"risk": "high"}, (["T2"], True)),
        # listed, and nothing new
        ({"risk": "high"}, {"risk": "high", "summary": "More is known."}, None),
        ({"risk": "high"}, {"risk": "standard"}, None),
        ({"risk": "high"}, {"risk": "high", "domestic": "N"}, None),
        # never listed, and still not
        ({"risk": "standard"}, {"risk": "medium"}, None),
        ({"domestic": "N"}, {"domestic": "N", "summary": "More is known."}, None),
    ],
)  # fmt: skip
def test_T13_a_new_version_is_considered_again_and_told_only_where_it_says_more(
    area: AreaRow, first: dict[str, str], second: dict[str, str], expected: tuple[list[str], bool] | None
) -> None:
    row = a_row()
    take_in(area.id, row | first)
    build(area, TUESDAY)
    take_in(area.id, row | second)
    told = built(area, WEDNESDAY)
    shown = [(entry["reasons"], entry["changed"]) for entry in entries(told).values()]
    assert shown == ([expected] if expected else [])
    assert told["not_listed"] == [] and told["not_domestic"] == 0
    assert all(entry["late"] for entry in entries(told).values())


def test_T13_a_new_version_before_any_list_is_as_if_it_came_first(area: AreaRow) -> None:
    row = a_row(risk="medium")
    take_in(area.id, row)
    take_in(area.id, row | {"risk": "high"})
    told = built(area, TUESDAY)
    (entry,) = entries(told).values()
    assert (entry["reasons"], entry["changed"], entry["late"]) == (["T2"], False, False)
    assert told["not_listed"] == []


MARA = {
    "victim_nominal": "", "victim_forename": "Mara", "victim_surname": "Lostby",
    "perpetrator_nominal": "", "perpetrator_forename": "Nick", "perpetrator_surname": "Lostperp",
}  # fmt: skip
NOBODY = {name: "" for name in a_row() if name.startswith(("victim_", "perpetrator_"))}
STRANGLEBY, LOSTBY = NOBODY | {"victim_surname": "Strangleby"}, NOBODY | {"victim_surname": "Lostby"}


def reasons_of(told: dict[str, Any]) -> list[tuple[str, list[str], bool]]:
    return [(item["case"], e["reasons"], e["changed"]) for item in told["items"] for e in item["entries"]]


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.parametrize(("first", "second"), [({}, MARA), (STRANGLEBY, LOSTBY)])
def test_T12_T13_a_number_that_comes_again_about_others_is_listed_for_both(
    area: AreaRow, between: bool, first: dict[str, str], second: dict[str, str]
) -> None:
    row = a_row(**DVPO) | first
    take_in(area.id, row)
    told = built(area, TUESDAY) if between else {"items": [], "notices": []}
    take_in(area.id, row | second)
    later = built(area, WEDNESDAY)
    listed = reasons_of(told) + reasons_of(later)
    assert [(reasons, changed) for _, reasons, changed in listed] == [(["T2"], False)] * 2
    assert len({case for case, _, _ in listed}) == 2
    assert len(told["notices"]) + len(later["notices"]) == 2
    take_in(area.id, row | second | {"summary": "More is known."})
    assert built(area, THURSDAY)["items"] == []


def test_T5_T12_who_is_left_out_stands_there_though_the_number_is_listed_for_others(area: AreaRow) -> None:
    row = a_row(risk="medium")
    take_in(area.id, row)
    take_in(area.id, row | MARA | {"risk": "high"})
    told = built(area, TUESDAY)
    assert len(told["items"]) == 1
    assert [left["reference"] for left in told["not_listed"]] == [row["occurrence_number"]]


def test_T13_an_incident_of_which_little_is_known_stays_under_its_case(area: AreaRow) -> None:
    nobody = {k: "" for k in a_row() if k.startswith(("perpetrator_", "victim_")) and k != "victim_surname"}
    row = a_row(risk="medium", victim_consents_to_share="Y") | nobody
    take_in(area.id, row)
    (first,) = built(area, TUESDAY)["items"]
    take_in(area.id, row | {"risk": "high"})
    (second,) = built(area, WEDNESDAY)["items"]
    assert first["case"] == second["case"]


def test_V5_building_is_audited_with_figures(area: AreaRow) -> None:
    take_in(area.id, a_row(**DVPO), a_row(risk="standard"))
    told = build(area, TUESDAY)
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "list.built")).one()
    assert line.subject == f"meeting/{told.meeting_id}"
    assert line.detail == {"considered": 2, "items": 1, "notices": 1}


def test_S3_a_list_of_another_area_is_not_there(area: AreaRow) -> None:
    build(area, MONDAY)
    other = areas.create("westhaven", MONDAY, BEFORE_ALL)
    assert stored.daily_list(Host(other), area.id, MONDAY) is None
    assert stored.daily_list(Host(other), other, MONDAY) is None


def test_T12_two_who_build_the_same_list_at_once_get_one(core_app: Flask, area: AreaRow) -> None:
    take_in(area.id, *(a_row() for _ in range(40)))
    area_id = area.id

    def build_one(_: int) -> lists.Built:
        with core_app.app_context():
            home = db.session.get(AreaRow, area_id)
            assert home is not None
            return build(home, TUESDAY)

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(build_one, range(2)))
    assert sorted(told.new for told in both) == [False, True]
    assert {told.items for told in both} == {40}


# -- speed --


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_T11_showing_a_list_asks_as_often_for_one_case_as_for_sixty(area: AreaRow) -> None:
    take_in(area.id, a_row(recorded_at=at(MONDAY, 7)))
    take_in(area.id, *(a_row(**DVPO) for _ in range(60)), a_row(risk="standard"))
    build(area, MONDAY)
    build(area, TUESDAY)
    asked = []
    for day in (MONDAY, TUESDAY):
        area_id = area.id
        db.session.rollback()
        with counted() as sent:
            stored.daily_list(Host(area_id), area_id, day)
        asked.append(len([statement for statement in sent if statement.startswith("SELECT")]))
    assert asked == [7, 7]


# -- the invariant --

DAYS = [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7)]
FIRST_START = datetime(2026, 10, 30, 8, tzinfo=UTC)
ROWS = {"high": {"risk": "high"}, "consent": {"risk": "medium", "victim_consents_to_share": "Y"},
        "both": {"risk": "medium", "victim_consents_to_share": "Y", "children_present": "Y"},
        "medium": {"risk": "medium"}, "other": {"domestic": "N", "risk": "high"}}  # fmt: skip
RULES = {"high": ["T2"], "consent": ["T4"], "both": ["T3", "T4"], "medium": ["T5"], "other": []}
areas_made = count()

arrivals = st.tuples(st.sampled_from("ABCDE"), st.sampled_from(sorted(ROWS)), st.integers(-30, 24 * 8))
steps = st.lists(st.one_of(arrivals, st.sampled_from(DAYS)), max_size=14)


@dataclass
class Told:
    """What the contract says happens to one incident, worked out the plain way."""

    kind: str = ""
    recorded_at: datetime = FIRST_START
    history: bool = True  # no version of it is dated in a list's window
    waits: bool = False  # its newest version, for the next list
    considered: bool = False
    taken: bool = False
    reasons: set[str] = field(default_factory=set)


class Expected:
    """Plays the contract's words over the same steps."""

    def __init__(self) -> None:
        self.incidents: dict[str, Told] = {}
        self.lists: dict[date, dict[str, Any]] = {}

    def arrives(self, number: str, kind: str, recorded_at: datetime) -> None:
        told = self.incidents.setdefault(number, Told())
        if (told.kind, told.recorded_at) != (kind, recorded_at):
            told.kind, told.recorded_at, told.waits = kind, recorded_at, True
            told.history = told.history and recorded_at < FIRST_START

    def built(self, day: date) -> None:
        if day in self.lists:
            return
        start, end = window(day)
        shown: dict[str, Any] = {"entries": {}, "not_listed": set(), "not_domestic": 0, "considered": 0}
        for number, told in self.incidents.items():
            if told.waits and not told.history and told.recorded_at < end:
                shown["considered"] += 1
                self._consider(number, told, told.recorded_at < start, shown)
        self.lists[day] = shown

    def _consider(self, number: str, told: Told, late: bool, shown: dict[str, Any]) -> None:
        rules = RULES[told.kind]
        qualifies = set(rules) - {"T5"}
        if qualifies - told.reasons:
            shown["entries"][number] = (rules, late, told.taken)
            told.taken, told.reasons = True, told.reasons | qualifies
        elif not told.considered and rules:
            shown["not_listed"].add(number)
        elif not told.considered:
            shown["not_domestic"] += 1
        told.waits, told.considered = False, True


def window(day: date) -> tuple[datetime, datetime]:
    before = day - timedelta(days=3 if day.weekday() == 0 else 1)
    start, end = (datetime.combine(d, time(8), LONDON).astimezone(UTC) for d in (before, day))
    return start, end


@settings(max_examples=30)
@given(steps=steps)
def test_T12_every_qualifying_incident_is_taken_by_exactly_one_list_and_none_by_no_list(
    area: AreaRow, steps: list[Any]
) -> None:
    """Lists late, out of order or never; incidents late, changed, back again: as the contract has it."""
    home = db.session.get(AreaRow, areas.create(f"a{next(areas_made)}", MONDAY, BEFORE_ALL))
    assert home is not None
    same = {number: a_row(occurrence_number=number) for number in "ABCDE"}
    expected = Expected()
    for step in [*steps, DAYS[-1], date(2026, 11, 10)]:
        if isinstance(step, date):
            build(home, step)
            expected.built(step)
        else:
            number, kind, hours = step
            recorded_at = FIRST_START + timedelta(hours=hours)
            take_in(home.id, same[number] | ROWS[kind] | {"recorded_at": recorded_at.isoformat()})
            expected.arrives(number, kind, recorded_at)
    for day, told in expected.lists.items():
        shown = show(home, day)
        assert {n: (e["reasons"], e["late"], e["changed"]) for n, e in entries(shown).items()} == told[
            "entries"
        ]
        assert {left["reference"] for left in shown["not_listed"]} == told["not_listed"]
        assert shown["not_domestic"] == told["not_domestic"]
        assert considered(home, day) == told["considered"], (
            "every version that a list considered is in its ledger"
        )
    for number, incident in expected.incidents.items():
        if not incident.history and set(RULES[incident.kind]) - {"T5"}:
            first = [day for day in expected.lists if number in entries(show(home, day))
                     and not entries(show(home, day))[number]["changed"]]  # fmt: skip
            assert len(first) == 1, number


def considered(area: AreaRow, day: date) -> int:
    rows = select(func.count()).select_from(TriageRow).join(MeetingRow, MeetingRow.id == TriageRow.meeting_id)
    return db.session.scalar(rows.where(MeetingRow.area_id == area.id, MeetingRow.sits_on == day)) or 0
