"""What the page of one's own copy says of a restricted case (security.md B)."""

from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import ItemRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from tests.a_meeting_record import somebody
from tests.usecases.test_minutes_copies import restrict
from tests.web.conftest import SignIn
from tests.web.pages import text
from tests.web.test_minutes import client, meeting

__all__ = ["client", "meeting"]


def test_B_the_page_says_that_a_restricted_case_is_left_out_and_offers_no_empty_copy(
    service: Flask, signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    here = f"/minutes/{meeting}"
    rep = signed_in(Role.REPRESENTATIVE)
    client.post(f"{here}/draft")
    client.post(f"{here}/said", data={"send": "1"})
    signed_in(Role.CHAIR).post(f"{here}/approve", data={"seen": "1"})
    assert "Left out" not in text(rep.get(f"{here}/copy"))
    for left in (1, 2):
        with service.app_context(), acting.service():
            cases = db.session.scalars(select(ItemRow.case_id).order_by(ItemRow.case_id)).all()
            who, named = somebody(Role.COORDINATOR), somebody(Role.REPRESENTATIVE)
            restrict(who, named, cases[left - 1])
        page = text(rep.get(f"{here}/copy"))
        assert f"Left out: {left} restricted case" in page
        assert ("Make my copy" in page) == (left == 1)
    assert "There is nothing to take away" in page
    assert rep.post(f"{here}/copy", data={"replaces": "0"}).status_code == 409
