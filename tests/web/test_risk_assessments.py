"""Risk assessments on the pages: counted, judged no lower, kept with tool and version (field.md C)."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from agenda.risk_tool_dash import DASH
from meetingsvc.models import AreaRow, RiskAssessmentRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.transaction import saved
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn
from tests.web.pages import text as words
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, within_monday

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
SAID = {"author": "Priya Raman", "source": "asked the victim", "done_on": ["20", "11", "2026"]}


@pytest.fixture
def client(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def case(service: Flask, client: FlaskClient) -> str:
    feed(service, within_monday(**A))
    return built(client)


def answers(yes: int, unknown: int = 0) -> dict[str, str]:
    """So many yes, then so many not known, and no."""
    said = ["yes"] * yes + ["dont know"] * unknown + ["no"] * (24 - yes - unknown)
    return {f"q-{question.id}": answer for question, answer in zip(DASH.questions, said, strict=True)}


def kept(service: Flask) -> Any:
    with service.app_context():
        row = db.session.scalars(select(RiskAssessmentRow)).one()
        return row.tool, row.version, row.points, row.threshold, row.counted, row.level, row.reason


def test_field_C_the_count_is_kept_with_tool_version_and_threshold(
    service: Flask, client: FlaskClient, case: str
) -> None:
    assert client.post(f"{case}/risk/new", data={**answers(14, 2), **SAID}).status_code == 303
    assert kept(service) == ("dash", "2009", 14, 14, "high", "high", "")
    page = words(client.get(f"{case}/risk"))
    assert "DASH counts 14 of 24, high risk; high from 14." in page and "Not known: 2." in page
    assert "DASH counts 14 of 24" in words(client.get(case))


def test_field_D_the_threshold_is_the_area_s(service: Flask, client: FlaskClient, case: str) -> None:
    with service.app_context(), saved():
        db.session.execute(update(AreaRow).values(settings={"dash_high": 16, "dash_medium": 8}))
    client.post(f"{case}/risk/new", data={**answers(14), **SAID})
    assert kept(service)[3:6] == (16, "medium", "medium")


def test_field_C_judgement_raises_with_a_reason_and_never_lowers(
    service: Flask, client: FlaskClient, case: str
) -> None:
    low = client.post(f"{case}/risk/new", data={**answers(14), **SAID, "judged": "medium", "reason": "calm"})
    assert low.status_code == 422 and "Judgement can raise that, not lower it" in words(low)
    bare = client.post(f"{case}/risk/new", data={**answers(3), **SAID, "judged": "high"})
    assert bare.status_code == 422 and "Say why you judge the risk to be high" in words(bare)
    why = {"judged": "high", "reason": "He has found her"}
    assert client.post(f"{case}/risk/new", data={**answers(3), **SAID, **why}).status_code == 303
    assert kept(service)[2:] == (3, 14, "standard", "high", "He has found her")


def test_field_C_without_a_script_the_server_counts_and_keeps_what_was_answered(
    client: FlaskClient, case: str
) -> None:
    some = dict(list(answers(9).items())[:12])
    page = client.post(f"{case}/risk/new", data={**some, **SAID, "step": "count"})
    assert page.status_code == 200 and "9 of 24, 12 left to answer" in words(page)
    assert page.text.count(" checked") == 12 and page.text.count("data-points") == 72
    assert "No risk assessment is kept" in words(client.get(f"{case}/risk"))


@pytest.mark.parametrize("tool", ["dara", "merit"])
def test_field_D_another_tool_s_level_is_recorded_with_its_reason(
    service: Flask, client: FlaskClient, case: str, tool: str
) -> None:
    address = f"{case}/risk/new?tool={tool}"
    assert client.post(address, data={**SAID, "judged": "high"}).status_code == 422
    assert client.post(address, data={**SAID, "judged": "high", "reason": "On its form"}).status_code == 303
    assert kept(service)[2:] == (None, None, None, "high", "On its form")
    assert client.get(f"{case}/risk/new?tool=nothing").status_code == 404


def test_R2_an_assessment_is_never_changed(service: Flask, client: FlaskClient, case: str) -> None:
    client.post(f"{case}/risk/new", data={**answers(14), **SAID})
    with service.app_context(), pytest.raises(DBAPIError, match="never changed"):
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE risk_assessment SET level = 'high'"))
