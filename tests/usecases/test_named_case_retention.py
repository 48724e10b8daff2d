"""Keeping some of a case: what was told to an agency that has not signed can be chosen line by line (L1)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.named_case import Direction
from agenda.rules import RuleBroken
from meetingsvc.config import Settings
from meetingsvc.models import NamedCaseEntryRow, NamedCasePartRow, db
from meetingsvc.store import acting, retention_choices
from meetingsvc.usecases import destroying
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases.transaction import saved
from minutes.destruction import Kind
from minutes.retention_case import Outcome
from tests.a_named_case import a_part_row, an_entry_row, an_unsigned_agency
from tests.usecases.test_retention import (
    DUE,
    NIGHT,
    Panel,
    a_case,
    agreed,
    as_service,
    panel,
    propose,
    review_of,
)

__all__ = ["panel"]


def lines(panel: Panel, case_id: UUID) -> tuple[UUID, UUID]:
    """What it was told, and what it answered, of a part that is over."""
    refuge, by = an_unsigned_agency(panel.area_id), panel.chair.account_id
    with saved(), acting.service():
        part = a_part_row(panel.area_id, case_id, refuge, by, state="over")
        told = an_entry_row(part, by)
        said = an_entry_row(part, by, direction=Direction.SAID, kind="fact", source="Hers", words="She left.")
        for row in (part, told, said):
            db.session.add(row)
            db.session.flush()
        return told.id, said.id


def test_L1_one_line_of_a_named_case_goes_alone(panel: Panel, settings_for_tests: Settings) -> None:
    case_id = a_case(panel)
    told, said = lines(panel, case_id)
    with as_service():
        found = retention_choices.choices([f"{Kind.NAMED_CASE}:{told}", f"{Kind.NAMED_CASE}:{said}"])
    assert {one.words for one in found} == {
        "Told to Northmoor Refuge, Monday 23 November 2026",
        "Answer of Northmoor Refuge, Monday 23 November 2026",
    }  # fmt: skip
    review_id = review_of(panel, case_id)
    agreed(panel, case_id)
    propose(panel, review_id, Outcome.KEEP_SOME, f"{Kind.NAMED_CASE}:{said}")
    usecase.decide(panel.chair, review_id, 1, DUE)
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
    with as_service():
        assert db.session.scalars(select(NamedCaseEntryRow.id)).all() == [told]
        assert len(db.session.scalars(select(NamedCasePartRow.id)).all()) == 1


def test_L1_a_line_of_another_case_is_not_chosen(panel: Panel) -> None:
    case_id = a_case(panel)
    lines(panel, case_id)
    with pytest.raises(RuleBroken, match="cannot go alone"):
        propose(panel, review_of(panel, case_id), Outcome.KEEP_SOME, f"{Kind.NAMED_CASE}:{UUID(int=7)}")
