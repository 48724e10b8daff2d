"""The feed as JSON: the same rules as the CSV, row by row (contract: incident feed)."""

import json
from io import BytesIO
from typing import Any

import pytest

from agenda.feed import Accepted, open_feed
from agenda.feed_file import Refused
from agenda.feed_json import Message
from agenda.feed_table import Rejected
from agenda.json_rows import Form

LIMIT = 100_000
TOLD: dict[str, Any] = {
    "occurrence_number": "13260012345", "domestic": True, "recorded_at": "2026-11-20T22:10:00Z",
    "incident_at": "2026-11-20T21:00:00Z", "risk": "Medium", "dash_score": 9, "victim_surname": "Ashdown",
    "victim_forename": "Mara", "victim_dob": "1990-02-03", "victim_consents_to_share": None,
    "summary": "Shouting heard.\nDoor broken.",
    "children": [{"name": "Ivo", "dob": "2019-05-01", "present": True, "linked": "victim"}, {"name": "Una"}],
}  # fmt: skip


def read(told: Any, form: Form = Form.WHOLE) -> list[Accepted | Rejected]:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return list(Message(body, form, LIMIT).rows())


def test_T3_an_incident_says_the_same_as_json_and_as_csv() -> None:
    cells = {
        **{name: str(value) for name, value in TOLD.items() if value is not None},
        "domestic": "Y",
        "children": "Ivo|2019-05-01|Y|victim;Una",
        "summary": '"Shouting heard.\nDoor broken."',
    }
    csv = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    (from_csv,) = open_feed(BytesIO(csv.encode()), LIMIT).rows()
    (from_json,) = read(TOLD)
    assert isinstance(from_json, Accepted) and isinstance(from_csv, Accepted)
    assert from_json.children and from_json.digest == from_csv.digest
    assert from_json.content == from_csv.content


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (json.dumps(TOLD).encode(), Form.WHOLE),
        (b"\xef\xbb\xbf" + json.dumps([TOLD]).encode(), Form.WHOLE),
        (json.dumps(TOLD).encode() + b"\r\n\n", Form.LINES),
    ],
)
def test_an_object_an_array_and_a_line_are_the_same(body: bytes, form: Form) -> None:
    assert read(body, form) == read(TOLD)


def test_a_row_that_breaks_a_rule_is_rejected_alone() -> None:
    found = read([TOLD | {"risk": "severe", "victim_dob": "31/02/1990"}, TOLD, 7])
    assert [type(row) for row in found] == [Rejected, Accepted, Rejected]
    first, _, last = found
    assert isinstance(first, Rejected) and isinstance(last, Rejected)
    assert (first.line, first.column, [column for column, _ in first.also]) == (1, "risk", ["victim_dob"])
    assert last.line == 3 and "not an object" in last.error


def test_a_line_that_is_not_json_is_rejected_alone() -> None:
    broken, whole = read(b'{"occurrence_number": \n' + json.dumps(TOLD).encode(), Form.LINES)
    assert isinstance(broken, Rejected) and broken.line == 1 and isinstance(whole, Accepted)


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ({"risk": ["high"]}, "risk"),
        ({"dash_score": 9.5}, "dash_score"),
        ({"occurrence_number": True}, "occurrence_number"),
        ({"victim_surname": {"a": 1}}, "victim_surname"),
        ({"children": [{"name": "A|B"}]}, "children"),
        ({"children": [{"naem": "Ivo"}]}, "children"),
        ({"children": ["Ivo"]}, "children"),
        ({"children": {"name": "Ivo"}}, "children"),
        ({" RISK ": "high"}, "risk"),
        ({"occurrence_number": None}, "occurrence_number"),
    ],
)
def test_a_value_of_another_kind_is_said_and_kept(told: dict[str, Any], column: str) -> None:
    (row,) = read(TOLD | told)
    assert isinstance(row, Rejected) and row.column == column and row.error
    assert "Ashdown" in row.cells or column == "victim_surname"


def test_what_is_said_twice_is_rejected() -> None:
    (row,) = read(json.dumps(TOLD)[:-1].encode() + b', "risk": "standard"}')
    assert isinstance(row, Rejected) and (row.column, row.error) == ("risk", "named twice; write it once")


def test_unknown_columns_are_ignored_with_one_warning() -> None:
    message = Message(json.dumps([TOLD | {"officer": 7}] * 3).encode(), Form.WHOLE, LIMIT)
    assert all(isinstance(row, Accepted) for row in message.rows())
    (warning,) = message.warnings
    assert "officer" in warning and "3 rows" in warning


def test_control_characters_come_out_and_the_line_breaks_of_prose_stay() -> None:
    message = Message(json.dumps(TOLD | {"victim_forename": "Ma\u202era\n"}).encode(), Form.WHOLE, LIMIT)
    (row,) = message.rows()
    assert isinstance(row, Accepted)
    assert json.loads(row.content)["victim_forename"] == "Mara"
    assert json.loads(row.content)["summary"] == TOLD["summary"] and message.warnings


@pytest.mark.parametrize(
    "body",
    [b"", b"  ", b"[]", b"7", b'"a"', b"nul", b"\xff\xfe", b"[" * 90_000, b'{"a": NaN}', b"1" * 5_000,
     b" " * (LIMIT + 1)],
)  # fmt: skip
def test_what_is_no_message_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        Message(body, Form.WHOLE, LIMIT)
    assert "\n" not in str(refused.value) and str(refused.value).endswith(".")


@pytest.mark.parametrize("column", ["summary", "victim_dob", "occurrence_number"])
def test_half_a_letter_that_no_database_takes_is_rejected_and_never_quoted(column: str) -> None:
    (row,) = read(TOLD | {column: "\ud800"})
    assert isinstance(row, Rejected) and row.column == column
    str(row).encode()
    assert all(cell.encode() is not None for cell in row.cells)


def test_a_text_in_an_array_is_no_incident_and_is_not_quoted() -> None:
    (row,) = read(["Canarywood"])
    assert isinstance(row, Rejected) and row.error == "not an object with the feed's columns"


def test_children_are_an_array_and_no_number() -> None:
    (row,) = read(TOLD | {"children": 0})
    assert isinstance(row, Rejected) and row.column == "children"


def test_a_message_says_whether_it_is_one_object_and_how_many_incidents_it_tells() -> None:
    body = json.dumps(TOLD).encode()
    forms = [(body, Form.WHOLE), (b"[" + body + b"]", Form.WHOLE), (body + b"\n" + body, Form.LINES)]
    messages = [Message(told, form, LIMIT) for told, form in forms]
    assert [(message.alone, len(message)) for message in messages] == [(True, 1), (False, 1), (False, 2)]
