"""The pages of complaints, from recording one to closing it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from meetingsvc import clock
from meetingsvc.models import AccountRow, ComplaintRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import SignIn
from tests.web.test_lists import text as words

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
DAY = ["23", "11", "2026"]
COMPLAINT = {"complainant": "perpetrator", "about": "meeting", "what": "He was not heard",
             "received_on": DAY, "received_at": "08:00"}  # fmt: skip


def text(answer: TestResponse) -> str:
    """The page as it reads."""
    return words(answer.text)


@pytest.fixture
def chair(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.CHAIR)


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


def key(service: Flask) -> UUID:
    """Of the one complaint there is."""
    with service.app_context(), acting.service():
        return db.session.scalars(select(ComplaintRow.id)).one()


def post(client: FlaskClient, path: str, **form: Any) -> None:
    answer = client.post(path, data=form)
    assert answer.status_code == 303, text(answer)
    assert "Recorded." in text(client.get(answer.location))


def test_V2_from_recording_to_closing(service: Flask, rep: FlaskClient, chair: FlaskClient) -> None:
    assert "You have recorded no complaint" in text(rep.get("/complaints/mine"))
    assert "No complaint waits" in text(chair.get("/complaints"))
    answer = rep.post("/complaints/new", data=COMPLAINT)
    assert (answer.status_code, answer.location) == (303, "/complaints/mine")
    assert "Who deals with it is told" in text(rep.get("/complaints/mine"))
    page = f"/complaints/{key(service)}"
    assert rep.get(page).status_code == 403
    assert "1 to deal with" in text(chair.get("/")) and "due Tuesday 24 November" in text(chair.get("/"))
    for address in ("/", "/complaints"):
        assert "Heads of service to be notified: due Tuesday 24 November" in text(chair.get(address)), address
    post(chair, f"{page}/told", what="notified", on=DAY, at="08:20")
    post(chair, f"{page}/told", what="acknowledged", on=DAY, at="08:25")
    post(chair, f"{page}/step", step="take on")
    wrong = chair.post(f"{page}/step", data={"step": "answer"})
    shown = text(wrong)
    assert wrong.status_code == 422
    for said in ("Say what was found", "The answer must say so", "must reveal no meeting"):
        assert said in shown
    post(chair, f"{page}/step", step="answer", reason="We cannot say", rights="y", reveals_nothing="y")
    shown = text(chair.get(page))
    assert "No answer confirms or denies a meeting" in shown and "Information Commissioner" in shown
    assert "done in time" in shown
    post(chair, f"{page}/step", step="close")
    assert "closed" in text(chair.get("/complaints"))


def test_V2_one_about_the_chair_is_for_information_governance(
    service: Flask, rep: FlaskClient, chair: FlaskClient, signed_in: SignIn
) -> None:
    rep.post("/complaints/new", data={**COMPLAINT, "about": "chair"})
    page = f"/complaints/{key(service)}"
    assert chair.get(page).status_code == 404 and "No complaint waits" in text(chair.get("/complaints"))
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    assert "Pass it to the strategic partnership" in text(governance.get(f"{page}/step"))
    post(governance, f"{page}/step", step="pass to the partnership, the chair being complained of",
         reason="He spoke over her")  # fmt: skip


def test_V2_what_is_missing_stands_beside_its_field(
    service: Flask, rep: FlaskClient, chair: FlaskClient
) -> None:
    answer = rep.post("/complaints/new", data={})
    assert answer.status_code == 422
    for said in ("Choose who complains", "Say what is complained of", "Enter the day"):
        assert said in text(answer)
    for reference, said in (("C-000099", "There is no case C-000099"), ("him", "Enter a case reference")):
        assert said in text(rep.post("/complaints/new", data={**COMPLAINT, "reference": reference}))
    ahead = {**COMPLAINT, "received_on": ["24", "11", "2026"]}
    assert "in the future" in text(rep.post("/complaints/new", data=ahead))
    rep.post("/complaints/new", data=COMPLAINT)
    page = f"/complaints/{key(service)}"
    for form in ("step", "told", "named"):
        assert chair.get(f"{page}/{form}").status_code == 200
        answer = chair.post(f"{page}/{form}", data={})
        assert answer.status_code == 422 and "There is a problem" in text(answer)


def test_V2_who_is_complained_of_is_chosen_at_once_and_never_reads_it(
    service: Flask, rep: FlaskClient, chair: FlaskClient
) -> None:
    page = text(rep.get("/complaints/new"))
    assert "No, or nobody by name" in page and "They never read it" in page
    with service.app_context(), acting.service():
        its = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.CHAIR)).one()
    answer = rep.post("/complaints/new", data={**COMPLAINT, "of": str(uuid4())})
    assert answer.status_code == 422
    rep.post("/complaints/new", data={**COMPLAINT, "of": str(its)})
    assert chair.get(f"/complaints/{key(service)}").status_code == 404
    assert "No complaint waits" in text(chair.get("/complaints"))


def test_V2_one_about_information_governance_is_for_the_chair_alone(
    service: Flask, rep: FlaskClient, chair: FlaskClient, signed_in: SignIn
) -> None:
    rep.post("/complaints/new", data={**COMPLAINT, "about": "governance"})
    page, governance = f"/complaints/{key(service)}", signed_in(Role.INFORMATION_GOVERNANCE)
    assert governance.get(page).status_code == 404
    assert "No complaint waits" in text(governance.get("/complaints"))
    post(chair, f"{page}/step", step="take on")
    assert "About Governance" in text(chair.get(page))


def test_V2_a_withdrawal_waits_for_a_second_person(
    service: Flask, rep: FlaskClient, chair: FlaskClient, signed_in: SignIn
) -> None:
    rep.post("/complaints/new", data=COMPLAINT)
    page = f"/complaints/{key(service)}"
    post(chair, f"{page}/step", step="withdraw", reason="He rang")
    shown = text(chair.get(page))
    assert "Withdraw: said by" in shown and "a second person has to say the same" in shown
    assert "two people say so" not in text(chair.get(f"{page}/step")), "not twice by the same"
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    assert "two people say so" in text(governance.get(f"{page}/step"))
    post(governance, f"{page}/step", step="withdraw", reason="He wrote it too")
    assert "withdrawn" in text(governance.get("/complaints"))


def test_V2_what_nobody_here_can_deal_with_is_refused_and_what_was_typed_stays(rep: FlaskClient) -> None:
    answer = rep.post("/complaints/new", data={**COMPLAINT, "about": "governance"})
    assert answer.status_code == 422 and "He was not heard" in answer.text
    assert "Take it to the strategic partnership now" in text(answer)
    assert "You have recorded no complaint" in text(rep.get("/complaints/mine"))


def test_B_a_referrer_reads_no_name_of_who_deals_with_complaints(
    rep: FlaskClient, chair: FlaskClient, signed_in: SignIn
) -> None:
    asked = "one of those who deal with complaints"
    page = text(rep.get("/complaints/new"))
    assert asked in page and ", Chair" in page
    page = text(signed_in(Role.REFERRER).get("/complaints/new"))
    assert asked not in page and ", Chair" not in page and "What is complained of?" in page


def test_V2_one_that_lost_its_last_chair_is_counted_on_the_administrators_first_page(
    service: Flask, rep: FlaskClient, chair: FlaskClient, signed_in: SignIn
) -> None:
    admin = signed_in(Role.SYSTEM_ADMINISTRATOR)
    answer = rep.post("/complaints/new", data={**COMPLAINT, "about": "governance"})
    assert answer.status_code == 303, text(answer)
    assert "nobody can deal with" not in text(admin.get("/"))
    with service.app_context(), acting.service(), saved():
        told = update(AccountRow).where(AccountRow.role == Role.CHAIR).values(disabled_at=clock.now())
        db.session.execute(told)
    shown = text(admin.get("/"))
    assert "1 that nobody can deal with" in shown and COMPLAINT["what"] not in shown
