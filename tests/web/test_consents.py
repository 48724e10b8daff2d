"""Consent on the pages: recorded, and its limits shown wherever the case is (Rulebook K1 to K3)."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from agenda.referral_consent import NOT_THE_BASIS
from meetingsvc.permissions import Role
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn
from tests.web.pages import text
from tests.web.test_cases import A, built
from tests.web.test_lists import MONDAY, feed, within_monday

LIMITS = "Nothing to her employer, Zephyr Mills"
SOURCE = {"author": "Priya Raman", "source": "said so by telephone"}
LIMITED = {"answer": "limited", "on": "20/11/2026", "limits": LIMITS, **SOURCE}
WITHOUT = {
    "what": "What the neighbours heard", "why": ["crime", "right to life"], "authorised_by": "DI Teal",
    "receives": "The agencies of the panel",
}  # fmt: skip


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def case(service: Flask, coordinator: FlaskClient) -> str:
    feed(service, within_monday(**A))
    return built(coordinator)


def test_K1_limits_are_shown_wherever_the_case_is(
    service: Flask, coordinator: FlaskClient, case: str
) -> None:
    page = text(coordinator.get(case))
    assert "Nothing is recorded of the victim’s consent" in page
    answer = coordinator.post(f"{case}/consent/new", data=LIMITED)
    assert (answer.status_code, answer.location) == (303, f"{case}/consent")
    day = coordinator.get(f"/lists/{MONDAY}")
    outcome = next(part for part in day.text.split('"') if part.endswith("/outcome"))
    for path in (case, f"{case}/consent", f"{case}/addresses", f"/lists/{MONDAY}", outcome):
        assert LIMITS in text(coordinator.get(path)), path


def test_K2_without_consent_what_why_who_and_to_whom_stand_in_the_history(
    coordinator: FlaskClient, case: str
) -> None:
    sent = {"answer": "withheld", "on": "20/11/2026", **WITHOUT, **SOURCE}
    assert coordinator.post(f"{case}/consent/new", data=sent).status_code == 303
    page = text(coordinator.get(f"{case}/consent"))
    for said in (
        "What the neighbours heard",
        "Crime and Disorder Act",
        "DI Teal",
        "The agencies of the panel",
    ):
        assert said in page
    assert NOT_THE_BASIS in page and "not the lawful basis" in text(coordinator.get(case))


@pytest.mark.parametrize(
    "sent, field, problem",
    [
        ({"answer": "limited", "on": "20/11/2026"}, "limits", "Enter the conditions or limits"),
        ({"answer": "given", "on": "24/11/2026"}, "on", "must be today or in the past"),
        ({"answer": "not sought", **WITHOUT}, "grounds", "Choose why the victim was not asked"),
        (
            {"answer": "withheld", "on": "20/11/2026", **WITHOUT, "why": []},
            "why",
            "Choose why it may be shared",
        ),
        ({}, "answer", "Say whether the victim consents"),
    ],
)
def test_K1_to_K3_what_is_missing_is_said_at_its_field_and_nothing_lost(
    coordinator: FlaskClient, case: str, sent: dict[str, object], field: str, problem: str
) -> None:
    answer = coordinator.post(f"{case}/consent/new", data={**sent, **SOURCE})
    assert answer.status_code == 422 and problem in text(answer)
    assert "to this referral" not in answer.text, "it is asked of a case"
    assert f'href="#{field}"' in answer.text and "said so by telephone" in answer.text
    assert "Nothing is recorded" in text(coordinator.get(f"{case}/consent"))


def test_a_representative_records_and_an_outsider_finds_nothing(
    coordinator: FlaskClient, case: str, signed_in: SignIn
) -> None:
    rep = signed_in(Role.REPRESENTATIVE, agency="Haven Northtest")
    assert rep.post(f"{case}/consent/new", data=LIMITED).status_code == 303
    outsider = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    for page in ("consent", "consent/new", "risk", "risk/new"):
        hidden = outsider.get(f"{case}/{page}")
        assert hidden.status_code == 404
        assert hidden.data.count(b"consent") == outsider.get(f"/cases/{uuid4()}/{page}").data.count(
            b"consent"
        )
    assert outsider.post(f"{case}/consent/new", data=LIMITED).status_code == 404


def test_K1_limits_told_on_another_case_of_the_victim_stand_wherever_the_case_does(
    service: Flask, coordinator: FlaskClient
) -> None:
    other = {"victim_nominal": "V-A", "perpetrator_nominal": "P-B", "occurrence_number": "OTHER"}
    feed(service, within_monday(**A), within_monday(**other))
    here = built(coordinator)
    day = coordinator.get(f"/lists/{MONDAY}")
    there = next(part for part in day.text.split('"') if part.startswith("/cases/") and part != here)
    assert coordinator.post(f"{there}/consent/new", data=LIMITED).status_code == 303
    for path in (here, f"{here}/consent", f"{here}/addresses", f"/lists/{MONDAY}"):
        page = text(coordinator.get(path))
        assert "Told on C-" in page and LIMITS in page, path
