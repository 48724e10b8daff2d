"""The working page of a MARAC, through the whole service."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    ConfirmationRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PlanReviewRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import accounts, acting, meeting_record
from meetingsvc.store.scope import items_of
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests.a_marac import line_of, referred
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, SignIn

DECIDED = {"version": "0", "risk": "high", "in_place": "yes", "step": "save"}


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    signed_in(Role.CHAIR)
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def pages(service: Flask, coordinator: FlaskClient) -> list[str]:
    """One case for discussion, one to be confirmed, on an agenda that is published."""
    with service.app_context():
        who, chair = (
            accounts.principal(
                db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one(), NOW
            )
            for role in (Role.COORDINATOR, Role.CHAIR)
        )
        assert who is not None and chair is not None
        items = referred(who, (Group.NEW_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS))
        lines = [line_of(item).id for item in items]
        meeting_id = line_of(items[0]).meeting_id
        marac.close(who, meeting_id, NOW)
        marac_publishing.publish(chair, meeting_id, NOW)
    return [f"/items/{line}/outcome" for line in lines]


def on_its_day(service: Flask) -> None:
    """The MARAC sits today."""
    with service.app_context(), saved():
        meeting = db.session.scalars(select(MeetingRow).where(MeetingRow.kind == "MARAC")).one()
        meeting.sits_on = NOW.date()


def test_M3_before_the_day_it_sits_nothing_is_saved_and_what_was_typed_stays(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    said = "Outcomes are saved from that day on"
    assert f"This MARAC sits on Thursday 3 December 2026. {said}." in coordinator.get(pages[0]).text
    refused = coordinator.post(pages[0], data=DECIDED | {"notes": "kept as typed"})
    assert refused.status_code == 409 and "has not sat yet" in refused.text
    assert "kept as typed" in refused.text
    on_its_day(service)
    assert said not in coordinator.get(pages[0]).text


def test_M1_the_page_shows_what_the_daily_meeting_decided_and_asks_no_referral(
    pages: list[str], coordinator: FlaskClient
) -> None:
    text = coordinator.get(pages[0]).text
    assert "MARAC of Thursday 3 December 2026, case 1 of 2" in text
    assert "Daily meeting of Monday 23 November 2026" in text and "Rent arrears since June." in text
    assert "The daily meeting assessed it as high" in text and "Fit a new lock" in text
    assert "Refer to MARAC?" not in text and "Confirmed, nothing to add" not in text
    assert f'data-key="n" href="{pages[1]}"' in text


def test_T6_a_case_is_called_heard_once_the_marac_sits_and_its_own_meeting_is_no_history(
    service: Flask,
    pages: list[str],
    coordinator: FlaskClient,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item_id = UUID(pages[0].split("/")[2])
    with service.app_context():
        item = db.session.get_one(ItemRow, item_id)
        start, case = db.session.get_one(MeetingRow, item.meeting_id).starts_at, f"/cases/{item.case_id}"
        daily = db.session.scalars(
            select(ItemRow.id).where(ItemRow.case_id == item.case_id, ItemRow.id != item_id)
        ).one()
    before = "3 Dec 2026, MARAC: On the agenda"
    assert before in coordinator.get(f"/items/{daily}/outcome").text
    assert "3 Dec 2026, MARAC" not in coordinator.get(pages[0]).text
    heard = "Heard Thursday 3 December 2026: a further incident"
    for minutes, said in ((-10, False), (0, True)):
        now = start + timedelta(minutes=minutes)
        monkeypatch.setattr("meetingsvc.clock.now", lambda now=now: now)
        reader = signed_in(Role.COORDINATOR)
        shown, told = reader.get(case).text, reader.get(f"{case}/timeline").text
        assert (heard in shown, '<h2 class="govuk-heading-m">Heard at MARAC</h2>' in shown) == (said, said)
        assert "Heard at MARAC" in told if said else "Heard at MARAC" not in told
        assert said or "On the agenda of Thursday 3 December 2026: a further incident" in shown


def test_C3_an_update_only_case_is_confirmed_in_one_click(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    on_its_day(service)
    every_agency_confirms(service, UUID(pages[1].split("/")[2]))
    assert "Confirmed, nothing to add" in coordinator.get(pages[1]).text
    answer = coordinator.post(pages[1], data={"version": "0", "step": "confirm"})
    assert answer.status_code == 303 and answer.location.startswith("/marac/")
    with service.app_context():
        row = db.session.get_one(OutcomeRow, UUID(pages[1].split("/")[2]))
        assert (row.risk, row.in_place, row.refer) == ("high", True, False)


def test_C3_M3_one_click_is_offered_from_the_day_on_which_it_can_be_done(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    every_agency_confirms(service, UUID(pages[1].split("/")[2]))
    page = coordinator.get(pages[1]).text
    assert "Confirmed, nothing to add" not in page and "Ask those who have not answered" not in page
    assert "can be recorded from Thursday 3 December 2026 on" in page
    on_its_day(service)
    assert "Confirmed, nothing to add" in coordinator.get(pages[1]).text


def test_M6_of_a_marac_that_did_not_sit_and_decided_nothing_there_are_no_minutes_by_any_address(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    with service.app_context(), saved():
        meeting = db.session.scalars(select(MeetingRow).where(MeetingRow.kind == "MARAC")).one()
        meeting.state, meeting.not_sat_reason, here = "cancelled", "Snow", f"/minutes/{meeting.id}"
    for address in (here, f"{here}/copy", f"{here}/copies", f"{here}/correct"):
        assert coordinator.get(address).status_code == 404, address
    assert coordinator.post(f"{here}/draft").status_code == 404


def every_agency_confirms(service: Flask, item_id: UUID, *, but: int = 0) -> int:
    """Every agency that the MARAC expects, but for so many; how many there are."""
    with service.app_context():
        who = accounts.principal(
            db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one(), NOW
        )
        assert who is not None
        with acting.acting(who):
            its = select(ItemRow.meeting_id).where(items_of(who), ItemRow.id == item_id)
            meeting = meeting_record.meeting(who, db.session.scalars(its).one())
            assert meeting is not None
            agencies = meeting_record.expected_agencies(meeting)
        with saved():
            for one in agencies[but:]:
                db.session.add(
                    ConfirmationRow(area_id=who.area_id, item_id=item_id, agency_id=one.id, confirmed=True,
                                    author="A", said_by=who.account_id, said_at=NOW)
                )  # fmt: skip
        db.session.remove()
        return len(agencies)


def test_C3_one_click_confirms_nothing_that_an_agency_has_not(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    item_id = UUID(pages[1].split("/")[2])
    count = every_agency_confirms(service, item_id, but=1)
    text = coordinator.get(pages[1]).text
    assert "Confirmed, nothing to add" not in text and f"{count - 1} of {count} confirmed" in text
    assert "not answered: " in text
    for live in ({}, {"live": "1"}):
        answer = coordinator.post(pages[1], data={"version": "0", "step": "confirm"} | live)
        assert answer.status_code == 409 and "Nothing was saved." in answer.text
    with service.app_context():
        assert db.session.get(OutcomeRow, item_id) is None


def test_M3_an_action_that_is_done_is_said_in_one_click(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    on_its_day(service)
    with service.app_context():
        action = db.session.scalars(select(ActionRow.id).order_by(ActionRow.set_at)).first()
    text = coordinator.get(pages[0]).text
    key = text.partition('data-review="')[2].partition('"')[0]
    assert action is not None and key
    refused = coordinator.post(pages[0], data=DECIDED | {f"review-{key}-verdict": "change", "notes": "kept"})
    assert refused.status_code == 422 and "Say how the action changes" in refused.text
    assert "kept" in refused.text
    assert coordinator.post(pages[0], data=DECIDED | {f"review-{key}-verdict": "done"}).status_code == 303
    with service.app_context():
        assert db.session.get_one(ActionRow, UUID(key)).status == "done"
        assert db.session.scalars(select(PlanReviewRow.verdict)).all() == ["done"]


def test_M3_who_attends_reads_the_outcome_and_has_no_form(
    service: Flask, pages: list[str], coordinator: FlaskClient, signed_in: SignIn
) -> None:
    on_its_day(service)
    coordinator.post(pages[0], data=DECIDED | {"plan_review": "It holds."})
    text = signed_in(Role.REPRESENTATIVE, "Northtest Homes").get(pages[0]).text
    assert "It holds." in text and "data-outcome" not in text and "Fit a new lock" in text


def test_M3_the_agenda_leads_to_each_case(service: Flask, pages: list[str], coordinator: FlaskClient) -> None:
    with service.app_context():
        meeting = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    text = coordinator.get(f"/marac/{meeting}").text
    assert all(page in text for page in pages) and "Record the meeting, case by case" in text
