"""The pages on which agencies confirm update-only cases, and what a coordinator sees of it (Rulebook C3)."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import ConfirmationRow, ItemRow, MeetingRow, OutcomeRow, SafeguardRow, db
from meetingsvc.permissions import Role
from minutes.outcome import Safeguard
from tests.a_marac import MONDAY, a_person, referred
from tests.proofs import figure
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named
from tests.web.routes import statements

GROUPS = (Group.NEW_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS, Group.REPEAT_SAFEGUARDS, Group.DISCLOSURE)
WHY = "She left the refuge on Sunday."


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")


@pytest.fixture
@remembered
def meeting(service: Flask, coordinator: FlaskClient) -> str:
    """The page of a published MARAC with three update-only cases."""
    with service.app_context():
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR, "Morgan Ashdown")
        referred(who, GROUPS, MONDAY)
        here = f"/marac/{db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == 'MARAC')).one()}"
    for step in ("close", "publish"):
        assert coordinator.post(f"{here}/{step}").status_code == 303
    return here


def asked(service: Flask) -> list[UUID]:
    with service.app_context():
        rows = select(ItemRow.id).where(ItemRow.group >= Group.NEW_SAFEGUARDS).order_by(ItemRow.group)
        return list(db.session.scalars(rows))


def form(items: list[UUID], do: str, **other: str) -> dict[str, object]:
    """As the page is sent; `not0="why"`: the first is not confirmed."""
    told: dict[str, object] = {"item": [str(item) for item in items], "do": do}
    for place, item in enumerate(items):
        why = other.get(f"not{place}")
        told[f"{item}-said"] = "confirmed" if why is None else "not confirmed"
        told[f"{item}-reason"] = why or ""
    return told


def test_C3_all_is_confirmed_with_two_clicks(service: Flask, rep: FlaskClient, meeting: str) -> None:
    assert "To confirm for the MARAC" in (home := rep.get("/").text) and f"{meeting}/confirmations" in home
    page, items = rep.get(f"{meeting}/confirmations").text, asked(service)
    assert 'name="do" value="all"' in page and len(items) == 3
    check = rep.post(f"{meeting}/confirmations", data=untouched(items, "all"))
    assert check.status_code == 200 and "Confirmed: 3" in check.text
    with service.app_context():
        assert db.session.scalars(select(ConfirmationRow)).all() == [], "nothing before the second click"
    sent = rep.post(f"{meeting}/confirmations", data=form(items, "send"), follow_redirects=True)
    assert "Confirmed: 3." in sent.text and "<strong>3 of 3</strong> answered" in sent.text
    assert "To confirm for the MARAC" not in rep.get("/").text
    figure("confirmations", "{cases} update-only cases confirmed with {clicks} clicks", cases=3, clicks=2)


def untouched(items: list[UUID], do: str) -> dict[str, object]:
    """The page as it comes, sent with one of its buttons."""
    return {"item": [str(one) for one in items], "do": do} | {f"{one}-said": "later" for one in items}


def test_C3_nothing_is_confirmed_that_nobody_said(service: Flask, rep: FlaskClient, meeting: str) -> None:
    page, items = rep.get(f"{meeting}/confirmations").text, asked(service)
    assert 'value="confirmed" checked' not in page and page.count('value="later" checked') == 3
    check = rep.post(f"{meeting}/confirmations", data=untouched(items, "check")).text
    assert "There is nothing to send." in check and "Confirmed: " not in check
    rep.post(f"{meeting}/confirmations", data=untouched(items, "send"))
    with service.app_context():
        assert db.session.scalars(select(ConfirmationRow)).all() == []


def test_C3_all_confirmed_leaves_what_was_said_otherwise(
    service: Flask, rep: FlaskClient, meeting: str
) -> None:
    items = asked(service)
    told = untouched(items, "all") | {f"{items[0]}-said": "not confirmed", f"{items[0]}-reason": WHY}
    check = rep.post(f"{meeting}/confirmations", data=told).text
    assert "Not confirmed: 1" in check and "Confirmed: 2" in check and WHY in check


def test_C2_C3_the_safeguards_to_confirm_stand_under_each_case_and_on_the_check(
    service: Flask, rep: FlaskClient, meeting: str
) -> None:
    items = asked(service)
    told = f"{Safeguard.SUPPORT.label}: Weekly calls."
    with service.app_context():
        daily = db.session.scalars(select(OutcomeRow.item_id).where(OutcomeRow.marac_item_id == items[0]))
        db.session.add(SafeguardRow(item_id=daily.one(), safeguard="refuge", in_place=False, note="Left it."))
        db.session.commit()
    for page in (
        rep.get(f"{meeting}/confirmations"),
        rep.post(f"{meeting}/confirmations", data=untouched(items, "all")),
    ):
        assert (
            page.text.count(told) == 3 and "In place at the daily meeting of Monday 23 November" in page.text
        )
        assert "Left it." not in page.text, "what is not in place is nothing to confirm"


def test_C3_an_exception_asks_for_its_reason_and_loses_nothing_typed(
    service: Flask, rep: FlaskClient, meeting: str
) -> None:
    items = asked(service)
    wrong = rep.post(f"{meeting}/confirmations", data=form(items, "check", not0=WHY, not1=" "))
    assert wrong.status_code == 422 and "Say what your agency cannot confirm, and why" in wrong.text
    assert WHY in wrong.text and f'href="#{items[1]}-reason"' in wrong.text
    check = rep.post(f"{meeting}/confirmations", data=form(items, "check", not0=WHY))
    assert "Not confirmed: 1" in check.text and "Confirmed: 2" in check.text and WHY in check.text
    again = rep.post(f"{meeting}/confirmations", data=form(items, "change", not0=WHY))
    assert again.status_code == 200 and WHY in again.text
    rep.post(f"{meeting}/confirmations", data=form(items, "send", not0=WHY))
    assert f"For discussion: Northtest Homes: {WHY}" in rep.get(f"{meeting}/confirmations").text


def test_C3_the_agenda_says_how_many_have_confirmed_and_a_page_who_has_not(
    service: Flask, coordinator: FlaskClient, rep: FlaskClient, meeting: str
) -> None:
    items = asked(service)
    rep.post(f"{meeting}/confirmations", data=form(items, "send", not0=WHY))
    agenda = coordinator.get(meeting).text
    assert agenda.count("1 of 3 confirmed") == 2 and f"{meeting}/confirmed" in agenda
    assert f"Not confirmed, so for discussion: Northtest Homes: {WHY}" in agenda
    page = coordinator.get(f"{meeting}/confirmed").text
    assert (
        "Haven Northtest: 2 cases" in page
        and "Northtest Homes: " not in page.replace(WHY, "").split("<table")[0]
    )
    assert "of 3 confirmed" not in rep.get(meeting).text, "that is for who runs the meeting"


def test_C3_after_the_meeting_an_answer_is_refused_in_words_and_shown(
    service: Flask, rep: FlaskClient, meeting: str
) -> None:
    items = asked(service)
    with service.app_context():
        row = db.session.scalars(select(MeetingRow).where(MeetingRow.kind == "MARAC")).one()
        row.sits_on = MONDAY.replace(day=20)
        db.session.commit()
    late = rep.post(f"{meeting}/confirmations", data=form(items, "send", not0=WHY))
    assert late.status_code == 409 and "has sat" in late.text and WHY in late.text


def test_the_agenda_asks_for_confirmations_in_few_statements(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    with statements(service) as said:
        assert coordinator.get(f"{meeting}/confirmed").status_code == 200
    # one for an emergency MARAC’s case, one for whether it is restored, one for the panels of an agency
    assert len(said) <= 23, len(said)
