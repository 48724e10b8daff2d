"""The ladders with an area's own days (Rulebook V4, W2)."""

import pytest

from agenda.clocks import Length, Unit
from agenda.disagreement_days import LADDERS, Kind, LadderDays, ladder


@pytest.mark.parametrize("kind", Kind)
def test_W2_the_days_the_sources_give_are_the_ladders_own(kind: Kind) -> None:
    assert ladder(kind, LadderDays()) == LADDERS[kind] and kind.label == LADDERS[kind].title


def test_V4_an_area_may_be_quicker() -> None:
    found = ladder(Kind.PROFESSIONAL, LadderDays(professional=2))
    steps = (*found.rungs, found.debrief)
    assert {step.within for step in steps if step} == {Length(2, Unit.WORKING_DAYS)}
