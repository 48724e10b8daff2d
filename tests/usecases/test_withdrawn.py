"""Applications that are withdrawn leave the daily list, and the list says so (Rulebook Y1, T9, T6, T12)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.daily_list import DailyList, Taken
from agenda.disclosure_scheme import Step
from meetingsvc.models import EntryRow, ItemRow, TriageRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, home, list_page, lists, sealed
from meetingsvc.store.acting import Host
from meetingsvc.store.meeting_record_closing import why_not_over
from meetingsvc.usecases import accounts as making
from meetingsvc.usecases import disclosure_schemes as usecase
from meetingsvc.usecases import list_changes
from tests.builders import a_hearing, a_row, take_in, take_in_history
from tests.usecases.test_disclosure_schemes import (
    MORNING,
    NOW,
    TUESDAY,
    Panel,
    applied,
    decide,
    each,
    kept,
    listed,
)

LATER = MORNING.replace(hour=9)


@pytest.fixture
def panel(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> Panel:
    monkeypatch.setattr(making, "hashed", lambda password: "x")
    monkeypatch.setattr(sealed, "closed", lambda key, text: text[::-1].encode())
    monkeypatch.setattr(sealed, "opened", lambda key, kept: kept.decode()[::-1])
    return Panel(area_id)


def told(area_id: UUID) -> DailyList:
    db.session.rollback()
    found = lists.daily_list(Host(area_id), area_id, TUESDAY)
    assert found is not None
    return found


def lines(who: Principal) -> list[tuple[bool, bool]]:
    """Of each case whether it has left the list, and whether the page says when."""
    db.session.rollback()
    with acting.acting(who):
        built = list_page.built(who, TUESDAY)
        assert built is not None
        found = list_page.lines(who, built)
    return [(line.withdrawn, all(one.withdrawn_at for one in line.entries)) for line in found]


def same_people(area_id: UUID, **more: str) -> None:
    """The police tell of the people of the application."""
    take_in(area_id, a_row(
        victim_forename="Isla", victim_surname="Sorrel", victim_dob="1994-05-06", victim_nominal="",
        perpetrator_forename="Dorian", perpetrator_surname="Flint", perpetrator_dob="1988-07-08",
        perpetrator_nominal="", recorded_at="2026-11-02T20:00:00+00:00", **more,
    ))  # fmt: skip


def heard(area_id: UUID) -> None:
    """Their case was heard at MARAC half a year ago."""
    take_in_history(area_id, a_hearing(
        heard_on="2026-06-02", victim_forename="Isla", victim_surname="Sorrel", victim_dob="1994-05-06",
        victim_nominal="", perpetrator_forename="Dorian", perpetrator_surname="Flint",
        perpetrator_dob="1988-07-08", perpetrator_nominal="",
    ))  # fmt: skip


def test_Y1_one_withdrawn_before_the_list_is_made_is_not_on_it_and_the_list_says_so(panel: Panel) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.WITHDRAW, "She has left him.", NOW)
    list_changes.build(panel.coordinator, TUESDAY, MORNING)
    found, reference = told(panel.coordinator.area_id), kept(panel.coordinator, key).reference
    assert found.items == ()
    assert [(one.reference, one.reasons) for one in found.not_listed] == [(reference, ("T9",))]
    (row,) = db.session.scalars(select(TriageRow)).all()
    assert row.outcome == Taken.WITHDRAWN, "considered by exactly one list (T12)"
    with acting.acting(panel.coordinator):
        built = list_page.built(panel.coordinator, TUESDAY)
        assert built is not None
        assert list_page.withdrawn(panel.coordinator, built) == [reference]
    assert kept(panel.coordinator, key).told.steps[-1].reason == "She has left him.", "kept, with why"


def test_Y1_one_withdrawn_before_the_meeting_leaves_the_list_which_says_so(panel: Panel) -> None:
    key = applied(panel)
    listed(panel, key)
    assert lines(panel.housing) == [(False, False)]
    usecase.take_step(panel.police, key, Step.WITHDRAW, "She has left him.", LATER)
    assert lines(panel.housing) == lines(panel.coordinator) == [(True, True)], "everybody is told, not why"
    found = told(panel.coordinator.area_id)
    assert found.items == () and [one.reasons for one in found.not_listed] == [("T9",)]
    with acting.acting(panel.coordinator):
        assert why_not_over(panel.coordinator, found.id)[1:] == [], "it needs no outcome (D3)"
        assert home.without_outcome(panel.coordinator) == []
        figures = list_page.figures(panel.coordinator, TUESDAY, TUESDAY)[TUESDAY]
    assert (figures.cases, figures.without_outcome) == (0, 0)


def test_Y1_a_case_with_an_incident_stays_when_its_application_is_withdrawn(panel: Panel) -> None:
    same_people(panel.coordinator.area_id, risk="medium", victim_consents_to_share="Y")
    key = applied(panel)
    item_id = listed(panel, key)
    usecase.take_step(panel.police, key, Step.WITHDRAW, "She has left him.", LATER)
    assert lines(panel.coordinator) == [(False, False)]
    (item,) = told(panel.coordinator.area_id).items
    assert [one.withdrawn_at is not None for one in item.entries] == [
        one.kind == "disclosure_application" for one in item.entries
    ]
    each(panel, item_id)  # nothing is asked of the withdrawn one


def test_T6_a_withdrawn_application_on_a_case_that_was_heard_is_listed_all_the_same(panel: Panel) -> None:
    """Any further disclosure on it is: whoever withdraws, the safety plan is reviewed."""
    heard(panel.coordinator.area_id)
    before = applied(panel)
    usecase.take_step(panel.police, before, Step.WITHDRAW, "She has left him.", NOW)
    list_changes.build(panel.coordinator, TUESDAY, MORNING)
    (item,) = told(panel.coordinator.area_id).items
    (entry,) = item.entries
    assert entry.reasons == ("T6",) and entry.withdrawn_at == NOW
    assert lines(panel.coordinator) == [(False, True)]


def test_T6_one_withdrawn_after_the_list_was_made_stays_on_a_case_that_was_heard(panel: Panel) -> None:
    heard(panel.coordinator.area_id)
    key = applied(panel)
    listed(panel, key)
    usecase.take_step(panel.police, key, Step.WITHDRAW, "She has left him.", LATER)
    assert lines(panel.coordinator) == [(False, True)]


def test_Y1_what_was_heard_before_it_was_withdrawn_stays(panel: Panel) -> None:
    key = applied(panel)
    item_id = listed(panel, key)
    decide(panel, item_id, False, "Nothing is held.")
    usecase.take_step(panel.police, key, Step.WITHDRAW, "She has left him.", LATER)
    assert lines(panel.coordinator) == [(False, True)]


def test_T5_one_that_a_person_puts_on_the_list_stays(panel: Panel) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.WITHDRAW, "She has left him.", NOW)
    list_changes.build(panel.coordinator, TUESDAY, MORNING)
    reference = kept(panel.coordinator, key).reference
    list_changes.add(panel.coordinator, TUESDAY, reference, "He made her withdraw it.", LATER)
    assert lines(panel.coordinator) == [(False, True)]
    assert [len(db.session.scalars(select(row)).all()) for row in (ItemRow, EntryRow)] == [1, 1]
