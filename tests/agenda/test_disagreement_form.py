"""The record of a professional disagreement (Rulebook V4, ESC appendix 5)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agenda.disagreement import Disagreement, Made, Step
from agenda.disagreement_form import FIELDS, Agreed, Nature, Record, Section, lines, problems
from agenda.disagreement_ladders import PROFESSIONAL, Professional
from agenda.moves import Who
from agenda.rules import RuleBroken

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TYPED = {field.name: f"typed {field.name}" for field in FIELDS if field.needed}
RECORD = Record(TYPED, frozenset({Nature.PLAN_EFFECTIVE}), agreed=(Agreed("Assess", "Social care"),))
UP = ((Step.TO_2, Who.RAISER), (Step.TO_3, Who.RAISER), (Step.TO_4, Who.MANAGER), (Step.TO_5, Who.MANAGER),
      (Step.TO_6, Who.MANAGER))  # fmt: skip


def at_step(number: int) -> Disagreement[Professional]:
    told = Disagreement(PROFESSIONAL, AT, "school", frozenset({"social care"}))
    for step, who in UP[: number - 1]:
        told = told.after(Made(step, AT, who, "account", "school", "why"))
    return told


def form(number: int, record: Record = RECORD) -> list[tuple[Section, str, str]]:
    told = lines(at_step(number), "Northmoor High School", date(2026, 11, 23), record)
    return [(line.section, line.label, line.value) for line in told]


def test_V4_the_form_holds_every_field_in_its_order() -> None:
    found = form(5)
    assert [section for section, _, _ in found] == sorted(
        (section for section, _, _ in found), key=list(Section).index
    )
    assert {section for section, _, _ in found} == set(Section)
    assert len(found) == len(FIELDS) + 3 + len(Nature) + 3
    assert (Section.CHILD, "Name", "typed child") in found
    assert (Section.CHILD, "Address", "") in found, "an address somebody must not learn stays empty"
    assert (Section.ESCALATION, "Agency initiating", "Northmoor High School") in found
    assert (Section.ESCALATION, "Date of initial escalation", "Monday 23 November 2026") in found
    assert (Section.DIFFERENCE, "Child’s plan: drift or delay", "Yes") in found
    assert (Section.DIFFERENCE, "Referral", "No") in found
    assert (Section.OUTCOME, "Completion date", "") in found


def test_V4_it_goes_to_the_partnership_at_steps_five_and_six() -> None:
    assert (Section.ESCALATION, "Stage", "Stage 5") in form(5)
    assert (Section.ESCALATION, "Stage", "Stage 6") in form(6)
    for number in range(1, 5):
        with pytest.raises(RuleBroken, match="from step 5 on"):
            form(number)
    settled = at_step(5).after(Made(Step.SETTLE, AT, Who.MANAGER, "account", "school", "Agreed"))
    assert lines(settled, "Northmoor High School", date(2026, 11, 23), RECORD)


def test_V4_what_is_missing_is_said_by_field() -> None:
    assert problems(RECORD) == {}
    empty = problems(Record({}, frozenset()))
    assert empty.keys() == {*TYPED, "nature"} and empty["by_name"] == "Escalated by: enter name"
    other = replace(RECORD, nature=frozenset({Nature.OTHER}))
    assert problems(other).keys() == {"other"}
    assert (Section.DIFFERENCE, "Other", "Yes: Housing") in form(5, replace(other, other="Housing"))
    assert problems(replace(RECORD, typed=TYPED | {"learning": "x" * 2_001})).keys() == {"learning"}
    with pytest.raises(RuleBroken, match="Choose what the difference is about"):
        form(5, replace(RECORD, nature=frozenset()))
    done = replace(RECORD, agreed=(Agreed("Assess", "Social care", date(2026, 12, 1)),))
    assert (Section.OUTCOME, "Completion date", "Tuesday 1 December 2026") in form(5, done)
