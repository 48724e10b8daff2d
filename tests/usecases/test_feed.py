"""Taking in a feed: whole or not at all, as often as one likes, each change a new version."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from agenda.feed_content import incident
from agenda.feed_file import Refused
from meetingsvc.models import AreaRow, AuditRow, IncidentRow, IncidentTextRow, RejectedRow, db
from meetingsvc.store import imports as stored
from meetingsvc.store.acting import Host
from meetingsvc.usecases import areas, feed, imports
from meetingsvc.usecases.imports import Tally
from tests.builders import A_MEGABYTE, BEFORE_ALL, a_row, everything, feed_csv, take_in


def figures(tally: Tally) -> tuple[int, int, int, int]:
    return tally.created, tally.updated, tally.unchanged, tally.rejected


def send(area_id: UUID, content: bytes, **told: Any) -> Tally:
    return feed.take_in(
        area_id, io.BytesIO(content), "feed.csv", told.pop("limit", A_MEGABYTE), BEFORE_ALL, **told
    )


def versions(number: str) -> list[IncidentRow]:
    row = IncidentRow
    return list(db.session.scalars(select(row).where(row.occurrence_number == number).order_by(row.version)))


def test_a_row_becomes_an_incident_with_its_content(area_id: UUID) -> None:
    row = a_row(summary="Shouting; a door was broken.", children="Finn|2020-09-19|Y|both")
    assert figures(take_in(area_id, row)) == (1, 0, 0, 0)
    (kept,) = versions(row["occurrence_number"])
    assert (kept.risk, kept.children, kept.consents, kept.version, kept.current) == (
        "high",
        True,
        False,
        1,
        True,
    )
    assert kept.recorded_at == datetime(2026, 11, 3, 7, 0, tzinfo=UTC)
    content = db.session.scalars(select(IncidentTextRow.content)).one()
    assert incident(content).summary == "Shouting; a door was broken."


def test_the_same_file_twice_changes_nothing(area_id: UUID) -> None:
    rows = [a_row() for _ in range(5)]
    take_in(area_id, *rows)
    before = everything()
    assert figures(take_in(area_id, *rows)) == (0, 0, 5, 0)
    after = everything()
    for table in ("incident", "incident_text", "rejected_row"):
        assert after[table] == before[table]


def test_a_feed_cut_off_and_sent_again_loses_nothing(area_id: UUID) -> None:
    rows = [a_row() for _ in range(5)]
    take_in(area_id, *rows[:3])
    assert figures(take_in(area_id, *rows)) == (2, 0, 3, 0)


def test_blanks_and_the_case_of_codes_make_no_new_version(area_id: UUID) -> None:
    row = a_row()
    take_in(area_id, row)
    spelled = {"RISK ": " HIGH"} | {name: f" {text} " for name, text in row.items() if name != "risk"}
    assert figures(take_in(area_id, spelled)) == (0, 0, 1, 0)


def test_T13_changed_content_is_a_new_version_and_the_old_one_is_kept(area_id: UUID) -> None:
    row = a_row(risk="medium")
    take_in(area_id, row)
    assert figures(take_in(area_id, row | {"risk": "high"})) == (0, 1, 0, 0)
    old, new = versions(row["occurrence_number"])
    assert (old.version, old.risk, old.current, old.considered) == (1, "medium", False, True)
    assert (new.version, new.risk, new.current, new.considered) == (2, "high", True, False)


def test_content_that_goes_back_to_what_it_was_is_a_version_too(area_id: UUID) -> None:
    row = a_row(risk="medium")
    for risk in ("medium", "high", "medium"):
        take_in(area_id, row | {"risk": risk})
    assert [version.risk for version in versions(row["occurrence_number"])] == ["medium", "high", "medium"]


def test_a_number_that_comes_twice_in_one_file_is_taken_as_two_feeds_would_be(area_id: UUID) -> None:
    row, other = a_row(risk="medium"), a_row()
    tally = take_in(area_id, row, other, row, row | {"risk": "high"})
    assert figures(tally) == (2, 1, 1, 0)
    assert [(v.risk, v.current) for v in versions(row["occurrence_number"])] == [
        ("medium", False),
        ("high", True),
    ]


TWICE = "an occurrence number that stands in this file before, with other content: the later row counts"
LOWER = "the police's risk is lower than in the version before"
AHEAD = "recorded_at is in the future: it waits for that day's list"
HISTORY = "recorded before the area's first list: kept as history, and never listed by itself"
HIGH = "high risk, and recorded before the area's first list: kept as history all the same"
LATER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("chunk", [1, 1000])
def test_a_number_that_contradicts_itself_in_one_file_is_warned_of(
    area_id: UUID, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(imports, "CHUNK", chunk)
    row, other, sent = a_row(risk="medium"), a_row(), a_row(offence="Assault")
    assert take_in(area_id, row, sent, at=LATER).warnings == []
    tally = take_in(area_id, row, row, other, row | {"risk": "high"}, other | {"offence": "Theft"}, other,
                    sent | {"offence": "Theft"}, at=LATER)  # fmt: skip
    named = (row["occurrence_number"], other["occurrence_number"])
    assert tally.warnings == [f"{TWICE}: 3 rows, first on line 5 ({', '.join(named)})"]


def test_T13_a_risk_that_the_police_lower_is_warned_of(area_id: UUID) -> None:
    rows = [a_row(), a_row(), a_row(risk="medium")]
    take_in(area_id, *rows, at=LATER)
    changed = [row | {"risk": risk} for row, risk in zip(rows, ("medium", "standard", "high"), strict=True)]
    named = f"{rows[0]['occurrence_number']}, {rows[1]['occurrence_number']}"
    assert take_in(area_id, *changed, at=LATER).warnings == [f"{LOWER}: 2 rows, first on line 2 ({named})"]


OTHERS = "about other people than the version before: neither replaces the other, so check the number"
ZED = {"victim_nominal": "", "victim_forename": "Zed", "victim_surname": "Nothingness"}


@pytest.mark.parametrize("chunk", [1, 1000])
def test_T12_a_number_that_comes_again_about_others_takes_nobodys_place(
    area_id: UUID, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(imports, "CHUNK", chunk)
    row, sent = a_row(), a_row()
    number = sent["occurrence_number"]
    take_in(area_id, sent, at=LATER)
    told = take_in(area_id, sent | ZED, row, row | ZED, at=LATER).warnings
    assert f"{OTHERS}: 2 rows, first on line 2 ({number}, {row['occurrence_number']})" in told
    for each in (row, sent):
        old, new = versions(each["occurrence_number"])
        assert [(v.current, v.considered) for v in (old, new)] == [(False, False), (True, False)]
    told = take_in(area_id, sent | {"risk": "medium"}, at=LATER).warnings
    assert f"{OTHERS}: 1 row, first on line 2 ({number})" in told
    waits = [(v.victim_surname, v.risk, v.considered) for v in versions(number)]
    assert waits == [("", "high", True), ("", "high", False), ("", "medium", False)]


@pytest.mark.parametrize(
    ("first", "then", "others"),
    [
        ({"victim_nominal": ""}, {}, False),  # a nominal learned
        ({}, {"victim_surname": "Thistle"}, False),  # the same nominal is the same person
        ({}, {"victim_nominal": "V-another"}, True),
        ({"perpetrator_nominal": ""}, {"perpetrator_nominal": "", "perpetrator_dob": "1977-01-02"}, True),
        ({}, dict.fromkeys([name for name in a_row() if name.startswith("perpetrator_")], ""), True),
        (dict.fromkeys([name for name in a_row() if name.startswith("perpetrator_")], ""), {}, False),
    ],
)  # fmt: skip
def test_T13_who_a_version_is_about_may_be_learned_and_in_doubt_they_are_others(
    area_id: UUID, first: dict[str, str], then: dict[str, str], others: bool
) -> None:
    row = a_row()
    take_in(area_id, row | first, at=LATER)
    told = take_in(area_id, row | then | {"offence": "Theft"}, at=LATER).warnings
    assert any(text.startswith(OTHERS) for text in told) is others
    assert versions(row["occurrence_number"])[0].considered is not others


def test_T12_a_version_dated_ahead_by_minutes_puts_nothing_off_and_is_warned_of(area_id: UUID) -> None:
    row = a_row()
    take_in(area_id, row, at=LATER)
    for minutes in (30, 58):
        ahead = (LATER + timedelta(minutes=minutes)).isoformat()
        (said,) = take_in(area_id, row | {"recorded_at": ahead}, at=LATER).warnings
        assert said.startswith("recorded_at is in the future, and was not in the version before")
    assert {version.due_at for version in versions(row["occurrence_number"])} == {LATER - timedelta(hours=2)}


def test_a_warning_names_the_first_five_occurrence_numbers(area_id: UUID) -> None:
    rows = [a_row() for _ in range(7)]
    take_in(area_id, *rows, at=LATER)
    (said,) = take_in(area_id, *(row | {"risk": "medium"} for row in rows), at=LATER).warnings
    named = ", ".join(row["occurrence_number"] for row in rows[:5])
    assert said == f"{LOWER}: 7 rows, first on line 2 ({named} and others)"


def test_T1_what_is_dated_ahead_is_warned_of(area_id: UUID) -> None:
    within_an_hour, ahead = "2026-11-03T09:59:00+00:00", "2027-11-03T07:00:00+00:00"
    rows = [a_row(recorded_at=within_an_hour), a_row(recorded_at=ahead, risk="standard")]
    assert take_in(area_id, *rows, at=LATER).warnings == [f"{AHEAD}: 1 row, first on line 3"]


def test_T1_what_comes_before_the_first_list_is_warned_of_and_its_high_risk_counted(area_id: UUID) -> None:
    old = {"recorded_at": "2026-10-30T07:59:00+00:00", "incident_at": "2026-10-01T07:00:00+00:00"}
    rows = [a_row(), a_row(**old, risk="medium"), a_row(**old), a_row(**old, domestic="N")]
    assert take_in(area_id, *rows, at=LATER).warnings == [
        f"{HISTORY}: 3 rows, first on line 3",
        f"{HIGH}: 1 row, first on line 4",
    ]


def test_numbers_in_two_areas_are_two_incidents(area_id: UUID) -> None:
    other = areas.create("westhaven", date(2026, 11, 2), BEFORE_ALL)
    row = a_row()
    take_in(area_id, row)
    assert figures(take_in(other, row | {"risk": "medium"})) == (1, 0, 0, 0)
    assert [v.version for v in versions(row["occurrence_number"])] == [1, 1]


def test_a_row_that_breaks_a_rule_is_rejected_alone_and_kept_as_it_came(area_id: UUID) -> None:
    wrong = a_row(victim_dob="31/02/1990", summary="=HYPERLINK(1) ")
    tally = take_in(area_id, a_row(), wrong, a_row())
    assert figures(tally) == (2, 0, 0, 1)
    (told,) = tally.rejects
    assert (
        told["line"] == 3
        and told["column"] == "victim_dob"
        and "not a date: '31/02/1990'" in str(told["error"])
    )
    assert tally.import_id is not None
    assert stored.header(Host(area_id), tally.import_id)[0] == "occurrence_number"
    ((line, column, _, cells),) = stored.rejected(Host(area_id), tally.import_id)
    assert (line, column) == (3, "victim_dob")
    assert "=HYPERLINK(1) " in cells, "as it came"


def test_only_the_first_hundred_rejects_are_told_and_all_are_kept(area_id: UUID) -> None:
    tally = take_in(area_id, *(a_row(risk="severe") for _ in range(105)))
    assert (tally.rejected, len(tally.rejects)) == (105, 100)
    assert db.session.scalar(select(func.count()).select_from(RejectedRow)) == 105


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (b"", A_MEGABYTE),
        (b"\x89PNG\r\n\x1a\n\0\0\0", A_MEGABYTE),
        (b"PK\x03\x04 a workbook", A_MEGABYTE),
        (b"Dear colleague,\nplease find attached\n", A_MEGABYTE),
        (feed_csv(a_row()).replace(b"victim_surname", b"surname"), A_MEGABYTE),
        (feed_csv(a_row()), 100),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(area_id: UUID, content: bytes, limit: int) -> None:
    take_in(area_id, a_row())
    before = everything()
    with pytest.raises(Refused):
        send(area_id, content, limit=limit)
    assert everything() == before


@pytest.mark.parametrize("at_chunk", [1, 2, 3])
def test_a_crash_halfway_leaves_nothing(
    area_id: UUID, monkeypatch: pytest.MonkeyPatch, at_chunk: int
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    row = a_row(risk="medium")
    take_in(area_id, row)
    before, chunks = everything(), iter(range(1, 9))

    def crash(_: int) -> None:
        if next(chunks) == at_chunk:
            raise MemoryError

    rows = [a_row(), row | {"risk": "high"}, a_row(risk="severe"), a_row(), a_row(), a_row()]
    with pytest.raises(MemoryError):
        send(area_id, feed_csv(*rows), progress=crash)
    assert everything() == before
    assert figures(take_in(area_id, *rows)) == (4, 1, 0, 1)


def test_a_file_of_several_chunks_is_taken_like_one(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    rows = [a_row() for _ in range(5)]
    seen: list[int] = []
    tally = send(area_id, feed_csv(*rows, rows[0], rows[1] | {"risk": "medium"}), progress=seen.append)
    assert figures(tally) == (5, 1, 1, 0)
    assert len(seen) == 4 and seen == sorted(seen)


def test_V5_an_import_is_audited_by_its_figures_and_never_by_a_person(area_id: UUID) -> None:
    row = a_row()
    tally = take_in(area_id, row, a_row(risk="severe"))
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "feed.imported")).one()
    assert line.subject == f"import/{tally.import_id}" and line.actor == "command line"
    assert line.detail == {"rows": 2, "created": 1, "updated": 0, "rejected": 1}
    assert row["victim_surname"] not in str(line.detail)


def test_S1_odd_names_and_long_texts_survive(area_id: UUID) -> None:
    names = ["O'Malley-Ó Súilleabháin", "שרה", "Łukasiewicz", "=cmd|' /C calc'!A0", "李"]
    rows = [a_row(victim_surname=name, summary="é" * 20_000) for name in names]
    assert figures(take_in(area_id, *rows)) == (5, 0, 0, 0)
    kept = [incident(text) for text in db.session.scalars(select(IncidentTextRow.content))]
    assert sorted(told.victim.surname for told in kept) == sorted(names)
    assert {len(told.summary) for told in kept} == {20_000}


sent = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["standard", "medium", "high"])), max_size=6
)


@settings(max_examples=25)
@given(feeds=st.lists(sent, max_size=4))
def test_T13_versions_follow_what_was_sent_however_it_was_cut_into_files(
    area: AreaRow, feeds: list[list[tuple[str, str]]]
) -> None:
    area_id = areas.create(f"a{next(fresh)}", date(2026, 11, 2), BEFORE_ALL)
    same = {number: a_row(occurrence_number=number) for number in "ABC"}
    expected: dict[str, list[str]] = {}
    for rows in feeds:
        take_in(
            area_id, *(same[number] | {"risk": risk} for number, risk in rows), a_row(occurrence_number="X")
        )
        for number, risk in rows:
            told = expected.setdefault(number, [])
            if told[-1:] != [risk]:
                told.append(risk)
    row = IncidentRow
    kept: dict[str, list[IncidentRow]] = {}
    for version in db.session.scalars(select(row).where(row.area_id == area_id).order_by(row.version)):
        kept.setdefault(version.occurrence_number, []).append(version)
    kept.pop("X", None)
    assert {number: [v.risk for v in vs] for number, vs in kept.items()} == expected
    assert all([v.current for v in vs] == [False] * (len(vs) - 1) + [True] for vs in kept.values())
    assert all([v.version for v in vs] == list(range(1, len(vs) + 1)) for vs in kept.values())


fresh = iter(range(10**6))


def test_T13_two_feeds_at_once_lose_nothing_and_take_nothing_twice(core_app: Flask, area_id: UUID) -> None:
    """Half of the numbers are in both files."""
    files = [feed_csv(*(a_row(occurrence_number=f"N{n}", victim_nominal=f"V{n}") for n in numbers))
             for numbers in (range(300), range(150, 450))]  # fmt: skip
    files = [content.replace(b"Thistlewood", b"T") for content in files]

    def import_one(content: bytes) -> Tally:
        with core_app.app_context():
            return send(area_id, content)

    with ThreadPoolExecutor(2) as pool:
        tallies = list(pool.map(import_one, files))
    assert sum(tally.created for tally in tallies) == 450
    assert {tally.rows for tally in tallies} == {300}
    row = IncidentRow
    current = db.session.execute(select(row.occurrence_number).where(row.current)).scalars().all()
    assert len(current) == len(set(current)) == 450
