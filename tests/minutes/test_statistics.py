"""What may be published, and that nobody can reckon back from it (Rulebook W4)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.periods import Period
from minutes.actions import Status
from minutes.statistics import LEVELS, Counts, Rounded, rounded, tables

QUARTER = Period(date(2026, 7, 1), 3)
MONTHS = [one.first for one in QUARTER.months]
BASES = st.integers(3, 12)
SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 4))
Truth = tuple[tuple[int, ...], ...]


@st.composite
def true_tables(draw: st.DrawFn) -> Truth:
    lines, columns = draw(SHAPES)
    line = st.tuples(*[st.integers(0, 30)] * columns)
    return draw(st.tuples(*[line] * lines))


def every(lines: int, columns: int, most: int) -> Iterator[Truth]:
    """Every table of that shape whose numbers are up to `most`."""
    for numbers in product(range(most + 1), repeat=lines * columns):
        yield tuple(numbers[at * columns : (at + 1) * columns] for at in range(lines))


@pytest.mark.parametrize(
    "lines, columns, base",
    [(1, 1, 3), (1, 1, 5), (1, 1, 6), (1, 2, 5), (1, 3, 5), (1, 4, 5), (4, 1, 3), (5, 1, 3), (2, 2, 5),
     (2, 3, 3), (3, 2, 3)],
)  # fmt: skip
def test_W4_whoever_tries_every_table_narrows_no_number_to_one(lines: int, columns: int, base: int) -> None:
    """The strongest attack: they know this very code, and keep each true table that it publishes so.

    Numbers from 0 to the second multiple, so published ones up to the first: beyond that nothing is new, as
    the next test says.
    """
    most = 2 * base - 1
    fit: dict[Rounded, list[set[int]]] = defaultdict(lambda: [set() for _ in range(lines * columns)])
    for table in every(lines, columns, most):
        for seen, number in zip(fit[rounded(table, base)], (n for line in table for n in line), strict=True):
            seen.add(number)
    whole = [seen for told, seen in fit.items() if all(number <= base for line in told for number in line)]
    assert len(whole) >= 2
    assert min(len(numbers) for seen in whole for numbers in seen) >= min(3, base - 1)


@given(table=true_tables(), base=BASES, data=st.data())
def test_W4_one_multiple_more_is_published_as_one_multiple_more(
    table: Truth, base: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(table) - 1)), data.draw(st.integers(0, len(table[0]) - 1))
    assert rounded(changed(table, at, base), base) == changed(rounded(table, base), at, base)


@given(table=true_tables(), base=BASES)
def test_W4_every_number_is_a_multiple_next_to_the_true_one_and_the_whole_is_the_nearest(
    table: Truth, base: int
) -> None:
    told = rounded(table, base)
    for line, published in zip(table, told, strict=True):
        for number, one in zip(line, published, strict=True):
            assert one % base == 0 and abs(one - number) < base
        assert abs(sum(published) - sum(line)) < base, "a line is next to its true sum"
    assert 2 * abs(sum(map(sum, told)) - sum(map(sum, table))) <= base


def changed(table: Truth, at: tuple[int, int], by: int) -> Truth:
    """With one number otherwise."""
    lines = [list(line) for line in table]
    lines[at[0]][at[1]] += by
    return tuple(map(tuple, lines))


def another(table: Truth, at: tuple[int, int], base: int) -> Truth | None:
    """A table that is published alike and has another number at that place; with another place to make up
    for it, where need be."""
    places = list(product(range(len(table)), range(len(table[0]))))
    for by in (*range(1, base), *range(-1, -base, -1)):
        moved = changed(table, at, by)
        tried = [moved] + [changed(moved, place, -by) for place in places if place != at]
        for one in tried:
            if min(map(min, one)) >= 0 and rounded(one, base) == rounded(table, base):
                return one
    return None


@given(table=true_tables(), base=BASES, data=st.data())
def test_W4_behind_every_number_of_any_table_there_may_be_another(
    table: Truth, base: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(table) - 1)), data.draw(st.integers(0, len(table[0]) - 1))
    assert another(table, at, base) is not None


def told(heard: list[Truth], incidents: list[Truth], actions: list[Truth]) -> Counts:
    """The counts of a quarter, from a table for each month."""
    places = [(group, level) for group in Group for level in LEVELS]
    return Counts(
        {(m, r): n for m, t in zip(MONTHS, incidents, strict=True) for r, n in zip(Risk, t[0], strict=True)},
        {(m, *place): n for m, t in zip(MONTHS, heard, strict=True)
         for place, n in zip(places, (n for line in t for n in line), strict=True)},
        {(m, s): n for m, t in zip(MONTHS, actions, strict=True) for s, n in zip(Status, t[0], strict=True)},
    )  # fmt: skip


def month(lines: int, columns: int) -> st.SearchStrategy[Truth]:
    """A month's true table."""
    return st.tuples(*[st.tuples(*[st.integers(0, 9)] * columns)] * lines)


QUARTERS = st.builds(
    told,
    st.lists(month(len(Group), len(LEVELS)), min_size=3, max_size=3),
    st.lists(month(1, len(Risk)), min_size=3, max_size=3),
    st.lists(month(1, len(Status)), min_size=3, max_size=3),
)
ALL = (*QUARTER.months, QUARTER)


@given(counts=QUARTERS, which=st.sampled_from(MONTHS), base=st.just(5), data=st.data())
def test_W4_every_table_of_every_period_together_fits_another_true_number(
    counts: Counts, which: date, base: int, data: st.DataObject
) -> None:
    """Months, their quarter, the groups, the repeats: who holds them all cannot tell one from another."""
    heard = tuple(tuple(counts.heard[which, group, level] for level in LEVELS) for group in Group)
    at = data.draw(st.integers(0, len(Group) - 1)), data.draw(st.integers(0, len(LEVELS) - 1))
    other = another(heard, at, base)
    assert other is not None
    swapped = {(which, group, level): other[line][column]
               for line, group in enumerate(Group) for column, level in enumerate(LEVELS)}  # fmt: skip
    twin = Counts(counts.incidents, {**counts.heard, **swapped}, counts.actions)
    assert twin.heard != counts.heard
    assert all(tables(period, twin, base) == tables(period, counts, base) for period in ALL)


@given(counts=QUARTERS, base=st.sampled_from([5, 10]))
def test_W4_a_quarter_and_the_repeats_are_added_up_from_what_the_months_say(
    counts: Counts, base: int
) -> None:
    months = [tables(one, counts, base) for one in QUARTER.months]
    incidents, heard, repeats, actions = tables(QUARTER, counts, base)
    for at, whole in ((1, heard), (3, actions)):
        for line, (name, numbers) in enumerate(whole.lines):
            assert {one[at].lines[line][0] for one in months} == {name}
            assert numbers == tuple(map(sum, zip(*(one[at].lines[line][1] for one in months), strict=True)))
    assert incidents.lines == tuple(line for one in months for line in one[0].lines)
    assert repeats.lines == tuple(line for one in months for line in one[2].lines)
    groups = [sum(numbers) for _, numbers in heard.lines]
    assert repeats.totals == (groups[0] + groups[3], groups[1] + groups[2], groups[4])
    for table in (incidents, heard, repeats, actions):
        assert all(number % base == 0 for _, numbers in table.lines for number in numbers)


def test_W4_a_month_as_it_is_published() -> None:
    first = MONTHS[0]
    counts = Counts(
        {(first, Risk.HIGH): 23, (first, Risk.MEDIUM): 41, (first, Risk.STANDARD): 1},
        {(first, Group.NEW_NO_SAFEGUARDS, Risk.HIGH): 12, (first, Group.REPEAT_SAFEGUARDS, None): 2},
        {(first, Status.DONE): 8, (first, Status.NOT_DONE): 1},
    )
    incidents, heard, repeats, actions = tables(Period(first), counts, 5)
    assert incidents.lines == (("July 2026", (0, 40, 25)),)
    assert incidents.columns == ("Standard", "Medium", "High")
    assert heard.lines[1] == ("2: new referral, no existing safeguards", (0, 0, 15, 0))
    assert [sum(numbers) for _, numbers in heard.lines] == [0, 15, 0, 0, 0]
    assert repeats.lines == (("July 2026", (0, 15, 0)),)
    assert actions.lines == (("Open", (0,)), ("Done", (10,)), ("Not possible", (0,)), ("Not done", (0,)))
