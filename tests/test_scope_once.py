"""Conditions of the scope are made once, and for nobody else, nor for a transaction later."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from meetingsvc.models import ItemRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import scope, scope_once
from tests.a_marac import NOW, a_person, an_agency


@pytest.fixture
def who(area_id: UUID) -> Principal:
    found = a_person(an_agency(area_id), Role.REPRESENTATIVE)
    db.session.rollback()
    return found


def test_within_a_transaction_a_condition_is_made_once_for_each_reader(who: Principal) -> None:
    db.session.execute(text("SELECT 1"))
    made = scope.items_of(who)
    assert scope.items_of(who) is made and scope.items_of(replace(who)) is made
    others = (
        replace(who, asked_at=NOW + timedelta(minutes=1)),
        replace(who, agency_id=who.area_id),
        replace(who, role=Role.CHAIR),
    )
    assert all(scope.items_of(other) is not made for other in others)
    assert scope.told_at(who, ItemRow.id) is not scope.told_at(who, ItemRow.case_id)


def test_no_condition_outlives_its_transaction(who: Principal) -> None:
    assert scope.items_of(who) is not scope.items_of(who), "kept where no transaction is under way"
    db.session.execute(text("SELECT 1"))
    made = scope.items_of(who)
    for end in (db.session.rollback, db.session.commit):
        end()
        db.session.execute(text("SELECT 1"))
        assert scope.items_of(who) is not made
        made = scope.items_of(who)


def test_a_condition_that_is_used_twice_narrows_each_time(who: Principal) -> None:
    db.session.execute(text("SELECT 1"))
    twice = select(ItemRow.id).where(
        scope.items_of(who), ItemRow.id.in_(select(ItemRow.id).where(scope.items_of(who)))
    )
    compiled = str(twice.compile(db.engine))
    assert compiled.count(scope.MARK) >= 2


def test_whoever_asks_of_many_readers_keeps_few_conditions(
    who: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope_once, "_MOST", 20)
    db.session.execute(text("SELECT 1"))
    for minutes in range(50):
        scope.items_of(replace(who, asked_at=NOW + timedelta(minutes=minutes)))
    _, known = db.session().info[scope_once._KEPT]
    assert 0 < len(known) <= 20
