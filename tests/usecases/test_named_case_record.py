"""A part in a named case, in what is kept of the case: timeline, requests, transfers (Rulebook V1)."""

from datetime import timedelta
from uuid import UUID

import pytest

from agenda.named_case_held import How
from agenda.pack import NoteKind
from agenda.timeline import Event, EventKind
from meetingsvc.models import db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import (
    accounts,
    acting,
    case_page,
    disclosure_items,
    disclosure_told,
    timeline,
    transfer_source,
)
from meetingsvc.usecases import named_case_held, named_cases, transfer_handover
from meetingsvc.usecases.named_case_held import Answer
from minutes.disclosure_items import Item
from tests.a_marac import NOW, a_person, an_agency
from tests.a_named_panel import WHY, WORDS, Panel, a_panel
from tests.a_wall import a_wall

SAID = "She is afraid."
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def panel(area_id: UUID) -> Panel:
    return a_panel(area_id)


def over(panel: Panel) -> UUID:
    """It answered, its part is over, and it said what became of what it was told."""
    part_id = panel.taking_part()
    named_cases.say(panel.guest, part_id, SAID, NoteKind.OPINION, "Her key worker", NOW.date(), NOW)
    named_cases.end(panel.coordinator, part_id, "She has moved on.", NOW)
    named_case_held.answer(panel.guest, part_id, Answer(How.DESTROYED, "Nora Fell", NOW.date()), NOW)
    return part_id


def events(who: Principal, case_id: UUID) -> list[Event]:
    db.session.rollback()
    fresh = accounts.principal(who.account_id, LATER)
    assert fresh is not None
    with acting.acting(fresh):
        told = case_page.case(fresh, case_id)
        found = timeline.events(fresh, told, LATER) if told else []
    return [one for one in found if one.kind is EventKind.PART]


def items(panel: Panel, case_id: UUID) -> list[Item]:
    db.session.rollback()
    with acting.whole_area(panel.chair.area_id):
        return [
            one for one in disclosure_items.held(panel.chair.area_id, case_id) if one.text in (SAID, WORDS)
        ]


def test_V1_each_step_of_it_stands_on_the_timeline_and_no_word(panel: Panel) -> None:
    over(panel)
    titles = [one.title for one in events(panel.coordinator, panel.case_id)]
    name = "Northmoor Refuge"
    assert sorted(titles) == sorted((
        f"{name} proposed for this case alone", f"{name} allowed for this case alone",
        f"{name} accepted the terms", f"{name} was told something", f"{name} answered",
        f"{name} takes part no more", f"{name} said what became of what it was told: destroyed",
    ))  # fmt: skip
    for word in (WORDS, SAID, WHY, "moved on"):
        assert word not in str(events(panel.coordinator, panel.case_id))
    assert events(panel.coordinator, panel.other_case_id) == []


def test_M6_of_it_each_reads_on_the_timeline_what_they_may_read_of_it(panel: Panel) -> None:
    over(panel)
    rep = a_person(an_agency(panel.chair.area_id, "Moorland Housing", daily=True), name="Ivo Cairn")
    titles = " ".join(one.title for one in events(rep, panel.case_id))
    assert "accepted the terms" in titles
    assert "told" not in titles and "answered" not in titles
    assert events(panel.guest, panel.case_id) == []
    with acting.service():
        a_wall(panel.chair.area_id, panel.case_id, rep.account_id)
    assert events(rep, panel.case_id) == []


def test_X2_a_request_finds_what_it_answered_as_its_own_and_what_it_was_told_as_nobodys(
    panel: Panel,
) -> None:
    over(panel)
    told, said = sorted(items(panel, panel.case_id), key=lambda one: one.text == SAID)
    assert (told.agency, told.sort, told.text) == (None, disclosure_told.TOLD_ONE, WORDS)
    assert (said.agency, said.sort, said.dated) == (panel.guest.agency_id, NoteKind.OPINION, NOW.date())
    assert items(panel, panel.other_case_id) == []


def test_M5_with_a_transfer_goes_that_it_took_part_and_no_word_of_it(panel: Panel) -> None:
    over(panel)
    db.session.rollback()
    with acting.service():
        for case_id, goes in ((panel.case_id, True), (panel.other_case_id, False)):
            source = transfer_source.read(panel.chair.area_id, case_id)
            words = repr(transfer_handover.worded(source, "Tarnside", LATER))
            assert ("Northmoor Refuge, from Monday 23 November 2026 to Monday 23" in words) is goes
            for word in (WORDS, SAID, WHY, "moved on", "Her key worker"):
                assert word not in words


def test_M5_who_never_accepted_the_terms_took_no_part(panel: Panel) -> None:
    panel.allowed()
    db.session.rollback()
    with acting.service():
        source = transfer_source.read(panel.chair.area_id, panel.case_id)
        assert "Refuge" not in repr(transfer_handover.worded(source, "Tarnside", LATER))


def test_V1_a_refusal_stands_on_the_timeline(panel: Panel) -> None:
    named_cases.decide(panel.chair, panel.proposed(), False, "It holds nothing of theirs.", NOW)
    (refused,) = (one for one in events(panel.chair, panel.case_id) if "refused" in one.title)
    assert refused.by == "Ines Marsh" and panel.chair.role is Role.CHAIR
