"""Missing episodes as JSON: the same rules as the file's, row by row (Rulebook E1)."""

import json
from datetime import UTC, datetime
from typing import Any

from agenda.feed_table import Rejected
from agenda.json_rows import Form
from agenda.missing_feed import Told, open_feed
from agenda.missing_json import Message
from tests.an_episode import ROW, a_file

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def read(told: Any) -> list[Told | Rejected]:
    return list(Message(json.dumps(told).encode(), Form.WHOLE, 100_000, NOW).rows())


def test_E1_an_episode_says_the_same_as_json_and_in_a_file() -> None:
    (from_file,) = open_feed(a_file(ROW | {"from_where": "1 Fell Lane,\nNorthmoor"}), 100_000, NOW).rows()
    (from_json,) = read(ROW | {"from_where": " 1 Fell Lane,\r\nNorthmoor"})
    assert isinstance(from_file, Told) and isinstance(from_json, Told)
    assert from_json == from_file._replace(line=1)


def test_E1_a_row_that_breaks_a_rule_is_rejected_alone_with_every_column_that_is_wrong() -> None:
    later = {"missing_from": "2026-11-24T10:00", "reported_at": True, "child_dob": "31/02/2011"}
    bad, good, none = read([ROW | later, ROW, "Kit"])
    assert isinstance(bad, Rejected) and isinstance(good, Told) and isinstance(none, Rejected)
    assert [bad.column, *(column for column, _ in bad.also)] == ["child_dob", "reported_at"]
    assert ROW["reference"] in bad.cells and none.cells == []
    (ahead,) = read(ROW | {"missing_from": "2026-11-24T10:00"})
    assert isinstance(ahead, Rejected) and ahead.column == "missing_from"
