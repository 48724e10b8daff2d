"""The pages of an agenda's time: what is too long, an extra sitting in two clicks, referrers' times."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.calendar import LONDON
from agenda.circulation import Group
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, ReferralToldRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas, marac
from meetingsvc.usecases import marac as planning
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, TUESDAY, a_person, referred
from tests.a_sent_referral import a_sent_row
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named

THURSDAY = date(2026, 12, 3)
#: What is no matter of the database.
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def meeting(service: Flask) -> str:
    """The page of a closed MARAC with three cases of 12, 12 and 3 minutes, where 20 are to be had."""
    with service.app_context():
        with saved():
            area = db.session.scalars(select(AreaRow).where(AreaRow.name == "northtest")).one()
            own = replace(AreaSettings(), marac_anchor=THURSDAY, marac_minutes=20)
            area.settings = areas.settings_json(own)
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR, "Morgan Ashdown")
        referred(who, (Group.NEW_NO_SAFEGUARDS, Group.NEW_NO_SAFEGUARDS, Group.REPEAT_SAFEGUARDS), MONDAY)
        meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
        planning.close(who, meeting_id, NOW)
        return f"/marac/{meeting_id}"


def lines(service: Flask, meeting: str) -> tuple[marac.Line, ...]:
    with service.app_context():
        return marac.lines(UUID(meeting[7:]))


def test_M4_an_agenda_that_is_too_long_says_what_to_move(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    page = coordinator.get(meeting).text
    first, second, third = lines(service, meeting)
    assert "Time: 27 of 20 minutes" in page and "7 minutes too long. To move:" in page
    warning = page[page.index("To move:") : page.index("Plan an extra sitting")]
    assert third.case in warning and second.case in warning and first.case not in warning
    assert "Even then" not in page
    for when in ("09:30", "09:42", "09:54"):
        assert when in page


def test_M4_an_extra_sitting_takes_two_clicks(service: Flask, coordinator: FlaskClient, meeting: str) -> None:
    page = coordinator.get(f"{meeting}/extra").text
    first, second, third = lines(service, meeting)
    day = ["4", "12", "2026"]
    assert all(f'value="{part}"' in page for part in ("04", "12", "2026")), (
        "the next working day is filled in"
    )
    assert page.count(" checked") == 2, "what the service proposes is ticked"
    told = {"sits_on": day, "cases": [str(second.item_id), str(third.item_id)]}
    answer = coordinator.post(f"{meeting}/extra", data=told)
    assert answer.status_code == 303
    extra = coordinator.get(answer.location).text
    assert "Extra MARAC sitting of Friday 4 December 2026" in extra and "with 2 cases" in extra
    assert third.case in extra and first.case not in extra and meeting in extra
    assert "Time: 12 of 20 minutes" in coordinator.get(meeting).text
    again = coordinator.post(f"{meeting}/extra", data=told | {"cases": [str(first.item_id)]})
    assert again.status_code == 422 and "There is a MARAC on Friday 4 December 2026 already" in again.text
    assert coordinator.post(f"{meeting}/extra", data={"sits_on": day}).status_code == 422


def test_M4_cases_are_moved_on_with_the_reason_and_what_was_typed_stays(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    *_, third = lines(service, meeting)
    page = coordinator.get(f"{meeting}/move-on").text
    assert "The next MARAC, on Thursday 17 December 2026" in page and page.count(" checked") == 3
    told = {"cases": [str(third.item_id)], "to": "next"}
    wrong = coordinator.post(f"{meeting}/move-on", data=told | {"reason": " "})
    assert wrong.status_code == 422 and "Say why" in wrong.text and wrong.text.count(" checked") == 2
    answer = coordinator.post(f"{meeting}/move-on", data=told | {"reason": "No time"}, follow_redirects=True)
    assert "Moved: 1 case, to the MARAC of Thursday 17 December 2026." in answer.text
    with service.app_context():
        to = db.session.scalars(select(MeetingRow.id).where(MeetingRow.sits_on == date(2026, 12, 17))).one()
    there = coordinator.get(f"/marac/{to}").text
    assert "Waited since an earlier MARAC" in there and "Moved from an earlier MARAC: No time" in there
    forged = coordinator.post(f"{meeting}/move-on", data=told | {"reason": "x"})
    assert forged.status_code == 422, "it is not on this agenda any more"


def test_M4_the_sitting_that_is_offered_is_the_one_that_takes_them_and_extra_ones_are_told_apart(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    *_, second, third = lines(service, meeting)
    told = {"sits_on": ["17", "12", "2026"], "cases": [str(second.item_id)]}
    refused = coordinator.post(f"{meeting}/extra", data=told)
    assert refused.status_code == 422 and "The timetable plans a MARAC on Thursday 17" in refused.text
    assert coordinator.post(f"{meeting}/extra", data=told | {"sits_on": ["4", "12", "2026"]}).location
    assert "Extra MARAC sitting" in coordinator.get("/marac").text
    with service.app_context(), saved():
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR, "Gwen Pryce")
    with service.app_context():
        taken = planning.plan(who, date(2026, 12, 17), NOW)
        planning.close(who, _with_a_case(who, taken), NOW)
    assert "The next MARAC, on Thursday 31 December 2026" in coordinator.get(f"{meeting}/move-on").text
    moved = {"cases": [str(third.item_id)], "to": "next", "reason": "No time"}
    answer = coordinator.post(f"{meeting}/move-on", data=moved, follow_redirects=True)
    assert "to the MARAC of Thursday 31 December 2026." in answer.text


def _with_a_case(who: Principal, meeting_id: UUID) -> UUID:
    referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    return meeting_id


def test_M4_a_closed_agenda_says_by_when_it_goes_out(coordinator: FlaskClient, meeting: str) -> None:
    page = coordinator.get(meeting).text
    assert "By Monday 23 November 2026, when agendas go out" in page
    assert "Not confirmed<" not in page and "Move to discussion" in page


def test_M4_the_next_marac_is_the_earliest_that_has_not_ended(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    def emergency(starts_at: datetime, number: int) -> None:
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        db.session.add(
            MeetingRow(id=uuid4(), area_id=area, kind="MARAC", sits_on=starts_at.date(), starts_at=starts_at,
                       state="published", built_at=NOW, closed_at=NOW, published_at=NOW, emergency=number)
        )  # fmt: skip

    soon = NOW + timedelta(days=2)
    with service.app_context(), saved():
        emergency(soon + timedelta(hours=8), 1)
        emergency(soon + timedelta(hours=6), 2)
    first = f"{(soon + timedelta(hours=6)).astimezone(LONDON):%H:%M}"
    later = f"{(soon + timedelta(hours=8)).astimezone(LONDON):%H:%M}"
    for ended, shown in ((False, first), (True, later)):
        if ended:
            with service.app_context(), saved():
                row = db.session.scalars(select(MeetingRow).where(MeetingRow.emergency == 2)).one()
                row.ended_at = NOW
        home = coordinator.get("/").text
        called, ordinary = home[: home.index("Daily meeting, ")], home[home.index("Next MARAC") :]
        assert f"Emergency MARAC on Wednesday 25 November 2026 at {shown}" in called, "above everything"
        assert called.count("app-card--emergency") == (1 if ended else 2), "the one that has ended is gone"
        assert "Wednesday 25 November 2026" not in ordinary and "3 December 2026 at" in ordinary
        assert (
            f"the Emergency MARAC of Wednesday 25 November 2026 at {shown}" in coordinator.get("/marac").text
        )


def test_T14_the_time_of_a_referrer_is_kept_and_shown_and_taken_off(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    first, second, _ = lines(service, meeting)
    with service.app_context(), saved():
        row = db.session.get_one(ItemRow, first.item_id)
        db.session.add(
            ReferralToldRow(area_id=row.area_id, case_id=row.case_id, referral_id=None, sight="panel",
                            label="Asks to attend", text="Friday 4 December 2026", author="Gwen Pryce",
                            at=NOW)
        )  # fmt: skip
    there = f"{meeting}/cases/{first.item_id}/slot"
    page = coordinator.get(meeting).text
    assert "Not on a day that they gave" in page and there in page
    assert f"{meeting}/cases/{second.item_id}/slot" in page, "a time is given to any case"
    assert "Friday 4 December 2026 (Gwen Pryce)" in coordinator.get(there).text
    assert coordinator.post(there, data={"at": "25:00"}).status_code == 422
    assert "starts at 09:30" in coordinator.post(there, data={"at": "9:00"}).text
    kept = coordinator.post(there, data={"at": "9:40"}, follow_redirects=True).text
    assert "Referrer comes at 09:40" in kept and kept.index(second.case) < kept.index(first.case + "</a>")
    assert "The case is kept at 09:40." in kept
    late = coordinator.post(there, data={"at": "11:00"}, follow_redirects=True).text
    assert "Not at that time" in late and "group 2 reaches it at about 09:42" in late
    assert "11:00 is noted, but the agenda does not keep it: group 2 reaches the case at about 09:42" in late
    assert "The case is kept" not in late and "Success" not in late
    assert "Referrer comes" not in coordinator.post(there, data={"off": "1"}, follow_redirects=True).text


def test_F3_T14_it_is_said_whose_time_is_kept_where_more_than_one_referred(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    first, *_ = lines(service, meeting)
    with service.app_context(), saved():
        row = db.session.get_one(ItemRow, first.item_id)
        person = a_person(agency_named("Northtest Police"), name="Gwen Pryce")
        one, other = (
            a_sent_row(row.area_id, row.case_id, person.account_id, person.agency_id) for _ in range(2)
        )
        one_id, other_id = one.id, other.id
    there = f"{meeting}/cases/{first.item_id}/slot"
    page = coordinator.get(there).text
    assert str(one_id) in page and str(other_id) in page and " checked" not in page
    refused = coordinator.post(there, data={"at": "9:40"})
    assert refused.status_code == 422 and "Choose whose time it is" in refused.text
    forged = coordinator.post(there, data={"at": "9:40", "whose": str(first.item_id)})
    assert forged.status_code == 422
    coordinator.post(there, data={"at": "9:40", "whose": str(other_id)})
    assert [line.slot_referral_id for line in lines(service, meeting) if line.slot] == [other_id]
    assert coordinator.get(there).text.count(" checked") == 1
    coordinator.post(there, data={"off": "1"})
    assert not any(line.slot or line.slot_referral_id for line in lines(service, meeting))


def test_A2_open_actions_of_earlier_meetings_stand_before_the_groups(
    coordinator: FlaskClient, meeting: str
) -> None:
    page = coordinator.get(meeting).text
    assert "Open actions of earlier meetings: 3" in page
    assert page.index("Fit a new lock") < page.index("Group 1: ")


def test_T14_a_daily_list_says_how_long_it_takes(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn, meeting: str
) -> None:
    assert "Time: 6 of 90 minutes." in coordinator.get(f"/lists/{MONDAY}").text
    with service.app_context(), saved():
        area = db.session.scalars(select(AreaRow).where(AreaRow.name == "northtest")).one()
        area.settings = areas.settings_json(AreaSettings(minutes_daily_case=40))
    page = coordinator.get(f"/lists/{MONDAY}").text
    assert "Time: 120 of 90 minutes" in page and "30 minutes too long" in page
    assert "Time: " not in signed_in(Role.REPRESENTATIVE, "Northtest Homes").get(f"/lists/{MONDAY}").text


def test_M4_who_only_reads_an_agenda_is_told_no_time_in_all(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn, meeting: str
) -> None:
    assert coordinator.post(f"{meeting}/publish").status_code == 303
    page = signed_in(Role.REPRESENTATIVE, "Northtest Homes").get(meeting).text
    assert "09:42" in page and "of 20 minutes" not in page and "Move cases" not in page
