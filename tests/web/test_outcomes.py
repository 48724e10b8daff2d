"""The working page of the daily meeting, through the whole service on both databases."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.meetings import MeetingState
from agenda.pack import NoteKind
from agenda.typed_days import day_from
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AuditRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.usecases import lists
from meetingsvc.usecases.transaction import saved
from minutes.actions import Status
from minutes.outcome import TYPICAL_OWNERS
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, agency_named
from tests.web.routes import body, statements

SignIn = Callable[..., FlaskClient]

DECIDED = {"version": "0", "risk": "high", "in_place": "no", "refer": "yes", "group": "2", "step": "save"}
NOT_REFERRED = {"version": "0", "risk": "medium", "refer": "no", "step": "save",
           "not_referred": "She is in refuge."}  # fmt: skip


@pytest.fixture
@remembered
def pages(service: Flask) -> list[str]:
    """The addresses of the three cases of the list of Monday 23 November 2026."""
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        rows = [a_row(recorded_at="2026-11-20T20:00:00+00:00", summary=f"Summary {n}") for n in range(3)]
        take_in(area.id, *rows, at=NOW)
        with saved():
            lists.build(area, date(2026, 11, 23), "test", NOW)
        found = db.session.scalars(select(ItemRow.id).order_by(ItemRow.position)).all()
    return [f"/items/{item}/outcome" for item in found]


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


def close(service: Flask) -> None:
    with service.app_context(), saved():
        db.session.scalars(
            select(MeetingRow).where(MeetingRow.kind == "DRAMM")
        ).one().state = MeetingState.CLOSED


def an_action(service: Flask, key: UUID, **changed: str) -> dict[str, str]:
    with service.app_context():
        owner = str(agency_named("Northtest Homes"))
    told = {"what": "Change the locks", "owner_id": owner, "category": "other support", "due": "27/11/2026"}
    return {"action": str(key)} | {f"action-{key}-{name}": value for name, value in (told | changed).items()}


def test_D3_the_page_shows_the_case_beside_the_form(pages: list[str], coordinator: FlaskClient) -> None:
    text = coordinator.get(pages[1]).text
    assert "case 2 of 3" in text and "Summary 1" in text and "Niamh Thistlewood" in text
    assert "The police assessed it as high" in text
    assert f'data-key="p" href="{pages[0]}"' in text and f'data-key="n" href="{pages[2]}"' in text
    assert len(text) < 100_000


def test_D3_a_saved_outcome_is_told_and_shown_again(pages: list[str], coordinator: FlaskClient) -> None:
    answer = coordinator.post(pages[0], data=DECIDED | {"notes": "Agreed.", "safeguard-refuge-note": "Left"})
    assert (answer.status_code, answer.location) == (303, pages[0])
    text = coordinator.get(pages[0]).text
    assert "is referred to MARAC in group 2, on the agenda of Thursday 3 December 2026." in text
    assert "Agreed." in text and 'value="Left"' in text and 'name="version" value="1"' in text


def test_D3_save_and_next_leads_down_the_list_and_back_to_it(
    pages: list[str], coordinator: FlaskClient
) -> None:
    answers = [coordinator.post(page, data=NOT_REFERRED | {"step": "next"}).location for page in pages]
    assert answers == [pages[1], pages[2], "/lists/2026-11-23"]


def test_C1_the_proposal_is_shown_with_its_reason_and_chosen_without_a_script(
    pages: list[str], coordinator: FlaskClient
) -> None:
    shown = coordinator.get(pages[0]).text
    assert "Group 2: new referral, no existing safeguards" in shown and "it is not a MARAC repeat" in shown
    typed = DECIDED | {"group": "", "step": "propose", "notes": "typed before", "in_place": "yes"}
    text = coordinator.post(pages[0], data=typed).text
    assert '<option selected value="3">' in text and "typed before" in text
    undecided = coordinator.post(pages[0], data=typed | {"in_place": ""}).text
    assert "the group follows from it" in undecided and "typed before" in undecided


def test_C1_a_changed_group_needs_a_reason_and_both_are_kept(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    changed = DECIDED | {"group": "1"}
    refused = coordinator.post(pages[0], data=changed)
    assert refused.status_code == 422 and 'href="#group_reason"' in refused.text
    assert coordinator.post(pages[0], data=changed | {"group_reason": "Known"}).status_code == 303
    with service.app_context():
        row = db.session.scalars(select(OutcomeRow)).one()
        assert (row.proposed_group, row.group, row.group_reason) == (2, 1, "Known")


def test_C2_each_safeguard_is_ticked_with_its_note(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    ticked = {"safeguard-support-in_place": "y", "safeguard-support-note": "IDVA since October"}
    coordinator.post(pages[0], data=NOT_REFERRED | ticked)
    text = coordinator.get(pages[0]).text
    assert re.search(r"<input checked[^>]*safeguard-support-in_place", text)
    assert len(re.findall(r'<input[^>]*name="safeguard-[^>]*type="checkbox"', text)) == 6
    assert "IDVA since October" in text


def test_C2_the_page_states_no_safeguard_of_which_nobody_said_anything(
    pages: list[str], coordinator: FlaskClient, signed_in: SignIn
) -> None:
    said = {"safeguard-support-in_place": "y", "safeguard-refuge-note": "No place before Friday"}
    coordinator.post(pages[0], data=NOT_REFERRED | said)
    page = signed_in(Role.IDVA, "Haven Northtest").get(pages[0]).text
    told = re.findall(r"<dt>([^<]*)</dt><dd[^>]*>([^<]*)</dd>", page)
    assert ("Engaging in support", "Yes") in told
    assert ("Victim in refuge", "Not ticked: No place before Friday") in told
    (unsaid,) = (words for label, words in told if label == "Nothing recorded of")
    assert unsaid == (
        "Supporting police action; Legal orders in place; Children appropriately safeguarded; "
        "Ongoing criminal investigation"
    )


def test_D3_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    key, note = uuid4(), uuid4()
    typed = {"version": "0", "notes": "<b>typed</b>", "step": "save"}
    typed |= an_action(service, key, due="31/2/2026", category="")
    typed |= {"note": str(note), f"note-{note}-author": "Lee Combe"}
    answer = coordinator.post(pages[0], data=typed)
    assert answer.status_code == 422
    for field in ("risk", "refer", f"action-{key}-due", f"action-{key}-category", f"note-{note}-kind"):
        assert f'href="#{field}"' in answer.text and f'id="{field}-error"' in answer.text, field
    assert "Due date must be a real date" in answer.text and 'value="31/2/2026"' in answer.text
    assert "&lt;b&gt;typed&lt;/b&gt;" in answer.text and "Lee Combe" in answer.text
    with service.app_context():
        assert db.session.scalars(select(ActionRow)).all() == []


@pytest.mark.parametrize("forged", ["risk", "in_place", "refer", "group"])
def test_D3_a_forged_answer_is_no_answer(pages: list[str], coordinator: FlaskClient, forged: str) -> None:
    assert coordinator.post(pages[0], data=DECIDED | {forged: "x"}).status_code == 422


@pytest.mark.parametrize("forged", ["x", "", "-1", "2", "9" * 30])
def test_D3_a_forged_version_overwrites_nothing(
    pages: list[str], coordinator: FlaskClient, forged: str
) -> None:
    coordinator.post(pages[0], data=DECIDED)
    assert coordinator.post(pages[0], data=NOT_REFERRED | {"version": forged}).status_code == 409


def test_A1_rows_are_added_and_removed_without_a_script_and_all_typed_is_kept(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    key = uuid4()
    typed = {"version": "0", "notes": "kept"} | an_action(service, key)
    more = coordinator.post(pages[0], data=typed | {"step": "add.action"})
    assert more.status_code == 200 and "kept" in more.text and "Change the locks" in more.text
    assert len(re.findall(r'<input type="hidden" name="action" value="(?!KEY)', more.text)) == 2
    fewer = coordinator.post(pages[0], data=typed | {"step": f"remove.action.{key}"}).text
    assert "Change the locks" not in fewer and "kept" in fewer
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow)).all() == []


def test_A1_a_saved_action_is_removed_by_saving(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    key = uuid4()
    coordinator.post(pages[0], data=NOT_REFERRED | an_action(service, key))
    typed = NOT_REFERRED | an_action(service, key) | {"version": "1", "action-known": str(key)}
    removed = coordinator.post(pages[0], data=typed | {"step": f"remove.action.{key}"}).text
    assert f'name="action-removed" value="{key}"' in removed
    with service.app_context():
        assert db.session.get(ActionRow, key) is not None
    coordinator.post(pages[0], data=NOT_REFERRED | {"version": "1", "action-removed": str(key)})
    with service.app_context():
        assert db.session.get(ActionRow, key) is None


def test_D4_typical_actions_are_offered_for_the_agencies_there_are(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    text = coordinator.get(pages[0]).text
    police = next(whats for kind, whats in TYPICAL_OWNERS if kind is AgencyKind.POLICE)
    assert all(f"Northtest Police: {what}" in text for what in police)
    assert "Haven Northtest: Offer the victim support" in text and "in custody" not in text
    chosen = coordinator.post(pages[0], data={"version": "0", "step": "suggest.1", "notes": "kept"}).text
    assert police[1] in chosen and "kept" in chosen
    with service.app_context():
        assert f'<option selected value="{agency_named("Northtest Police")}">' in chosen


def test_R2_what_an_agency_shared_is_shown_with_all_that_says_whose_it_is(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    with service.app_context():
        agency = str(agency_named("Haven Northtest"))
    key = uuid4()
    told = {
        "agency_id": agency,
        "author": "Lee Combe",
        "kind": NoteKind.OPINION.value,
        "source": "Phone call",
        "text": "She is afraid of Friday.",
    }
    typed = NOT_REFERRED | {"note": str(key)} | {f"note-{key}-{name}": value for name, value in told.items()}
    assert coordinator.post(pages[0], data=typed).status_code == 303
    text = coordinator.get(pages[0]).text
    assert "<strong>Haven Northtest</strong>, Lee Combe: professional opinion. Source: Phone call" in text
    assert "She is afraid of Friday." in text
    with service.app_context():
        assert db.session.get_one(NoteRow, key).recorded_at == NOW


def test_D2_who_is_who_is_clarified_beside_what_the_police_sent(
    pages: list[str], coordinator: FlaskClient
) -> None:
    key = uuid4()
    told = {"about": "child", "name": "Ada Moss", "dob": "3/5/2019", "text": "School"}
    typed = {"clarification": str(key)} | {f"clarification-{key}-{name}": v for name, v in told.items()}
    assert coordinator.post(pages[0], data=NOT_REFERRED | typed).status_code == 303
    text = coordinator.get(pages[0]).text
    assert "Child, linked to the case: Ada Moss, born 3 May 2019. School" in text
    assert "Recorded by Person 0, Mon 23 Nov 2026, 08:30" in text


def test_D3_who_saves_second_is_shown_what_changed_and_may_save_over_it(
    service: Flask, pages: list[str], signed_in: SignIn
) -> None:
    one, two = signed_in(Role.COORDINATOR), signed_in(Role.COORDINATOR, "Haven Northtest")
    theirs, mine, note = uuid4(), uuid4(), uuid4()
    first = one.post(pages[0], data=NOT_REFERRED | {"notes": "Theirs"} | an_action(service, theirs))
    assert first.status_code == 303
    typed = DECIDED | {"notes": "Mine", "note": str(note), f"note-{note}-author": "Lee Combe"}
    typed |= an_action(service, mine, what="Board the window")
    second = two.post(pages[0], data=typed)
    assert second.status_code == 409
    assert "Person 0 saved this outcome while you were typing" in second.text
    for shown in ("Meeting notes", "Theirs", "Mine", "Risk", "medium", "Refer to MARAC", "Lee Combe"):
        assert shown in second.text, shown
    assert "Save mine over theirs" in second.text and 'name="version" value="1"' in second.text
    assert f'name="action-known" value="{theirs}"' in second.text and "Board the window" in second.text
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow.notes)).one() == "Theirs"
    again = {name: value for name, value in typed.items() if not name.startswith("note")}
    assert two.post(pages[0], data=again | {"version": "1", "notes": "Mine"}).status_code == 303
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow.notes)).one() == "Mine"
        assert set(db.session.scalars(select(ActionRow.id))) == {theirs, mine}


def test_D3_the_same_form_sent_twice_is_one_outcome_and_no_conflict(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    typed = DECIDED | an_action(service, uuid4())
    assert [coordinator.post(pages[0], data=typed).status_code for _ in range(2)] == [303, 303]
    with service.app_context():
        assert len(db.session.scalars(select(ActionRow)).all()) == 1


def test_D3_a_closed_meeting_refuses_and_shows_what_was_typed(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    coordinator.post(pages[0], data=DECIDED)
    close(service)
    answer = coordinator.post(pages[0], data=DECIDED | {"notes": "Typed for nothing"})
    assert answer.status_code == 409
    assert "The daily meeting of Monday 23 November 2026 is closed" in answer.text
    assert "Typed for nothing" in answer.text and 'value="save"' not in answer.text
    assert "so this outcome is final" in coordinator.get(pages[0]).text


def test_M1_a_closed_agenda_that_holds_the_case_is_told_and_keeps_what_was_typed(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    coordinator.post(pages[0], data=DECIDED)
    with service.app_context(), saved():
        db.session.scalars(
            select(MeetingRow).where(MeetingRow.kind == "MARAC")
        ).one().state = MeetingState.CLOSED
    answer = coordinator.post(pages[0], data=NOT_REFERRED | {"version": "1", "notes": "Withdraw it"})
    assert answer.status_code == 409 and "agenda of the MARAC of Thursday 3 December 2026" in answer.text
    assert "Withdraw it" in answer.text and 'value="save"' in answer.text
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow.refer)).one() is True


@pytest.mark.parametrize("role", [Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA])
def test_who_attends_reads_the_outcome_and_has_no_form(
    service: Flask, pages: list[str], coordinator: FlaskClient, signed_in: SignIn, role: Role
) -> None:
    reader = signed_in(role)
    assert "No outcome is recorded yet." in reader.get(pages[0]).text
    coordinator.post(pages[0], data=DECIDED | {"risk": "medium"} | an_action(service, uuid4()))
    text = reader.get(pages[0]).text
    assert "Medium (police: high)" in text and "Change the locks" in text and "Northtest Homes" in text
    assert "data-outcome" not in text
    assert reader.post(pages[0], data=DECIDED).status_code == 403


def test_who_does_not_attend_learns_of_no_case(pages: list[str], signed_in: SignIn) -> None:
    elsewhere = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    hidden, unknown = elsewhere.get(pages[0]), elsewhere.get(f"/items/{uuid4()}/outcome")
    assert hidden.status_code == unknown.status_code == 404
    assert body(hidden) == body(unknown)


def test_V5_opening_a_case_leaves_a_trace(service: Flask, pages: list[str], coordinator: FlaskClient) -> None:
    coordinator.get(pages[0])
    with service.app_context():
        case = db.session.get_one(ItemRow, UUID(pages[0].split("/")[2])).case_id
        assert db.session.scalars(select(AuditRow.subject).where(AuditRow.action == "case.read")).all() == [
            f"case/{case}"
        ]


def open_action(service: Flask, page: str, what: str, due: date, status: Status = Status.OPEN) -> None:
    with service.app_context(), saved():
        item = db.session.get_one(ItemRow, UUID(page.split("/")[2]))
        action = ActionRow(item_id=item.id, area_id=item.area_id, what=what, due=due, status=status)
        action.category, action.agency_id = "other support", agency_named("Northtest Homes")
        action.set_by, action.set_at = db.session.scalars(select(AccountRow.id).limit(1)).one(), NOW
        db.session.add(action)


def test_D3_the_case_is_one_step_away_and_its_open_actions_are_told(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    open_action(service, pages[0], "Fit the alarm", date(2026, 11, 27))
    open_action(service, pages[0], "Change the locks", date(2026, 11, 20))
    open_action(service, pages[0], "Visit the school", date(2026, 11, 20), Status.DONE)
    open_action(service, pages[1], "Of another case", date(2026, 11, 20))
    text = coordinator.get(pages[0]).text
    with service.app_context():
        case = db.session.get_one(ItemRow, UUID(pages[0].split("/")[2])).case_id
    assert re.search(rf'<h1[^>]*>.*<a class="govuk-link" href="/cases/{case}">Case C-', text)
    told = text.partition("Open actions of this case")[2].partition("Other incidents")[0]
    locks, alarm = told.index("Change the locks. Northtest Homes"), told.index("Fit the alarm")
    assert locks < told.index("Overdue") < alarm and told.count("Overdue") == 1
    assert "Visit the school" not in told and "Of another case" not in told


def earlier(service: Flask, page: str, how_many: int) -> None:
    """So many standard incidents of the people of a case, which no list takes."""
    row = IncidentRow
    listed = select(row.area_id, row.victim_nominal, row.perpetrator_nominal).join(EntryRow)
    with service.app_context():
        found = db.session.execute(listed.where(EntryRow.item_id == UUID(page.split("/")[2]))).one()
        area_id, victim, perpetrator = found
        people = {"victim_nominal": victim, "perpetrator_nominal": perpetrator, "risk": "standard"}
        for n in range(how_many):
            told = {"recorded_at": f"2026-11-0{n + 1}T08:00:00+00:00", "offence": f"Offence {n}"}
            take_in(area_id, a_row(**people, **told), at=NOW)


def test_D3_the_newest_other_incidents_of_the_two_people_are_told_and_the_rest_linked(
    service: Flask, pages: list[str], coordinator: FlaskClient, signed_in: SignIn
) -> None:
    assert "No other incident of these people is held." in coordinator.get(pages[0]).text
    earlier(service, pages[0], 7)
    told = coordinator.get(pages[0]).text.partition("Other incidents")[2].partition("</section>")[0]
    assert re.findall(r"Offence \d", told) == [f"Offence {n}" for n in (6, 5, 4, 3, 2)]
    assert "Sat 7 Nov 2026, 08:00" in told and told.count("Standard risk") == 5
    assert "All 7 other incidents" in told
    attends = signed_in(Role.REPRESENTATIVE).get(pages[0]).text
    assert "Offence" not in attends.partition("Other incidents")[2].partition("</section>")[0]


def test_the_page_asks_the_database_as_often_however_much_is_held(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    earlier(service, pages[0], 1)
    open_action(service, pages[0], "Fit the alarm", date(2026, 11, 27))
    coordinator.get(pages[0])
    with statements(service) as few:
        coordinator.get(pages[0])
    earlier(service, pages[0], 7)
    for number in range(5):
        open_action(service, pages[0], f"Action {number}", date(2026, 11, 27))
    with statements(service) as many:
        coordinator.get(pages[0])
    assert len(many) == len(few) <= 40  # with research, the meeting’s record and who tells the victim


def test_a_form_with_thousands_of_rows_is_cut_short(pages: list[str], coordinator: FlaskClient) -> None:
    rows = [("action", str(uuid4())) for _ in range(500)]
    body = "&".join(f"{name}={value}" for name, value in [*rows, ("step", "add.action")])
    answer = coordinator.post(pages[0], data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert len(re.findall(r'<input type="hidden" name="action" value="(?!KEY)', answer.text)) == 60


@pytest.mark.parametrize("typed", ["27/11/2026", "27 11 2026", "27.11.26", "2026-11-27"])
def test_a_day_is_read_as_people_write_it(typed: str) -> None:
    assert day_from(typed) == date(2026, 11, 27)


@pytest.mark.parametrize("typed", ["31/2/2026", "11/27/2026", "Friday", "27/11", "٢٧/١١/٢٠٢٦x", "0/0/0"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        day_from(typed)
