"""Children whom incidents and referrals name are found by name, by who may read of them (T3, M6, V1)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from agenda.area import AreaSettings
from meetingsvc.models import AreaRow, ChildKeyRow, ItemRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, health, search
from meetingsvc.store.search import FoundIncident
from meetingsvc.usecases import matching_weights, restrictions
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, listed
from tests.a_wall import a_wall
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered

CHILD = "Milo Thackeray|2015-05-04|Y|victim"


class Ground:
    """One case on a list whose incident names a child."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id
        with acting.service(), saved():
            settings = replace(AreaSettings(), marac_anchor=date(2026, 12, 3))
            db.session.get_one(AreaRow, area_id).settings = areas.settings_json(settings)
        self.coordinator = a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan Ashdown")
        self.rep = a_person(an_agency(area_id, "Haven", daily=True))
        row = a_row(recorded_at="2026-11-20T12:00:00+00:00", children=CHILD, children_present="Y")
        (item,) = listed(area_id, [row])
        with acting.whole_area(area_id):
            self.case = db.session.get_one(ItemRow, item).case_id
            db.session.rollback()


@pytest.fixture
@remembered
def ground(area_id: UUID) -> Ground:
    return Ground(area_id)


def found(who: Principal, typed: str) -> list[FoundIncident]:
    db.session.rollback()
    with acting.acting(who):
        return list(search.by_words(who, typed, NOW, lambda at: at.date()).incidents)


@pytest.mark.parametrize("typed", ["Milo Thackeray", "milo", "Mylo Thackery", "4/5/2015", "Thackeray"])
def test_T3_a_childs_name_finds_the_case(ground: Ground, typed: str) -> None:
    (one,) = found(ground.coordinator, typed)
    assert (one.case_id, one.child) == (ground.case, "Milo Thackeray")


def test_T3_another_child_is_not_found(ground: Ground) -> None:
    assert found(ground.coordinator, "Ottilie Brackwater") == []


def test_M6_a_child_of_a_case_kept_from_somebody_is_not_found_by_them(ground: Ground) -> None:
    a_wall(ground.area_id, ground.case, ground.coordinator.account_id)
    assert found(ground.coordinator, "Milo Thackeray") == []


def test_M6_a_restriction_put_later_takes_the_child_out_of_what_is_found(ground: Ground) -> None:
    assert len(found(ground.rep, "Milo Thackeray")) == 1
    restrictions.restrict(ground.coordinator, ground.case, "Her brother works there.", [], NOW)
    assert found(ground.rep, "Milo Thackeray") == []
    assert len(found(ground.coordinator, "Milo Thackeray")) == 1


def test_V1_an_agency_that_does_not_attend_finds_no_child(ground: Ground) -> None:
    outsider = a_person(an_agency(ground.area_id, "Marsh Clinic"))
    assert found(outsider, "Milo Thackeray") == []


def test_T5_a_child_of_what_a_list_left_out_is_found(area_id: UUID) -> None:
    who = a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan Ashdown")
    row = a_row(recorded_at="2026-11-20T12:00:00+00:00", risk="standard", children=CHILD)
    listed(area_id, [row])
    (one,) = found(who, "Milo Thackeray")
    assert one.reference == row["occurrence_number"] and one.case_id is None


def test_T13_a_child_whom_a_later_version_names_is_found(ground: Ground) -> None:
    told = a_row(recorded_at="2026-11-20T13:00:00+00:00", occurrence_number="NEW-1")
    listed(ground.area_id, [told], date(2026, 11, 24))
    take_in(ground.area_id, told | {"children": "Ottilie Brackwater|||victim"}, at=NOW)
    listed(ground.area_id, [a_row(recorded_at="2026-11-24T12:00:00+00:00")], date(2026, 11, 25))
    (one,) = found(ground.coordinator, "Ottilie Brackwater")
    assert one.reference == "NEW-1" and one.case_id is not None


def test_what_an_earlier_version_took_in_is_filed_by_the_command(ground: Ground) -> None:
    with acting.service(), saved():
        db.session.execute(delete(ChildKeyRow))
    assert found(ground.coordinator, "Milo Thackeray") == []
    assert [number for _, number in health.children_not_filed()] == [1], "doctor says so"
    assert matching_weights.index_children(ground.area_id) == 1
    assert health.children_not_filed() == []
    assert matching_weights.index_children(ground.area_id) == 0, "a second time there is nobody left"
    assert len(found(ground.coordinator, "Milo Thackeray")) == 1
    with acting.service():
        assert all(len(key) <= 160 for key in db.session.scalars(select(ChildKeyRow.key)))


def test_a_child_without_name_and_birth_date_is_not_waited_for(ground: Ground) -> None:
    row = a_row(recorded_at="2026-11-20T13:00:00+00:00", children="|||present")
    listed(ground.area_id, [row], date(2026, 11, 24))
    assert health.children_not_filed() == [] and matching_weights.index_children(ground.area_id) == 0
