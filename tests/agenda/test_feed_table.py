import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.feed import Accepted, open_feed
from agenda.feed_content import COLUMNS
from agenda.feed_file import BLOCK, Refused
from agenda.feed_table import Rejected

from .test_feed import AN_INCIDENT, LIMIT, a_file, read

HEADER = "occurrence_number,domestic,recorded_at,incident_at,risk,victim_surname,summary,offence"
ROW = "{},Y,2026-11-20T09:00,2026-11-19T22:30,high,Ward,{},{}"


def text(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def a_row(number: int, summary: str = "", offence: str = "") -> str:
    return ROW.format(number, summary, offence)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"PK\x03\x04....", "workbook"),
        (b"\xd0\xcf\x11\xe0....", "workbook"),
        (b"%PDF-1.7", "PDF"),
        (text(a_row(1, "a\0b")), "not text"),
        (text(a_row(1)).decode().encode("utf-16"), "UTF-16.*CSV UTF-8"),
        (text(a_row(1)).decode().encode("utf-16-le"), "UTF-16.*CSV UTF-8"),
        (text(a_row(1, "\u00e9")) + b"\x81", "neither UTF-8 nor Windows-1252"),
        (b"\xef\xbb\xbf" + text(a_row(1)) + b"\xe9", "marked as UTF-8 but"),
        (text(a_row(1, "x" * 1_200_000)), "Line 2 is longer than 1,048,576 bytes"),
        (b"1,Y,2026-11-20T09:00\n2,Y,2026-11-20T09:00\n", "Line 1 is not a header"),
        (
            HEADER.replace("victim_surname", "victim_surnam").encode(),
            r"lacks victim_surname \(is it victim_surnam\?\)",
        ),
        (HEADER.replace("risk,", "").replace("domestic,", "").encode(), "lacks domestic, risk"),
        (f"{HEADER},Risk".encode(), "twice: risk"),
        (b'"' + HEADER.encode(), "Line 1 is not a header"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_with_one_line(content, said):
    with pytest.raises(Refused, match=said) as refused:
        open_feed(io.BytesIO(content), LIMIT)
    assert "\n" not in str(refused.value)


def test_a_file_over_the_limit_is_refused():
    content = text(a_row(1))
    assert open_feed(io.BytesIO(content), len(content)).size == len(content)
    with pytest.raises(Refused, match="larger than"):
        open_feed(io.BytesIO(content), len(content) - 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_or_without_a_mark(encoding):
    (one,), warnings = read(text(a_row(1, "Zoë £")).decode().encode(encoding))
    assert "Zoë £" in one.content and warnings == []


def test_windows_1252_is_recognised_and_said():
    (one,), (warning,) = read(text(a_row(1, "Zoë € ’")).decode().encode("cp1252"))
    assert "Zoë € ’" in one.content
    assert "Windows-1252" in warning


def test_a_character_split_between_two_blocks_is_still_utf8():
    start = text(a_row(1, "")).decode()
    content = text(*(a_row(n, "é" * (2000 + n % 2)) for n in range(3 * BLOCK // 4000)), start)
    assert read(content)[1] == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_comma_semicolon_and_tab_are_found_from_the_header(delimiter):
    rows, _ = read(a_file(AN_INCIDENT | {"summary": "a, b; c"}, delimiter=delimiter))
    assert [type(one) for one in rows] == [Accepted]


def test_order_case_and_blanks_of_the_header_are_free():
    header = " Victim_Surname ,RISK,incident_at,recorded_at,domestic,occurrence_number"
    (one,), warnings = read(f"{header}\nWard, High ,2026-11-19T22:30,2026-11-20T09:00,y,1".encode())
    assert isinstance(one, Accepted) and warnings == []


def test_unknown_columns_are_left_out_with_one_warning():
    _, (warning,) = read(f"{HEADER},victim_postcod,colour\n{a_row(1)},,\n{a_row(2)},,".encode())
    assert "victim_postcod (is it victim_postcode?)" in warning and "colour" in warning


def test_a_line_is_where_the_row_starts_though_cells_run_over_several():
    rows, _ = read(text(a_row(1, '"a\nb\nc"'), "", ",,,,,,,", a_row(2), a_row(3, '"a\r\nb" ')))
    assert [(type(one), one.line) for one in rows] == [(Accepted, 2), (Accepted, 7), (Accepted, 8)]


@pytest.mark.parametrize("row", ["1,Y", a_row(1) + ",more"])
def test_too_few_or_too_many_cells_reject_the_row(row):
    (bad, good), _ = read(text(row, a_row(2)))
    assert (bad.line, bad.column, bad.cells) == (2, "", row.split(","))
    assert "cells where the header has 8" in bad.error
    assert isinstance(good, Accepted)


def test_blank_cells_beyond_the_header_do_not_matter():
    (one,), _ = read(text(a_row(1) + ",, "))
    assert isinstance(one, Accepted)


@pytest.mark.parametrize(
    "rows",
    [
        [a_row(1, '"he hit me'), a_row(2), a_row(3)],  # never closed
        [a_row(1, '"he hit me'), a_row(2, '"quoted"'), a_row(3)],
        [a_row(1, '"he hit me'), a_row(2, 'five foot 10"'), a_row(3)],  # closed by another row's
        [a_row(1, '"he said "go" twice"'), a_row(2), a_row(3)],
    ],
)
def test_a_quotation_mark_left_open_rejects_its_line_and_swallows_no_row(rows):
    found, _ = read(text(*rows))
    assert [(type(one), one.line) for one in found] == [(Rejected, 2), (Accepted, 3), (Accepted, 4)]
    assert "quotation mark" in found[0].error
    assert ",".join(found[0].cells) == rows[0]


def test_a_cell_beyond_a_million_characters_rejects_its_lines_and_no_other():
    rows, _ = read(text(a_row(1, '"' + "x" * 900_000 + "\n" + "x" * 900_000 + '"'), a_row(2)))
    assert [type(one) for one in rows] == [Rejected, Rejected, Accepted]


def test_warnings_are_counted_by_kind_not_by_row():
    _, warnings = read(text(*(a_row(n, offence="a\x07") for n in range(5))))
    assert warnings == ["offence: control characters or line breaks taken out: 5 rows, first on line 2"]


def test_the_stream_stays_the_callers():
    stream = io.BytesIO(text(a_row(1)))
    list(open_feed(stream, LIMIT).rows())
    assert not stream.closed


@settings(max_examples=150)
@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: text(a_row(1)) + tail))
def test_no_bytes_raise_anything_but_refused(content):
    try:
        rows, _ = read(content)
    except Refused:
        return
    assert all(isinstance(one, Accepted | Rejected) for one in rows)


CELL = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=25
) | st.sampled_from(
    [
        "Y",
        "n",
        "high",
        "2026-11-20T09:00",
        "20/11/2026 09:00",
        "2026-03-29T01:30",
        "31/02/1990",
        "victim:x",
        "a|b|c",
    ]
)


@settings(max_examples=150)
@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), CELL, max_size=12), max_size=5))
def test_no_cells_raise_and_every_row_that_says_something_comes_out_once(rows):
    told = [row for row in rows if any(cell.strip() for cell in row.values())]
    found, _ = read(a_file(*(AN_INCIDENT | row for row in told)))
    assert len(found) == len(told)
    assert [one.line for one in found] == sorted({one.line for one in found})


@settings(max_examples=150)
@given(st.lists(st.text(alphabet='a,"\n;x ', max_size=12), max_size=8))
def test_every_physical_line_belongs_to_one_row(lines):
    content = text(*lines, a_row(7))
    found, _ = read(content)
    starts = [one.line for one in found]
    assert starts == sorted(set(starts))
    assert isinstance(found[-1], Accepted)
    assert found[-1].line == content.count(b"\n") + 1
    if b'"' not in content:
        said = [line for line in "\n".join(lines).split("\n") if line.strip(", ")]
        assert len(found) == len(said) + 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "feed.csv"
    with path.open("w") as out:
        out.write(HEADER + "\n")
        out.writelines(a_row(n, "x" * 2000 if n % 3 else "\x07") + "\n" for n in range(10_000))
    assert path.stat().st_size > 10_000_000
    with path.open("rb") as stream:
        tracemalloc.start()
        assert sum(1 for _ in open_feed(stream, 10**9).rows()) == 10_000
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 5_000_000
