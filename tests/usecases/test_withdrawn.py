"""Applications that are withdrawn leave the daily list, and the list says so (Rulebook Y1, T9, T6, T12)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.daily_list import DailyList, Taken
from agenda.disclosure_scheme import Step
from meetingsvc.models import EntryRow, ItemRow, MeetingRow, TriageRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import (
    acting,
    emergency_pack_content,
    home,
    list_page,
    lists,
    meeting_record_strip,
    outcomes,
    research,
    research_late,
    sealed,
)
from meetingsvc.store.acting import Host
from meetingsvc.store.meeting_record_closing import why_not_over
from meetingsvc.usecases import accounts as making
from meetingsvc.usecases import disclosure_schemes as usecase
from meetingsvc.usecases import list_changes, matching_retriage
from meetingsvc.usecases import research as answering
from meetingsvc.usecases.transaction import saved
from tests.a_meeting_record import nothing_missing
from tests.builders import a_hearing, a_row, take_in, take_in_history
from tests.servers.remembered import remembered
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

WEDNESDAY = TUESDAY + timedelta(days=1)
LATER = MORNING.replace(hour=9)


@pytest.fixture(autouse=True)
def _before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "hashed", lambda password: "x")
    monkeypatch.setattr(sealed, "closed", lambda key, text: text[::-1].encode())
    monkeypatch.setattr(sealed, "opened", lambda key, kept: kept.decode()[::-1])


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
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


def two_listed(panel: Panel) -> tuple[UUID, list[UUID]]:
    """An application, and an incident of other people; the items of the list in its order."""
    take_in(panel.coordinator.area_id, a_row(recorded_at="2026-11-02T20:00:00+00:00", risk="high"))
    key = applied(panel)
    listed(panel, key)
    items = list(db.session.scalars(select(ItemRow.id).order_by(ItemRow.position)))
    assert len(items) == 2
    return key, items


def withdraw(panel: Panel, key: UUID) -> None:
    usecase.take_step(panel.police, key, Step.WITHDRAW, "She has left him.", LATER)
    db.session.rollback()


def test_Y1_nothing_is_asked_of_agencies_about_a_withdrawn_case(panel: Panel) -> None:
    key, items = two_listed(panel)
    meeting_id = db.session.get_one(ItemRow, items[0]).meeting_id
    with acting.acting(panel.housing):
        (before,) = research.asked_of(panel.housing)
    withdraw(panel, key)
    with acting.acting(panel.housing):
        (after,) = research.asked_of(panel.housing)
        assert (before.boxes, after.boxes, after.unanswered) == (2, 1, 1)
        left = research.open_boxes(panel.housing, panel.housing.agency_id, meeting_id)
        assert [one.item_id for one in left] == [items[0]]
    with acting.service():
        assert set(research_late.asked(meeting_id).boxes) == {items[0]}


def test_Y1_what_was_typed_about_it_meanwhile_is_taken(panel: Panel) -> None:
    key, items = two_listed(panel)
    meeting_id = db.session.get_one(ItemRow, items[0]).meeting_id
    withdraw(panel, key)
    assert answering.nothing_held(panel.housing, meeting_id, items, LATER) == 2


def test_Y1_a_withdrawn_case_is_in_no_offline_pack(panel: Panel) -> None:
    key, items = two_listed(panel)
    withdraw(panel, key)
    with acting.service():
        meeting = db.session.scalars(select(MeetingRow)).one()
        (case,) = emergency_pack_content.of(meeting).pack.cases
        assert list(emergency_pack_content.cases(meeting)) == [case.reference]
        assert len(emergency_pack_content.places(Host(meeting.area_id), meeting).numbers) == 2, (
            "as the list's"
        )


def test_Y1_a_withdrawn_case_is_neither_counted_nor_turned_to(panel: Panel) -> None:
    key, (incident, application) = two_listed(panel)
    meeting_id = db.session.get_one(ItemRow, incident).meeting_id

    def place(item_id: UUID) -> tuple[str, int | None, UUID | None, UUID | None]:
        with acting.acting(panel.coordinator):
            found = outcomes.place_of(panel.coordinator, meeting_id, item_id)
        return found.number, found.of, found.previous, found.next

    assert place(incident) == ("1", 2, None, application)
    withdraw(panel, key)
    assert place(incident) == ("1", 1, None, None)
    assert place(application) == ("2", None, incident, None)
    with saved(), acting.service():  # it stands before the other
        for position, item_id in enumerate((application, incident), 7):
            db.session.get_one(ItemRow, item_id).position = position
    assert place(incident) == ("2", None, None, None), "not 2 of 1"
    with acting.service():
        row = db.session.get_one(MeetingRow, meeting_id)
        clock = meeting_record_strip.meeting_clock(panel.coordinator, row, (), LATER)
        assert clock.planned == timedelta(minutes=meeting_record_strip.planned(row, 1, 0))


def test_T6_one_withdrawn_on_a_list_closed_since_is_on_the_next_where_it_was_a_repeat(panel: Panel) -> None:
    """A merge shows that its victim's case was heard before: nobody has looked at the further disclosure."""
    area_id = panel.coordinator.area_id
    key = applied(panel)
    listed(panel, key)
    withdraw(panel, key)
    nothing_missing(panel.coordinator, at=MORNING)
    list_changes.close(panel.coordinator, TUESDAY, LATER)
    heard(area_id)

    def again() -> int:
        with saved(), acting.whole_area(area_id):
            ids = list(db.session.scalars(select(TriageRow.incident_id)))
            return matching_retriage.again(area_id, ids, LATER)

    assert again() == 1
    list_changes.build(panel.coordinator, WEDNESDAY, MORNING + timedelta(days=1))
    with acting.service():
        rows = select(EntryRow.reasons, MeetingRow.sits_on).join(ItemRow, ItemRow.id == EntryRow.item_id)
        found = db.session.execute(rows.join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)).all()
    assert sorted(map(tuple, found)) == [("T6", WEDNESDAY), ("T9", TUESDAY)]
    assert again() == 0, "once"


def test_T6_what_a_closed_list_heard_is_not_listed_again(panel: Panel) -> None:
    key = applied(panel)
    decide(panel, listed(panel, key), False, "Nothing is held.")
    withdraw(panel, key)
    nothing_missing(panel.coordinator, at=MORNING)
    list_changes.close(panel.coordinator, TUESDAY, LATER)
    heard(panel.coordinator.area_id)
    with saved(), acting.whole_area(panel.coordinator.area_id):
        ids = list(db.session.scalars(select(TriageRow.incident_id)))
        assert matching_retriage.again(panel.coordinator.area_id, ids, LATER) == 0
