"""The timeline of a case: everything the reader may read of, the newest first."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import AuditRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from tests.web.conftest import SignIn
from tests.web.test_cases import OLD, A, built
from tests.web.test_lists import feed, within_monday


@pytest.fixture
def case(service: Flask, signed_in: SignIn) -> str:
    row = within_monday(**A, occurrence_number="LISTED", risk="medium", children_present="Y")
    feed(service, row, within_monday(**A, occurrence_number="LEFT", recorded_at=OLD))
    feed(service, row | {"risk": "high", "offence": "Assault"})
    return built(signed_in(Role.COORDINATOR))


def titles(client: FlaskClient, page: str) -> list[str]:
    return re.findall(r'moj-timeline__title">([^<]*)<', client.get(page).text)


def test_what_happened_stands_in_order(signed_in: SignIn, case: str) -> None:
    found = titles(signed_in(Role.COORDINATOR), f"{case}/timeline")
    assert found == [
        "On the daily list", "Police incident LISTED", "Police incident LISTED, version 2",
        "Police incident LEFT",
    ]  # fmt: skip


def test_some_kinds_only(signed_in: SignIn, case: str) -> None:
    client = signed_in(Role.COORDINATOR)
    assert titles(client, f"{case}/timeline?kind=daily+lists") == ["On the daily list"]
    assert titles(client, f"{case}/timeline?kind=nothing") == titles(client, f"{case}/timeline")


def test_who_reads_what_a_list_told_finds_no_more_on_the_timeline(signed_in: SignIn, case: str) -> None:
    client = signed_in(Role.IDVA, agency="Haven Northtest")
    page = client.get(f"{case}/timeline").text
    assert "LISTED" in page and "LEFT" not in page and "there may be more" in page


def test_V5_a_timeline_leaves_a_trace(service: Flask, signed_in: SignIn, case: str) -> None:
    signed_in(Role.COORDINATOR).get(f"{case}/timeline")
    with service.app_context(), acting.service():
        rows = select(AuditRow.subject).where(AuditRow.action == "timeline.read")
        assert db.session.scalars(rows).all() == [case.strip("/").replace("cases", "case")]


def test_a_hidden_case_has_no_timeline(signed_in: SignIn, case: str) -> None:
    client = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    assert client.get(f"{case}/timeline").status_code == 404
