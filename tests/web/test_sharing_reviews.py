"""The pages on which it is said what becomes of decisions to share on no case (Rulebook K4, L1, L2)."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.sharing_decision import State
from meetingsvc import clock
from meetingsvc.models import AccountRow, AgencyRow, SharingReviewRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.a_sharing import a_sharing_row
from tests.web.conftest import SignIn
from tests.web.pages import text


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


def made(service: Flask, days: int) -> UUID:
    """The representative's, so many days ago."""
    with service.app_context(), acting.service(), saved():
        maker = db.session.scalars(select(AccountRow).where(AccountRow.role == Role.REPRESENTATIVE)).one()
        agency = db.session.get_one(AgencyRow, maker.agency_id)
        at = clock.now() - timedelta(days=days)
        row = a_sharing_row(agency.area_id, maker.id, agency.id, made_at=at, decided_at=at,
                            state=State.SHARE)  # fmt: skip
        row.why, key = "He asks", row.id
        db.session.add(row)
    return key


def test_L1_its_maker_is_asked_on_the_first_page_and_keeps_it(service: Flask, rep: FlaskClient) -> None:
    key = made(service, 370)
    assert "that you made a year ago or more" in text(rep.get("/"))
    assert f"/sharing/{key}/review" in rep.get("/sharing").text
    page = f"/sharing/{key}/review"
    assert "due since" in text(rep.get(page))
    empty = rep.post(page, data={"what": "keep"})
    assert empty.status_code == 422 and "Say why it is still needed" in text(empty)
    wrong = rep.post(page, data={"what": "put on a case", "reference": "C-999999"})
    assert wrong.status_code == 422 and "There is no case C-999999" in text(wrong)
    assert rep.post(page, data={"what": "keep", "reason": "Still at risk"}).status_code == 303
    assert "that you made a year ago or more" not in text(rep.get("/"))
    assert "not due yet" in text(rep.get(page))
    assert "by who made it: Still at risk" in text(rep.get(f"/sharing/{key}"))


def test_L1_before_it_is_due_only_a_case_is_offered(service: Flask, rep: FlaskClient) -> None:
    page = f"/sharing/{made(service, 5)}/review"
    shown = rep.get(page).text
    assert 'value="put on a case"' in shown and 'value="keep"' not in shown
    assert rep.post(page, data={"what": "keep", "reason": "x"}).status_code == 422


def test_L2_a_second_person_decides_and_reads_nothing_of_it(
    service: Flask, rep: FlaskClient, signed_in: SignIn
) -> None:
    key = made(service, 370)
    page = f"/sharing/{key}/review"
    assert rep.post(page, data={"what": "propose to destroy", "reason": "Nobody needs it"}).status_code == 303
    assert "proposed to be destroyed" in text(rep.get("/sharing"))
    chair, governs = signed_in(Role.CHAIR), signed_in(Role.INFORMATION_GOVERNANCE)
    for who in (chair, governs):
        assert "1 that nobody reviews, or that waits for a second person" in text(who.get("/"))
        for shown in (text(who.get("/sharing/reviews")), text(who.get(f"/sharing/reviews?decision={key}"))):
            assert "sharing decision of" in shown and "That she has moved" not in shown
            assert "Nobody needs it" not in shown and "school nurse" not in shown
        assert who.get(f"/sharing/{key}").status_code == 404
    none = governs.post("/sharing/reviews", data={"decision": str(key)})
    assert none.status_code == 422 and "Choose what becomes of it" in text(none)
    hidden = governs.post("/sharing/reviews", data={"decision": str(UUID(int=1)), "what": "keep"})
    assert hidden.status_code == governs.get("/sharing/reviews?decision=x").status_code == 404
    answer = chair.post("/sharing/reviews", data={"decision": str(key), "what": "agree to destroy"})
    assert answer.status_code == 303 and "destroyed in the coming night" in text(chair.get(answer.location))
    with service.app_context(), acting.service():
        steps = db.session.scalars(select(SharingReviewRow.step).order_by(SharingReviewRow.place))
        assert steps.all() == ["propose to destroy", "agree to destroy"]


def test_L1_where_none_waits_it_says_so(signed_in: SignIn) -> None:
    page = text(signed_in(Role.INFORMATION_GOVERNANCE).get("/sharing/reviews"))
    assert "None waits. There is nothing for you to do." in page and "the first page then says" in page
