"""Many rows at once are stored as one row would be."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Date, LargeBinary, Uuid
from sqlalchemy.dialects import sqlite

from meetingsvc.models.base import UTCDateTime
from meetingsvc.store import bulk

MOMENTS = st.datetimes(
    datetime(1900, 1, 1), datetime(2100, 1, 1),  # noqa: DTZ001 the zones come on top
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(minutes=90))]),
)  # fmt: skip
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    Boolean(): st.booleans(),
    Date(): st.dates(),
    LargeBinary(16): st.binary(),
    UTCDateTime(): MOMENTS,
    Uuid(): st.uuids(),
}


@pytest.mark.parametrize("kind", VALUES, ids=repr)
@given(data=st.data())
def test_a_quick_binder_stores_what_the_types_own_would(kind, data):
    value, dialect = data.draw(VALUES[kind]), sqlite.dialect()
    own = kind.dialect_impl(dialect).bind_processor(dialect)
    for nullable in (False, True):
        bind = bulk.binder(Column("a", kind, nullable=nullable), dialect)
        assert bind is not None
        assert bind(value) == (value if own is None else own(value))
    assert bind(None) is None


def test_a_naive_time_is_refused_as_everywhere():
    bind = bulk.binder(Column("a", UTCDateTime(), nullable=False), sqlite.dialect())
    assert bind is not None
    with pytest.raises(ValueError, match="naive"):
        bind(datetime(2026, 11, 23))  # noqa: DTZ001 that is the point


def test_a_run_of_one_value_is_bound_once_and_every_other_afresh():
    asked: list[object] = []

    def bind(value: Any) -> str:
        asked.append(value)
        return str(value)

    one, other = UUID(int=1), UUID(int=2)
    assert list(bulk._column([one, one, other, one], bind)) == [str(one), str(one), str(other), str(one)]
    assert asked == [one, other, one]
