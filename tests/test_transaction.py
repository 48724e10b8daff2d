"""One use case, one transaction."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from meetingsvc.models import AuditRow, db, writing
from meetingsvc.store import audit
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditRow)) or 0


def test_what_a_use_case_changed_stays(core_app: Flask) -> None:
    with saved():
        audit.record("command line", None, "a.thing", "thing/1", BEFORE_ALL)
    db.session.remove()
    assert lines() == 1


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_use_case_that_fails_halfway_leaves_nothing(core_app: Flask, failure: type[BaseException]) -> None:
    with pytest.raises(failure), saved():
        audit.record("command line", None, "a.thing", "thing/1", BEFORE_ALL)
        raise failure
    assert lines() == 0
    assert writing.get() is False, "reading afterwards must not take the write lock"


def test_what_was_read_before_is_read_again_inside(core_app: Flask) -> None:
    """Otherwise two use cases could decide by the same stale rows."""
    with saved():
        audit.record("command line", None, "a.thing", "thing/1", BEFORE_ALL)
    assert lines() == 1
    with db.engine.connect() as other, other.begin():
        other.execute(
            AuditRow.__table__.insert().values(  # type: ignore[attr-defined]
                id=2, at=BEFORE_ALL, area_id=None, actor="-", action="-", subject="-", detail={},
                previous="-", hash="-",
            )
        )  # fmt: skip
    with saved():
        assert lines() == 2
