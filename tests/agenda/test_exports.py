import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.exports import neutralise, restore


@pytest.mark.parametrize("cell", ["=1+1", "+44 7700", "-3", "@SUM(A1)", "\tx", "\rx", "'=1"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell):
    assert neutralise(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "Ward", "O'Brien", "'s-Gravenhage", "1-2", " x"])
def test_any_other_cell_stays(cell):
    assert neutralise(cell) == cell


@given(st.text(alphabet="'=+-@\t\rab ", max_size=8))
def test_what_was_neutralised_can_be_sent_back_as_it_was(cell):
    assert restore(neutralise(cell)) == cell
