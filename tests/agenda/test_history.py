import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.feed_file import Refused
from agenda.feed_table import Rejected
from agenda.history import SPEC, PastHearing, open_history
from agenda.incidents import Party, Risk

TODAY = date(2026, 11, 23)
A_HEARING = {"case_reference": "M-17", "heard_on": "08/01/2026", "victim_surname": "Ward"}


def read(*rows: dict[str, str], columns: tuple[str, ...] = SPEC.columns) -> list[PastHearing | Rejected]:
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    return list(open_history(io.BytesIO("\n".join(lines).encode()), 10**6, TODAY).rows())


def test_a_row_is_a_hearing_of_a_case():
    (row,) = read(
        A_HEARING
        | {"risk": "HIGH", "victim_nominal": "N1", "victim_dob": "03/02/1990", "perpetrator_forename": "Tom"}
    )
    assert isinstance(row, PastHearing)
    assert (row.line, row.case_reference, row.heard_on, row.risk) == (2, "M-17", date(2026, 1, 8), Risk.HIGH)
    assert row.victim == Party("Ward", nominal="N1", dob=date(1990, 2, 3))
    assert row.perpetrator == Party("", "Tom")


def test_only_reference_day_and_surname_are_required():
    (row,) = read(A_HEARING, columns=("heard_on", "victim_surname", "case_reference"))
    assert (row.risk, row.perpetrator, row.victim) == (None, None, Party("Ward"))


@pytest.mark.parametrize("column", ["case_reference", "heard_on", "victim_surname"])
def test_a_blank_required_cell_rejects_the_row_and_a_missing_column_the_file(column):
    (row,) = read(A_HEARING | {column: " ", "risk": "high"})
    assert (row.line, row.column) == (2, column)
    with pytest.raises(Refused, match=column):
        read(A_HEARING, columns=tuple(name for name in SPEC.columns if name != column))


@pytest.mark.parametrize(
    "column, cell, said",
    [
        ("heard_on", "24/11/2026", "not heard yet: '2026-11-24'"),
        ("heard_on", "31/02/2026", "not a date"),
        ("case_reference", "M" * 41, "at most 40"),
        ("risk", "grave", "standard, medium or high"),
        ("victim_dob", "01/02/90", "four digits"),
    ],
)
def test_a_row_that_breaks_a_rule_is_rejected_alone(column, cell, said):
    bad, good = read(A_HEARING | {column: cell}, A_HEARING)
    assert (bad.line, bad.column) == (2, column)
    assert said in bad.error
    assert isinstance(good, PastHearing)


def test_a_hearing_may_be_today():
    (row,) = read(A_HEARING | {"heard_on": "2026-11-23"})
    assert row.heard_on == TODAY


def test_the_digest_is_of_what_is_said_not_of_how():
    (one,), (other,) = (
        read(A_HEARING | {"risk": "high"}),
        read(
            {"case_reference": " M-17", "heard_on": "2026-01-08", "victim_surname": "Ward ", "risk": "High"},
            columns=("risk", "victim_surname", "heard_on", "case_reference"),
        ),
    )
    assert one.digest == other.digest
    (changed,) = read(A_HEARING | {"risk": "medium"})
    assert changed.digest != one.digest


@settings(max_examples=100)
@given(st.lists(st.dictionaries(st.sampled_from(SPEC.columns), st.text(alphabet="aA1/-|'é+ ", max_size=12))))
def test_every_row_that_says_something_comes_out(rows):
    told = [row for row in rows if any(cell.strip() for cell in row.values())]
    assert len(read(*rows)) == len(told)
