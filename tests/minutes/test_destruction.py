"""What is left of what was destroyed (Rulebook L2)."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import get_type_hints
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import LONDON, local_day
from agenda.rules import RuleBroken
from minutes.destruction import (
    Certificate,
    Entry,
    Kind,
    Record,
    backups_gone_on,
    chained,
    counts,
    problem,
    read,
    to_replay,
)
from minutes.retention_case import Outcome

AT = datetime(2027, 3, 2, 9, tzinfo=UTC)
CASE, DECISION, ONE, OTHER = (UUID(int=number) for number in range(1, 5))
RECORDS = (Record(Kind.NOTE, "12"), Record(Kind.INCIDENT, "7"), Record(Kind.NOTE, str(uuid4())))
CERTIFICATE = Certificate(
    3, CASE, Outcome.DESTROY, counts(RECORDS), DECISION, ONE, OTHER, AT, AT, backups_gone_on(AT, 14)
)
records = st.lists(
    st.builds(Record, st.sampled_from(Kind), st.one_of(st.integers(0, 10**9).map(str), st.uuids().map(str))),
    max_size=5,
)


def a_ledger(*told: list[Record]) -> tuple[Entry, ...]:
    ledger: tuple[Entry, ...] = ()
    for number, rows in enumerate(told, 1):
        entry = Entry(number, CASE, tuple(rows), AT + timedelta(days=number))
        ledger = (*ledger, chained(entry, ledger))
    return ledger


def test_L2_the_certificate_says_what_when_by_whom_and_under_which_decision() -> None:
    assert dict(CERTIFICATE.lines) == {
        "Certificate": "D-000003",
        "Case": str(CASE),
        "What was destroyed": "All of it",
        "Records": "incident: 1, note: 2",
        "When": "Tuesday 2 March 2027",
        "Decision": str(DECISION),
        "Proposed by": str(ONE),
        "Decided by": str(OTHER),
        "Decided on": "Tuesday 2 March 2027",
        "In no backup from": "Thursday 18 March 2027",
    }
    assert dict(replace(CERTIFICATE, outcome=Outcome.KEEP_SOME).lines)["What was destroyed"] == "Some of it"


def test_L2_no_field_of_a_certificate_can_hold_content() -> None:
    told = get_type_hints(Certificate)
    assert set(told) == {field.name for field in fields(Certificate)}
    assert str not in told.values()


@pytest.mark.parametrize("text", ["", "Niamh", "7 Elm Row", "-1", "²", "１２", "{" + str(CASE) + "}"])
def test_L2_a_record_is_named_by_its_identifier_alone(text: str) -> None:
    with pytest.raises(ValueError, match="identifier alone"):
        Record(Kind.NOTE, text)


@pytest.mark.parametrize(
    ("destroyed", "days", "gone"),
    [
        (datetime(2027, 3, 2, 9, tzinfo=UTC), 14, date(2027, 3, 18)),
        (datetime(2028, 2, 20, 9, tzinfo=UTC), 9, date(2028, 3, 2)),  # over 29 February
        (datetime(2026, 10, 24, 12, tzinfo=UTC), 1, date(2026, 10, 27)),  # over the clocks going back
        (datetime(2026, 3, 28, 12, tzinfo=UTC), 1, date(2026, 3, 31)),  # and forward
        (datetime(2026, 12, 18, 9, tzinfo=UTC), 7, date(2026, 12, 27)),  # the nights of Christmas count
        (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), 1, date(2027, 7, 4)),  # it is July in London
    ],
)
def test_L2_backups_are_gone_by_a_stated_date(destroyed: datetime, days: int, gone: date) -> None:
    assert backups_gone_on(destroyed, days) == gone


@given(st.integers(0, 10 * 365 * 24 * 60), st.integers(1, 60), st.integers(0, 23))
def test_L2_no_nightly_backup_outlives_the_date(minutes: int, days: int, hour: int) -> None:
    """Even one made just before the destruction goes with the first run after its days."""
    made_at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    run = datetime.combine(local_day(made_at) + timedelta(days=days), time(hour), LONDON)
    while run.astimezone(UTC) < made_at + timedelta(days=days):
        run += timedelta(days=1)  # at the same hour by the clock on the wall
    assert run.date() < backups_gone_on(made_at, days)


@given(st.lists(records, max_size=4))
def test_L2_a_ledger_is_read_as_it_was_written(told: list[list[Record]]) -> None:
    ledger = a_ledger(*told)
    assert tuple(read(entry.line) for entry in ledger) == ledger
    assert problem(ledger, len(ledger)) is None
    assert all("\n" not in entry.line for entry in ledger)


@given(st.lists(records, min_size=1, max_size=4), st.data())
def test_L2_a_ledger_that_was_altered_is_found(told: list[list[Record]], data: st.DataObject) -> None:
    ledger = list(a_ledger(*told))
    place = data.draw(st.integers(0, len(ledger) - 1))
    how = data.draw(st.sampled_from(["number", "case", "records", "at", "left out", "doubled"]))
    entry = ledger[place]
    altered = {
        "number": [replace(entry, number=entry.number + 1)],
        "case": [replace(entry, case=OTHER)],
        "records": [replace(entry, records=(*entry.records, Record(Kind.CASE, "999")))],
        "at": [replace(entry, destroyed_at=entry.destroyed_at + timedelta(seconds=1))],
        "left out": [],
        "doubled": [entry, entry],
    }[how]
    ledger[place : place + 1] = altered
    assert problem(ledger, len(told)) is not None


def test_L2_a_ledger_that_was_cut_off_is_found_by_the_last_certificate() -> None:
    ledger = a_ledger([], [], [])
    assert problem(ledger[:2], 3) == "The ledger of destructions ends at 2, and certificate 3 was issued."
    assert problem(ledger, 2) is None, "what was destroyed since the backup"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"number": 1}', "\x00"])
def test_L2_a_line_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken, match="cannot be read"):
        read(text)


@pytest.mark.parametrize(
    "change", [{"destroyed_at": "2027-03-02T09:00:00"}, {"records": [["note", "Niamh"]]}, {"number": "x"}]
)
def test_L2_a_line_that_says_more_or_less_is_refused(change: dict[str, object]) -> None:
    (entry,) = a_ledger([])
    with pytest.raises(RuleBroken, match="cannot be read"):
        read(json.dumps(json.loads(entry.line) | change))


def test_L2_numbers_have_no_gap() -> None:
    with pytest.raises(RuleBroken, match="next number"):
        chained(Entry(2, CASE, (), AT), ())


@given(st.integers(0, 6), st.sets(st.integers(1, 8)))
def test_L2_a_restore_destroys_again_what_the_backup_does_not_know(count: int, known: set[int]) -> None:
    ledger = a_ledger(*([] for _ in range(count)))
    assert [entry.number for entry in to_replay(reversed(ledger), known)] == [
        number for number in range(1, count + 1) if number not in known
    ]
