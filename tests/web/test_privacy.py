"""The privacy notice, signed in and beside the form without an account."""

import pytest
from flask import Flask
from sqlalchemy import update

from meetingsvc.models import AreaRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.transaction import saved
from tests.web.a_public_form import HOME
from tests.web.conftest import SignIn
from tests.web.pages import text

SETTINGS = {"privacy_controller": "North Test Council", "privacy_officer": "dpo@northtest.example"}


def set_in_area(service: Flask, **more: object) -> None:
    with service.app_context(), saved():
        db.session.execute(update(AreaRow).values(settings=SETTINGS | more))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.POLICE_SERVICE])
def test_everybody_signed_in_reads_it_from_the_foot_of_every_page(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    set_in_area(service)
    client = signed_in(role)
    assert 'href="/privacy"' in client.get("/").text
    page = text(client.get("/privacy"))
    assert "North Test Council" in page and "dpo@northtest.example" in page
    assert "reviewed every 12 months" in page and "Information Commissioner" in page


def test_T7_without_an_account_it_is_there_where_the_form_is_and_can_be_left_quickly(service: Flask) -> None:
    client = service.test_client()
    set_in_area(service)
    assert client.get(f"{HOME}/privacy").status_code == 404
    set_in_area(service, public_form=True)
    page = client.get(f"{HOME}/privacy")
    assert "dpo@northtest.example" in text(page) and "Exit this page" in text(page)
    assert f'href="{HOME}/privacy"' in client.get(HOME).text
    assert "Set-Cookie" not in page.headers


def test_nobody_reads_it_without_signing_in_where_there_is_no_form(service: Flask) -> None:
    answer = service.test_client().get("/privacy")
    assert answer.status_code == 302 and answer.location.startswith("/sign-in")
